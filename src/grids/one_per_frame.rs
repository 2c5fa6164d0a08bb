//! Files with one dataset per frame: which datasets belong together, in what order, and the line that stacks them.

use super::error::GridProblem;
use super::variable::Variable;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

/// Names that are listed in a message, and the longest list that a line may have.
const LISTED: usize = 8;
const MAX_LIST_CHARACTERS: usize = 300;
/// A number in a name, as Python's `re` finds it.
const NUMBER: &str = "(-?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?)";

/// A path taken apart: texts, and numbers between them.
#[derive(Clone, Debug, PartialEq)]
struct Parts<'a> {
    path: &'a str,
    texts: Vec<&'a str>,
    /// As they are written, and their values.
    numbers: Vec<(&'a str, f64)>,
}

impl<'a> Parts<'a> {
    fn of(path: &'a str) -> Self {
        let bytes = path.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        let (mut text_from, mut place) = (0, 0);
        while place < bytes.len() {
            if !bytes[place].is_ascii_digit() {
                place += 1;
                continue;
            }
            // A minus behind a letter or a digit is a hyphen.
            let is_signed = place > text_from
                && bytes[place - 1] == b'-'
                && (place < 2 || !bytes[place - 2].is_ascii_alphanumeric());
            let begin = if is_signed { place - 1 } else { place };
            place += digits(place);
            if bytes.get(place) == Some(&b'.') && digits(place + 1) > 0 {
                place += 1 + digits(place + 1);
            }
            if matches!(bytes.get(place), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(place + 1), Some(b'-' | b'+')));
                let exponent = bytes.get(place + 1 + sign..).map_or(0, |_| digits(place + 1 + sign));
                if exponent > 0 {
                    place += 1 + sign + exponent;
                }
            }
            texts.push(&path[text_from..begin]);
            numbers.push((&path[begin..place], path[begin..place].parse().unwrap_or(f64::NAN)));
            text_from = place;
        }
        texts.push(&path[text_from..]);
        Self { path, texts, numbers }
    }
}

/// The problem of a file that holds very many pictures in place of one movie, if it does.
pub(super) fn problem(variables: &[Variable]) -> Option<GridProblem> {
    let is_picture = |variable: &&Variable| {
        variable.is_numeric() && variable.dimensions.len() == 2 && variable.dimensions.iter().all(|d| d.length >= 2)
    };
    let lengths = |variable: &Variable| variable.dimensions.iter().map(|d| d.length).collect::<Vec<_>>();
    let mut by_shape: BTreeMap<Vec<u64>, Vec<&Variable>> = BTreeMap::new();
    let mut known = HashSet::new();
    for variable in variables.iter().filter(is_picture) {
        if variable.address.is_none_or(|address| known.insert(address)) {
            by_shape.entry(lengths(variable)).or_default().push(variable);
        }
    }
    // Of several shapes the one that most have.
    let alike = by_shape.into_values().max_by_key(Vec::len)?;
    let first = alike.first().filter(|_| alike.len() > 1)?;
    let shape = lengths(first);
    let paths = alike.iter().map(|variable| variable.path.as_str());
    let (frames, command) = match numbered(paths.clone().map(Parts::of).collect()) {
        Some((frames, place)) => {
            let command = stack_by_number(&frames, place, &shape);
            let numbers: Vec<f64> = frames.iter().map(|parts| parts.numbers[place].1).collect();
            let note = if are_even(&numbers) {
                ""
            } else {
                " (the numbers in their names don't come at even distances: mind the times)"
            };
            (
                frames.iter().map(|parts| parts.path).collect(),
                format!("`{command}`{note}"),
            )
        }
        None => {
            let mut names: Vec<&str> = paths.collect();
            names.sort_unstable();
            let command = stack_by_name(&names, &shape);
            (names, format!("`{command}`, in the order of time"))
        }
    };
    Some(GridProblem::OnePerFrame {
        count: frames.len(),
        shape: first.shape_text(),
        names: listed(&frames),
        command,
    })
}

