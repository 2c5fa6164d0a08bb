//! The expanded form of a sweep (interface; the bodies follow).

use super::{PointIndex, Replicate, UnitIndex};
use crate::random::PointKey;
use serde_json::Value;
use std::ops::Range;

/// One swept value of one design point.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Dotted key, `wind.speed_m_s` or the name of a whole component, `navigator`.
    pub key: String,
    /// The value to put there.
    pub value: Value,
    /// What to call it in tables: the value itself, or the label given in the study.
    pub label: String,
}

/// One axis of the results: a top-level axis of the sweep, or `point` where the design isn't a box.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Name, unique, usable as a netCDF dimension name.
    pub name: String,
    /// Length.
    pub length: u64,
    /// Values along it: one per swept key. A single coordinate with the dimension's own name is its scale.
    pub coordinates: Vec<Coordinate>,
}

/// The values of one swept key along a dimension.
#[derive(Clone, Debug)]
pub struct Coordinate {
    /// Dataset name: the dotted key with `.` replaced by `_`… shortened to its last part where that is unique.
    pub name: String,
    /// Dotted key.
    pub key: String,
    /// How to store the values.
    pub values: CoordinateValues,
}

/// Values of a coordinate in storable form.
#[derive(Clone, Debug, PartialEq)]
pub enum CoordinateValues {
    /// Numbers.
    Real(Vec<f64>),
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Everything else, by label.
    Text(Vec<String>),
}

/// A sweep, expanded: any point from its index alone.
#[derive(Clone, Debug, Default)]
pub struct Design {}

impl Design {
    /// Number of design points (after exclusions); at least 1.
    #[must_use]
    pub fn point_count(&self) -> u64 {
        todo!()
    }

    /// The swept values of one point, in axis order.
    #[must_use]
    pub fn assignments(&self, _point: PointIndex) -> Vec<Assignment> {
        todo!()
    }

    /// The point's identity for seeding (see [`PointKey`]).
    #[must_use]
    pub fn point_key(&self, _point: PointIndex) -> PointKey {
        todo!()
    }

    /// `base` with the point's values put in.
    #[must_use]
    pub fn configuration(&self, _base: &Value, _point: PointIndex) -> Value {
        todo!()
    }

    /// The axes of the results, slowest first; their lengths multiply to [`Self::point_count`]. Lengths are exact
    /// without expanding anything; the coordinates are expanded here, so call it only for designs to be run.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        todo!()
    }

    /// Names and lengths of [`Self::dimensions`] without their coordinates: O(axes), for planning.
    #[must_use]
    pub fn dimension_lengths(&self) -> Vec<(String, u64)> {
        todo!()
    }

    /// Points that together show every combination of values of the axes that touch one of `keys` (or a prefix or
    /// suffix component of one), everything else at its first value. For fixing shapes without a scan.
    ///
    /// # Errors
    /// If there are more than `limit` combinations.
    pub fn points_covering(&self, _keys: &[&str], _limit: u64) -> Result<Vec<PointIndex>, u64> {
        todo!()
    }
}

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
