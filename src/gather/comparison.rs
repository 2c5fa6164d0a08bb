//! Is the summary in a results file what its units give?

use super::{GatherPlan, SummarySource, SummaryStore};
use crate::comm::Solo;
use crate::results::MetricColumn;
use crate::stats::{Summary, UnitStatistics};
use crate::store::{Reader, StoreError};
use crate::sweep::PointIndex;
use rayon::ThreadPool;
use std::ops::{ControlFlow, Range};

/// A target for [`super::run`] that writes nothing: it compares what would be written with what is there, bit by bit.
///
/// A summary has no checksum of its own, since it can be computed again from its units, whose checksums hold.
pub struct Comparison<'a> {
    source: &'a dyn SummarySource,
    differing: u64,
}

impl<'a> Comparison<'a> {
    /// Compares with the summary of `source`.
    #[must_use]
    pub fn with(source: &'a dyn SummarySource) -> Self {
        Self { source, differing: 0 }
    }

    /// Summaries (of one metric at one design point) that differ.
    #[must_use]
    pub fn differing(&self) -> u64 {
        self.differing
    }
}

impl SummaryStore for Comparison<'_> {
    type Error = StoreError;

    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        self.source.member_values(metric, units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        self.source.unit_statistics(metric, units)
    }

    fn write_summaries(&mut self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<(), StoreError> {
        self.differing += self.source.differing_summaries(metric, first, summaries)?;
        Ok(())
    }
}

/// How many summaries of a results file aren't what its units give.
///
/// # Errors
/// If the file can't be read.
pub fn differing_summaries(reader: &Reader, confidence: f64, pool: &ThreadPool) -> Result<u64, StoreError> {
    let shape = reader.layout().shape();
    let plan = GatherPlan::from_parts(
        shape.plan(),
        shape.member_axis.count,
        shape.metrics.iter().map(MetricColumn::measure).collect(),
        shape.members,
        confidence,
    );
    let mut comparison = Comparison::with(reader);
    let _whole = super::run_plan(&Solo, &plan, &mut comparison, pool, &|_| ControlFlow::Continue(()))?;
    Ok(comparison.differing())
}