fn listed(names: &[&str]) -> String {
    match names {
        [.., last] if names.len() > LISTED => format!("{}, … {last}", names[..LISTED - 1].join(", ")),
        _ => names.join(", "),
    }
}

/// The most datasets whose paths differ in one number only, in its order, and which number that is.
fn numbered(all: Vec<Parts<'_>>) -> Option<(Vec<Parts<'_>>, usize)> {
    let mut families: Vec<Vec<Parts<'_>>> = Vec::new();
    let mut places: HashMap<Vec<&str>, usize> = HashMap::new();
    for parts in all {
        match places.get(&parts.texts) {
            Some(&place) => families[place].push(parts),
            None => {
                places.insert(parts.texts.clone(), families.len());
                families.push(vec![parts]);
            }
        }
    }
    // The first of equally large ones.
    families.reverse();
    let family = families.into_iter().max_by_key(Vec::len)?;
    let count = family[0].numbers.len();
    let values = |family: &[Parts<'_>], place: usize| {
        let mut values: Vec<u64> = family.iter().map(|parts| parts.numbers[place].1.to_bits()).collect();
        values.sort_unstable();
        values.dedup();
        values.len()
    };
    // A number that no two have in common says it all; else the last one that varies counts, the others being alike.
    let unique = (0..count).find(|&place| family.len() > 1 && values(&family, place) == family.len());
    let (mut family, place) = match unique {
        Some(place) => (family, place),
        None => {
            let place = (0..count).rev().find(|&place| values(&family, place) > 1)?;
            let rest = |parts: &Parts<'_>| {
                let mut rest: Vec<u64> = parts.numbers.iter().map(|(_, value)| value.to_bits()).collect();
                rest.remove(place);
                rest
            };
            let first = rest(&family[0]);
            (family.into_iter().filter(|parts| rest(parts) == first).collect(), place)
        }
    };
    family.sort_by(|a, b| a.numbers[place].1.total_cmp(&b.numbers[place].1));
    (family.len() > 1).then_some((family, place))
}

fn are_even(numbers: &[f64]) -> bool {
    let [first, .., last] = numbers else { return true };
    let step = (last - first) / (numbers.len() - 1) as f64;
    (numbers.iter().enumerate()).all(|(index, number)| (number - (first + step * index as f64)).abs() <= 0.01 * step)
}

/// A regular expression, within double quotes within single ones, for this text.
fn literal(text: &str, expression: &mut String) {
    for character in text.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '_' | ' ' | '=' | ':' | ',' | '@' | '%' | '-' => {
                expression.push(character);
            }
            '.' | '+' | '*' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '|' | '?' | '#' | '~' | '&' => {
                let _ = write!(expression, "\\{character}");
            }
            // Quotes and what a shell or a terminal could take amiss.
            _ => expression.push('.'),
        }
    }
}

