//! What the axes of the results look like.

use super::axis::Cell;
use super::sequence::ValueKind;

/// One axis of the results: a top-level axis of the sweep, or `point` where the design isn't a box.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Name, unique, usable as a netCDF dimension name.
    pub name: String,
    /// Length.
    pub length: u64,
    /// Values along it: one per swept key. A single coordinate with the dimension's own name is its scale.
    pub coordinates: Vec<Coordinate>,
}

/// The values of one swept key along a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinate {
    /// Dataset name: the dotted key with `_` for `.` and `-`, or the name given to the axis; unique in the design.
    pub name: String,
    /// Dotted key.
    pub key: String,
    /// How to store the values.
    pub values: CoordinateValues,
}

/// Values of a coordinate in storable form. Where a nested case leaves a key unset: NaN or the empty text.
#[derive(Clone, Debug, PartialEq)]
pub enum CoordinateValues {
    /// Numbers.
    Real(Vec<f64>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Everything else, by label.
    Text(Vec<String>),
}

/// One swept key, as a column of the table of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweptKey {
    /// Dotted key.
    pub key: String,
    /// The name of its [`Coordinate`].
    pub name: String,
    /// How its values are stored; whole numbers that some point leaves unset are stored as [`ValueKind::Real`].
    pub kind: ValueKind,
}

impl CoordinateValues {
    /// `length` unset values; whole numbers can't be, and start at 0.
    fn unset(kind: ValueKind, length: usize) -> Self {
        match kind {
            ValueKind::Real => Self::Real(vec![f64::NAN; length]),
            ValueKind::Integer => Self::Integer(vec![0; length]),
            ValueKind::Text => Self::Text(vec![String::new(); length]),
        }
    }

    fn put(&mut self, index: usize, cell: &Cell<'_>) {
        match self {
            Self::Real(values) => values[index] = cell.value.as_f64().unwrap_or(f64::NAN),
            Self::Integer(values) => values[index] = cell.value.as_i64().unwrap_or_default(),
            Self::Text(values) => values[index] = cell.label(),
        }
    }
}

/// The coordinates of `keys` over `length` positions; `visit(position, visitor)` shows the cells of one.
pub(super) fn coordinates<'a>(
    keys: Vec<SweptKey>,
    length: usize,
    visit: impl Fn(usize, &mut dyn FnMut(Cell<'a>)),
) -> Vec<Coordinate> {
    let mut coordinates: Vec<Coordinate> = keys
        .into_iter()
        .map(|swept| Coordinate {
            values: CoordinateValues::unset(swept.kind, length),
            name: swept.name,
            key: swept.key,
        })
        .collect();
    for position in 0..length {
        visit(position, &mut |cell| {
            if let Some(coordinate) = coordinates.iter_mut().find(|coordinate| coordinate.key == cell.key) {
                coordinate.values.put(position, &cell);
            }
        });
    }
    coordinates
}
