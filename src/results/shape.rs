//! The shape of a results file: what it must hold, as plain data.

use super::{MemberAxis, MemberDetail, MetricColumn, UnitFeatures};
use crate::sweep::UnitPlan;
use serde::{Deserialize, Serialize};

/// One axis of the sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxisShape {
    /// Name of the dimension.
    pub name: String,
    /// Length.
    pub length: u64,
    /// Coordinates along it.
    pub coordinates: Vec<CoordinateShape>,
}

/// One swept key along an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoordinateShape {
    /// Name of the dataset.
    pub name: String,
    /// Dotted key.
    pub key: String,
    /// Storage.
    pub kind: CoordinateKind,
    /// Bytes of all its texts together; 0 for numbers. Only for planning the size of the file.
    pub text_bytes: u64,
}

/// Storage of a coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoordinateKind {
    /// 64-bit float.
    Real,
    /// 64-bit signed integer.
    Integer,
    /// UTF-8 text of any length.
    Text,
}

/// All that fixes the datasets of a results file and their lengths. It is kept in the file as JSON, so that a reader
/// needs no scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Axes of the sweep, slowest first; their lengths multiply to the number of design points.
    pub axes: Vec<AxisShape>,
    /// Replicates of every design point.
    pub replicates: u32,
    /// Members of a unit.
    pub member_axis: MemberAxis,
    /// Metric columns, in order.
    pub metrics: Vec<MetricColumn>,
    /// Whether members are kept one by one.
    pub members: MemberDetail,
    /// Whether design points may share random numbers, which makes their means dependent.
    pub points_are_dependent: bool,
    /// Bytes of the resolved configuration as TOML and as JSON.
    pub configuration_bytes: [u64; 2],
    /// Bytes of the list of input files as JSON; 0 without any.
    #[serde(default)]
    pub inputs_bytes: u64,
    /// What units leave besides metrics.
    #[serde(default, skip_serializing_if = "UnitFeatures::is_plain")]
    pub features: UnitFeatures,
}

impl Shape {
    /// Number of design points.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.axes.iter().map(|axis| axis.length).product()
    }

    /// Points and replicates.
    #[must_use]
    pub fn plan(&self) -> UnitPlan {
        UnitPlan {
            points: self.points(),
            replicates: self.replicates,
        }
    }

    /// Whether two files with these shapes have the same datasets for units and summaries.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        let axes = |shape: &Self| -> Vec<(String, u64)> {
            shape.axes.iter().map(|axis| (axis.name.clone(), axis.length)).collect()
        };
        axes(self) == axes(other)
            && self.replicates == other.replicates
            && self.member_axis == other.member_axis
            && self.metrics == other.metrics
            && self.members == other.members
            && self.features == other.features
    }
}
