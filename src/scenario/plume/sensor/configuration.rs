//! `[sensor]`.

use super::{BinarySensor, BinarySensorConfig, Channels, ConcentrationSensor, ConcentrationSensorConfig, Sensor};
use crate::random::StreamSeed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What agents smell with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum SensorConfig {
    /// Reads the concentration.
    Concentration(ConcentrationSensorConfig),
    /// Tells only whether there is odour.
    Binary(BinarySensorConfig),
}

impl Default for SensorConfig {
    fn default() -> Self {
        Self::Binary(BinarySensorConfig::default())
    }
}

impl SensorConfig {
    /// The channels that it fills.
    #[must_use]
    pub fn gives(&self) -> Channels {
        match self {
            Self::Concentration(_) => Channels::DETECTION.and(Channels::CONCENTRATION),
            Self::Binary(_) => Channels::DETECTION,
        }
    }

    /// The sensors of all agents of a unit.
    #[must_use]
    pub fn build(&self, seed: StreamSeed, blocks: usize) -> Box<dyn Sensor> {
        match self {
            Self::Concentration(config) => Box::new(ConcentrationSensor::new(config, seed, blocks)),
            Self::Binary(config) => Box::new(BinarySensor::new(config, seed, blocks)),
        }
    }
}
