//! The order of frames by the numbers in the names of their files: with signs, fractions and powers of ten where names have
//! them. Where names can be read in two ways, and nothing tells which one is meant, nobody guesses.

use super::decimal::Decimal;
use super::{ImportError, natural_order};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::path::PathBuf;

/// `files`, each of another name, in the order of frames.
pub(super) fn in_order(files: Vec<PathBuf>) -> Result<Vec<PathBuf>, ImportError> {
    let names: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let plain = sorted(files.len(), |a, b| natural_order::compare(&files[a], &files[b]));
    let readings = readings(&names);
    let read = sorted(files.len(), |a, b| {
        (readings.names[a].compare(&readings.names[b])).then_with(|| files[a].cmp(&files[b]))
    });
    let unclear = |(first, second): (usize, usize), reason| ImportError::Order {
        first: files[first].clone(),
        second: files[second].clone(),
        reason,
    };
    if let Some(pair) = differ_by_case(&names, &plain) {
        return Err(unclear(pair, "it depends on small and capital letters"));
    }
    let order = match first_difference(&plain, &read) {
        None => plain,
        Some(pair) => match readings.meant() {
            Some(Meant::Read) => read,
            Some(Meant::Plain) => plain,
            None => {
                return Err(unclear(
                    pair,
                    "numbers may have signs or fractions, or be separated by hyphens or points",
                ));
            }
        },
    };
    // 1.png and 01.png, 0.5.png and 0.50.png.
    let alike = order
        .windows(2)
        .find(|pair| readings.names[pair[0]].compare(&readings.names[pair[1]]).is_eq());
    if let Some(pair) = alike {
        return Err(unclear((pair[0], pair[1]), "their numbers are equal"));
    }
    let mut files: Vec<Option<PathBuf>> = files.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|index| files[index].take()).collect())
}

fn sorted(count: usize, mut compare: impl FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Two neighbours of one order that come the other way round in the other one.
fn first_difference(plain: &[usize], read: &[usize]) -> Option<(usize, usize)> {
    let mut places = vec![0; read.len()];
    for (place, &index) in read.iter().enumerate() {
        places[index] = place;
    }
    (plain.windows(2))
        .find(|pair| places[pair[0]] > places[pair[1]])
        .map(|pair| (pair[0], pair[1]))
}

/// Two files that come in another order, or in none, where the size of letters doesn't count: `f1.png`, `F2.png`.
fn differ_by_case(names: &[String], plain: &[usize]) -> Option<(usize, usize)> {
    let lower: Vec<PathBuf> = names.iter().map(|name| name.to_lowercase().into()).collect();
    let order = sorted(names.len(), |a, b| natural_order::compare(&lower[a], &lower[b]));
    let alike = order.windows(2).find(|pair| lower[pair[0]] == lower[pair[1]]);
    first_difference(plain, &order).or(alike.map(|pair| (pair[0], pair[1])))
}

/// Which order is meant.
enum Meant {
    /// That of numbers with signs and fractions.
    Read,
    /// That of whole numbers, separated by anything.
    Plain,
}

/// What all names say.
struct Readings<'a> {
    names: Vec<Name<'a>>,
    /// Whether a minus behind a letter is a sign, since `frame0` is there beside `frame-1`.
    are_hyphens_signs: bool,
}

/// The names of files, with minus signs behind letters as signs or as hyphens: in whichever way more of them are alike.
fn readings(names: &[String]) -> Readings<'_> {
    let read =
        |are_hyphens_signs| -> Vec<Name<'_>> { names.iter().map(|name| Name::read(name, are_hyphens_signs)).collect() };
    let series = |names: &[Name<'_>]| {
        names
            .iter()
            .map(|name| name.texts.clone())
            .collect::<HashSet<_>>()
            .len()
    };
    let (hyphens, signs) = (read(false), read(true));
    let are_hyphens_signs = series(&signs) < series(&hyphens);
    Readings {
        names: if are_hyphens_signs { signs } else { hyphens },
        are_hyphens_signs,
    }
}

