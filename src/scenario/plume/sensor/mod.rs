//! Sensors: what an agent makes of the concentration where it is.

mod binary;
mod concentration;
mod configuration;
mod model;

pub use binary::{BinarySensor, BinarySensorConfig};
pub use concentration::{ConcentrationSensor, ConcentrationSensorConfig};
pub use configuration::SensorConfig;
pub use model::{Readings, Sensor};
