//! Keys that every table with a gridded file has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How decoded frames are kept. It changes time and memory only, never results.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum CacheConfig {
    /// Not at all: every frame is read and decoded whenever a unit comes to it.
    None(NoCacheConfig),
    /// The frames used last, shared by the threads of a rank.
    Lru(LruConfig),
    /// All frames, read when the first unit needs one. Refused if they don't fit into memory.
    Preload(PreloadConfig),
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self::Lru(LruConfig::default())
    }
}

/// `cache` of kind `none`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct NoCacheConfig {}

/// `cache` of kind `lru`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LruConfig {
    /// Memory per rank for decoded frames, MiB. Tables with the same capacity share it.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub capacity_mib: u32,
}

impl Default for LruConfig {
    fn default() -> Self {
        Self { capacity_mib: 256 }
    }
}

/// `cache` of kind `preload`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct PreloadConfig {}

/// What a missing value becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum MissingPolicy {
    /// A frame with one fails the unit that reads it.
    #[default]
    Refuse,
    /// 0.
    Zero,
}

/// Where the positions of columns, rows and frames come from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum AxesConfig {
    /// The coordinate variables of the file.
    File(FileAxesConfig),
    /// These keys, for a dataset without coordinates; what the file says about its axes is ignored.
    Uniform(UniformAxesConfig),
}

impl Default for AxesConfig {
    fn default() -> Self {
        Self::File(FileAxesConfig::default())
    }
}

/// The order in which a variable's dimensions are stored, the slowest first: as `h5dump -H` and `ncdump -h` show them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AxisOrder {
    /// As the file says; (time, y, x) if it doesn't.
    #[default]
    Auto,
    /// (time, y, x): frames of rows, as C, Python and NetCDF have them.
    TimeYX,
    /// (time, x, y): a (y, x, time) of MATLAB.
    TimeXY,
    /// (y, x, time): a (time, x, y) of MATLAB or Fortran.
    YXTime,
    /// (x, y, time): a (time, y, x) of MATLAB or Fortran.
    XYTime,
    /// (y, time, x).
    YTimeX,
    /// (x, time, y).
    XTimeY,
}

impl AxisOrder {
    /// Realisations are keyed by their tables: a key that says nothing must not change them.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

/// `axes` of kind `file`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FileAxesConfig {
    /// The order in which the variable's dimensions are stored.
    #[serde(skip_serializing_if = "AxisOrder::is_auto")]
    #[schemars(extend("default" = "auto"))]
    pub order: AxisOrder,
}

/// `axes` of kind `uniform`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct UniformAxesConfig {
    /// Position of the first column's centre, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_min_m: f64,
    /// Distance between columns, m.
    #[schemars(range(min = 1e-9, max = 1e6))]
    pub dx_m: f64,
    /// Position of the lowest row's centre, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_min_m: f64,
    /// Distance between rows, m.
    #[schemars(range(min = 1e-9, max = 1e6))]
    pub dy_m: f64,
    /// Whether the first row in the file is the highest one, as in pictures.
    pub rows_downward: bool,
    /// Time between frames, s.
    #[schemars(range(min = 1e-9, max = 1e7))]
    pub frame_interval_s: f64,
    /// The order in which the variable's dimensions are stored.
    #[serde(skip_serializing_if = "AxisOrder::is_auto")]
    #[schemars(extend("default" = "auto"))]
    pub order: AxisOrder,
}

impl Default for UniformAxesConfig {
    fn default() -> Self {
        Self {
            x_min_m: 0.0,
            dx_m: 1.0,
            y_min_m: 0.0,
            dy_m: 1.0,
            rows_downward: false,
            frame_interval_s: 1.0,
            order: AxisOrder::default(),
        }
    }
}
