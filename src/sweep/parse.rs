//! The axes of a sweep from its table.

use super::axis::{Axis, AxisKind, Case, Column, Grid, Nested};
use super::canonical;
use super::error::Mistakes;
use super::key;
use super::parse_sample;
use super::parse_sequence;
use super::reader::{Table, describe};
use serde_json::Value;
use std::collections::HashSet;

/// Most top-level axes: HDF5 allows 32 dimensions, of which replicates, members and two spares are taken.
pub(super) const MOST_AXES: usize = 28;

/// Most design points before exclusions.
pub(super) const MOST_POINTS: u64 = 1_000_000_000_000;

/// Deepest nesting of `nested` axes.
const DEEPEST: usize = 16;

/// The ways to give values of one key.
pub(super) const SEQUENCES: [&str; 4] = ["values", "range", "linspace", "logspace"];

/// All keys of an axis.
const AXIS_KEYS: [&str; 10] = [
    "key", "values", "labels", "range", "linspace", "logspace", "zip", "nested", "sample", "name",
];

/// The grid at `value`, the list of axes at `path`; `outer` are the keys that enclosing cases set.
pub(super) fn grid(value: &Value, path: &str, outer: &[&str], mistakes: &mut Mistakes) -> Option<Grid> {
    grid_at_depth(value, path, outer, 0, mistakes)
}

fn grid_at_depth(value: &Value, path: &str, outer: &[&str], depth: usize, mistakes: &mut Mistakes) -> Option<Grid> {
    let Value::Array(entries) = value else {
        mistakes.add(path, format!("must be a list of axes, found {}", describe(value)));
        return None;
    };
    if depth == 0 && entries.len() > MOST_AXES {
        mistakes.add_with_hint(
            path,
            format!("has {} axes, the most is {MOST_AXES}", entries.len()),
            "let some keys advance together with `zip`, or draw them with `sample`",
        );
    }
    let before = mistakes.count();
    let axes: Vec<Axis> = entries
        .iter()
        .enumerate()
        .filter_map(|(number, entry)| axis(entry, &format!("{path}[{number}]"), outer, depth, mistakes))
        .collect();
    if mistakes.count() > before {
        return None;
    }
    check_keys(&axes, outer, mistakes);
    let grid = Grid::new(axes, MOST_POINTS);
    if grid.is_none() {
        mistakes.add_with_hint(
            path,
            format!("make more than {MOST_POINTS} design points"),
            "shorten axes, or draw them with `sample` instead of crossing them",
        );
    }
    grid.filter(|_| mistakes.count() == before)
}

fn axis(value: &Value, path: &str, outer: &[&str], depth: usize, mistakes: &mut Mistakes) -> Option<Axis> {
    let table = Table::open(value, path, &AXIS_KEYS, mistakes)?;
    let name = match table.get("name") {
        None => None,
        Some(_) => Some(table.text("name", mistakes)?.to_owned()),
    };
    let forms: Vec<&str> = ["key", "zip", "nested", "sample"]
        .into_iter()
        .filter(|form| table.has(form))
        .collect();
    let kind = match forms[..] {
        ["key"] => AxisKind::Single(column(&table, true, mistakes)?),
        [form] => {
            if let Some(stray) = SEQUENCES.iter().chain(&["labels"]).find(|key| table.has(key)) {
                mistakes.add(table.at(stray), format!("cannot stand beside `{form}`"));
            }
            match form {
                "zip" => AxisKind::Zip(zip(&table, mistakes)?),
                "nested" => AxisKind::Nested(nested(&table, outer, depth, mistakes)?),
                _ => AxisKind::Sample(parse_sample::sample(&table, mistakes)?),
            }
        }
        [] => {
            mistakes.add_with_hint(
                path,
                "lacks what it varies",
                "give `key` with values, or one of `zip`, `nested`, `sample`",
            );
            return None;
        }
        _ => {
            mistakes.add(
                path,
                format!("has `{}` at once, which exclude each other", forms.join("`, `")),
            );
            return None;
        }
    };
    Some(Axis {
        name,
        kind,
        path: path.to_owned(),
    })
}

/// A dotted key at `entry` of `table`.
pub(super) fn dotted_key(table: &Table<'_>, entry: &str, mistakes: &mut Mistakes) -> Option<String> {
    let text = table.text(entry, mistakes)?;
    if !key::is_valid(text) {
        mistakes.add_with_hint(
            table.at(entry),
            format!("is not a dotted key: \"{text}\""),
            "write it like `wind.speed_m_s`: words of letters, digits and `_` joined by dots",
        );
        return None;
    }
    Some(text.to_owned())
}

/// One key with its values; `unique` refuses values that come twice.
fn column(table: &Table<'_>, unique: bool, mistakes: &mut Mistakes) -> Option<Column> {
    let key = dotted_key(table, "key", mistakes);
    let sequence = parse_sequence::sequence(table, unique, mistakes);
    Some(Column {
        key: key?,
        sequence: sequence?,
        form: SEQUENCES.into_iter().find(|form| table.has(form))?,
        path: table.path().to_owned(),
    })
}

