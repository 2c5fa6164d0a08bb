//! Tables that a scenario declares: columns, and as many rows per unit as it has to tell.

use serde::{Deserialize, Serialize};

/// What the cells of a column hold, and how they are stored: little-endian, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// 64-bit float; NaN where missing.
    F64,
    /// 32-bit float; NaN where missing.
    F32,
    /// 64-bit integer.
    I64,
    /// 32-bit integer.
    I32,
    /// 8-bit integer without sign.
    U8,
    /// No or yes, as a byte 0 or 1.
    Flag,
    /// UTF-8 text of at most this many bytes, padded with zero bytes.
    Text(u16),
}

impl CellKind {
    /// What a cell of a column of codes holds where there is none.
    pub const NO_CODE: u8 = u8::MAX;

    /// Bytes of one cell.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::F64 | Self::I64 => 8,
            Self::F32 | Self::I32 => 4,
            Self::U8 | Self::Flag => 1,
            Self::Text(bytes) => usize::from(bytes),
        }
    }
}

/// What a row of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowMeaning {
    /// A member of the unit at a step that is recorded.
    MemberAtStep,
    /// Something that happened.
    Event,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowColumn {
    /// Name: lower-case words joined by `_`, with the unit as a suffix where it has one.
    pub name: String,
    /// Storage.
    pub kind: CellKind,
    /// UDUNITS string; `1` for what has none.
    pub unit: String,
    /// One line for people.
    pub long_name: String,
    /// What the values of a column of codes mean, in one word each, from 0 on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meanings: Vec<String>,
}

impl RowColumn {
    /// A column.
    #[must_use]
    pub fn new(name: &str, kind: CellKind, unit: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            unit: unit.to_owned(),
            long_name: long_name.to_owned(),
            meanings: Vec::new(),
        }
    }

    /// The same column, whose cells are codes: 0 stands for the first of `meanings`.
    #[must_use]
    pub fn with_meanings(mut self, meanings: &[&str]) -> Self {
        self.meanings = meanings.iter().map(|word| (*word).to_owned()).collect();
        self
    }
}

/// A table: every unit has as many rows of it as it appends ([`UnitOutput::append`](crate::scenario::UnitOutput::append)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowTable {
    /// Name: one lower-case word, or several joined by `_`.
    pub name: String,
    /// One line for people.
    pub long_name: String,
    /// What a row is.
    pub row: RowMeaning,
    /// Whether its rows are recorded only to be looked at. Then they are no results: neither the digest nor the checksums of
    /// the units know of them, and have checksums of their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recorded: bool,
    /// Columns, at least one.
    pub columns: Vec<RowColumn>,
}

impl RowTable {
    /// What is wrong with it, in words, if anything is.
    pub(super) fn problem(&self, is_name: impl Fn(&str) -> bool) -> Option<String> {
        let name = &self.name;
        if self.columns.is_empty() {
            return Some(format!("declares the table `{name}` without columns"));
        }
        for (index, column) in self.columns.iter().enumerate() {
            if !is_name(&column.name) {
                let found = &column.name;
                return Some(format!(
                    "calls a column of the table `{name}` {found:?}; a name is lower-case letters, digits and `_`"
                ));
            }
            if self.columns[..index].iter().any(|other| other.name == column.name) {
                return Some(format!("has two columns `{}` in the table `{name}`", column.name));
            }
            if column.kind.bytes() == 0 {
                return Some(format!(
                    "has texts of no bytes in column `{}` of the table `{name}`",
                    column.name
                ));
            }
        }
        None
    }
}

