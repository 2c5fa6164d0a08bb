//! Why a file for other programs was not written.

use crate::file_kind::FileKind;
use crate::netcdf4::FileError;
use crate::quantity;
use std::path::PathBuf;
use thiserror::Error;

/// A field file that can't be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// There is something of that name.
    #[error("{path} exists already (hint: --overwrite replaces it, -o names another file)")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A folder has that name.
    #[error("{path} is a folder (hint: name a file with -o)")]
    IsAFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A pipe, a device, a link that leads nowhere.
    #[error("{path} {kind}: a field needs a regular file (hint: name another file with -o)")]
    NotAFile {
        /// What was given.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },
    /// Something else would be overwritten.
    #[error(
        "{path} isn't a field file of this program, and --overwrite replaces nothing else (hint: name another file with -o, or remove it yourself)"
    )]
    NotAField {
        /// The file.
        path: PathBuf,
    },
    /// It would not fit.
    #[error(
        "{folder} has {available} free, but {path} may need {needed} (hint: free some space, write elsewhere with -o, or fewer cells or frames)",
        available = quantity::bytes(*available_bytes),
        needed = quantity::bytes(*needed_bytes)
    )]
    NoSpace {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
        /// Free space, bytes.
        available_bytes: u64,
        /// What is needed and a margin, bytes.
        needed_bytes: u64,
    },
    /// A value that the file can't hold.
    #[error(
        "{variable} is {value} at t = {time} s, x = {x} m, y = {y} m, which a 32-bit number can't hold (hint: {hint})",
        time = quantity::number(*time_s),
        x = quantity::number(*x_m),
        y = quantity::number(*y_m)
    )]
    Value {
        /// Name of the variable.
        variable: String,
        /// The value.
        value: f64,
        /// When.
        time_s: f64,
        /// Where.
        x_m: f64,
        /// Where.
        y_m: f64,
        /// What to do.
        hint: &'static str,
    },
    /// The folder or the file system.
    #[error(transparent)]
    File(FileError),
    /// HDF5 refused.
    #[error("writing {path}: {reason}")]
    Hdf {
        /// The file.
        path: PathBuf,
        /// HDF5's words.
        reason: String,
    },
}

impl From<FileError> for ExportError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Exists { path } => Self::Exists { path },
            error => Self::File(error),
        }
    }
}

impl ExportError {
    /// Whether other arguments mend it.
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        match self {
            Self::Exists { .. } | Self::IsAFolder { .. } | Self::NotAFile { .. } | Self::NotAField { .. } => true,
            Self::File(error) => error.is_user_error(),
            _ => false,
        }
    }
}