fn python_shape(shape: &[u64]) -> String {
    format!("({})", shape.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
}

fn stack_by_number(frames: &[Parts<'_>], place: usize, shape: &[u64]) -> String {
    let first = &frames[0];
    let mut expression = String::new();
    for (index, text) in first.texts.iter().enumerate() {
        literal(text, &mut expression);
        let Some(&(number, _)) = first.numbers.get(index) else {
            continue;
        };
        if index == place {
            expression.push_str(NUMBER);
        } else if frames.iter().all(|parts| parts.numbers[index].0 == number) {
            literal(number, &mut expression);
        } else {
            expression.push_str("[-+.eE0-9]+");
        }
    }
    format!(
        "python3 -c 'import h5py, numpy, re; f = h5py.File(\"in.h5\"); n = []; f.visit(n.append); g = [(float(m[1]), k) for k in \
         n for m in [re.fullmatch(r\"{expression}\", k)] if m and getattr(f[k], \"shape\", 0) == {shape}]; h5py.File(\"out.h5\", \
         \"w\")[\"movie\"] = numpy.stack([f[k][:] for _, k in sorted(g)])'",
        shape = python_shape(shape)
    )
}

fn stack_by_name(names: &[&str], shape: &[u64]) -> String {
    let is_plain = |name: &&str| (name.chars()).all(|c| c.is_ascii_alphanumeric() || "/_ =:,@%-.+".contains(c));
    let is_short = names.iter().map(|name| name.len() + 4).sum::<usize>() <= MAX_LIST_CHARACTERS;
    let picked = if is_short && names.iter().all(is_plain) {
        let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("[{}]", quoted.join(", "))
    } else {
        format!(
            "[k for k in sorted(n) if getattr(f[k], \"shape\", 0) == {}]",
            python_shape(shape)
        )
    };
    format!(
        "python3 -c 'import h5py, numpy; f = h5py.File(\"in.h5\"); n = []; f.visit(n.append); h5py.File(\"out.h5\", \
         \"w\")[\"movie\"] = numpy.stack([f[k][:] for k in {picked}])'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(paths: &[&'static str]) -> Vec<&'static str> {
        let found = numbered(paths.iter().map(|path| Parts::of(path)).collect());
        found.map_or(Vec::new(), |(family, _)| {
            family.iter().map(|parts| parts.path).collect()
        })
    }

    #[test]
    fn numbers_in_paths() {
        for (path, expected) in [
            ("frame_10", &[10.0][..]),
            ("-6", &[-6.0]),
            ("a/-6", &[-6.0]),
            ("frame-6", &[6.0]),
            ("2020-01", &[2020.0, 1.0]),
            ("t=-0.25", &[-0.25]),
            ("t1e-3s", &[1e-3]),
            ("1.5.2e", &[1.5, 2.0]),
            ("x", &[]),
            ("3e", &[3.0]),
        ] {
            let parts = Parts::of(path);
            let values: Vec<f64> = parts.numbers.iter().map(|(_, value)| *value).collect();
            assert_eq!(values, expected, "{path}");
            let whole: String = (parts.texts.iter().enumerate())
                .flat_map(|(i, text)| [*text, parts.numbers.get(i).map_or("", |(number, _)| number)])
                .collect();
            assert_eq!(whole, path);
        }
    }

    #[test]
    fn the_order_is_that_of_one_number() {
        assert_eq!(order(&["10", "9", "-1", "0", "-10"]), ["-10", "-1", "0", "9", "10"]);
        assert_eq!(order(&["t10/c", "t2/c", "mask", "t2/u"]), ["t2/c", "t10/c"]);
        // Of equally many the first.
        assert_eq!(order(&["c/2", "c/1", "u/1", "u/2"]), ["c/1", "c/2"]);
        // Two runs: the first one.
        assert_eq!(order(&["1/2", "1/1", "2/1", "2/2"]), ["1/1", "1/2"]);
        // A count and a time: the count.
        assert_eq!(order(&["f_2_t0.5", "f_1_t0.25"]), ["f_1_t0.25", "f_2_t0.5"]);
        for nothing in [&["a", "b"][..], &["f1", "g2"], &[]] {
            assert!(order(nothing).is_empty(), "{nothing:?}");
        }
    }

    /// Whatever a file has for names, the line's quotes end where they should.
    #[test]
    fn nothing_in_a_name_leaves_the_quotes() {
        let mut expression = String::new();
        literal("a'b\"c`d\\e$f\n\u{1b}é.g", &mut expression);
        assert_eq!(expression, "a.b.c.d.e.f...\\.g");
        assert!(stack_by_name(&["a'; rm", "b"], &[2, 3]).contains("sorted(n) if"));
        assert!(stack_by_name(&["b", "a"], &[2, 3]).contains("[\"b\", \"a\"]"));
    }
}
