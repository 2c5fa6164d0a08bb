//! The steady, advected Gaussian plume.

mod configuration;
mod kernel;
mod plume;
#[cfg(test)]
mod tests;

pub use configuration::{GaussianConfig, SteadySourceConfig};
pub use plume::GaussianPlume;
use plume::MIN_WIND_M_S;
