//! A study as work for the engine.

use super::attempt::{catch_panics_of_units, guarded};
use super::compute::max_group_units;
use super::schedule::{ANY_REPLICATE, GroupSchedule};
use super::{Schedule, Workload};
use crate::results::{MetricColumn, UnitFeatures};
use crate::scenario::{GroupKey, PreparedPoint, Unit, UnitFailure};
use crate::study::Study;
use crate::sweep::{PointIndex, UnitIndex};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Combinations of values that are looked at to learn whether any units share anything.
const MAX_COMBINATIONS: u64 = 4096;

/// Combinations of values whose group is remembered.
const MAX_REMEMBERED: usize = 1 << 16;

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

    fn schedule(&self) -> Option<Arc<dyn Schedule>> {
        if sharing_points(self).is_empty() {
            return None;
        }
        let study = self.clone();
        let keys = self.scenario.group_keys();
        // Points that differ elsewhere only are in the same groups: reading the configuration of each would take long.
        let remembered = Mutex::new(HashMap::new());
        let shared_by = move |point: PointIndex| {
            let part = study.design.part_key(point, keys);
            let mut remembered = remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() >= MAX_REMEMBERED {
                remembered.clear();
            }
            *remembered.entry(part).or_insert_with(|| shared_by(&study, point))
        };
        Some(Arc::new(GroupSchedule::new(self.plan, Box::new(shared_by))))
    }

    fn members(&self) -> usize {
        self.member_axis.count as usize
    }
}

/// How many units of a study a thread simulates at once at most.
#[must_use]
pub fn units_at_once(study: &Study) -> u64 {
    let of_point = |point: PointIndex| {
        let units = guarded(|| Ok(study.prepare(point).map_or(1, |point| point.max_group_units())));
        units.unwrap_or(1) as u64
    };
    let units = sharing_points(study).into_iter().map(of_point).max().unwrap_or(1);
    let bytes_per_unit = (study.metrics.len() * study.members() * size_of::<f64>()) as u64;
    units.min(max_group_units(bytes_per_unit)).clamp(1, study.plan.points)
}

/// Design points that show whether units of different ones share anything; none if nothing is shared.
fn sharing_points(study: &Study) -> Vec<PointIndex> {
    let keys = study.scenario.group_keys();
    if keys.is_empty() || study.plan.points < 2 || !study.resolved.execution.group_units {
        return Vec::new();
    }
    match study.design.points_covering(keys, MAX_COMBINATIONS) {
        Ok(points) => (points.into_iter())
            .filter(|point| shared_by(study, *point).is_some())
            .collect(),
        // Too many to look at all: taken for granted.
        Err(_) => vec![PointIndex(0)],
    }
}

/// What units of a point share with those of other points, for one replicate.
fn shared_by(study: &Study, point: PointIndex) -> Option<GroupKey> {
    catch_panics_of_units();
    let unit = study.plan.units_of(point).start + u64::from(ANY_REPLICATE.0);
    let key = guarded(|| {
        let prepared = study.prepare(point).map_err(UnitFailure::Scenario)?;
        Ok(prepared.group_key(&study.unit(UnitIndex(unit))))
    });
    // A point that can't be prepared fails in each of its units.
    key.ok().flatten()
}
