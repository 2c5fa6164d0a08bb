//! Cells of arrays, one by one.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type, UInt8Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int32Array, Int64Array, StringArray, UInt8Array,
};
use arrow_schema::{ArrowError, DataType};

/// The cells of a column.
pub(super) enum Cells<'a> {
    F64(&'a Float64Array),
    F32(&'a Float32Array),
    I64(&'a Int64Array),
    I32(&'a Int32Array),
    U8(&'a UInt8Array),
    Flag(&'a BooleanArray),
    Text(&'a StringArray),
    /// Codes, and the words that they stand for.
    Code(&'a Int32Array, &'a StringArray),
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    F64(f64),
    F32(f32),
    Integer(i64),
    Flag(bool),
    Text(&'a str),
}

impl<'a> Cells<'a> {
    /// Those of an array of a kind that tables have.
    pub fn of(array: &'a ArrayRef) -> Result<Self, ArrowError> {
        Ok(match array.data_type() {
            DataType::Float64 => Self::F64(array.as_primitive::<Float64Type>()),
            DataType::Float32 => Self::F32(array.as_primitive::<Float32Type>()),
            DataType::Int64 => Self::I64(array.as_primitive::<Int64Type>()),
            DataType::Int32 => Self::I32(array.as_primitive::<Int32Type>()),
            DataType::UInt8 => Self::U8(array.as_primitive::<UInt8Type>()),
            DataType::Boolean => Self::Flag(array.as_boolean()),
            DataType::Utf8 => Self::Text(array.as_string::<i32>()),
            DataType::Dictionary(_, _) => {
                let dictionary = array.as_dictionary::<Int32Type>();
                Self::Code(dictionary.keys(), dictionary.values().as_string::<i32>())
            }
            other => return Err(ArrowError::NotYetImplemented(format!("columns of {other}"))),
        })
    }

    fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::F64(cells) => cells.is_null(row) || cells.value(row).is_nan(),
            Self::F32(cells) => cells.is_null(row) || cells.value(row).is_nan(),
            Self::I64(cells) => cells.is_null(row),
            Self::I32(cells) | Self::Code(cells, _) => cells.is_null(row),
            Self::U8(cells) => cells.is_null(row),
            Self::Flag(cells) => cells.is_null(row),
            Self::Text(cells) => cells.is_null(row),
        }
    }

    /// The cell of a row.
    pub fn get(&self, row: usize) -> Cell<'a> {
        if self.is_missing(row) {
            return Cell::Missing;
        }
        match self {
            Self::F64(cells) => Cell::F64(cells.value(row)),
            Self::F32(cells) => Cell::F32(cells.value(row)),
            Self::I64(cells) => Cell::Integer(cells.value(row)),
            Self::I32(cells) => Cell::Integer(cells.value(row).into()),
            Self::U8(cells) => Cell::Integer(cells.value(row).into()),
            Self::Flag(cells) => Cell::Flag(cells.value(row)),
            Self::Text(cells) => Cell::Text(cells.value(row)),
            Self::Code(codes, words) => Cell::Text(words.value(codes.value(row) as usize)),
        }
    }
}
