//! Columns: what a table of results declares, as fields and arrays.

use crate::results::{CellColumn, CellKind, RowColumn};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int32Array, Int64Array, StringArray,
    UInt8Array,
};
use arrow_schema::{DataType, Field};
use std::collections::HashMap;
use std::sync::Arc;

/// Metadata of a field: its unit, as UDUNITS writes it.
pub const UNIT_KEY: &str = "units";
/// Metadata of a field: one line for people.
pub const LONG_NAME_KEY: &str = "long_name";
/// Metadata of a field with a swept value: the dotted key.
pub const KEY_KEY: &str = "key";
/// Metadata of a field of texts that are as good as all different: the bytes of the longest. Others are few words again and again.
pub const BYTES_KEY: &str = "bytes";

/// A field that always has a value.
#[must_use]
pub fn field(name: &str, kind: DataType, unit: &str, long_name: &str) -> Field {
    let mut metadata = HashMap::from([(LONG_NAME_KEY.to_owned(), long_name.to_owned())]);
    if !unit.is_empty() {
        metadata.insert(UNIT_KEY.to_owned(), unit.to_owned());
    }
    Field::new(name, kind, false).with_metadata(metadata)
}

/// A field of texts of at most `bytes` bytes.
#[must_use]
pub fn text_field(name: &str, bytes: usize, long_name: &str) -> Field {
    let plain = field(name, DataType::Utf8, "", long_name);
    let mut metadata = plain.metadata().clone();
    metadata.insert(BYTES_KEY.to_owned(), bytes.to_string());
    plain.with_metadata(metadata)
}

/// A field of swept values. Numbers may be missing: a case of a nested axis can leave a key unset.
#[must_use]
pub fn coordinate_field(name: &str, key: &str, unit: &str, long_name: &str, kind: DataType) -> Field {
    let missing = kind != DataType::Int64;
    let plain = field(name, kind, unit, long_name);
    let mut metadata = plain.metadata().clone();
    metadata.insert(KEY_KEY.to_owned(), key.to_owned());
    plain.with_metadata(metadata).with_nullable(missing)
}

/// A field of codes.
#[must_use]
pub fn code_field(name: &str, long_name: &str) -> Field {
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    field(name, words, "", long_name).with_nullable(true)
}

/// The words that codes stand for.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Each word once: some readers refuse it twice.
    words: ArrayRef,
    /// Which of them each code stands for.
    places: Vec<i32>,
}

impl Codes {
    /// 0 stands for the first word.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        let mut once: Vec<&String> = Vec::new();
        let mut place = |word| {
            let known = once.iter().position(|known| *known == word).unwrap_or_else(|| {
                once.push(word);
                once.len() - 1
            });
            known as i32
        };
        let places = words.iter().map(&mut place).collect();
        Self {
            words: Arc::new(StringArray::from_iter_values(once)),
            places,
        }
    }

    /// Codes as their words; what is no code is missing.
    #[must_use]
    pub fn array(&self, codes: impl Iterator<Item = Option<i32>>) -> ArrayRef {
        let place = |code: i32| self.places.get(usize::try_from(code).ok()?).copied();
        let codes: Int32Array = codes.map(|code| code.and_then(place)).collect();
        Arc::new(DictionaryArray::<Int32Type>::new(codes, Arc::clone(&self.words)))
    }
}

/// Whether codes are a no and a yes.
fn is_flag(column: &RowColumn) -> bool {
    column.meanings == ["no", "yes"]
}

/// The field of a column of rows.
#[must_use]
pub fn row_field(column: &RowColumn) -> Field {
    let plain = |kind| field(&column.name, kind, &column.unit, &column.long_name);
    match column.kind {
        CellKind::F64 => plain(DataType::Float64).with_nullable(true),
        CellKind::F32 => plain(DataType::Float32).with_nullable(true),
        CellKind::I64 => plain(DataType::Int64),
        CellKind::I32 => plain(DataType::Int32),
        CellKind::U8 if is_flag(column) => plain(DataType::Boolean).with_nullable(true),
        CellKind::U8 if !column.meanings.is_empty() => code_field(&column.name, &column.long_name),
        CellKind::U8 => plain(DataType::UInt8),
        CellKind::Flag => plain(DataType::Boolean),
        CellKind::Text(bytes) => text_field(&column.name, usize::from(bytes), &column.long_name),
    }
}

/// The cells of a column of rows.
#[must_use]
pub fn row_array(column: &RowColumn, codes: &Codes, cells: &CellColumn) -> ArrayRef {
    let code = |cell: &u8| (*cell != CellKind::NO_CODE).then_some(*cell);
    match cells {
        CellColumn::F64(cells) => Arc::new(Float64Array::from_iter(
            cells.iter().map(|cell| Some(*cell).filter(|cell| !cell.is_nan())),
        )),
        CellColumn::F32(cells) => Arc::new(Float32Array::from_iter(
            cells.iter().map(|cell| Some(*cell).filter(|cell| !cell.is_nan())),
        )),
        CellColumn::I64(cells) => Arc::new(Int64Array::from(cells.clone())),
        CellColumn::I32(cells) => Arc::new(Int32Array::from(cells.clone())),
        CellColumn::U8(cells) if is_flag(column) => Arc::new(BooleanArray::from_iter(
            cells.iter().map(|cell| code(cell).map(|code| code == 1)),
        )),
        CellColumn::U8(cells) if !column.meanings.is_empty() => {
            codes.array(cells.iter().map(|cell| code(cell).map(i32::from)))
        }
        CellColumn::U8(cells) => Arc::new(UInt8Array::from(cells.clone())),
        CellColumn::Flag(cells) => Arc::new(BooleanArray::from(cells.clone())),
        CellColumn::Text(cells) => Arc::new(StringArray::from_iter_values(cells)),
    }
}
