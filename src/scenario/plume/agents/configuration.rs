//! `[agents]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many agents there are, where they start, and what their bodies can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AgentsConfig {
    /// Agents of one unit. They share the plume; whether they get in each other's way is the collision table's matter.
    #[schemars(range(min = 1, max = 100_000))]
    pub count: u32,
    /// Height above the ground at which agents move, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub height_m: f64,
    /// No agent moves faster over ground, m/s.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub speed_max_m_s: f64,
    /// No agent turns faster, rad/s.
    #[schemars(range(min = 1e-3, max = 1e4))]
    pub turn_rate_max_rad_s: f64,
    /// Where agents start.
    pub start: StartConfig,
}

impl Default for AgentsConfig {
    fn default() -> Self {
        Self {
            count: 10,
            height_m: 1.0,
            speed_max_m_s: 1.0,
            turn_rate_max_rad_s: 30.0,
            start: StartConfig::default(),
        }
    }
}

/// Where agents start. Headings are uniform over the full turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum StartConfig {
    /// Uniform in a rectangle.
    Region(StartRegion),
    /// Uniform on a straight line.
    Line(StartLine),
    /// All at one point.
    Point(StartPoint),
}

impl Default for StartConfig {
    fn default() -> Self {
        Self::Region(StartRegion::default())
    }
}

/// `agents.start` of kind `region`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartRegion {
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

impl Default for StartRegion {
    fn default() -> Self {
        Self {
            x_min_m: 12.0,
            x_max_m: 20.0,
            y_min_m: -4.0,
            y_max_m: 4.0,
        }
    }
}

/// `agents.start` of kind `line`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartLine {
    /// x of the first end, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_first_m: f64,
    /// y of the first end, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_first_m: f64,
    /// x of the second end, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_second_m: f64,
    /// y of the second end, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_second_m: f64,
}

impl Default for StartLine {
    fn default() -> Self {
        Self {
            x_first_m: 15.0,
            y_first_m: -4.0,
            x_second_m: 15.0,
            y_second_m: 4.0,
        }
    }
}

/// `agents.start` of kind `point`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartPoint {
    /// Position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_m: f64,
    /// Position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_m: f64,
}

impl Default for StartPoint {
    fn default() -> Self {
        Self { x_m: 15.0, y_m: 0.0 }
    }
}

impl StartConfig {
    /// The corners or ends between which agents start: (x, y) and (x, y), m.
    #[must_use]
    pub fn extent_m(&self) -> [(f64, f64); 2] {
        match self {
            Self::Region(region) => [(region.x_min_m, region.y_min_m), (region.x_max_m, region.y_max_m)],
            Self::Line(line) => [(line.x_first_m, line.y_first_m), (line.x_second_m, line.y_second_m)],
            Self::Point(point) => [(point.x_m, point.y_m); 2],
        }
    }
}
