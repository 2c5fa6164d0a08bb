//! A study as work for the engine.

use super::Workload;
use crate::results::{MetricColumn, UnitFeatures};
use crate::scenario::{PreparedPoint, Unit};
use crate::study::Study;
use crate::sweep::{PointIndex, UnitIndex};
use std::sync::Arc;

impl Workload for Study {
    fn unit(&self, index: UnitIndex) -> Unit {
        Study::unit(self, index)
    }

    fn prepare(&self, point: PointIndex) -> Result<Box<dyn PreparedPoint>, String> {
        Arc::clone(&self.scenario)
            .prepare(&self.configuration(point))
            .map_err(|error| format!("the configuration of {point} doesn't fit the scenario: {error}"))
    }

    fn metrics(&self) -> &[MetricColumn] {
        &self.metrics
    }

    fn features(&self) -> &UnitFeatures {
        &self.features
    }

    fn members(&self) -> usize {
        self.member_axis.count as usize
    }
}
