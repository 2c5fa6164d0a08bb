//! What is wrong with the file of a controller.

use super::Action;
use crate::csv_records::CsvError;
use thiserror::Error;

/// Columns of a file.
pub(super) const COLUMNS: [&str; 5] = ["memory", "observation", "action", "next_memory", "probability"];
/// Bytes of a file.
pub(super) const MAX_BYTES: u64 = 1 << 26;
/// Memory states are numbered up to this.
pub(super) const MAX_MEMORY: u32 = 65_535;
/// Observations are numbered up to this.
pub(super) const MAX_OBSERVATION: u32 = 255;
/// Pairs of memory and observation.
pub(super) const MAX_PAIRS: usize = 1_000_000;

/// What is wrong with the file of a controller. `place` is the file, with the line where there is one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ControllerError {
    /// The file doesn't consist of rows of fields.
    #[error(transparent)]
    File(#[from] CsvError),
    /// The first line doesn't name the columns.
    #[error("{place} has the columns \"{found}\" instead of \"{}\"", COLUMNS.join(","))]
    Header {
        /// File and line.
        place: String,
        /// The columns that are there.
        found: String,
    },
    /// A field that isn't a number of its column.
    #[error("{place}: {column} is \"{found}\", expected {expected}")]
    Field {
        /// File and line.
        place: String,
        /// The column.
        column: &'static str,
        /// What is there.
        found: String,
        /// What may be there.
        expected: String,
    },
    /// A choice is given twice.
    #[error(
        "{place}: {action} with next_memory {next_memory} is given for memory {memory}, observation {observation} on line {first} already"
    )]
    Repeated {
        /// File and line.
        place: String,
        /// The line before.
        first: u64,
        /// Memory of both.
        memory: u32,
        /// Observation of both.
        observation: u32,
        /// Action of both.
        action: Action,
        /// Next memory of both.
        next_memory: u32,
    },
    /// No rows.
    #[error("{place} has no rows")]
    Empty {
        /// The file.
        place: String,
    },
    /// Numbers that ask for a table of unreasonable size.
    #[error("{place} has {memories} memory states and {observations} observations, {MAX_PAIRS} pairs are allowed")]
    TooManyPairs {
        /// The file.
        place: String,
        /// Memory states.
        memories: usize,
        /// Observations.
        observations: usize,
    },
    /// A pair for which the controller wouldn't know what to do.
    #[error("{place} has no row for memory {memory}, observation {observation}{named}")]
    Missing {
        /// The file.
        place: String,
        /// The memory.
        memory: u32,
        /// The observation.
        observation: u32,
        /// Where that memory is come to, if anywhere.
        named: String,
    },
    /// Probabilities of a pair that aren't a distribution.
    #[error("{place}: the probabilities of memory {memory}, observation {observation} add up to {sum}, not to 1")]
    Sum {
        /// File and line of the pair's first row.
        place: String,
        /// The memory.
        memory: u32,
        /// The observation.
        observation: u32,
        /// What they add up to.
        sum: f64,
    },
    /// An action that this world doesn't have.
    #[error("{place}: the action \"{action}\" doesn't exist here")]
    Action {
        /// File and line.
        place: String,
        /// The action.
        action: Action,
    },
}

impl ControllerError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File(CsvError::Unreadable { .. }) => "a relative path starts in the folder of the study file",
            Self::File(CsvError::NotAFile { .. }) => "give the path of a CSV file",
            Self::File(CsvError::TooLarge { .. }) | Self::TooManyPairs { .. } => "use fewer memory states",
            Self::Header { .. } => "name the five columns in the first line, in any order, separated by commas",
            Self::File(CsvError::Malformed { .. }) => "separate five fields by commas in every line",
            Self::Field { .. } => "number memory and observations from 0",
            Self::Repeated { .. } => "give every choice once",
            Self::Empty { .. } => "give at least one row",
            Self::Missing { .. } => "give every memory state rows for every observation",
            Self::Sum { .. } => "let the probabilities of every pair of memory and observation add up to 1",
            Self::Action { .. } => "use only the actions that exist here",
        }
    }
}
