//! What the engine needs to know about the work.

use super::Schedule;
use crate::results::{MetricColumn, UnitFeatures};
use crate::scenario::{PreparedPoint, Unit};
use crate::sweep::{PointIndex, UnitIndex};
use std::sync::Arc;

/// Units to be run: the study as the engine sees it.
///
/// Everything is a pure function of the index, so any rank can run any unit.
pub trait Workload: Send + Sync + 'static {
    /// The unit with its point, replicate and random streams.
    fn unit(&self, index: UnitIndex) -> Unit;

    /// A design point, ready to simulate. Called once for a row of consecutive units of the point.
    ///
    /// # Errors
    /// In words, if the point's configuration doesn't work; its units are quarantined.
    fn prepare(&self, point: PointIndex) -> Result<Box<dyn PreparedPoint>, String>;

    /// The metric columns, the same for all units.
    fn metrics(&self) -> &[MetricColumn];

    /// What units leave besides metrics, the same for all units.
    fn features(&self) -> &UnitFeatures {
        static PLAIN: UnitFeatures = UnitFeatures::PLAIN;
        &PLAIN
    }

    /// The order in which units are handed out, if some of them share what is costly to simulate; otherwise that of their
    /// indices. Asked once in a run.
    fn schedule(&self) -> Option<Arc<dyn Schedule>> {
        None
    }

    /// Length of the member axis: the most members that a unit has.
    fn members(&self) -> usize;
}
