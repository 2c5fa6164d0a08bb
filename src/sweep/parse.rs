//! The axes of a sweep from their tables, whose form is right already.

use super::axis::{Axis, AxisKind, Case, Column, Grid, Nested};
use super::canonical;
use super::error::Problems;
use super::key::{self, Keys};
use super::parse_sample;
use super::parse_sequence;
use super::sequence::Sequence;
use super::table::{AxisTable, ColumnTable, DottedKey, NestedTable, SweptLabel};
use std::collections::HashSet;

/// Most top-level axes: HDF5 allows 32 dimensions, of which replicates, members and two spares are taken.
pub(super) const MAX_AXES: usize = 28;

/// Most design points before exclusions.
pub(super) const MAX_POINTS: u64 = 1_000_000_000_000;

/// Deepest nesting of `nested` axes.
const MAX_DEPTH: usize = 16;

/// Refuses more axes than results have dimensions for.
pub(super) fn check_number(axes: usize, problems: &mut Problems) -> Option<()> {
    if axes <= MAX_AXES {
        return Some(());
    }
    problems.add_with_hint(
        "axes",
        format!("has {axes} axes; the maximum is {MAX_AXES}"),
        "let some keys change together with `zip`, or draw them with `sample`",
    );
    None
}

/// The grid of the axes at `path`; of those whose form is wrong nothing is said. `outer` are the keys that enclosing cases
/// set.
pub(super) fn grid(
    axes: Vec<Option<AxisTable>>,
    path: &str,
    outer: &[&str],
    depth: usize,
    problems: &mut Problems,
) -> Option<Grid> {
    let before = problems.count();
    let expected = axes.len();
    let axes: Vec<Axis> = (axes.into_iter().enumerate())
        .filter_map(|(number, table)| axis(table?, format!("{path}[{number}]"), outer, depth, problems))
        .collect();
    if problems.count() > before || axes.len() < expected {
        return None;
    }
    check_keys(&axes, outer, problems);
    let grid = Grid::new(axes, MAX_POINTS);
    if grid.is_none() {
        problems.add_with_hint(
            path,
            format!("make more than {MAX_POINTS} design points"),
            "shorten axes, or draw them with `sample` instead of crossing them",
        );
    }
    grid.filter(|_| problems.count() == before)
}

fn axis(table: AxisTable, path: String, outer: &[&str], depth: usize, problems: &mut Problems) -> Option<Axis> {
    let (name, kind) = match table {
        AxisTable::Zip(axis) => (
            axis.name,
            AxisKind::Zip(zip(axis.zip, &format!("{path}.zip"), problems)?),
        ),
        AxisTable::Nested(axis) => {
            let nested = nested(axis.nested, format!("{path}.nested"), outer, depth, problems);
            (axis.name, AxisKind::Nested(nested?))
        }
        AxisTable::Sample(axis) => {
            let sample = parse_sample::sample(axis.sample, &format!("{path}.sample"), problems);
            (axis.name, AxisKind::Sample(sample?))
        }
        AxisTable::Values(axis) => single(ColumnTable::Values(axis), &path, problems)?,
        AxisTable::Range(axis) => single(ColumnTable::Range(axis), &path, problems)?,
        AxisTable::Linspace(axis) => single(ColumnTable::Linspace(axis), &path, problems)?,
        AxisTable::Logspace(axis) => single(ColumnTable::Logspace(axis), &path, problems)?,
    };
    Some(Axis { name, kind, path })
}

fn single(table: ColumnTable, path: &str, problems: &mut Problems) -> Option<(Option<String>, AxisKind)> {
    let (name, column) = column(table, path, true, problems);
    Some((name, AxisKind::Single(column?)))
}

/// A dotted key at `path`.
pub(super) fn dotted_key(DottedKey(key): DottedKey, path: &str, problems: &mut Problems) -> Option<String> {
    if !key::is_valid(&key) {
        problems.add_with_hint(
            format!("{path}.key"),
            format!("is not a dotted key: \"{}\"", crate::printable::short(&key, 60)),
            "write it like `wind.speed_m_s`: words of letters, digits and `_` joined by dots",
        );
        return None;
    }
    Some(key)
}

/// One key with its values, and its name; `unique` refuses values that come twice.
fn column(table: ColumnTable, path: &str, unique: bool, problems: &mut Problems) -> (Option<String>, Option<Column>) {
    let (key, name, sequence) = match table {
        ColumnTable::Values(axis) => {
            let sequence = parse_sequence::list(axis.values, axis.labels, unique, path, problems);
            (axis.key, axis.name, sequence)
        }
        ColumnTable::Range(axis) => {
            let sequence = parse_sequence::range(&axis.range, &format!("{path}.range"), problems);
            (axis.key, axis.name, sequence)
        }
        ColumnTable::Linspace(axis) => {
            let sequence = parse_sequence::linear(&axis.linspace, &format!("{path}.linspace"), problems);
            (axis.key, axis.name, sequence)
        }
        ColumnTable::Logspace(axis) => {
            let sequence = parse_sequence::logarithmic(&axis.logspace, &format!("{path}.logspace"), problems);
            (axis.key, axis.name, sequence)
        }
    };
    let column = dotted_key(key, path, problems)
        .zip(sequence)
        .map(|(key, sequence)| Column {
            key,
            sequence,
            path: path.to_owned(),
        });
    (name, column)
}

