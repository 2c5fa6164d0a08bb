//! Sensors: what an agent makes of the concentration where it is.

mod binary;
mod channels;
mod concentration;
mod configuration;
mod model;

#[cfg(test)]
mod test_support;

pub use binary::{BinarySensor, BinarySensorConfig};
pub use channels::Channels;
pub use concentration::{ConcentrationSensor, ConcentrationSensorConfig};
pub use configuration::SensorConfig;
pub use model::{Readings, Sensor, Surroundings};
