//! The values of one key from their table.

use super::canonical;
use super::decimal::{DecimalRange, RangeFault};
use super::error::Problems;
use super::parse::MAX_POINTS;
use super::sequence::{Sequence, natural_label};
use super::table::{RangeTable, SpacedTable, SweptLabel, SweptLabels, SweptValues};
use super::words::describe;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Listed values with their labels, of the table at `path`.
pub(super) fn list(
    SweptValues(values): SweptValues,
    given: Option<SweptLabels>,
    unique: bool,
    path: &str,
    problems: &mut Problems,
) -> Option<Sequence> {
    let before = problems.count();
    for (number, text) in values
        .iter()
        .enumerate()
        .filter_map(|(number, value)| Some((number, value.as_str()?)))
    {
        check_text(text, MAX_TEXT_BYTES, || format!("{path}.values[{number}]"), problems);
    }
    let mut seen = HashSet::with_capacity(if unique { values.len() } else { 0 });
    for (number, entry) in values.iter().enumerate() {
        if unique && !seen.insert(canonical::bytes(entry)) && !problems.is_full() {
            problems.add_with_hint(
                format!("{path}.values[{number}]"),
                format!("is listed twice: {}", describe(entry)),
                "use `study.replicates` to repeat a design point",
            );
        }
    }
    let labels = match given {
        Some(SweptLabels(given)) => labels(given, &values, path, problems),
        None if values.iter().any(Value::is_object) => distinct_labels(&values),
        None => Vec::new(),
    };
    (problems.count() == before).then(|| Sequence::list(values, labels))
}

/// The given labels: as many as there are values, and none for two of them.
fn labels(given: Vec<SweptLabel>, values: &[Value], path: &str, problems: &mut Problems) -> Vec<String> {
    if given.len() != values.len() {
        problems.add(
            format!("{path}.labels"),
            format!("must be as many as the {} values, found {}", values.len(), given.len()),
        );
    }
    let mut labels: Vec<String> = Vec::with_capacity(given.len());
    let mut first_value: HashMap<String, Vec<u8>> = HashMap::new();
    for (number, SweptLabel(label)) in given.into_iter().enumerate() {
        // A zip may list a value several times; then its label comes several times too.
        let value = values.get(number).map(canonical::bytes).unwrap_or_default();
        if *first_value.entry(label.clone()).or_insert_with(|| value.clone()) != value {
            let shown = describe(&Value::from(label.as_str()));
            problems.add(format!("{path}.labels[{number}]"), format!("names two values: {shown}"));
        }
        check_text(&label, MAX_LABEL_BYTES, || format!("{path}.labels[{number}]"), problems);
        labels.push(label);
    }
    labels
}

/// Bytes of a text value: as long as a path may be.
const MAX_TEXT_BYTES: usize = 4096;

/// Bytes of a label.
const MAX_LABEL_BYTES: usize = 200;

/// Refuses text that results can't hold as a coordinate, or that looks like another one there.
pub(super) fn check_text(text: &str, most: usize, path: impl Fn() -> String, problems: &mut Problems) {
    if problems.is_full() {
        return;
    }
    let shown = || describe(&Value::from(text));
    if text.len() > most {
        problems.add(
            path(),
            format!("has {} bytes; the maximum is {most}: {}", text.len(), shown()),
        );
    } else if text.trim() != text {
        problems.add_with_hint(
            path(),
            format!("begins or ends with a space: {}", shown()),
            "leave it out",
        );
    } else if let Some(character) = text.chars().find(|c| crate::printable::is_hidden(*c)) {
        let message = format!(
            "has the character U+{:04X}, which is invisible: {}",
            character as u32,
            shown()
        );
        problems.add_with_hint(
            path(),
            message,
            "write text in one line, without characters that control a terminal",
        );
    }
}

/// The label of an alternative.
pub(super) fn check_label(label: &str, path: &str, problems: &mut Problems) {
    check_text(label, MAX_LABEL_BYTES, || path.to_owned(), problems);
}

/// Natural labels, numbered `_2`, `_3`, … where different values would share one.
fn distinct_labels(values: &[Value]) -> Vec<String> {
    let mut names: HashMap<Vec<u8>, String> = HashMap::new();
    let mut taken = HashSet::new();
    let mut next = HashMap::new();
    values
        .iter()
        .map(|value| {
            names
                .entry(canonical::bytes(value))
                .or_insert_with(|| {
                    let label = natural_label(value);
                    let mut candidate = label.clone();
                    while !taken.insert(candidate.clone()) {
                        let number: &mut u64 = next.entry(label.clone()).or_insert(1);
                        *number += 1;
                        candidate = format!("{label}_{number}");
                    }
                    candidate
                })
                .clone()
        })
        .collect()
}

