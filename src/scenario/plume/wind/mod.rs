//! Winds: air velocity at positions, at the current time.

mod configuration;
mod constant;
mod gridded;
mod model;

pub use configuration::WindConfig;
pub use constant::{ConstantWind, ConstantWindConfig};
pub use gridded::{GriddedWind, GriddedWindConfig, WindStartConfig};
pub use model::{MeanWind, Wind, WindKey, WindSample};
