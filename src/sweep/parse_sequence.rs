//! The values of one key from its table.

use super::canonical;
use super::decimal::{DecimalRange, RangeFault};
use super::error::Mistakes;
use super::parse::{MOST_POINTS, SEQUENCES};
use super::reader::{Table, describe};
use super::sequence::{Sequence, natural_label};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// The sequence in `table`, which has exactly one of [`SEQUENCES`].
pub(super) fn sequence(table: &Table<'_>, unique: bool, mistakes: &mut Mistakes) -> Option<Sequence> {
    let forms: Vec<&str> = SEQUENCES.into_iter().filter(|form| table.has(form)).collect();
    let &[form] = &forms[..] else {
        let message = if forms.is_empty() {
            "lacks values".to_owned()
        } else {
            format!("has `{}` at once, which exclude each other", forms.join("`, `"))
        };
        mistakes.add_with_hint(
            table.path(),
            message,
            "give one of `values`, `range`, `linspace`, `logspace`",
        );
        return None;
    };
    if form == "values" {
        return list(table, unique, mistakes);
    }
    if table.has("labels") {
        mistakes.add(
            table.at("labels"),
            format!("can stand beside `values` only, not beside `{form}`"),
        );
    }
    let path = table.at(form);
    let value = table.required(form, mistakes)?;
    match form {
        "range" => range(value, &path, mistakes),
        _ => spaced(value, &path, form == "logspace", mistakes),
    }
}

/// The listed `values` of `table` with their `labels`.
pub(super) fn list(table: &Table<'_>, unique: bool, mistakes: &mut Mistakes) -> Option<Sequence> {
    let entries = table.list("values", mistakes)?;
    let before = mistakes.count();
    let mut seen = HashSet::new();
    for (number, entry) in entries.iter().enumerate() {
        let path = format!("{}[{number}]", table.at("values"));
        if check_value(entry, &path, mistakes) && unique && !seen.insert(canonical::bytes(entry)) {
            mistakes.add_with_hint(
                path,
                format!("is listed twice: {}", describe(entry)),
                "use `study.replicates` to repeat a design point",
            );
        }
    }
    let labels = labels(table, entries, mistakes);
    (mistakes.count() == before).then(|| Sequence::list(entries.to_vec(), labels))
}

/// The given labels, or those that tell components apart; none where the values do it themselves.
fn labels(table: &Table<'_>, values: &[Value], mistakes: &mut Mistakes) -> Vec<String> {
    if !table.has("labels") {
        return if values.iter().any(Value::is_object) {
            distinct_labels(values)
        } else {
            Vec::new()
        };
    }
    let Some(entries) = table.list("labels", mistakes) else {
        return Vec::new();
    };
    if entries.len() != values.len() {
        mistakes.add(
            table.at("labels"),
            format!(
                "must be as many as the {} values, found {}",
                values.len(),
                entries.len()
            ),
        );
    }
    let mut labels: Vec<String> = Vec::with_capacity(entries.len());
    let mut first_value: HashMap<&str, Vec<u8>> = HashMap::new();
    for (number, entry) in entries.iter().enumerate() {
        let path = format!("{}[{number}]", table.at("labels"));
        let Some(label) = entry.as_str().filter(|label| !label.is_empty()) else {
            mistakes.add(path, format!("must be a text, found {}", describe(entry)));
            continue;
        };
        // A zip may list a value several times; then its label comes several times too.
        let value = values.get(number).map(canonical::bytes).unwrap_or_default();
        if *first_value.entry(label).or_insert_with(|| value.clone()) != value {
            mistakes.add(path, format!("names two values: \"{label}\""));
        }
        labels.push(label.to_owned());
    }
    labels
}