/// Cells of one column for a few rows at once.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    /// See [`CellKind::F64`].
    F64(&'a [f64]),
    /// See [`CellKind::F32`].
    F32(&'a [f32]),
    /// See [`CellKind::I64`].
    I64(&'a [i64]),
    /// See [`CellKind::I32`].
    I32(&'a [i32]),
    /// See [`CellKind::U8`].
    U8(&'a [u8]),
    /// See [`CellKind::Flag`].
    Flag(&'a [bool]),
    /// See [`CellKind::Text`]; none may hold a zero byte.
    Text(&'a [&'a str]),
}

impl Cells<'_> {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F64(cells) => cells.len(),
            Self::F32(cells) => cells.len(),
            Self::I64(cells) => cells.len(),
            Self::I32(cells) => cells.len(),
            Self::U8(cells) => cells.len(),
            Self::Flag(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn kind_in_words(&self) -> &'static str {
        match self {
            Self::F64(_) => "64-bit floats",
            Self::F32(_) => "32-bit floats",
            Self::I64(_) => "64-bit integers",
            Self::I32(_) => "32-bit integers",
            Self::U8(_) => "8-bit integers",
            Self::Flag(_) => "flags",
            Self::Text(_) => "texts",
        }
    }

    /// Appends them as they are stored in a column of this kind.
    ///
    /// # Panics
    /// If they are of another kind, or a text doesn't fit.
    pub(super) fn store(&self, kind: CellKind, bytes: &mut Vec<u8>) {
        match (self, kind) {
            // One NaN only: its payload could depend on the machine.
            (Self::F64(cells), CellKind::F64) => store_words(cells, bytes, |cell| {
                let cell = if cell.is_nan() { f64::NAN } else { cell };
                cell.to_le_bytes()
            }),
            (Self::F32(cells), CellKind::F32) => store_words(cells, bytes, |cell| {
                let cell = if cell.is_nan() { f32::NAN } else { cell };
                cell.to_le_bytes()
            }),
            (Self::I64(cells), CellKind::I64) => store_words(cells, bytes, i64::to_le_bytes),
            (Self::I32(cells), CellKind::I32) => store_words(cells, bytes, i32::to_le_bytes),
            (Self::U8(cells), CellKind::U8) => bytes.extend_from_slice(cells),
            (Self::Flag(cells), CellKind::Flag) => bytes.extend(cells.iter().map(|&cell| u8::from(cell))),
            (Self::Text(cells), CellKind::Text(most)) => {
                for cell in *cells {
                    let most = usize::from(most);
                    assert!(
                        cell.len() <= most && !cell.contains('\0'),
                        "a text of {} bytes doesn't fit into {most}, or holds a zero byte: {cell:?}",
                        cell.len()
                    );
                    bytes.extend_from_slice(cell.as_bytes());
                    bytes.resize(bytes.len() + most - cell.len(), 0);
                }
            }
            (cells, kind) => panic!("{} for a column of {kind:?}", cells.kind_in_words()),
        }
    }
}

/// Appends the bytes of words, in a loop over chunks that the compiler turns into vector instructions.
fn store_words<const N: usize, T: Copy>(cells: &[T], bytes: &mut Vec<u8>, to_bytes: impl Fn(T) -> [u8; N]) {
    let start = bytes.len();
    bytes.resize(start + N * cells.len(), 0);
    let (words, _) = bytes[start..].as_chunks_mut::<N>();
    for (word, cell) in words.iter_mut().zip(cells) {
        *word = to_bytes(*cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_stored_one_after_the_other() {
        let stored = |cells: Cells<'_>, kind| {
            let mut bytes = Vec::new();
            cells.store(kind, &mut bytes);
            assert_eq!(bytes.len(), cells.len() * kind.bytes());
            bytes
        };
        assert_eq!(
            stored(Cells::I32(&[1, -2]), CellKind::I32),
            [1, 0, 0, 0, 254, 255, 255, 255]
        );
        assert_eq!(stored(Cells::Flag(&[true, false]), CellKind::Flag), [1, 0]);
        assert_eq!(
            stored(Cells::Text(&["ü", ""]), CellKind::Text(3)),
            [0xc3, 0xbc, 0, 0, 0, 0]
        );
        let odd = f64::from_bits(0xFFF8_0000_0000_0123);
        assert_eq!(
            stored(Cells::F64(&[odd]), CellKind::F64),
            stored(Cells::F64(&[f64::NAN]), CellKind::F64)
        );
    }

    #[test]
    #[should_panic(expected = "doesn't fit into 3")]
    fn a_text_that_is_too_long_is_refused() {
        Cells::Text(&["long"]).store(CellKind::Text(3), &mut Vec::new());
    }

    #[test]
    #[should_panic(expected = "for a column of F32")]
    fn cells_of_another_kind_are_refused() {
        Cells::F64(&[1.0]).store(CellKind::F32, &mut Vec::new());
    }
}
