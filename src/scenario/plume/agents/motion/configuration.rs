//! `[agents.motion]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bodies turn commands into motion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum MotionConfig {
    /// Turns and moves freely, within limits on speed, turn rate and acceleration.
    Continuous(ContinuousMotionConfig),
    /// Hops from cell to neighbouring cell.
    Grid(GridMotionConfig),
    /// Goes forward by a fixed step, or turns left or right by a fixed angle.
    Oriented(OrientedMotionConfig),
    /// Runs straight, and changes direction only by tumbling.
    RunTumble(RunTumbleMotionConfig),
}

impl Default for MotionConfig {
    fn default() -> Self {
        Self::Continuous(ContinuousMotionConfig::default())
    }
}

/// No speed of up to 1000 m/s is further than a step of 1 µs away: this acceleration limits nothing.
const ACCELERATION_UNLIMITED_M_S2: f64 = 1e9;

/// `agents.motion` of kind `continuous`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ContinuousMotionConfig {
    /// Largest acceleration and deceleration, m/s²; agents start at rest. The default is effectively no limit.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub acceleration_max_m_s2: f64,
}

impl Default for ContinuousMotionConfig {
    fn default() -> Self {
        Self {
            acceleration_max_m_s2: ACCELERATION_UNLIMITED_M_S2,
        }
    }
}

/// `agents.motion` of kind `grid`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GridMotionConfig {
    /// Side of a cell, m; cells fill the domain.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub cell_m: f64,
    /// 4 for hops along x and y, 8 to include diagonal hops.
    #[schemars(range(min = 4, max = 8))]
    pub directions: u32,
}

impl Default for GridMotionConfig {
    fn default() -> Self {
        Self {
            cell_m: 0.5,
            directions: 8,
        }
    }
}

/// `agents.motion` of kind `oriented`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct OrientedMotionConfig {
    /// Length of a step forward, m.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub step_m: f64,
    /// Angle of a turn, rad.
    #[schemars(range(min = 1e-3, max = std::f64::consts::PI))]
    pub turn_rad: f64,
}

impl Default for OrientedMotionConfig {
    fn default() -> Self {
        Self {
            step_m: 0.1,
            turn_rad: std::f64::consts::FRAC_PI_4,
        }
    }
}

/// `agents.motion` of kind `run_tumble`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RunTumbleMotionConfig {
    /// An agent tumbles when its heading differs by more than this from the commanded one, rad; π: never for that
    /// reason.
    #[schemars(range(min = 1e-3, max = std::f64::consts::PI))]
    pub tolerance_rad: f64,
    /// Rate of spontaneous tumbles while running, 1/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub spontaneous_rate_per_s: f64,
    /// Mean duration of a tumble, s; exponentially distributed, at least one step.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub tumble_mean_s: f64,
    /// Mean turn of a tumble, to either side, rad.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub turn_mean_rad: f64,
    /// Standard deviation of that turn, rad.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub turn_sd_rad: f64,
}

impl Default for RunTumbleMotionConfig {
    fn default() -> Self {
        Self {
            tolerance_rad: std::f64::consts::FRAC_PI_2,
            spontaneous_rate_per_s: 0.0,
            tumble_mean_s: 0.14,
            turn_mean_rad: 1.19,
            turn_sd_rad: 0.63,
        }
    }
}
