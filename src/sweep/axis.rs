//! One axis of a sweep, and grids of axes: a digit or an index to assignments.

use super::key;
use super::sample::Sample;
use super::sequence::{Sequence, ValueKind, natural_label};
use serde_json::Value;
use std::borrow::Cow;

/// One key with its value at an index.
pub(super) struct Cell<'a> {
    /// Dotted key.
    pub(super) key: &'a str,
    /// Its value.
    pub(super) value: Cow<'a, Value>,
    given_label: Option<&'a str>,
}

impl Cell<'_> {
    /// What the value is called.
    pub(super) fn label(&self) -> String {
        self.given_label
            .map_or_else(|| natural_label(&self.value), str::to_owned)
    }

    /// The given label, the text, or the `kind` of a component: what a text is compared with.
    pub(super) fn name(&self) -> Option<&str> {
        self.given_label.or_else(|| match &*self.value {
            Value::String(text) => Some(text),
            Value::Object(entries) => entries.get("kind").and_then(Value::as_str),
            _ => None,
        })
    }
}

/// One key and its values.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) key: String,
    pub(super) sequence: Sequence,
    /// Where it stands in the sweep.
    pub(super) path: String,
}

/// One alternative of a nested axis.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) value: Value,
    pub(super) label: Option<String>,
    pub(super) grid: Grid,
}

/// Alternatives of one key, each with axes of its own.
#[derive(Clone, Debug)]
pub(super) struct Nested {
    pub(super) key: String,
    pub(super) cases: Vec<Case>,
    /// Index after the last of each case.
    pub(super) ends: Vec<u64>,
    pub(super) path: String,
}

/// The forms of an axis.
#[derive(Clone, Debug)]
pub(super) enum AxisKind {
    Single(Column),
    Zip(Vec<Column>),
    Nested(Nested),
    Sample(Sample),
}

/// One axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) name: Option<String>,
    pub(super) kind: AxisKind,
    /// Where it stands in the sweep.
    pub(super) path: String,
}

/// The product of axes, the first one slowest.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub(super) axes: Vec<Axis>,
    /// Number of combinations.
    pub(super) count: u64,
}

impl Default for Grid {
    fn default() -> Self {
        Self {
            axes: Vec::new(),
            count: 1,
        }
    }
}

impl Grid {
    /// The product, unless it is larger than `limit`.
    pub(super) fn new(axes: Vec<Axis>, limit: u64) -> Option<Self> {
        let count = axes
            .iter()
            .try_fold(1_u64, |product, axis| product.checked_mul(axis.count()))
            .filter(|count| *count <= limit)?;
        Some(Self { axes, count })
    }

    /// The digit of each axis at `index`.
    pub(super) fn digits(&self, mut index: u64) -> Vec<u64> {
        let mut digits = vec![0; self.axes.len()];
        for (digit, axis) in digits.iter_mut().zip(&self.axes).rev() {
            let radix = axis.count();
            *digit = index % radix;
            index /= radix;
        }
        digits
    }

    /// Shows the assignments at `index` to `visitor`, in the order of the axes.
    pub(super) fn visit<'a>(&'a self, index: u64, visitor: &mut dyn FnMut(Cell<'a>)) {
        for (axis, digit) in self.axes.iter().zip(self.digits(index)) {
            axis.visit(digit, visitor);
        }
    }
}

impl Axis {
    /// Its length.
    pub(super) fn count(&self) -> u64 {
        match &self.kind {
            AxisKind::Single(column) => column.sequence.count(),
            AxisKind::Zip(columns) => columns.first().map_or(0, |column| column.sequence.count()),
            AxisKind::Nested(nested) => nested.ends.last().copied().unwrap_or(0),
            AxisKind::Sample(sample) => sample.count,
        }
    }

