//! One work unit as a scenario sees it.

use crate::quantity::number;
use crate::random::Streams;
use crate::sweep::{PointIndex, Replicate, UnitIndex};
use thiserror::Error;

/// One work unit: which it is, and its random streams.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// Index of the unit in the study.
    pub index: UnitIndex,
    /// Its design point.
    pub point: PointIndex,
    /// Its replicate.
    pub replicate: Replicate,
    /// Its random streams: the only source of randomness a scenario may use.
    pub streams: Streams,
}

/// Why a unit has no result. It is recorded in the results file; the other units go on.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum UnitFailure {
    /// A state variable became NaN or infinite.
    #[error("{field} became {value} at step {step} (t = {} s)", number(*time_s))]
    NotFinite {
        /// The state variable or metric.
        field: String,
        /// The value found.
        value: f64,
        /// Step of the unit, from 0.
        step: u64,
        /// Time in the unit, s.
        time_s: f64,
    },
    /// A metric that every member must have is missing, or a value doesn't fit its column.
    #[error("metric {metric} of member {member} is {found}, which a {kind} column can't hold")]
    BadMetric {
        /// Name of the column.
        metric: String,
        /// Member of the unit.
        member: usize,
        /// The value found.
        found: f64,
        /// The column's kind in words.
        kind: &'static str,
    },
    /// The job ends, and the unit, which can be gone on with, has made way ([`UnitOutput::save`](super::UnitOutput::save)).
    /// It counts neither as failed nor as done.
    #[error("was interrupted by the end of the job")]
    Interrupted,
    /// The unit says of itself what its scenario doesn't declare.
    #[error("it has {0}")]
    Undeclared(String),
    /// The scenario's own words.
    #[error("{0}")]
    Scenario(String),
    /// The scenario panicked.
    #[error("panicked at {location}: {message}")]
    Panic {
        /// Panic message.
        message: String,
        /// `file:line:column` of the panic.
        location: String,
    },
}
