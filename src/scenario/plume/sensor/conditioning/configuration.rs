//! `sensor.conditioning`.

use super::super::super::component::Context;
use super::{AdaptationConfig, SaturationConfig, remembered_steps};
use crate::scenario::Problems;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to the concentration before it is read: delay, then counting, then saturation, then adaptation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ConditioningConfig {
    /// Delay of the odour, s; 0 for none.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub delay_s: f64,
    /// Molecules counted per second where the concentration is 1 in the plume's unit, which makes readings noisy; 0 for
    /// no counting noise.
    #[schemars(range(min = 0.0, max = 1e40))]
    pub counting_rate: f64,
    /// How readings of strong odour are limited.
    pub saturation: SaturationConfig,
    /// How readings of persistent odour decrease.
    pub adaptation: AdaptationConfig,
}

impl ConditioningConfig {
    /// How many numbers are remembered for each agent in steps of `dt_s`.
    pub(in super::super) fn numbers_remembered(&self, dt_s: f64) -> f64 {
        remembered_steps(self.delay_s, dt_s)
    }

    /// What is wrong with it in a sensor that detects odour from `threshold` on and has noise of `noise_sd`.
    pub(in super::super) fn problems(&self, threshold: f64, noise_sd: f64, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        if let Some(time_s) = self.adaptation.time_s() {
            found.extend(context.shorter_than_step("sensor.conditioning.adaptation.time_s", time_s));
        }
        found.extend(context.far_from_plume("sensor.threshold", threshold));
        let highest = self.saturation.highest();
        if threshold > highest && noise_sd == 0.0 {
            found.add(
                "sensor.threshold",
                format!("{threshold} is above {highest}, where readings saturate, so odour is never detected"),
                "lower the threshold, or raise the limit in conditioning.saturation",
            );
        }
        found
    }
}
