//! When sources release, where they move, and how several are given: shared by all plumes with sources.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a source releases. Times are episode times, s: agents are released at 0, and the plume spins up before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum ScheduleConfig {
    /// At all times.
    Always {},
    /// In pulses of equal length, periodically.
    Pulses(PulsesConfig),
    /// In windows of time.
    Windows(WindowsConfig),
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self::Always {}
    }
}

/// Pulses: on from first_s + k·period_s for on_s, for k = 0, 1, 2, …; off before first_s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct PulsesConfig {
    /// From the beginning of a pulse to that of the next, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub period_s: f64,
    /// Length of a pulse, s; at most the period.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub on_s: f64,
    /// When the first pulse begins, s. Negative: while the plume spins up.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub first_s: f64,
}

impl Default for PulsesConfig {
    fn default() -> Self {
        Self {
            period_s: 10.0,
            on_s: 5.0,
            first_s: -1000.0,
        }
    }
}

/// Windows: on from `from_s[i]` until `until_s[i]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct WindowsConfig {
    /// Where the windows begin, s; each at or after the end of the one before.
    #[schemars(length(max = 10_000), inner(range(min = -1e7, max = 1e7)))]
    pub from_s: Vec<f64>,
    /// Where the windows end, s; as many as `from_s`, each after its beginning.
    #[schemars(length(max = 10_000), inner(range(min = -1e7, max = 1e7)))]
    pub until_s: Vec<f64>,
}

/// Where a source is. Paths are offsets from the source's position, so that moving the source moves its whole path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum PathConfig {
    /// The source stays where it is.
    Still {},
    /// The source moves from point to point, at constant speed between two of them.
    Waypoints(WaypointsConfig),
}

impl Default for PathConfig {
    fn default() -> Self {
        Self::Still {}
    }
}

/// Waypoints: at `time_s[i]` the source is at its position plus the offset i; linear in between; before the first one
/// it stays there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct WaypointsConfig {
    /// Times, increasing, s.
    #[schemars(length(max = 10_000), inner(range(min = -1e7, max = 1e7)))]
    pub time_s: Vec<f64>,
    /// Offsets from the source's position along x, one per time, m.
    #[schemars(length(max = 10_000), inner(range(min = -1e6, max = 1e6)))]
    pub offset_x_m: Vec<f64>,
    /// Offsets from the source's position along y, one per time, m.
    #[schemars(length(max = 10_000), inner(range(min = -1e6, max = 1e6)))]
    pub offset_y_m: Vec<f64>,
    /// Offsets from the source's height, one per time, m; empty: it keeps its height.
    #[schemars(length(max = 10_000), inner(range(min = -1e4, max = 1e4)))]
    pub offset_z_m: Vec<f64>,
    /// What happens after the last point.
    pub at_end: AtEnd,
}

/// What a moving source does after its last point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AtEnd {
    /// The source stays at the last point.
    #[default]
    Hold,
    /// The source starts again at the first point, at once: end the path where it begins if the source mustn't jump.
    Loop,
}

/// One more source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct OtherSourceConfig {
    /// Position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_m: f64,
    /// Position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_m: f64,
    /// Height above the ground, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub z_m: f64,
    /// Its rate over that of the first source.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub relative_rate: f64,
    /// When it releases.
    pub schedule: ScheduleConfig,
    /// Where it moves.
    pub path: PathConfig,
}

impl Default for OtherSourceConfig {
    fn default() -> Self {
        Self {
            x_m: 2.0,
            y_m: 2.0,
            z_m: 1.0,
            relative_rate: 1.0,
            schedule: ScheduleConfig::default(),
            path: PathConfig::default(),
        }
    }
}