/// Natural labels, numbered `_2`, `_3`, … where different values would share one.
fn distinct_labels(values: &[Value]) -> Vec<String> {
    let mut names: HashMap<Vec<u8>, String> = HashMap::new();
    let mut taken = HashSet::new();
    values
        .iter()
        .map(|value| {
            names
                .entry(canonical::bytes(value))
                .or_insert_with(|| {
                    let label = natural_label(value);
                    let mut candidate = label.clone();
                    let mut number = 2;
                    while !taken.insert(candidate.clone()) {
                        candidate = format!("{label}_{number}");
                        number += 1;
                    }
                    candidate
                })
                .clone()
        })
        .collect()
}

/// Refuses values that no configuration can hold.
pub(super) fn check_value(value: &Value, path: &str, mistakes: &mut Mistakes) -> bool {
    let finite = match value {
        Value::Null => false,
        Value::Array(entries) => !entries.iter().any(contains_null),
        Value::Object(entries) => !entries.values().any(contains_null),
        _ => true,
    };
    if !finite {
        mistakes.add(path, "must be a finite number, a boolean, a text, a list or a table");
    }
    finite
}

fn contains_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.iter().any(contains_null),
        Value::Object(entries) => entries.values().any(contains_null),
        _ => false,
    }
}

fn range(value: &Value, path: &str, mistakes: &mut Mistakes) -> Option<Sequence> {
    let table = Table::open(value, path, &["start", "stop", "step"], mistakes)?;
    let start = table.number("start", mistakes);
    let stop = table.number("stop", mistakes);
    let step = table.number("step", mistakes);
    let (start, stop, step) = (start?, stop?, step?);
    let outcome = match (start.as_i64(), stop.as_i64(), step.as_i64()) {
        (Some(start), Some(stop), Some(step)) => {
            integer_count(start, stop, step).map(|count| Sequence::Integers { start, step, count })
        }
        _ => DecimalRange::new(start.as_f64()?, stop.as_f64()?, step.as_f64()?).map(Sequence::Decimals),
    };
    match outcome {
        Ok(sequence) if sequence.count() <= MOST_POINTS => return Some(sequence),
        Ok(sequence) => mistakes.add(
            path,
            format!("has {} values, the most is {MOST_POINTS}", sequence.count()),
        ),
        Err(RangeFault::NoStep) => mistakes.add(table.at("step"), "must not be 0"),
        Err(RangeFault::WrongDirection) => mistakes.add_with_hint(
            table.at("step"),
            format!("leads away from the stop: {step} from {start} to {stop}"),
            "change its sign, or swap `start` and `stop`",
        ),
        Err(RangeFault::TooMany) => mistakes.add(path, format!("has more than {MOST_POINTS} values")),
        Err(RangeFault::TooFarApart) => mistakes.add_with_hint(
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

fn spaced(value: &Value, path: &str, logarithmic: bool, mistakes: &mut Mistakes) -> Option<Sequence> {
    let table = Table::open(value, path, &["start", "stop", "count"], mistakes)?;
    let first = table.number("start", mistakes);
    let last = table.number("stop", mistakes);
    let count = table.count("count", MOST_POINTS, mistakes);
    let (first, last, count) = (first?, last?, count?);
    let (start, stop) = (first.as_f64()?, last.as_f64()?);
    if (start == stop) != (count == 1) {
        let message = if count == 1 {
            format!("must be at least 2 to reach both {first} and {last}, found 1")
        } else {
            format!("must be 1, found {count}: `start` and `stop` are both {first}")
        };
        mistakes.add(table.at("count"), message);
        return None;
    }
    if logarithmic {
        if start == 0.0 || stop == 0.0 || (start > 0.0) != (stop > 0.0) {
            mistakes.add_with_hint(
                path,
                format!("cannot go from {first} to {last}: a logarithm needs both on one side of 0"),
                "both are the end points themselves, not their exponents",
            );
            return None;
        }
        return Some(Sequence::Logarithmic { start, stop, count });
    }
    if !(start.abs().max(stop.abs()) * 2.0 * count as f64).is_finite() {
        mistakes.add(path, "is too large for floating point");
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
    Some(Sequence::Linear { start, stop, count })
}
