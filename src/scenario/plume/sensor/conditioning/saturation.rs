//! Saturation: no sensor reads any amount.

use crate::lanes::{F64x8, SimdLevel, kernel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How readings of strong odour are limited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum SaturationConfig {
    /// Nothing.
    None {},
    /// Readings are limited to a largest value.
    Clip(ClipConfig),
    /// Binding to receptors saturates: c / (1 + c/K).
    Hyperbolic(HyperbolicConfig),
}

impl Default for SaturationConfig {
    fn default() -> Self {
        Self::None {}
    }
}

impl SaturationConfig {
    /// Readings stay below this or come up to it, in the plume's unit.
    #[must_use]
    pub fn highest(&self) -> f64 {
        match self {
            Self::None {} => f64::INFINITY,
            Self::Clip(clip) => clip.highest,
            Self::Hyperbolic(hyperbolic) => hyperbolic.half,
        }
    }
}

/// `saturation` of kind `clip`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ClipConfig {
    /// The highest reading, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub highest: f64,
}

impl Default for ClipConfig {
    fn default() -> Self {
        Self { highest: 1e-5 }
    }
}

/// `saturation` of kind `hyperbolic`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct HyperbolicConfig {
    /// Concentration K at which half of the receptors are bound, in the plume's unit; also the reading when all are.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub half: f64,
}

impl Default for HyperbolicConfig {
    fn default() -> Self {
        Self { half: 1e-5 }
    }
}

/// Saturates `values` at `blocks`: min(c, c_max), or c / (1 + c/K), the binding of Michaelis & Menten (1913) scaled so
/// that weak odour reads as it is and all receptors bound read K.
pub(super) fn saturate(config: &SaturationConfig, simd: SimdLevel, blocks: &[usize], values: &mut [F64x8]) {
    match config {
        SaturationConfig::None {} => {}
        SaturationConfig::Clip(clip) => {
            let highest = clip.highest;
            kernel!(simd, |highest: f64, blocks: &[usize], values: &mut [F64x8]| {
                let highest = F64x8::splat(highest);
                for &block in blocks {
                    // The limit comes first, so that what isn't a number passes through and is found.
                    values[block] = highest.min(values[block]);
                }
            });
        }
        SaturationConfig::Hyperbolic(hyperbolic) => {
            let half = hyperbolic.half;
            kernel!(simd, |half: f64, blocks: &[usize], values: &mut [F64x8]| {
                let half = F64x8::splat(half);
                for &block in blocks {
                    let c = values[block];
                    values[block] = c / (F64x8::ONE + c / half);
                }
            });
        }
    }
}
