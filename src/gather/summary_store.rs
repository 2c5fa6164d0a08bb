//! What gathering needs of a results file.

use crate::stats::{Summary, UnitStatistics};
use crate::store::StoreError;
use crate::sweep::PointIndex;
use std::ops::Range;

/// A place that holds the metrics of units. Every rank has its own, on the same data; none of the calls is collective.
pub trait UnitValues {
    /// Why a value couldn't be read or written.
    type Error;

    /// Values of one metric for contiguous units, `[units, members]` row-major, NaN where missing (a quarantined unit
    /// is missing altogether).
    ///
    /// # Errors
    /// When the values can't be read, or only statistics are kept.
    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, Self::Error>;

    /// Statistics of one metric for contiguous units, `[units]`; for files that keep no members.
    ///
    /// # Errors
    /// When the values can't be read.
    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, Self::Error>;
}

/// One that takes summaries of points.
pub trait SummaryStore: UnitValues {
    /// Writes the summaries of one metric for contiguous points from `first`.
    ///
    /// # Errors
    /// When they can't be written.
    fn write_summaries(&mut self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<(), Self::Error>;
}

/// One that has summaries of points.
pub trait SummarySource: UnitValues<Error = StoreError> {
    /// How many summaries of one metric from a point on aren't there, bit by bit, as they are given here.
    ///
    /// # Errors
    /// If they can't be read.
    fn differing_summaries(&self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<u64, StoreError>;
}
