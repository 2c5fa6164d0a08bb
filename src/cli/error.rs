//! How a command fails, and which exit code that is.

use super::ExitStatus;
use crate::config::{ConfigError, Diagnostic};
use crate::engine::EngineError;
use crate::export::{BudgetError, ExportError};
use crate::import::ImportError;
use crate::report::ReportError;
use crate::rows::RowsError;
use crate::scenario::UnitFailure;
use crate::session::SessionError;
use crate::store::StoreError;
use crate::sweep::UnitIndex;
use crate::tables::TablesError;
use std::path::PathBuf;
use thiserror::Error;

/// Why a command did not do what was asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// Problems in the study.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Arguments that don't fit the study or the file.
    #[error("{message} (hint: {hint})")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The results file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A run on a results file.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Damaged units or summaries, of which nothing is shown.
    #[error(
        "{path} is damaged: {what}; nothing of it is shown (hint: `plume-nav-sim verify {path}` lists what is damaged, `sweep STUDY -o {path} --resume` mends it)"
    )]
    DamagedSummary {
        /// The results file.
        path: String,
        /// What doesn't hold.
        what: String,
    },
    /// A summary of a file that isn't finished.
    #[error(
        "{path} has no summary yet, which is made when all units are committed (hint: `summary --partial` shows what is done so far, `plume-nav-sim status` says what is missing, `sweep --resume` runs it)"
    )]
    NoSummary {
        /// The file.
        path: PathBuf,
    },
    /// A table of the summary.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Writing to standard output or a given file.
    #[error("writing {what}: {source}")]
    Write {
        /// What was written.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A file for other programs.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A field that is too large.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// Rows in another form.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// Results as a table.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// Pictures.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The one unit that was asked for.
    #[error("{unit} failed: {failure} (hint: `plume-nav-sim run --unit {index}` runs it whole)", index = unit.0)]
    Unit {
        /// Which.
        unit: UnitIndex,
        /// Why.
        failure: UnitFailure,
    },
    /// Too few files may be open at once.
    #[error(
        "only {allowed} files may be open at once, and this program needs {needed} (hint: `ulimit -n 1024` before the start)"
    )]
    OpenFiles {
        /// How many may be.
        allowed: u64,
        /// How many are needed.
        needed: u64,
    },
    /// MPI can't be used.
    #[error(transparent)]
    Communicator(#[from] crate::comm::CommError),
}

impl CommandError {
    /// A problem in the arguments.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// The problems of a study one by one, if that is what went wrong.
    #[must_use]
    pub fn problems(&self) -> &[Diagnostic] {
        match self {
            Self::Config(error) | Self::Session(SessionError::Config(error)) => &error.diagnostics,
            _ => &[],
        }
    }

    /// The exit code.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        match self {
            Self::Config(_) | Self::Usage { .. } | Self::Budget(_) => ExitStatus::UserError,
            Self::Export(error) if error.is_user_error() => ExitStatus::UserError,
            Self::Import(error) if error.is_user_error() => ExitStatus::UserError,
            Self::Rows(error) if error.is_user_error() => ExitStatus::UserError,
            Self::Tables(error) if error.is_user_error() => ExitStatus::UserError,
            Self::Tables(TablesError::Damaged { .. } | TablesError::Store(StoreError::Rows { .. })) => {
                ExitStatus::Quarantined
            }
            Self::Tables(TablesError::Unfinished { .. } | TablesError::Interrupted { .. }) => ExitStatus::Resume,
            Self::Store(error) if error.is_user_error() => ExitStatus::UserError,
            Self::Report(error) if error.is_user_error() => ExitStatus::UserError,
            Self::DamagedSummary { .. } => ExitStatus::Quarantined,
            Self::NoSummary { .. } => ExitStatus::Resume,
            Self::Session(error) => ExitStatus::from_code(error.exit_code()),
            _ => ExitStatus::Failure,
        }
    }
}

/// The result of a command.
pub type CommandResult = Result<ExitStatus, CommandError>;
