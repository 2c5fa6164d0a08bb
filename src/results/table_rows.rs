//! Rows of a table, as they are read back.

use super::CellKind;

/// The rows of one table of one unit, in the order in which the unit appended them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableRows {
    /// Number of rows.
    pub rows: u64,
    /// The cells of each column.
    pub columns: Vec<CellColumn>,
}

/// The cells of a column, see [`CellKind`].
#[derive(Clone, Debug, PartialEq)]
pub enum CellColumn {
    /// 64-bit floats.
    F64(Vec<f64>),
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit integers.
    I64(Vec<i64>),
    /// 32-bit integers.
    I32(Vec<i32>),
    /// 8-bit integers.
    U8(Vec<u8>),
    /// No or yes.
    Flag(Vec<bool>),
    /// Texts.
    Text(Vec<String>),
}

impl CellColumn {
    /// The cells in bytes as they are stored.
    #[must_use]
    pub fn of(kind: CellKind, bytes: &[u8]) -> Self {
        fn words<const N: usize, T>(bytes: &[u8], from: impl Fn([u8; N]) -> T) -> Vec<T> {
            bytes.as_chunks::<N>().0.iter().copied().map(from).collect()
        }
        match kind {
            CellKind::F64 => Self::F64(words(bytes, f64::from_le_bytes)),
            CellKind::F32 => Self::F32(words(bytes, f32::from_le_bytes)),
            CellKind::I64 => Self::I64(words(bytes, i64::from_le_bytes)),
            CellKind::I32 => Self::I32(words(bytes, i32::from_le_bytes)),
            CellKind::U8 => Self::U8(bytes.to_vec()),
            CellKind::Flag => Self::Flag(bytes.iter().map(|byte| *byte != 0).collect()),
            CellKind::Text(length) => Self::Text(
                (bytes.chunks_exact(usize::from(length)))
                    .map(|text| String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
                    .collect(),
            ),
        }
    }
}
