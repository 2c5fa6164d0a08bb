//! Winds: air velocity at positions, at the current time.

mod configuration;
mod constant;
mod model;

pub use configuration::WindConfig;
pub use constant::{ConstantWind, ConstantWindConfig};
pub use model::{MeanWind, Wind, WindKey, WindSample};
