//! netCDF-4 on HDF5, as the results and the fields are written: datasets with attributes and dimension scales, in files
//! that appear whole or not at all.
//!
//! HDF5 itself is called in [`hdf`]; [`Group`] and [`Variable`] say in plain data what is to be made.

mod attribute;
mod error;
pub(crate) mod hdf;
mod hyperslab;
mod new_file;
mod scales;
mod variable;

pub use attribute::AttributeValue;
pub use error::FileError;
pub(crate) use error::remedy;
pub use hdf::{start, version};
pub(crate) use hyperslab::Slab;
pub use new_file::{NewFile, free_bytes};
pub(crate) use scales::{LabelledVariable, Scale, tie};
pub use variable::{Group, GroupAxis, StoredType, Variable};
