//! A results file as a place to gather from and write to.

use super::{SummarySource, SummaryStore};
use crate::stats::{Summary, UnitStatistics};
use crate::store::{Reader, StoreError, Writer};
use crate::sweep::PointIndex;
use std::ops::Range;

impl SummaryStore for Writer {
    type Error = StoreError;

    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        Self::member_values(self, metric, units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        Self::unit_statistics(self, metric, units)
    }

    fn write_summaries(&mut self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<(), StoreError> {
        Self::write_summaries(self, metric, first, summaries)
    }
}

impl SummarySource for Writer {
    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        Self::member_values(self, metric, units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        Self::unit_statistics(self, metric, units)
    }

    fn differing_summaries(&self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<u64, StoreError> {
        Self::differing_summaries(self, metric, first, summaries)
    }
}

impl SummarySource for Reader {
    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        Self::member_values(self, metric, units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        Self::unit_statistics(self, metric, units)
    }

    fn differing_summaries(&self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<u64, StoreError> {
        Self::differing_summaries(self, metric, first, summaries)
    }
}
