//! Adaptation: lasting odour fades.

use super::ExponentialAverage;
use crate::lanes::{F64x8, SimdLevel, kernel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How readings of persistent odour decrease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum AdaptationConfig {
    /// Readings don't fade.
    None {},
    /// The average of what was smelled is subtracted: c − a, or 0.
    Subtractive(SubtractiveConfig),
    /// Readings are divided by the average of what was smelled: c / (1 + a/a₀).
    Divisive(DivisiveConfig),
}

impl Default for AdaptationConfig {
    fn default() -> Self {
        Self::None {}
    }
}

impl AdaptationConfig {
    /// Its time constant, s.
    #[must_use]
    pub fn time_s(&self) -> Option<f64> {
        match self {
            Self::None {} => None,
            Self::Subtractive(config) => Some(config.time_s),
            Self::Divisive(config) => Some(config.time_s),
        }
    }
}

/// `adaptation` of kind `subtractive`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SubtractiveConfig {
    /// Time constant of the average, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub time_s: f64,
}

impl Default for SubtractiveConfig {
    fn default() -> Self {
        Self { time_s: 10.0 }
    }
}

/// `adaptation` of kind `divisive`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct DivisiveConfig {
    /// Time constant of the average, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub time_s: f64,
    /// The average a₀ that halves readings, in the plume's unit: weaker odour hardly adapts.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub background: f64,
}

impl Default for DivisiveConfig {
    fn default() -> Self {
        Self {
            time_s: 10.0,
            background: 1e-7,
        }
    }
}

/// What sensors have adapted to.
///
/// With the [`ExponentialAverage`] a of the concentration c over the steps before this one (so that odour that has just
/// come on is read in full): max(0, c − a) or c / (1 + a/a₀), in the plume's unit. The second gives Weber's law: in
/// strong odour readings are a₀ c/a, so only ratios matter.
#[derive(Clone, Debug)]
pub(super) enum Adaptation {
    Subtractive(ExponentialAverage),
    Divisive(ExponentialAverage, f64),
}

impl Adaptation {
    pub fn new(config: &AdaptationConfig, dt_s: f64, blocks: usize) -> Option<Self> {
        let average = ExponentialAverage::new(config.time_s()?, dt_s, blocks);
        Some(match config {
            AdaptationConfig::None {} => return None,
            AdaptationConfig::Subtractive(_) => Self::Subtractive(average),
            AdaptationConfig::Divisive(config) => Self::Divisive(average, config.background),
        })
    }

    pub fn adapt(&mut self, simd: SimdLevel, blocks: &[usize], values: &mut [F64x8]) {
        match self {
            Self::Subtractive(average) => {
                kernel!(simd, |average: &mut ExponentialAverage,
                               blocks: &[usize],
                               values: &mut [F64x8]| {
                    for &block in blocks {
                        let c = values[block];
                        // The limit comes first, so that what isn't a number passes through and is found.
                        values[block] = F64x8::ZERO.max(c - average.at(block));
                        average.take(block, c);
                    }
                });
            }
            Self::Divisive(average, background) => {
                let background = *background;
                kernel!(simd, |average: &mut ExponentialAverage,
                               background: f64,
                               blocks: &[usize],
                               values: &mut [F64x8]| {
                    let background = F64x8::splat(background);
                    for &block in blocks {
                        let c = values[block];
                        values[block] = c / (F64x8::ONE + average.at(block) / background);
                        average.take(block, c);
                    }
                });
            }
        }
    }
}