impl Readings<'_> {
    /// Which of two different orders is meant; `None` if that can't be told. Frames that come at even distances in one order
    /// and not in the other are in that one.
    fn meant(&self) -> Option<Meant> {
        let first = self.names.first()?;
        if self.names.iter().any(|name| name.texts != first.texts) {
            return None;
        }
        // Of all numbers one may vary.
        let varies =
            |place: &usize| (self.names.iter()).any(|name| name.numbers[*place].value != first.numbers[*place].value);
        let varying: Vec<usize> = (0..first.numbers.len()).filter(varies).collect();
        let [place] = varying[..] else { return None };
        let numbers: Vec<&Number> = self.names.iter().map(|name| &name.numbers[place]).collect();
        if numbers.iter().all(|number| number.is_marked) {
            return Some(Meant::Read);
        }
        let read = are_even(numbers.iter().map(|number| Some(number.value.nearest())).collect());
        let plain = are_even(numbers.iter().map(|number| number.as_whole(numbers[0])).collect());
        let has_points = numbers.iter().any(|number| number.text.contains(['.', ',']));
        match (read, plain) {
            (true, false) => Some(Meant::Read),
            (false, true) => Some(Meant::Plain),
            // Some have a sign and others don't; without it two would be the same, or come at odd distances.
            (false, false) if self.are_hyphens_signs && !has_points => Some(Meant::Read),
            _ => None,
        }
    }
}

/// Whether numbers, in any order, come at even distances. Two always do, and say nothing.
fn are_even(numbers: Vec<Option<f64>>) -> bool {
    let Some(mut numbers) = numbers.into_iter().collect::<Option<Vec<f64>>>() else {
        return false;
    };
    numbers.sort_by(f64::total_cmp);
    let [first, _, .., last] = numbers[..] else {
        return false;
    };
    let step = (last - first) / (numbers.len() - 1) as f64;
    numbers.len() > 2
        && step > 0.0
        && (numbers.iter().enumerate())
            .all(|(index, number)| (number - (first + step * index as f64)).abs() <= 0.01 * step)
}

/// A name taken apart: texts, and numbers between them.
struct Name<'a> {
    texts: Vec<&'a str>,
    numbers: Vec<Number<'a>>,
}

/// A number as it is written, and as it is read.
struct Number<'a> {
    text: &'a str,
    value: Decimal,
    /// Whether nobody can take it for anything else: behind `=`, with a sign at the beginning of a name, or as 1e-3.
    is_marked: bool,
}

