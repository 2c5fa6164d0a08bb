//! How much of each unit the results hold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of each unit is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberDetail {
    /// Every member's value of every metric.
    #[default]
    All,
    /// Per unit and metric: count, mean, standard deviation, minimum and maximum over the members.
    Statistics,
}
