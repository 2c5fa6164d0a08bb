//! The steady, advected Gaussian plume.

mod configuration;
mod kernel;
mod plume;
#[cfg(test)]
mod tests;

pub use configuration::{GaussianConfig, SteadySourceConfig};
pub use plume::GaussianPlume;
pub(crate) use plume::WIND_LOWEST_M_S;