impl<'a> Name<'a> {
    fn read(name: &'a str, are_hyphens_signs: bool) -> Self {
        let bytes = name.as_bytes();
        let digits = |from: usize| {
            bytes[from.min(bytes.len())..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        let (mut text_from, mut place) = (0, 0);
        while place < bytes.len() {
            // `=.5` and `=-.5` begin with their points.
            let is_behind_equals = || {
                let before = name[text_from..place].trim_end_matches(['-', '+']);
                before.ends_with('=')
            };
            let begins_with_point = bytes[place] == b'.' && digits(place + 1) > 0 && is_behind_equals();
            if !bytes[place].is_ascii_digit() && !begins_with_point {
                place += 1;
                continue;
            }
            let is_signed = place > text_from
                && matches!(bytes[place - 1], b'-' | b'+')
                && match place.checked_sub(2).map(|before| bytes[before]) {
                    None => true,
                    Some(before) if before.is_ascii_digit() => false,
                    Some(before) => are_hyphens_signs || !before.is_ascii_alphanumeric(),
                };
            let begin = place - usize::from(is_signed);
            place += digits(place);
            let mut has_exponent = false;
            // Of 1.2.3 no two parts are a fraction.
            let is_point = |place: usize| matches!(bytes.get(place), Some(b'.' | b',')) && digits(place + 1) > 0;
            let is_behind_point =
                begin > 0 && matches!(bytes[begin - 1], b'.' | b',') && begin > 1 && bytes[begin - 2].is_ascii_digit();
            let end = place + 1 + digits(place + 1);
            if is_point(place) && !is_behind_point && !is_point(end) {
                place = end;
            }
            if matches!(bytes.get(place), Some(b'e' | b'E')) && matches!(bytes.get(place + 1), Some(b'-' | b'+')) {
                let exponent = digits(place + 2);
                if (1..=3).contains(&exponent) {
                    place += 2 + exponent;
                    has_exponent = true;
                }
            }
            let before = begin.checked_sub(1).map(|before| bytes[before]);
            texts.push(&name[text_from..begin]);
            numbers.push(Number {
                text: &name[begin..place],
                value: Decimal::of(&name[begin..place]),
                is_marked: before == Some(b'=') || has_exponent || is_signed && matches!(before, None | Some(b'/')),
            });
            text_from = place;
        }
        texts.push(&name[text_from..]);
        Self { texts, numbers }
    }

    /// Numbers by their values; beside another character a number counts as a digit, whatever its sign.
    fn compare(&self, other: &Self) -> Ordering {
        for (place, (text, other_text)) in self.texts.iter().zip(&other.texts).enumerate() {
            let (number, other_number) = (self.numbers.get(place), other.numbers.get(place));
            if text != other_text {
                let common = text.bytes().zip(other_text.bytes()).take_while(|(a, b)| a == b).count();
                let next = |text: &str, number: Option<_>| match text.as_bytes().get(common) {
                    Some(&byte) => Some(byte),
                    None => number.map(|_: &Number<'_>| b'0'),
                };
                return next(text, number).cmp(&next(other_text, other_number));
            }
            let order = number
                .map(|number| &number.value)
                .cmp(&other_number.map(|number| &number.value));
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

impl Number<'_> {
    /// The whole number that it is if signs are hyphens, and points separate: the last one, if those before it are those of
    /// `first`.
    fn as_whole(&self, first: &Self) -> Option<f64> {
        fn parts(number: &str) -> (&str, &str) {
            let number = number.trim_start_matches(['-', '+']);
            number.rsplit_once(['.', ',']).unwrap_or(("", number))
        }
        let ((before, last), (first, _)) = (parts(self.text), parts(first.text));
        (before == first).then(|| last.parse().ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn ordered(names: &[&str]) -> Result<Vec<String>, String> {
        let mut files: Vec<PathBuf> = names.iter().map(|name| Path::new("/run-2/0.5").join(name)).collect();
        files.sort();
        let found = in_order(files).map_err(|error| error.to_string())?;
        Ok(found
            .iter()
            .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
            .collect())
    }

    #[test]
    fn names_that_say_their_order() {
        for names in [
            &["f1.png", "f2.png", "f9.png", "f010.png", "f99999999999999999999998.png"][..],
            &["f99999999999999999998.png", "f99999999999999999999.png"],
            &[
                "t=0.25.png",
                "t=0.5.png",
                "t=0.75.png",
                "t=1.0.png",
                "t=1.25.png",
                "t=1.5.png",
            ],
            &["t=-1.5.png", "t=-1.0.png", "t=-0.5.png", "t=0.0.png", "t=0.5.png"],
            &["t=-1.png", "t=-.7.png", "t=.25.png", "t=.5.png"],
            &["t=-3.png", "t=-2.png", "t=-1.png"],
            &["t0.png", "t0.25.png", "t0.5.png", "t0.75.png", "t1.png", "t1.25.png"],
            &["t0,25.png", "t0,5.png", "t0,75.png"],
            &["t2.0s.png", "t2.5s.png", "t10.0s.png", "t11.5s.png"],
            &["frame-3.png", "frame-2.png", "frame-1.png", "frame0.png", "frame1.png"],
            &["frame-10.png", "frame-5.png", "frame0.png", "frame20.png"],
            &["-10.png", "-9.png", "-1.png"],
            &["t=-1.png", "t=+0.png", "t=+1.png"],
            &["img-1.png", "img-2.png", "img-7.png", "img-10.png"],
            &["img-1.png", "img-2.png", "img3.png"],
            &["2024-01-09.png", "2024-1-10.png", "2024-2-01.png"],
            &["v1.8.png", "v1.9.png", "v1.10.png", "v1.11.png"],
            &["a.1.2.9.png", "a.1.2.10.png", "a.1.10.1.png"],
            &["scan.0009.png", "scan.0010.png"],
            &["t1e-3.png", "t2e-3.png", "t1e-2.png", "t1e+0.png"],
            &["t=1.5e-03.png", "t=2.0e-03.png", "t=1.0e-02.png", "t=1.0e+00.png"],
            &["f.png", "f1.png", "f2.png"],
            &["f1.PNG", "f2.png", "f3.PNG"],
            &["frame-1.png", "frame-2.png", "frame.png"],
            &["f1e0.png", "f1e1.png", "f1e10.png"],
            &["a.png", "b.png", "c.png"],
            &["run1_t9.png", "run1_t10.png", "run2_t1.png"],
            &["run1_t0.25.png", "run1_t0.50.png", "run2_t0.00.png"],
        ] {
            let mut shuffled = names.to_vec();
            shuffled.reverse();
            assert_eq!(ordered(&shuffled).unwrap(), names);
        }
    }

    #[test]
    fn names_that_say_none_are_refused() {
        for (names, first, second) in [
            (&["t0.5.png", "t0.25.png"][..], "t0.5.png", "t0.25.png"),
            (&["t0.5.png", "t0.25.png", "t0.875.png"], "t0.5.png", "t0.25.png"),
            (&["f_-1.png", "f_-2.png", "f_-3.png"], "f_-1.png", "f_-2.png"),
            (
                &["r1_t0.5.png", "r1_t0.25.png", "r2_t0.1.png"],
                "r1_t0.5.png",
                "r1_t0.25.png",
            ),
            (&["f1.png", "f01.png", "f2.png"], "f01.png", "f1.png"),
            (&["t=0.5.png", "t=0.50.png", "t=0.6.png"], "t=0.5.png", "t=0.50.png"),
            (&["f0.png", "F1.png", "f2.png", "F3.png"], "F3.png", "f0.png"),
            (&["a1.png", "A1.png"], "A1.png", "a1.png"),
            (&["Before.png", "after.png"], "Before.png", "after.png"),
        ] {
            let message = ordered(names).unwrap_err();
            for part in [first, second, "isn't clear"] {
                assert!(message.contains(part), "{names:?}: {message}");
            }
        }
    }

    /// Whatever names there are, they have one order that doesn't depend on how they come, or none.
    #[test]
    fn no_name_does_harm() {
        let mut random = crate::random::StreamSeed(20_261_130).generator(0);
        let mut pick = |count: usize| (random.next_bits() >> 32) as usize % count;
        let mut clear = 0;
        for attempt in 0..150 {
            let letters: &[u8] = [&b"f-+.,=e0123A\xc3\xa9/"[..], b"-.0123", b"f-012"][attempt % 3];
            let names: HashSet<String> = (0..2 + pick(40))
                .map(|_| {
                    let bytes: Vec<u8> = (0..1 + pick(6)).map(|_| letters[pick(letters.len())]).collect();
                    String::from_utf8_lossy(&bytes).into_owned()
                })
                .collect();
            let mut files: Vec<PathBuf> = names.into_iter().map(PathBuf::from).collect();
            files.sort();
            let found = in_order(files.clone());
            files.reverse();
            match (found, in_order(files)) {
                (Ok(found), Ok(again)) => {
                    assert_eq!(found, again);
                    clear += 1;
                }
                (Err(_), Err(_)) => {}
                (found, again) => panic!("{found:?} {again:?}"),
            }
        }
        assert!((8..142).contains(&clear), "{clear}");
    }
}
