//! Why results can't be written as a table.

use super::ConditionError;
use crate::forms::FormError;
use crate::netcdf4::FileError;
use crate::store::StoreError;
use crate::sweep::UnitIndex;
use std::path::PathBuf;
use thiserror::Error;

/// A table that can't be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TablesError {
    /// The results can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The condition.
    #[error("--where: {0}")]
    Condition(#[from] ConditionError),
    /// Something that is asked for isn't there, or doesn't go together.
    #[error("{what} (hint: {hint})")]
    Choice {
        /// What is wrong.
        what: String,
        /// What to do.
        hint: String,
    },
    /// Units are missing.
    #[error(
        "{path} isn't finished: {missing} of {units} units aren't committed (hint: --partial exports what is there, `sweep --resume` runs the rest)"
    )]
    Unfinished {
        /// The results file.
        path: PathBuf,
        /// Units that aren't committed.
        missing: u64,
        /// All units.
        units: u64,
    },
    /// A unit isn't what was committed.
    #[error(
        "{path} is damaged: {unit} isn't what was committed; nothing of it is exported (hint: `plume-nav-sim verify {path}` lists what is damaged, `sweep STUDY -o {path} --resume` mends it)",
        path = path.display()
    )]
    Damaged {
        /// The results file.
        path: PathBuf,
        /// The first that was met.
        unit: UnitIndex,
    },
    /// The file can't be made.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file can't be written.
    #[error("writing {path}: {source}; nothing of it is left")]
    Form {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: FormError,
    },
    /// A signal, or the end of the job.
    #[error("stopped before {path} was whole; nothing of it is left")]
    Interrupted {
        /// The file.
        path: PathBuf,
    },
}

impl TablesError {
    pub(super) fn choice(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Choice {
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// Whether the user can mend it by other arguments.
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        match self {
            Self::Condition(_) | Self::Choice { .. } => true,
            Self::Store(error) => error.is_user_error(),
            Self::File(error) => error.is_user_error(),
            Self::Form { source, .. } => matches!(source, FormError::Limit { .. }),
            _ => false,
        }
    }
}
