//! What can go wrong with rows on their way into another form.

use crate::scenario::RowBackendError;
use crate::store::StoreError;
use std::path::PathBuf;
use thiserror::Error;

/// Rows that can't be read, or not be written in another form.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RowsError {
    /// The results.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are no tables.
    #[error("{path} has no tables (hint: a study records steps and events with [record]; see docs/how-to/record.md)")]
    NoTables {
        /// The results file.
        path: PathBuf,
    },
    /// The program has no such backend.
    #[error("there is no backend {name:?} (hint: this program has {known})")]
    UnknownBackend {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A signal, or the end of the job.
    #[error("stopped before {place} was whole; nothing of it is left")]
    Interrupted {
        /// What was being made.
        place: PathBuf,
    },
    /// The place is taken.
    #[error("{place} exists already (hint: --overwrite replaces it, -o names another)")]
    Exists {
        /// What was to be made.
        place: PathBuf,
    },
    /// There is something in the place that no backend has made.
    #[error(
        "{place} holds results, or other files than rows: it is never replaced (hint: move it, or name another place)"
    )]
    NotRows {
        /// What was to be made.
        place: PathBuf,
    },
    /// The backend failed.
    #[error(
        "making {place} as {backend}: {source} (hint: what it is made from is kept; start again once the reason is gone)"
    )]
    Backend {
        /// Which one.
        backend: String,
        /// What was being made.
        place: PathBuf,
        /// Why not.
        source: RowBackendError,
    },
    /// The operating system refused.
    #[error("{action} {place}: {source} (hint: check the disk and its permissions, then start again)")]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        place: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl RowsError {
    /// Whether the user can mend it by other arguments.
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        match self {
            Self::NoTables { .. } | Self::UnknownBackend { .. } | Self::Exists { .. } | Self::NotRows { .. } => true,
            Self::Store(error) => error.is_user_error(),
            _ => false,
        }
    }
}
