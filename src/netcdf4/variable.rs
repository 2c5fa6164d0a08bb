//! Datasets and their axes as plain data: a layout describes them, creation writes them, and the prediction of a file's
//! size adds them up.

use super::AttributeValue;
use hdf5::types::{FloatSize, IntSize, TypeDescriptor};

/// Element type of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredType {
    /// 64-bit float.
    F64,
    /// 64-bit signed integer.
    I64,
    /// 64-bit unsigned integer.
    U64,
    /// 32-bit signed integer.
    I32,
    /// 32-bit unsigned integer.
    U32,
    /// 8-bit signed integer.
    I8,
    /// UTF-8 text of at most this many bytes, padded with zero bytes.
    FixedText(usize),
    /// The same as an array of single characters, as netCDF has texts of fixed length: an axis more in the dataset, for
    /// which everyone else sees one element.
    Characters(usize),
    /// UTF-8 text of any length; the bytes are in the file's heap.
    Text,
}

impl StoredType {
    /// Bytes of one element in the dataset itself.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::F64 | Self::I64 | Self::U64 => 8,
            Self::I32 | Self::U32 => 4,
            Self::I8 => 1,
            Self::FixedText(bytes) | Self::Characters(bytes) => bytes as u64,
            Self::Text => 16,
        }
    }

    /// Characters of an element that is an array of them.
    #[must_use]
    pub fn characters(self) -> Option<u64> {
        match self {
            Self::Characters(bytes) => Some(bytes as u64),
            _ => None,
        }
    }

    /// HDF5's description.
    pub(crate) fn descriptor(self) -> TypeDescriptor {
        match self {
            Self::F64 => TypeDescriptor::Float(FloatSize::U8),
            Self::I64 => TypeDescriptor::Integer(IntSize::U8),
            Self::U64 => TypeDescriptor::Unsigned(IntSize::U8),
            Self::I32 => TypeDescriptor::Integer(IntSize::U4),
            Self::U32 => TypeDescriptor::Unsigned(IntSize::U4),
            Self::I8 => TypeDescriptor::Integer(IntSize::U1),
            Self::FixedText(bytes) => TypeDescriptor::FixedUnicode(bytes),
            Self::Characters(_) => TypeDescriptor::FixedAscii(1),
            Self::Text => TypeDescriptor::VarLenUnicode,
        }
    }
}

/// A dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Name in its group.
    pub name: String,
    /// Element type.
    pub stored: StoredType,
    /// Its axes, as indices into the axes of the group; none for a single value.
    pub axes: Vec<usize>,
    /// Attributes besides those that tie it to its axes.
    pub attributes: Vec<(&'static str, AttributeValue)>,
}

impl Variable {
    /// A dataset with a `long_name`.
    pub(crate) fn new(
        name: impl Into<String>,
        stored: StoredType,
        axes: &[usize],
        long_name: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            stored,
            axes: axes.to_vec(),
            attributes: vec![("long_name", AttributeValue::Text(long_name.into()))],
        }
    }

    /// Adds an attribute.
    pub(crate) fn with(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.attributes.push((name, value));
        self
    }

    /// Adds an attribute of text, if there is any text.
    pub(crate) fn with_text(self, name: &'static str, text: &str) -> Self {
        if text.is_empty() {
            self
        } else {
            self.with(name, AttributeValue::Text(text.to_owned()))
        }
    }
}

/// An axis of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAxis {
    /// Name of the dimension, and of the dataset that is its scale.
    pub name: String,
    /// Length.
    pub length: u64,
}

/// A group with its axes and datasets. Each group has scales of its own, so that it can be opened alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name below the root.
    pub name: &'static str,
    /// Axes; each has a dataset of the same name among the variables.
    pub axes: Vec<GroupAxis>,
    /// Datasets.
    pub variables: Vec<Variable>,
}

impl Group {
    /// Lengths of a variable's axes.
    #[must_use]
    pub fn shape_of(&self, variable: &Variable) -> Vec<u64> {
        variable.axes.iter().map(|&axis| self.axes[axis].length).collect()
    }

    /// Lengths of the axes of a variable's dataset: those of its axes, and the characters of a text.
    #[must_use]
    pub fn dataset_shape_of(&self, variable: &Variable) -> Vec<u64> {
        let mut shape = self.shape_of(variable);
        shape.extend(variable.stored.characters());
        shape
    }

    /// Lengths of texts that are arrays of characters: each is a dimension of the group, after its axes.
    #[must_use]
    pub fn text_lengths(&self) -> Vec<u64> {
        let mut lengths: Vec<u64> = (self.variables.iter())
            .filter_map(|variable| variable.stored.characters())
            .collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    }

    /// Whether a variable is the scale of an axis.
    #[must_use]
    pub fn is_scale(&self, variable: &Variable) -> bool {
        variable.axes.len() == 1 && self.axes[variable.axes[0]].name == variable.name
    }
}
