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
mod refractory;
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
pub use configuration::{SensorConfig, SensorModel};
pub use gradient::{GradientMethod, GradientSensor, GradientSensorConfig};
pub use historical::{ExponentialConfig, HistoricalSensor, HistoricalSensorConfig, MemoryConfig, WindowConfig};
pub use model::{Readings, Scene, Sensor};
pub use refractory::{RefractorySensor, RefractorySensorConfig};
pub use suite::{Suite, SuiteConfig};
pub use wind::{WindSensor, WindSensorConfig};

use super::component::Kind;
use conditioning::{Delay, remembered_steps};

/// The built-in kinds of `[sensor]`, one line for each.
const BUILT_IN: &[Kind<dyn SensorModel>] = &[
    Kind::<dyn SensorModel>::of::<ConcentrationSensorConfig>(),
    Kind::<dyn SensorModel>::of::<BinarySensorConfig>(),
    Kind::<dyn SensorModel>::of::<RefractorySensorConfig>(),
    Kind::<dyn SensorModel>::of::<GradientSensorConfig>(),
    Kind::<dyn SensorModel>::of::<BilateralSensorConfig>(),
    Kind::<dyn SensorModel>::of::<HistoricalSensorConfig>(),
    Kind::<dyn SensorModel>::of::<WindSensorConfig>(),
    Kind::<dyn SensorModel>::of::<SuiteConfig>(),
];