/// Values at equal steps, of the table at `path`.
pub(super) fn range(table: &RangeTable, path: &str, problems: &mut Problems) -> Option<Sequence> {
    let (start, stop, step) = (&table.start.0, &table.stop.0, &table.step);
    let outcome = match (start.as_i64(), stop.as_i64(), step.as_i64()) {
        (Some(start), Some(stop), Some(step)) => {
            integer_count(start, stop, step).map(|count| Sequence::Integers { start, step, count })
        }
        _ => DecimalRange::new(start.as_f64()?, stop.as_f64()?, step.as_f64()?).map(Sequence::Decimals),
    };
    match outcome {
        Ok(sequence) if sequence.count() <= MAX_POINTS => return Some(sequence),
        Ok(sequence) => problems.add(
            path,
            format!("has {} values; the maximum is {MAX_POINTS}", sequence.count()),
        ),
        Err(RangeFault::NoStep) => problems.add(format!("{path}.step"), "must not be 0"),
        Err(RangeFault::WrongDirection) => problems.add_with_hint(
            format!("{path}.step"),
            format!("leads away from the stop: {step} from {start} to {stop}"),
            "change its sign, or swap `start` and `stop`",
        ),
        Err(RangeFault::TooMany) => problems.add(path, format!("has more than {MAX_POINTS} values")),
        Err(RangeFault::TooFarApart) => problems.add_with_hint(
            path,
            "mixes magnitudes too far apart to count the steps exactly",
            "use `linspace` or `logspace` with a `count`",
        ),
    }
    None
}

fn integer_count(start: i64, stop: i64, step: i64) -> Result<u64, RangeFault> {
    let span = i128::from(stop) - i128::from(start);
    let step = i128::from(step);
    if step == 0 {
        return Err(RangeFault::NoStep);
    }
    if span != 0 && (span > 0) != (step > 0) {
        return Err(RangeFault::WrongDirection);
    }
    u64::try_from(span / step + 1).map_err(|_| RangeFault::TooMany)
}

/// Values at equal distances, of the table at `path`.
pub(super) fn linear(table: &SpacedTable, path: &str, problems: &mut Problems) -> Option<Sequence> {
    spaced(table, path, false, problems)
}

/// Values in equal ratios, of the table at `path`.
pub(super) fn logarithmic(table: &SpacedTable, path: &str, problems: &mut Problems) -> Option<Sequence> {
    spaced(table, path, true, problems)
}

fn spaced(table: &SpacedTable, path: &str, logarithmic: bool, problems: &mut Problems) -> Option<Sequence> {
    let (first, last, count) = (&table.start.0, &table.stop.0, table.count);
    let (start, stop) = (first.as_f64()?, last.as_f64()?);
    if (start == stop) != (count == 1) {
        let message = if count == 1 {
            format!("must be at least 2 to reach both {first} and {last}, found 1")
        } else {
            format!("must be 1, found {count}: `start` and `stop` are both {first}")
        };
        problems.add(format!("{path}.count"), message);
        return None;
    }
    if logarithmic {
        if start == 0.0 || stop == 0.0 || (start > 0.0) != (stop > 0.0) {
            problems.add_with_hint(
                path,
                format!("cannot go from {first} to {last}: a logarithm needs both on one side of 0"),
                "both are the end points themselves, not their exponents",
            );
            return None;
        }
        return Some(Sequence::Logarithmic { start, stop, count });
    }
    if !(start.abs().max(stop.abs()) * 2.0 * count as f64).is_finite() {
        problems.add(path, "is too large for floating point");
        return None;
    }
    // Whole numbers stay whole where every step is.
    if let (Some(start), Some(stop), Ok(steps)) = (first.as_i64(), last.as_i64(), i64::try_from(count - 1)) {
        let span = stop.checked_sub(start);
        if let Some(span) = span.filter(|span| steps > 0 && span % steps == 0) {
            return Some(Sequence::Integers {
                start,
                step: span / steps,
                count,
            });
        }
        if steps == 0 {
            return Some(Sequence::Integers { start, step: 1, count });
        }
    }
    Some(Sequence::spaced(start, stop, count))
}
