//! The order of names that people expect: `frame9` before `frame10`.

use std::cmp::Ordering;
use std::path::Path;

/// Compares paths, runs of digits as numbers.
pub(super) fn compare(a: &Path, b: &Path) -> Ordering {
    let (left, right) = (a.to_string_lossy(), b.to_string_lossy());
    compare_text(left.as_bytes(), right.as_bytes()).then_with(|| a.cmp(b))
}

fn compare_text(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while let (Some(&first), Some(&other)) = (a.first(), b.first()) {
        if first.is_ascii_digit() && other.is_ascii_digit() {
            let (left, rest_of_a) = take_number(a);
            let (right, rest_of_b) = take_number(b);
            // Without leading zeros the longer number is the larger one.
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order.is_ne() {
                return order;
            }
            (a, b) = (rest_of_a, rest_of_b);
        } else {
            if first != other {
                return first.cmp(&other);
            }
            (a, b) = (&a[1..], &b[1..]);
        }
    }
    a.len().cmp(&b.len())
}

/// The digits at the beginning without leading zeros, and what follows.
fn take_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let zeros = text[..end].iter().take_while(|&&byte| byte == b'0').count();
    (&text[zeros..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_as_numbers() {
        let sorted = [
            "a1.png",
            "a2.png",
            "a9.png",
            "a010.png",
            "a99999999999999999999998.png",
            "a99999999999999999999999.png",
            "b1_9.png",
            "b1_10.png",
            "b1_10.tif",
            "c.png",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| compare(Path::new(a), Path::new(b)));
        assert_eq!(names, sorted);
    }

    #[test]
    fn different_names_are_never_equal() {
        assert!(compare(Path::new("f1"), Path::new("f01")).is_ne());
        assert!(compare(Path::new("f1"), Path::new("f1")).is_eq());
    }
}