fn zip(tables: Vec<ColumnTable>, path: &str, problems: &mut Problems) -> Option<Vec<Column>> {
    let before = problems.count();
    let mut columns = Vec::with_capacity(tables.len());
    for (number, table) in tables.into_iter().enumerate() {
        let (name, column) = column(table, &format!("{path}[{number}]"), false, problems);
        if name.is_some() {
            problems.add(
                format!("{path}[{number}].name"),
                "belongs to the axis: write it beside `zip`",
            );
        }
        columns.extend(column);
    }
    if problems.count() > before {
        return None;
    }
    let expected = columns[0].sequence.count();
    for column in &columns {
        let found = column.sequence.count();
        if found != expected {
            problems.add_with_hint(
                &column.path,
                format!("has {found} values, but `{}` before it has {expected}", columns[0].key),
                "keys that change together need the same number of values",
            );
        }
    }
    if problems.count() > before {
        return None;
    }
    refuse_repeated_rows(&columns, path, problems);
    Some(columns)
}

/// Longest zip whose rows are compared with each other.
const MAX_COMPARED_ROWS: u64 = 1_000_000;

fn refuse_repeated_rows(columns: &[Column], path: &str, problems: &mut Problems) {
    let rows = columns[0].sequence.count();
    // A range never repeats a value, so only lists can make equal rows.
    let only_lists = columns
        .iter()
        .all(|column| matches!(column.sequence, Sequence::List { .. }));
    if !only_lists || rows > MAX_COMPARED_ROWS {
        return;
    }
    let mut seen = HashSet::new();
    for row in 0..rows {
        let mut bytes = Vec::new();
        for column in columns {
            canonical::encode(&column.sequence.value(row), &mut bytes);
        }
        if !seen.insert(bytes) {
            problems.add_with_hint(
                path,
                format!("has the combination of entry {row} twice (counted from 0)"),
                "use `study.replicates` to repeat a design point",
            );
        }
    }
}

fn nested(table: NestedTable, path: String, outer: &[&str], depth: usize, problems: &mut Problems) -> Option<Nested> {
    if depth >= MAX_DEPTH {
        problems.add(&path, format!("is nested more than {MAX_DEPTH} deep"));
        return None;
    }
    let key = dotted_key(table.key, &path, problems)?;
    let inner: Vec<&str> = outer.iter().copied().chain([key.as_str()]).collect();
    let mut seen = HashSet::new();
    let mut labels = HashSet::new();
    let before = problems.count();
    let mut cases = Vec::new();
    for (number, case) in table.cases.into_iter().enumerate() {
        let path = format!("{path}.cases[{number}]");
        let whole = serde_json::to_value(&case).unwrap_or_default();
        if !seen.insert(canonical::bytes(&whole)) {
            problems.add(&path, "is the same as an earlier case");
        }
        let label = case.label.map(|SweptLabel(label)| label);
        if let Some(label) = &label {
            parse_sequence::check_label(label, &format!("{path}.label"), problems);
        }
        if label.clone().is_some_and(|label| !labels.insert(label)) {
            problems.add(format!("{path}.label"), "is the label of an earlier case");
        }
        let axes = case.axes.into_iter().map(Some).collect();
        if let Some(grid) = grid(axes, &format!("{path}.axes"), &inner, depth + 1, problems) {
            cases.push(Case {
                value: case.value.0,
                label,
                grid,
            });
        }
    }
    if problems.count() > before {
        return None;
    }
    let ends: Vec<u64> = cases
        .iter()
        .scan(0_u64, |end, case| {
            // At most MAX_POINTS each, and a list of 2²⁴ cases doesn't fit in a study file that can be read.
            *end = end.saturating_add(case.grid.count);
            Some(*end)
        })
        .collect();
    Some(Nested { path, key, cases, ends })
}

/// No key twice, and no component after a part of it, over axes that are all in force together.
fn check_keys(axes: &[Axis], outer: &[&str], problems: &mut Problems) {
    let mut before = Keys::default();
    outer.iter().for_each(|key| before.add(key));
    for axis in axes {
        let own = axis.keys();
        let within_one = !matches!(axis.kind, AxisKind::Nested(_));
        let mut earlier = before.clone();
        for entry in &own {
            if earlier.contain(entry.key) {
                problems.add_with_hint(
                    format!("{}.key", entry.path),
                    format!("sweeps `{}`, which is swept already", entry.key),
                    "give all values of a key in one axis",
                );
            } else if let Some(part) = earlier.inside(entry.key) {
                problems.add_with_hint(
                    format!("{}.key", entry.path),
                    format!("replaces `{}` as a whole after `{part}` was set in it", entry.key),
                    format!(
                        "put the axis of `{}` before that of `{part}`, or use `nested`",
                        entry.key
                    ),
                );
            }
            if within_one {
                earlier.add(entry.key);
            }
        }
        own.iter().for_each(|entry| before.add(entry.key));
    }
}
