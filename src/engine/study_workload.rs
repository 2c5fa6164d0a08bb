//! A study as work for the engine.

use super::Workload;
use crate::config::Study;
use crate::random::{PointKey, Streams, StudySeed};
use crate::scenario::{MetricColumn, PreparedPoint, Unit, UnitFeatures};
use crate::sweep::{PointIndex, UnitIndex};
use std::sync::Arc;

/// The units of a study.
#[derive(Clone)]
pub struct StudyWorkload {
    study: Study,
}

impl StudyWorkload {
    /// The units of `study`.
    #[must_use]
    pub fn new(study: &Study) -> Self {
        Self { study: study.clone() }
    }
}

impl Workload for StudyWorkload {
    fn unit(&self, index: UnitIndex) -> Unit {
        let (point, replicate) = self.study.plan.locate(index);
        let settings = &self.study.resolved.study;
        let key = if settings.common_random_numbers {
            PointKey::COMMON
        } else {
            self.study.design.point_key(point)
        };
        Unit {
            index,
            point,
            replicate,
            streams: Streams::new(StudySeed(settings.seed), key, replicate),
        }
    }

    fn prepare(&self, point: PointIndex) -> Result<Box<dyn PreparedPoint>, String> {
        let configuration = self.study.design.configuration(&self.study.resolved.scenario, point);
        Arc::clone(&self.study.scenario)
            .prepare(&configuration)
            .map_err(|error| format!("the configuration of {point} doesn't fit the scenario: {error}"))
    }

    fn metrics(&self) -> &[MetricColumn] {
        &self.study.metrics
    }

    fn features(&self) -> &UnitFeatures {
        &self.study.features
    }

    fn members(&self) -> usize {
        self.study.member_axis.count as usize
    }
}
