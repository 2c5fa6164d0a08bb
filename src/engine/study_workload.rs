//! A study as work for the engine.

use super::attempt::guarded;
use super::compute::max_group_units;
use super::schedule::{ANY_REPLICATE, GroupSchedule};
use super::{Schedule, Workload};
use crate::config::Study;
use crate::random::{PointKey, Streams, StudySeed};
use crate::scenario::{GroupKey, MetricColumn, PreparedPoint, Unit, UnitFailure, UnitFeatures};
use crate::sweep::{PointIndex, UnitIndex};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Combinations of values that are looked at to learn whether any units share anything.
const MAX_COMBINATIONS: u64 = 4096;

/// Combinations of values whose group is remembered.
const MAX_REMEMBERED: usize = 1 << 16;

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

    /// What units of a point share with those of other points, for one replicate.
    fn shared_by(&self, point: PointIndex) -> Option<GroupKey> {
        let unit = self.study.plan.units_of(point).start + u64::from(ANY_REPLICATE.0);
        let key = guarded(|| {
            let prepared = self.prepare(point).map_err(UnitFailure::Scenario)?;
            Ok(prepared.group_key(&self.unit(UnitIndex(unit))))
        });
        // A point that can't be prepared fails in each of its units.
        key.ok().flatten()
    }

    /// Design points that show whether units of different ones share anything, and how many of them are together at most;
    /// none if nothing is shared.
    fn sharing_points(&self) -> Vec<PointIndex> {
        let keys = self.study.scenario.group_keys();
        if keys.is_empty() || self.study.plan.points < 2 || !self.study.resolved.execution.group_units {
            return Vec::new();
        }
        super::attempt::catch_panics_of_units();
        match self.study.design.points_covering(keys, MAX_COMBINATIONS) {
            Ok(points) => (points.into_iter())
                .filter(|point| self.shared_by(*point).is_some())
                .collect(),
            Err(_) => vec![PointIndex(0)],
        }
    }

    /// How many units a thread simulates at once at most.
    #[must_use]
    pub fn units_at_once(&self) -> u64 {
        let of_point = |point: PointIndex| {
            let units = guarded(|| Ok(self.prepare(point).map_or(1, |point| point.max_group_units())));
            units.unwrap_or(1) as u64
        };
        let units = self.sharing_points().into_iter().map(of_point).max().unwrap_or(1);
        let bytes_per_unit = (self.study.metrics.len() * self.members() * size_of::<f64>()) as u64;
        units
            .min(max_group_units(bytes_per_unit))
            .clamp(1, self.study.plan.points)
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

    fn schedule(&self) -> Option<Arc<dyn Schedule>> {
        if self.sharing_points().is_empty() {
            return None;
        }
        let workload = self.clone();
        let keys = self.study.scenario.group_keys();
        // Points that differ elsewhere only are in the same groups: reading the configuration of each would take long.
        let remembered = Mutex::new(HashMap::new());
        let shared_by = move |point: PointIndex| {
            let part = workload.study.design.part_key(point, keys);
            let mut remembered = remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() >= MAX_REMEMBERED {
                remembered.clear();
            }
            *remembered.entry(part).or_insert_with(|| workload.shared_by(point))
        };
        Some(Arc::new(GroupSchedule::new(self.study.plan, Box::new(shared_by))))
    }

    fn members(&self) -> usize {
        self.study.member_axis.count as usize
    }
}
