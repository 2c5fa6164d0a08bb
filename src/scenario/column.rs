//! What a scenario declares about its results.

use serde::{Deserialize, Serialize};

/// The member axis of the results: what one entry along it is, and how many entries a unit has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberAxis {
    /// Name of the axis in the results file: `agent`, `fragment`, `cell`, …
    pub name: String,
    /// Members of one unit; at least 1.
    pub count: u32,
}

/// How a metric's values are stored. Missing values are NaN while simulating and the fill value in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// 64-bit float, fill value NaN.
    Real,
    /// Count below 2³¹, stored as `i32`, fill value −1.
    Count,
    /// 0 or 1, stored as `i8`, fill value −1; summarised as a proportion.
    Flag,
}

/// Which members a metric is summarised over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Every member has a value; a missing one is a failure of the unit.
    AllMembers,
    /// Only members that have a value; the text says which ones (`agents that reached the source`).
    Conditional(String),
}

/// One metric: a number per member of each unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricColumn {
    /// Name of the dataset: lower-case words joined by `_`, with the unit as a suffix where it has one.
    pub name: String,
    /// One line for people: `time from release to the source`.
    pub long_name: String,
    /// UDUNITS string: `s`, `m`, `m s-1`, `1`.
    pub unit: String,
    /// Storage and meaning.
    pub kind: MetricKind,
    /// Which members count.
    pub aggregation: Aggregation,
}

impl MetricColumn {
    /// A column over all members.
    #[must_use]
    pub fn new(name: &str, kind: MetricKind, unit: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
            unit: unit.to_owned(),
            kind,
            aggregation: Aggregation::AllMembers,
        }
    }

    /// The same column, but only for members that have a value.
    #[must_use]
    pub fn conditional(mut self, which_members: &str) -> Self {
        self.aggregation = Aggregation::Conditional(which_members.to_owned());
        self
    }
}
