//! `[sensor]`.

use super::super::own::{Own, OwnSensor, add_kinds};
use super::{BinarySensor, BinarySensorConfig, ConcentrationSensor, ConcentrationSensorConfig, Sensor};
use crate::random::StreamSeed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What agents smell with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline, transform = add_kinds::<dyn OwnSensor>)]
pub enum SensorConfig {
    /// Reads the concentration.
    Concentration(ConcentrationSensorConfig),
    /// Tells only whether there is odour.
    Binary(BinarySensorConfig),
    /// A kind of the program's own.
    #[serde(untagged)]
    #[schemars(skip)]
    Own(Own<dyn OwnSensor>),
}

impl Default for SensorConfig {
    fn default() -> Self {
        Self::Binary(BinarySensorConfig::default())
    }
}

impl SensorConfig {
    /// The sensors of all agents of a unit.
    #[must_use]
    pub fn build(&self, seed: StreamSeed, blocks: usize) -> Box<dyn Sensor> {
        match self {
            Self::Concentration(config) => Box::new(ConcentrationSensor::new(config, seed, blocks)),
            Self::Binary(config) => Box::new(BinarySensor::new(config, seed, blocks)),
            Self::Own(own) => own.build(seed, blocks),
        }
    }
}
