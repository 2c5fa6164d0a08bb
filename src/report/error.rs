//! Why a table can't be made.

use thiserror::Error;

/// A table that can't be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A name that the study doesn't have.
    #[error("no {what} `{name}` in this study (hint: {hint})")]
    Unknown {
        /// `swept key` or `metric`.
        what: &'static str,
        /// The name as typed.
        name: String,
        /// The nearest name, or all of them.
        hint: String,
    },
    /// A name that was given twice.
    #[error("{what} `{name}` is named twice (hint: name each once)")]
    Repeated {
        /// `swept key` or `metric`.
        what: &'static str,
        /// The name as typed.
        name: String,
    },
    /// A point couldn't be read.
    #[error("reading the summary of a design point")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The table couldn't be written.
    #[error("writing the table")]
    Write(#[from] std::io::Error),
}

impl ReportError {
    /// Whether a wrong name was asked for.
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Repeated { .. })
    }

    /// Whether the reader of the table went away (`| head`).
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Write(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
