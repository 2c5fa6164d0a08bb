//! `[sensor]`.

use super::super::component::{Choice, OwnSensor, add_kinds};
use super::{
    BilateralSensor, BilateralSensorConfig, BinarySensor, BinarySensorConfig, Channels, ConcentrationSensor,
    ConcentrationSensorConfig, GradientSensor, GradientSensorConfig, HistoricalSensor, HistoricalSensorConfig, Sensor,
    Suite, SuiteConfig, WindSensor, WindSensorConfig,
};
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
    /// Knows the slope of the concentration, too.
    Gradient(GradientSensorConfig),
    /// Two antennae.
    Bilateral(BilateralSensorConfig),
    /// Remembers the concentration: mean or maximum of a window of time, or exponential average.
    Historical(HistoricalSensorConfig),
    /// No nose, but a sense of the wind with noise and delay.
    Wind(WindSensorConfig),
    /// Several sensors at once.
    Suite(SuiteConfig),
    /// A kind of the program's own.
    #[serde(untagged)]
    #[schemars(skip)]
    Own(Choice<dyn OwnSensor>),
}

/// One sensor of a suite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline, transform = add_kinds::<dyn OwnSensor>)]
pub enum SingleSensorConfig {
    /// Reads the concentration.
    Concentration(ConcentrationSensorConfig),
    /// Tells only whether there is odour.
    Binary(BinarySensorConfig),
    /// Knows the slope of the concentration, too.
    Gradient(GradientSensorConfig),
    /// Two antennae.
    Bilateral(BilateralSensorConfig),
    /// Remembers the concentration: mean or maximum of a window of time, or exponential average.
    Historical(HistoricalSensorConfig),
    /// A sense of the wind with noise and delay.
    Wind(WindSensorConfig),
    /// A kind of the program's own.
    #[serde(untagged)]
    #[schemars(skip)]
    Own(Choice<dyn OwnSensor>),
}

impl Default for SensorConfig {
    fn default() -> Self {
        Self::Binary(BinarySensorConfig::default())
    }
}

impl SensorConfig {
    /// Each sensor there is with its key, and the channels that are its to fill.
    #[must_use]
    pub fn sensors(&self) -> Vec<(String, SingleSensorConfig, Channels)> {
        let single = match self {
            Self::Concentration(config) => SingleSensorConfig::Concentration(config.clone()),
            Self::Binary(config) => SingleSensorConfig::Binary(config.clone()),
            Self::Gradient(config) => SingleSensorConfig::Gradient(config.clone()),
            Self::Bilateral(config) => SingleSensorConfig::Bilateral(config.clone()),
            Self::Historical(config) => SingleSensorConfig::Historical(config.clone()),
            Self::Wind(config) => SingleSensorConfig::Wind(config.clone()),
            Self::Own(own) => SingleSensorConfig::Own(own.clone()),
            Self::Suite(suite) => {
                let key = |index: usize| format!("sensor.sensors[{index}]");
                return (suite.shares().into_iter().enumerate())
                    .map(|(index, (sensor, share))| (key(index), sensor.clone(), share))
                    .collect();
            }
        };
        let gives = single.gives();
        vec![("sensor".to_owned(), single, gives)]
    }

    /// The channels that it fills.
    #[must_use]
    pub fn gives(&self) -> Channels {
        (self.sensors().iter()).fold(Channels::NONE, |all, (_, _, share)| all.and(*share))
    }

    /// The sensors of all agents of a unit, for steps of `dt_s`.
    #[must_use]
    pub fn build(&self, seed: StreamSeed, blocks: usize, dt_s: f64) -> Box<dyn Sensor> {
        match self {
            Self::Suite(suite) => Box::new(Suite::new(suite, seed, blocks, dt_s)),
            _ => self.sensors()[0].1.build(seed, blocks, dt_s),
        }
    }
}

impl SingleSensorConfig {
    /// One of each kind that the program has by itself, with default values.
    #[must_use]
    pub fn every() -> [Self; 6] {
        [
            Self::Concentration(ConcentrationSensorConfig::default()),
            Self::Binary(BinarySensorConfig::default()),
            Self::Gradient(GradientSensorConfig::default()),
            Self::Bilateral(BilateralSensorConfig::default()),
            Self::Historical(HistoricalSensorConfig::default()),
            Self::Wind(WindSensorConfig::default()),
        ]
    }

    /// Its kind, as in the configuration.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Concentration(_) => "concentration",
            Self::Binary(_) => "binary",
            Self::Gradient(_) => "gradient",
            Self::Bilateral(_) => "bilateral",
            Self::Historical(_) => "historical",
            Self::Wind(_) => "wind",
            Self::Own(own) => own.kind(),
        }
    }

    /// The channels that it fills.
    #[must_use]
    pub fn gives(&self) -> Channels {
        let odour = Channels::DETECTION.and(Channels::CONCENTRATION);
        match self {
            Self::Concentration(_) | Self::Historical(_) => odour,
            Self::Binary(_) => Channels::DETECTION,
            Self::Gradient(_) => odour.and(Channels::SLOPE),
            Self::Bilateral(_) => odour.and(Channels::SIDES),
            Self::Wind(_) => Channels::WIND,
            Self::Own(own) => own.gives(),
        }
    }

    /// The sensor of all agents of a unit, for steps of `dt_s`.
    #[must_use]
    pub fn build(&self, seed: StreamSeed, blocks: usize, dt_s: f64) -> Box<dyn Sensor> {
        match self {
            Self::Concentration(config) => Box::new(ConcentrationSensor::new(config, seed, blocks, dt_s)),
            Self::Binary(config) => Box::new(BinarySensor::new(config, seed, blocks, dt_s)),
            Self::Gradient(config) => Box::new(GradientSensor::new(config, seed, blocks, dt_s)),
            Self::Bilateral(config) => Box::new(BilateralSensor::new(config, seed, blocks, dt_s)),
            Self::Historical(config) => Box::new(HistoricalSensor::new(config, seed, blocks, dt_s)),
            Self::Wind(config) => Box::new(WindSensor::new(config, seed, blocks, dt_s)),
            Self::Own(own) => own.build(seed, blocks),
        }
    }
}
