//! A results file as a place to gather from and write to.

use super::{SummarySource, SummaryStore, UnitValues};
use crate::stats::{Summary, UnitStatistics};
use crate::store::{Reader, StoreError, Writer};
use crate::sweep::PointIndex;
use std::ops::Range;

impl UnitValues for Writer {
    type Error = StoreError;

    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        Self::member_values(self, metric, units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        Self::unit_statistics(self, metric, units)
    }
}

impl SummaryStore for Writer {
    fn write_summaries(&mut self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<(), StoreError> {
        Self::write_summaries(self, metric, first, summaries)
    }
}

impl SummarySource for Writer {
    fn differing_summaries(&self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<u64, StoreError> {
        Self::differing_summaries(self, metric, first, summaries)
    }
}

impl UnitValues for Reader {
    type Error = StoreError;

    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        Self::member_values(self, metric, units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        Self::unit_statistics(self, metric, units)
    }
}

impl SummarySource for Reader {
    fn differing_summaries(&self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<u64, StoreError> {
        Self::differing_summaries(self, metric, first, summaries)
    }
}
