//! Why a file can't be made.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// What the operating system or its file system refuses.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is a file already.
    #[error("{path} exists")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The folder of the file isn't there.
    #[error("folder {folder} does not exist (hint: create it, or give another place with `--output`)")]
    MissingFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// What should be the folder of the file is something else.
    #[error("{folder} is not a folder (hint: give another place with `--output`)")]
    NotAFolder {
        /// The path.
        folder: PathBuf,
    },
    /// The folder is there, but takes no new files.
    #[error("folder {folder} isn't writable (hint: give a writable place with `--output`)")]
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
    /// The operating system refused.
    #[error("{action} {path}: {source}{hint}", hint = remedy(.source, "then start again"))]
    Io {
        /// What was tried: `renaming`, `reserving the space of`.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl FileError {
    /// Wraps an error of the operating system, sorted by what the user can do about it.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Permission { action, path },
            _ => Self::Io { action, path, source },
        }
    }

    /// Whether it is the user's error (and not the machine's).
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        matches!(
            self,
            Self::Exists { .. } | Self::MissingFolder { .. } | Self::NotAFolder { .. } | Self::NotWritable { .. }
        )
    }
}

/// What to do about an error of the operating system, for the end of a message.
pub(crate) fn remedy(error: &io::Error, afterwards: &str) -> String {
    let what = match error.kind() {
        io::ErrorKind::StorageFull => "free some space on its file system",
        io::ErrorKind::QuotaExceeded => "free some of your quota, or ask for more",
        io::ErrorKind::FileTooLarge => "raise the largest size of a file (`ulimit -f`)",
        io::ErrorKind::ReadOnlyFilesystem => "have its file system mounted for writing",
        io::ErrorKind::StaleNetworkFileHandle => "see whether the file is still there and its server well",
        _ => "check the disk, and the file system or its server",
    };
    format!(" (hint: {what}, {afterwards})")
}
