//! `sensor.conditioning`.

use super::{AdaptationConfig, SaturationConfig};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to the concentration before it is read: delay, then counting, then saturation, then adaptation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ConditioningConfig {
    /// How long odour takes to be sensed, s; 0 for at once.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub delay_s: f64,
    /// Molecules counted per second where the concentration is 1 in the plume's unit, which makes readings noisy; 0 for
    /// no counting noise.
    #[schemars(range(min = 0.0, max = 1e40))]
    pub counting_rate: f64,
    /// What limits readings of much odour.
    pub saturation: SaturationConfig,
    /// How readings of lasting odour fade.
    pub adaptation: AdaptationConfig,
}
