//! A study with its design and scenario: points, units and their random streams.

use super::{ResolvedStudy, StudySettings};
use crate::random::{PointKey, Streams, StudySeed};
use crate::results::{MemberAxis, MetricColumn, UnitFeatures};
use crate::scenario::{ErasedScenario, Unit};
use crate::sweep::{Design, PointIndex, UnitIndex, UnitPlan};
use serde_json::Value;
use std::sync::Arc;

/// A resolved study with its design and scenario: what the engine works on.
#[derive(Clone)]
pub struct Study {
    /// The data it was made from.
    pub resolved: Arc<ResolvedStudy>,
    /// The sweep.
    pub design: Arc<Design>,
    /// Points and replicates.
    pub plan: UnitPlan,
    /// What is simulated.
    pub scenario: Arc<dyn ErasedScenario>,
    /// The member axis of the results file (the largest over all points).
    pub member_axis: MemberAxis,
    /// The metric columns.
    pub metrics: Arc<Vec<MetricColumn>>,
    /// What units leave besides metrics.
    pub features: Arc<UnitFeatures>,
    /// Whether design points may share random numbers: by `study.common_random_numbers`, or because the scenario says so.
    pub points_are_dependent: bool,
}

impl Study {
    /// The settings of `[study]`.
    fn settings(&self) -> &StudySettings {
        &self.resolved.study
    }

    /// What the random streams of a design point are named by.
    #[must_use]
    pub fn point_key(&self, point: PointIndex) -> PointKey {
        if self.settings().common_random_numbers {
            PointKey::COMMON
        } else {
            self.design.point_key(point)
        }
    }

    /// A unit with its point, replicate and random streams.
    #[must_use]
    pub fn unit(&self, index: UnitIndex) -> Unit {
        let (point, replicate) = self.plan.locate(index);
        let seed = StudySeed(self.settings().seed);
        Unit {
            index,
            point,
            replicate,
            streams: Streams::new(seed, self.point_key(point), replicate),
        }
    }

    /// The configuration of a design point.
    #[must_use]
    pub fn configuration(&self, point: PointIndex) -> Value {
        self.design.configuration(&self.resolved.scenario, point)
    }
}
