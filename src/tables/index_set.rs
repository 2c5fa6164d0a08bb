//! Numbers that are chosen: `0,3,10-19`.

use std::ops::Range;
use std::str::FromStr;

/// Numbers, as runs in order that don't touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexSet(Vec<Range<u64>>);

impl IndexSet {
    /// Whether a number is in it.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        let after = self.0.partition_point(|run| run.start <= number);
        after > 0 && self.0[after - 1].contains(&number)
    }

    /// Its runs, in order.
    #[must_use]
    pub fn runs(&self) -> &[Range<u64>] {
        &self.0
    }

    /// The largest number in it.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.0.last().map_or(0, |run| run.end - 1)
    }
}

impl FromStr for IndexSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let number = text.trim().parse::<u64>().ok().filter(|number| *number < u64::MAX);
            number.ok_or_else(|| {
                format!(
                    "`{}` is no whole number: write numbers and ranges, like 0,3,10-19",
                    text.trim()
                )
            })
        };
        let mut runs = Vec::new();
        for part in text.split(',') {
            let run = match part.split_once('-') {
                Some((first, last)) => number(first)?..number(last)? + 1,
                None => number(part)?..number(part)? + 1,
            };
            if run.is_empty() {
                return Err(format!("`{}` ends before it begins", part.trim()));
            }
            runs.push(run);
        }
        runs.sort_unstable_by_key(|run| run.start);
        let mut joined: Vec<Range<u64>> = Vec::new();
        for run in runs {
            match joined.last_mut() {
                Some(last) if run.start <= last.end => last.end = last.end.max(run.end),
                _ => joined.push(run),
            }
        }
        Ok(Self(joined))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_are_joined() {
        let set: IndexSet = "7, 0,3-5,4-6,20-20".parse().expect("numbers");
        assert_eq!(set.runs(), [0..1, 3..8, 20..21]);
        let within: Vec<u64> = (0..30).filter(|number| set.contains(*number)).collect();
        assert_eq!(within, [0, 3, 4, 5, 6, 7, 20]);
        assert_eq!(set.last(), 20);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (text, told) in [
            ("", "no whole number"),
            ("1,,2", "no whole number"),
            ("a", "`a` is no"),
            ("1-", "no whole number"),
            ("-1", "no whole number"),
            ("1.5", "`1.5` is no"),
            ("5-3", "`5-3` ends before it begins"),
            ("18446744073709551615", "no whole number"),
        ] {
            let problem = text.parse::<IndexSet>().expect_err(text);
            assert!(problem.contains(told), "{text}: {problem}");
        }
    }
}
