//! What can go wrong while a table is written.

use std::io;
use thiserror::Error;

/// A table that can't be written in a form.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FormError {
    /// The operating system.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Arrays that don't fit their schema, or Arrow's own file.
    #[error("{0}")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// Parquet.
    #[error("{0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// SQLite.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// HDF5, in its own words.
    #[error("{0}")]
    Hdf5(String),
    /// The form can't hold such a table.
    #[error("{what} (hint: {hint})")]
    Limit {
        /// What is too much.
        what: String,
        /// What to do.
        hint: &'static str,
    },
}

impl From<::csv::Error> for FormError {
    fn from(error: ::csv::Error) -> Self {
        Self::Io(error.into())
    }
}

impl From<hdf5::Error> for FormError {
    fn from(error: hdf5::Error) -> Self {
        Self::Hdf5(crate::netcdf4::hdf::describe(&error))
    }
}
