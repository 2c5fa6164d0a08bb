//! Attributes of files, groups and datasets.

use super::hdf;
use hdf5::Location;

/// Value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    /// One text, of any length.
    Text(String),
    /// One 64-bit float.
    F64(f64),
    /// 64-bit floats.
    F64s(Vec<f64>),
    /// One 64-bit integer.
    I64(i64),
    /// One 64-bit integer without a sign.
    U64(u64),
    /// One or more 32-bit integers.
    I32(Vec<i32>),
    /// One or more bytes.
    I8(Vec<i8>),
}

impl AttributeValue {
    /// Bytes of the value.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len().max(1) as u64,
            Self::F64(_) | Self::I64(_) | Self::U64(_) => 8,
            Self::F64s(values) => 8 * values.len() as u64,
            Self::I32(values) => 4 * values.len() as u64,
            Self::I8(values) => values.len() as u64,
        }
    }

    /// Writes it as the attribute `name`.
    pub(crate) fn write(&self, at: &Location, name: &str) -> hdf5::Result<()> {
        match self {
            Self::Text(text) => hdf::text_attribute(at, name, text),
            Self::F64(number) => hdf::number_attribute(at, name, &[*number]),
            Self::F64s(numbers) => hdf::number_attribute(at, name, numbers),
            Self::I64(number) => hdf::number_attribute(at, name, &[*number]),
            Self::U64(number) => hdf::number_attribute(at, name, &[*number]),
            Self::I32(numbers) => hdf::number_attribute(at, name, numbers),
            Self::I8(numbers) => hdf::number_attribute(at, name, numbers),
        }
    }
}
