//! The rectangle that agents live in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `episode.domain`: [x_min, x_max] × [y_min, y_max], m.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct Domain {
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

impl Default for Domain {
    fn default() -> Self {
        Self {
            x_min_m: 0.0,
            x_max_m: 25.0,
            y_min_m: -8.0,
            y_max_m: 8.0,
        }
    }
}

impl Domain {
    /// Whether a point lies inside or on the edge.
    #[must_use]
    pub fn contains(&self, x_m: f64, y_m: f64) -> bool {
        (self.x_min_m..=self.x_max_m).contains(&x_m) && (self.y_min_m..=self.y_max_m).contains(&y_m)
    }

    /// Extent along x, m.
    #[must_use]
    pub fn width_m(&self) -> f64 {
        self.x_max_m - self.x_min_m
    }

    /// Extent along y, m.
    #[must_use]
    pub fn height_m(&self) -> f64 {
        self.y_max_m - self.y_min_m
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "[{}, {}] × [{}, {}] m",
            self.x_min_m, self.x_max_m, self.y_min_m, self.y_max_m
        )
    }
}