    /// Shows the assignments at `digit` to `visitor`.
    pub(super) fn visit<'a>(&'a self, digit: u64, visitor: &mut dyn FnMut(Cell<'a>)) {
        match &self.kind {
            AxisKind::Single(column) => visitor(column.cell(digit)),
            AxisKind::Zip(columns) => columns.iter().for_each(|column| visitor(column.cell(digit))),
            AxisKind::Nested(nested) => {
                let (case, index) = nested.locate(digit);
                visitor(Cell {
                    key: &nested.key,
                    value: Cow::Borrowed(&case.value),
                    given_label: case.label.as_deref(),
                });
                case.grid.visit(index, visitor);
            }
            AxisKind::Sample(sample) => {
                for variable in &sample.variables {
                    visitor(Cell {
                        key: &variable.key,
                        value: sample.value(variable, digit),
                        given_label: sample.given_label(variable, digit),
                    });
                }
            }
        }
    }

    /// Each key that it sets, once, in order of appearance, with the kind of its values and whether some index leaves
    /// it unset.
    pub(super) fn keys(&self) -> Vec<AxisKey<'_>> {
        match &self.kind {
            AxisKind::Single(column) => vec![column.axis_key()],
            AxisKind::Zip(columns) => columns.iter().map(Column::axis_key).collect(),
            AxisKind::Sample(sample) => sample
                .variables
                .iter()
                .map(|variable| AxisKey {
                    key: &variable.key,
                    kind: variable.distribution.kind(),
                    sometimes_unset: false,
                    path: &variable.path,
                })
                .collect(),
            AxisKind::Nested(nested) => nested.keys(),
        }
    }

    /// Whether it sets a key that touches one of `keys`.
    pub(super) fn touches_any(&self, keys: &[&str]) -> bool {
        self.keys()
            .iter()
            .any(|own| keys.iter().any(|other| key::touches(own.key, other)))
    }
}

/// One key that an axis sets.
pub(super) struct AxisKey<'a> {
    pub(super) key: &'a str,
    pub(super) kind: ValueKind,
    pub(super) sometimes_unset: bool,
    /// Of the table that has it first.
    pub(super) path: &'a str,
}

impl Column {
    fn cell(&self, index: u64) -> Cell<'_> {
        Cell {
            key: &self.key,
            value: self.sequence.value(index),
            given_label: self.sequence.given_label(index),
        }
    }

    fn axis_key(&self) -> AxisKey<'_> {
        AxisKey {
            key: &self.key,
            kind: self.sequence.kind(),
            sometimes_unset: false,
            path: &self.path,
        }
    }
}

impl Nested {
    /// The case at `digit` and the index within it.
    pub(super) fn locate(&self, digit: u64) -> (&Case, u64) {
        let case = self.ends.partition_point(|end| *end <= digit);
        let first = if case == 0 { 0 } else { self.ends[case - 1] };
        (&self.cases[case], digit - first)
    }

    fn keys(&self) -> Vec<AxisKey<'_>> {
        let kind = self
            .cases
            .iter()
            .map(|case| ValueKind::of(&case.value))
            .reduce(ValueKind::merge)
            .unwrap_or(ValueKind::Text);
        let mut keys = vec![AxisKey {
            key: &self.key,
            kind,
            sometimes_unset: false,
            path: &self.path,
        }];
        for (number, case) in self.cases.iter().enumerate() {
            let inner: Vec<AxisKey<'_>> = case.grid.axes.iter().flat_map(Axis::keys).collect();
            for known in keys.iter_mut().skip(1) {
                known.sometimes_unset |= !inner.iter().any(|own| own.key == known.key);
            }
            for mut own in inner {
                if let Some(known) = keys.iter_mut().find(|known| known.key == own.key) {
                    known.kind = known.kind.merge(own.kind);
                    known.sometimes_unset |= own.sometimes_unset;
                } else {
                    own.sometimes_unset |= number > 0;
                    keys.push(own);
                }
            }
        }
        keys
    }
}
