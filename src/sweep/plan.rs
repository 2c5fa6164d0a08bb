//! Design points × replicates.

use super::{PointIndex, Replicate, UnitIndex};
use std::ops::Range;

/// Design × replicates = units, point-major: `unit = point * replicates + replicate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPlan {
    /// Number of design points.
    pub points: u64,
    /// Replicates of each.
    pub replicates: u32,
}

impl UnitPlan {
    /// Number of units.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.points * u64::from(self.replicates)
    }

    /// Which point and replicate a unit is.
    #[must_use]
    pub fn locate(&self, unit: UnitIndex) -> (PointIndex, Replicate) {
        let replicates = u64::from(self.replicates);
        (PointIndex(unit.0 / replicates), Replicate((unit.0 % replicates) as u32))
    }

    /// The units of one point.
    #[must_use]
    pub fn units_of(&self, point: PointIndex) -> Range<u64> {
        let replicates = u64::from(self.replicates);
        point.0 * replicates..(point.0 + 1) * replicates
    }
}
