//! Is the summary in a results file what its units give?

use super::{GatherPlan, SummarySource, SummaryStore, UnitValues};
use crate::comm::Solo;
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
    /// Which metrics of the source are those of the plan; all of them, in order, if empty.
    metrics: &'a [usize],
    differing: u64,
}

impl<'a> Comparison<'a> {
    /// Compares with the summary of `source`.
    #[must_use]
    pub fn with(source: &'a dyn SummarySource) -> Self {
        Self::of_metrics(source, &[])
    }

    /// Compares only some metrics: the plan has these, in this order.
    #[must_use]
    pub fn of_metrics(source: &'a dyn SummarySource, metrics: &'a [usize]) -> Self {
        Self {
            source,
            metrics,
            differing: 0,
        }
    }

    fn metric(&self, metric: usize) -> usize {
        self.metrics.get(metric).copied().unwrap_or(metric)
    }

    /// Summaries (of one metric at one design point) that differ.
    #[must_use]
    pub fn differing(&self) -> u64 {
        self.differing
    }
}

impl UnitValues for Comparison<'_> {
    type Error = StoreError;

    fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        self.source.member_values(self.metric(metric), units)
    }

    fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        self.source.unit_statistics(self.metric(metric), units)
    }
}

impl SummaryStore for Comparison<'_> {
    fn write_summaries(&mut self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<(), StoreError> {
        self.differing += self.source.differing_summaries(self.metric(metric), first, summaries)?;
        Ok(())
    }
}

/// How many summaries of a results file aren't what its units give.
///
/// # Errors
/// If the file can't be read.
pub fn differing_summaries(reader: &Reader, confidence: f64, pool: &ThreadPool) -> Result<u64, StoreError> {
    let metrics: Vec<usize> = (0..reader.layout().shape().metrics.len()).collect();
    differing_summaries_of(reader, &metrics, confidence, pool)
}

/// [`differing_summaries`] of some metrics.
///
/// # Errors
/// If the file can't be read.
pub fn differing_summaries_of(
    reader: &Reader,
    metrics: &[usize],
    confidence: f64,
    pool: &ThreadPool,
) -> Result<u64, StoreError> {
    let shape = reader.layout().shape();
    let plan = GatherPlan::from_parts(
        shape.plan(),
        shape.member_axis.count,
        metrics.iter().map(|&metric| shape.metrics[metric].measure()).collect(),
        shape.members,
        confidence,
    );
    let mut comparison = Comparison::of_metrics(reader, metrics);
    let _whole = super::run_plan(&Solo, &plan, &mut comparison, pool, &|_| ControlFlow::Continue(()))?;
    Ok(comparison.differing())
}
