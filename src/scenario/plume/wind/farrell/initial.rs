//! How a wind of kind `farrell` begins: the noise of its corners, and the field inside.

use super::super::GriddedWindConfig;
use super::corner_noise::CornerNoise;
use super::field::{Field, Grid};
use crate::lanes::F64x8;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The corners' noise when the wind begins, before its spin-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum InitialNoiseConfig {
    /// Drawn from its stationary distribution.
    Stationary(StationaryNoiseConfig),
    /// Given values, the same in all replicates.
    Given(GivenNoiseConfig),
}

/// `wind.initial_noise` of kind `given`. Eight channels: the x component at the corners (x_min, y_min), (x_max, y_min),
/// (x_min, y_max), (x_max, y_max), then the y component there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GivenNoiseConfig {
    /// x₀ of the eight channels, deviations from the mean wind, m/s: x components at the corners south-west, south-east,
    /// north-west, north-east, then y components.
    #[schemars(length(min = 8, max = 8), inner(range(min = -100.0, max = 100.0)))]
    pub value_m_s: [f64; 8],
    /// x₁ = dx₀/dt of the eight channels, m/s².
    #[schemars(length(min = 8, max = 8), inner(range(min = -1e4, max = 1e4)))]
    pub slope_m_s2: [f64; 8],
}

impl Default for GivenNoiseConfig {
    fn default() -> Self {
        Self {
            value_m_s: [0.0; 8],
            slope_m_s2: [0.0; 8],
        }
    }
}

/// `wind.initial_noise` of kind `stationary`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct StationaryNoiseConfig {}

impl Default for InitialNoiseConfig {
    fn default() -> Self {
        Self::Stationary(StationaryNoiseConfig {})
    }
}

impl InitialNoiseConfig {
    /// Bounds of the given noise's swing along x and y if it isn't driven, m/s: x₀² + x₁²/ω² never grows.
    pub(super) fn swing_m_s(&self, bandwidth_rad_s: f64) -> (f64, f64) {
        let Self::Given(given) = self else {
            return (0.0, 0.0);
        };
        let swing = |channels: std::ops::Range<usize>| {
            let squares = channels.map(|channel| {
                let (value, slope) = (given.value_m_s[channel], given.slope_m_s2[channel] / bandwidth_rad_s);
                value * value + slope * slope
            });
            squares.fold(0.0, f64::max).sqrt()
        };
        (swing(0..4), swing(4..8))
    }

    /// Puts `noise` there, if it is given.
    pub(super) fn apply(&self, noise: &mut CornerNoise, bandwidth_rad_s: f64) {
        if let Self::Given(given) = self {
            noise.begin_with(
                F64x8(given.value_m_s),
                F64x8(given.slope_m_s2.map(|slope| slope / bandwidth_rad_s)),
            );
        }
    }
}

/// The wind inside the grid when it begins, before its spin-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum InitialFieldConfig {
    /// Bilinear between the corners, with their noise.
    Corners(CornersFieldConfig),
    /// The mean wind everywhere.
    Mean(MeanFieldConfig),
    /// Bilinear between given velocities at the corners.
    Given(GivenFieldConfig),
    /// Bilinear from a file, at its time 0.
    Gridded(GriddedWindConfig),
}

/// `wind.initial_field` of kind `given`: velocities at the corners of the ring around the grid, in the order (x_min, y_min),
/// (x_max, y_min), (x_min, y_max), (x_max, y_max).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GivenFieldConfig {
    /// Velocity along +x at the corners south-west, south-east, north-west, north-east, m/s.
    #[schemars(length(min = 4, max = 4), inner(range(min = -100.0, max = 100.0)))]
    pub x_m_s: [f64; 4],
    /// Velocity along +y at the same corners, m/s.
    #[schemars(length(min = 4, max = 4), inner(range(min = -100.0, max = 100.0)))]
    pub y_m_s: [f64; 4],
}

/// `wind.initial_field` of kind `corners`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CornersFieldConfig {}

/// `wind.initial_field` of kind `mean`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MeanFieldConfig {}

impl Default for InitialFieldConfig {
    fn default() -> Self {
        Self::Corners(CornersFieldConfig {})
    }
}

impl InitialFieldConfig {
    /// The fastest given wind along x and y, m/s; what a file holds isn't looked at.
    pub(super) fn fastest_m_s(&self) -> (f64, f64) {
        match self {
            Self::Given(given) => {
                let fastest = |speeds: &[f64]| speeds.iter().fold(0.0_f64, |most, speed| most.max(speed.abs()));
                (fastest(&given.x_m_s), fastest(&given.y_m_s))
            }
            Self::Corners(_) | Self::Mean(_) | Self::Gridded(_) => (0.0, 0.0),
        }
    }

    /// The field at the beginning, with the ring that `corners` prescribe; a file's is `nodes`, velocities of the inner nodes
    /// row by row.
    pub(super) fn field(&self, grid: Grid, corners: F64x8, nodes: &[(f64, f64)]) -> Field {
        match self {
            Self::Corners(_) => Field::new(grid, corners),
            Self::Mean(_) => Field::new(grid, F64x8::ZERO).with_ring(corners),
            Self::Given(given) => {
                let mut deviations = [0.0; 8];
                for corner in 0..4 {
                    deviations[corner] = given.x_m_s[corner] - grid.mean_x_m_s;
                    deviations[4 + corner] = given.y_m_s[corner] - grid.mean_y_m_s;
                }
                Field::new(grid, F64x8(deviations)).with_ring(corners)
            }
            Self::Gridded(_) => Field::new(grid, F64x8::ZERO).with_nodes(nodes).with_ring(corners),
        }
    }
}
