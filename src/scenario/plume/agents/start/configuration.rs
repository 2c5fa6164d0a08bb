//! `[agents.start]` and `[agents.start_heading]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where agents start.
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
    /// Uniform in a disc.
    Disc(StartDisc),
    /// Uniform in a ring around the first source.
    AroundSource(StartAroundSource),
    /// Uniform on a line across the mean wind, at a distance from the first source.
    AcrossWind(StartAcrossWind),
    /// Uniform where there is odour.
    InPlume(StartInPlume),
    /// At listed places.
    List(StartList),
    /// At the places in a file.
    File(StartFile),
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

/// `agents.start` of kind `disc`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartDisc {
    /// x of the centre, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub x_m: f64,
    /// y of the centre, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub y_m: f64,
    /// Radius, m. What is outside the domain is left out.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub radius_m: f64,
}

impl Default for StartDisc {
    fn default() -> Self {
        Self {
            x_m: 15.0,
            y_m: 0.0,
            radius_m: 2.0,
        }
    }
}

/// `agents.start` of kind `around_source`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartAroundSource {
    /// Smallest distance from the first source, m.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub inner_m: f64,
    /// Largest distance, m. What is outside the domain is left out.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub outer_m: f64,
}

impl Default for StartAroundSource {
    fn default() -> Self {
        Self {
            inner_m: 4.0,
            outer_m: 6.0,
        }
    }
}

/// `agents.start` of kind `across_wind`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartAcrossWind {
    /// Distance of the line downwind of the first source, m; negative for upwind.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub distance_m: f64,
    /// Length of the line, half of it on either side, m. What is outside the domain is left out.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub length_m: f64,
}

impl Default for StartAcrossWind {
    fn default() -> Self {
        Self {
            distance_m: 10.0,
            length_m: 4.0,
        }
    }
}

/// `agents.start` of kind `in_plume`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartInPlume {
    /// Agents start where the true concentration is at least this when they are released, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub threshold: f64,
    /// Lowest x, m. What is outside the domain is left out.
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

impl Default for StartInPlume {
    fn default() -> Self {
        Self {
            threshold: 1e-7,
            x_min_m: -1e6,
            x_max_m: 1e6,
            y_min_m: -1e6,
            y_max_m: 1e6,
        }
    }
}

/// `agents.start` of kind `list`: agent i has entry i, and with fewer entries than agents they begin again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartList {
    /// Places along x, m.
    #[schemars(length(max = 10_000), inner(range(min = -1e6, max = 1e6)))]
    pub x_m: Vec<f64>,
    /// Places along y, m.
    #[schemars(length(max = 10_000), inner(range(min = -1e6, max = 1e6)))]
    pub y_m: Vec<f64>,
    /// Headings, rad; without them those of agents.start_heading.
    #[schemars(length(max = 10_000), inner(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU)))]
    pub heading_rad: Vec<f64>,
}

/// `agents.start` of kind `file`: agent i has row i, and with fewer rows than agents they begin again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StartFile {
    /// A CSV file with the columns x_m and y_m, and perhaps heading_rad and the factors of agents.varied. Relative to
    /// the study file.
    pub file: String,
}

/// Initial headings, unless a list or file gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum StartHeadingConfig {
    /// Uniform over the full circle.
    Random {},
    /// In one direction.
    Fixed(FixedHeadingConfig),
    /// Against the mean wind.
    Upwind(UpwindHeadingConfig),
}

impl Default for StartHeadingConfig {
    fn default() -> Self {
        Self::Random {}
    }
}

/// `agents.start_heading` of kind `fixed`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct FixedHeadingConfig {
    /// Direction, counter-clockwise from +x, rad.
    #[schemars(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU))]
    pub heading_rad: f64,
    /// Headings are uniform up to this far to either side of it, rad.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub spread_rad: f64,
}

/// `agents.start_heading` of kind `upwind`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct UpwindHeadingConfig {
    /// Headings are uniform up to this far to either side of upwind, rad.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub spread_rad: f64,
}
