//! netCDF-4 on HDF5, as the results and the fields are written: datasets with attributes and dimension scales, in files
//! that appear whole or not at all.
//!
//! HDF5 itself is called in `hdf`; [`Group`] and [`Variable`] say in plain data what is to be made.

mod attribute;
mod copied_attributes;
mod error;
pub(crate) mod hdf;
mod hyperslab;
mod new_dataset;
mod new_file;
mod scales;
mod variable;
mod zstd_filter;

pub use attribute::AttributeValue;
pub(crate) use copied_attributes::copy_attributes;
pub use error::FileError;
pub(crate) use error::remedy;
pub use hdf::{start, version};
pub(crate) use hyperslab::Slab;
pub(crate) use new_dataset::{DEFLATE_LEVEL, create, dataset_builder, texts};
pub use new_file::{NewFile, free_bytes};
pub(crate) use scales::{LabelledVariable, Scale, bare_dimension, characters_name, tie};
pub use variable::{Group, GroupAxis, StoredType, Variable};
pub(crate) use zstd_filter::{ZSTD, register as register_zstd};
