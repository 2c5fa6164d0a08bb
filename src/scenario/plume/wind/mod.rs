//! Winds: air velocity at positions, at the current time.

mod configuration;
mod constant;
mod farrell;
mod gridded;
mod gridded_check;
mod logarithmic;
mod model;
mod ornstein_uhlenbeck;
mod table;
mod time_varying;
mod uniform;

pub use configuration::{MeanSpeedRange, WindConfig, WindModel};
pub use constant::{ConstantWind, ConstantWindConfig};
pub use farrell::{
    CornersFieldConfig, FarrellWind, FarrellWindConfig, GivenFieldConfig, GivenNoiseConfig, InitialFieldConfig,
    InitialNoiseConfig, MeanFieldConfig, NoiseForm, StationaryNoiseConfig,
};
pub use gridded::{GriddedWind, GriddedWindConfig, WindStartConfig};
pub use logarithmic::{LogarithmicWindConfig, MeasuredFriction, MeasuredSpeed, MeasuredWindConfig};
pub use model::{MeanWind, Wind, WindKey, WindSample};
pub use ornstein_uhlenbeck::{OrnsteinUhlenbeckWind, OrnsteinUhlenbeckWindConfig};
pub use time_varying::{AtEnd, Interpolation, TimeVaryingWind, TimeVaryingWindConfig};

use super::component::Kind;

/// The built-in kinds of `[wind]`, one line for each.
const BUILT_IN: &[Kind<dyn WindModel>] = &[
    Kind::<dyn WindModel>::of::<ConstantWindConfig>(),
    Kind::<dyn WindModel>::of::<LogarithmicWindConfig>(),
    Kind::<dyn WindModel>::of::<TimeVaryingWindConfig>(),
    Kind::<dyn WindModel>::of::<OrnsteinUhlenbeckWindConfig>(),
    Kind::<dyn WindModel>::of::<FarrellWindConfig>(),
    Kind::<dyn WindModel>::of::<GriddedWindConfig>(),
];
