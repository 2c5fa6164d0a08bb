//! What can go wrong with a results file.

use super::SchemaVersion;
use crate::quantity;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A results file that can't be made, opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is a file already.
    #[error("{path} exists (hint: `--resume` goes on with it, `--overwrite` replaces it)")]
    Exists {
        /// The results file.
        path: PathBuf,
    },
    /// The folder of the results file isn't there.
    #[error("folder {folder} does not exist (hint: create it, or give another place with `--output`)")]
    MissingFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// What should be the folder of the results file is something else.
    #[error("{folder} is not a folder (hint: give another place with `--output`)")]
    NotAFolder {
        /// The path.
        folder: PathBuf,
    },
    /// The results file isn't there.
    #[error("results file {path} does not exist (hint: check the path; a run creates its file when it starts)")]
    Missing {
        /// The results file.
        path: PathBuf,
    },
    /// The folder is there, but takes no new files.
    #[error("folder {folder} takes no files (hint: give a writable place with `--output`)")]
    NotWritable {
        /// The folder.
        folder: PathBuf,
    },
    /// The file or folder may not be written or read.
    #[error(
        "no permission to {action} {path} (hint: check its owner and mode, and whether the file system is mounted read-only)"
    )]
    Permission {
        /// What was tried: `write to`, `read`.
        action: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// The results would not fit.
    #[error(
        "{folder} has {available} free, but the results file needs {file} and {margin} more must stay free (hint: free some space, choose another folder, or keep less with `output.members = \"statistics\"`)",
        available = quantity::bytes(*available_bytes),
        file = quantity::bytes(*file_bytes),
        margin = quantity::bytes(*margin_bytes)
    )]
    NoSpace {
        /// The folder.
        folder: PathBuf,
        /// Planned size of the file, bytes.
        file_bytes: u64,
        /// What must stay free beside it, bytes.
        margin_bytes: u64,
        /// Free space (or what is left of a quota), bytes.
        available_bytes: u64,
    },
    /// The operating system refused.
    #[error("{action} {path}: {source}")]
    Io {
        /// What was tried: `renaming`, `reserving the space of`.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// HDF5 refused.
    #[error("{action}: {reason}")]
    Hdf {
        /// What was tried, and on which file.
        action: String,
        /// HDF5's words.
        reason: String,
    },
    /// The file was not made by this program.
    #[error("{path} is not a results file of plume-nav-sim: {reason} (hint: check the path)")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was made by another version of this program.
    #[error(
        "{path} has schema version {found}, this program reads {known} (hint: use the version of plume-nav-sim that made the file)"
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: SchemaVersion,
        /// Ours.
        known: SchemaVersion,
    },
    /// The file is ours, but isn't as we left it.
    #[error(
        "{path} is damaged: {object} is {found}, expected {expected} (hint: restore the file, or run the study again)"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Dataset or attribute.
        object: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: String,
    },
    /// The file holds another study.
    #[error(
        "{path} holds the results of another configuration: its hash is {found}, this study's is {expected} (hint: compare `config show`, or write to another file)"
    )]
    OtherStudy {
        /// The file.
        path: PathBuf,
        /// Hash in the file.
        found: String,
        /// Hash of the study.
        expected: String,
    },
    /// The study doesn't fit the format.
    #[error("the study does not fit a results file: {reason} (hint: {hint})")]
    Unfit {
        /// What is too many, too long, or twice there.
        reason: String,
        /// What to change.
        hint: &'static str,
    },
    /// The file keeps other data than asked for.
    #[error("{path} has no values of single members (hint: the study kept only `output.members = \"statistics\"`)")]
    NoMembers {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else works on the file.
    #[error(
        "{path} is in use by {holder} (hint: wait for it, or end it; if that job is dead for certain, its lock ends with it)"
    )]
    Locked {
        /// The results file.
        path: PathBuf,
        /// What the holder wrote: host, process, job, time.
        holder: String,
    },
}

impl StoreError {
    /// Wraps an error of HDF5.
    pub(super) fn hdf(action: impl Into<String>, error: &hdf5::Error) -> Self {
        Self::Hdf {
            action: action.into(),
            reason: super::hdf::describe(error),
        }
    }

    /// Wraps an error of the operating system, sorted by what the user can do about it.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Permission { action, path },
            _ => Self::Io { action, path, source },
        }
    }

    /// Whether it is the user's mistake (and not the machine's).
    #[must_use]
    pub fn is_user_mistake(&self) -> bool {
        matches!(
            self,
            Self::Exists { .. }
                | Self::MissingFolder { .. }
                | Self::NotAFolder { .. }
                | Self::NotWritable { .. }
                | Self::Missing { .. }
                | Self::Foreign { .. }
                | Self::Schema { .. }
                | Self::OtherStudy { .. }
                | Self::Unfit { .. }
                | Self::NoMembers { .. }
                | Self::Locked { .. }
        )
    }
}
