//! What the configurations of all puff plumes share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rectangle that puffs live in, m: a puff whose centre leaves it is gone for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RegionConfig {
    /// Lowest x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_min_m: f64,
    /// Highest x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_max_m: f64,
    /// Lowest y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_min_m: f64,
    /// Highest y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_max_m: f64,
}

impl Default for RegionConfig {
    fn default() -> Self {
        Self {
            x_min_m: 0.0,
            x_max_m: 50.0,
            y_min_m: -12.5,
            y_max_m: 12.5,
        }
    }
}

impl RegionConfig {
    /// Whether a point lies inside or on the edge.
    #[must_use]
    pub fn contains(&self, x_m: f64, y_m: f64) -> bool {
        (self.x_min_m..=self.x_max_m).contains(&x_m) && (self.y_min_m..=self.y_max_m).contains(&y_m)
    }
}

impl std::fmt::Display for RegionConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "[{}, {}] × [{}, {}] m",
            self.x_min_m, self.x_max_m, self.y_min_m, self.y_max_m
        )
    }
}

/// What happens when a puff is due but `puffs_max` puffs exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum WhenFull {
    /// The unit fails, and the message says when: a plume with gaps isn't the one that was asked for.
    #[default]
    Fail,
    /// The puff isn't released, as in the literature: the source pauses until others have left.
    Skip,
}

/// How puffs move upwards and downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Vertical {
    /// Freely, below 0 too: there is no ground.
    #[default]
    Free,
    /// The ground at z = 0 reflects the centres of puffs and their odour.
    Reflected,
    /// Not at all: they stay at the height where they were released.
    Level,
}