fn zip(table: &Table<'_>, mistakes: &mut Mistakes) -> Option<Vec<Column>> {
    let entries = table.list("zip", mistakes)?;
    let known = [&["key", "labels"], &SEQUENCES[..]].concat();
    let before = mistakes.count();
    let columns: Vec<Column> = entries
        .iter()
        .enumerate()
        .filter_map(|(number, entry)| {
            let path = format!("{}[{number}]", table.at("zip"));
            let entry = Table::open(entry, &path, &known, mistakes)?;
            column(&entry, false, mistakes)
        })
        .collect();
    if mistakes.count() > before {
        return None;
    }
    let expected = columns[0].sequence.count();
    for column in &columns {
        let found = column.sequence.count();
        if found != expected {
            mistakes.add_with_hint(
                &column.path,
                format!("has {found} values, but `{}` before it has {expected}", columns[0].key),
                "keys that advance together need equally many values",
            );
        }
    }
    if mistakes.count() > before {
        return None;
    }
    refuse_repeated_rows(&columns, &table.at("zip"), mistakes);
    Some(columns)
}

/// Longest zip whose rows are compared with each other.
const MOST_COMPARED_ROWS: u64 = 1_000_000;

fn refuse_repeated_rows(columns: &[Column], path: &str, mistakes: &mut Mistakes) {
    let rows = columns[0].sequence.count();
    // A range never repeats a value, so only lists can make equal rows.
    let only_lists = columns
        .iter()
        .all(|column| matches!(column.sequence, super::sequence::Sequence::List { .. }));
    if !only_lists || rows > MOST_COMPARED_ROWS {
        return;
    }
    let mut seen = HashSet::new();
    for row in 0..rows {
        let mut bytes = Vec::new();
        for column in columns {
            canonical::encode(&column.sequence.value(row), &mut bytes);
        }
        if !seen.insert(bytes) {
            mistakes.add_with_hint(
                path,
                format!("has the combination of entry {row} twice (counted from 0)"),
                "use `study.replicates` to repeat a design point",
            );
        }
    }
}

fn nested(table: &Table<'_>, outer: &[&str], depth: usize, mistakes: &mut Mistakes) -> Option<Nested> {
    let path = table.at("nested");
    if depth >= DEEPEST {
        mistakes.add(&path, format!("is nested more than {DEEPEST} deep"));
        return None;
    }
    let table = Table::open(table.required("nested", mistakes)?, &path, &["key", "cases"], mistakes)?;
    let key = dotted_key(&table, "key", mistakes);
    let entries = table.list("cases", mistakes)?;
    let key = key?;
    let inner: Vec<&str> = outer.iter().copied().chain([key.as_str()]).collect();
    let mut seen = HashSet::new();
    let mut labels = HashSet::new();
    let before = mistakes.count();
    let mut cases = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let path = format!("{}[{number}]", table.at("cases"));
        let Some(table) = Table::open(entry, &path, &["value", "label", "axes"], mistakes) else {
            continue;
        };
        if !seen.insert(canonical::bytes(entry)) {
            mistakes.add(&path, "is the same as a case before it");
        }
        let value = table
            .required("value", mistakes)
            .filter(|value| parse_sequence::check_value(value, &table.at("value"), mistakes));
        let label = table
            .has("label")
            .then(|| table.text("label", mistakes))
            .flatten()
            .map(str::to_owned);
        if label.clone().is_some_and(|label| !labels.insert(label)) {
            mistakes.add(table.at("label"), "is the label of a case before it");
        }
        let grid = match table.get("axes") {
            None => Some(Grid::default()),
            Some(axes) => grid_at_depth(axes, &table.at("axes"), &inner, depth + 1, mistakes),
        };
        if let (Some(value), Some(grid)) = (value, grid) {
            cases.push(Case {
                value: value.clone(),
                label,
                grid,
            });
        }
    }
    if mistakes.count() > before {
        return None;
    }
    let ends: Vec<u64> = cases
        .iter()
        .scan(0_u64, |end, case| {
            // At most MOST_POINTS each, and a list of 2²⁴ cases doesn't fit in a study file that can be read.
            *end = end.saturating_add(case.grid.count);
            Some(*end)
        })
        .collect();
    Some(Nested {
        path: path.clone(),
        key,
        cases,
        ends,
    })
}

/// No key twice, and no component after a part of it, over axes that are all in force together.
fn check_keys(axes: &[Axis], outer: &[&str], mistakes: &mut Mistakes) {
    let mut before: Vec<String> = outer.iter().map(|&key| key.to_owned()).collect();
    for axis in axes {
        let own = axis.keys();
        let within_one = !matches!(axis.kind, AxisKind::Nested(_));
        let mut earlier = before.clone();
        for entry in &own {
            if earlier.iter().any(|known| known == entry.key) {
                mistakes.add_with_hint(
                    format!("{}.key", entry.path),
                    format!("sweeps `{}`, which is swept already", entry.key),
                    "give all values of a key in one axis",
                );
            } else if let Some(part) = earlier.iter().find(|known| key::is_inside(known, entry.key)) {
                mistakes.add_with_hint(
                    format!("{}.key", entry.path),
                    format!("replaces `{}` as a whole after `{part}` was set in it", entry.key),
                    format!(
                        "put the axis of `{}` before that of `{part}`, or use `nested`",
                        entry.key
                    ),
                );
            }
            if within_one {
                earlier.push(entry.key.to_owned());
            }
        }
        before.extend(own.iter().map(|entry| entry.key.to_owned()));
    }
}
