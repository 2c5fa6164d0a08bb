//! Sensors: what an agent makes of the concentration and the wind where it is.

mod bilateral;
mod binary;
mod channels;
mod concentration;
mod conditioning;
mod configuration;
mod gradient;
mod historical;
mod model;
mod noise;
mod suite;
mod wind;
mod window;

#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;

pub use bilateral::{BilateralSensor, BilateralSensorConfig};
pub use binary::{BinarySensor, BinarySensorConfig};
pub use channels::Channels;
pub use concentration::{ConcentrationSensor, ConcentrationSensorConfig};
pub use conditioning::{
    AdaptationConfig, ClipConfig, Conditioner, ConditioningConfig, DivisiveConfig, HyperbolicConfig, SaturationConfig,
    SubtractiveConfig,
};
pub use configuration::{SensorConfig, SingleSensorConfig};
pub use gradient::{GradientMethod, GradientSensor, GradientSensorConfig};
pub use historical::{ExponentialConfig, HistoricalSensor, HistoricalSensorConfig, MemoryConfig, WindowConfig};
pub use model::{Readings, Scene, Sensor};
pub use suite::{Suite, SuiteConfig};
pub use wind::{WindSensor, WindSensorConfig};

use conditioning::Delay;
pub(super) use conditioning::remembered_steps;
