//! Plume of small square puffs (Singh et al. 2023).

mod configuration;
mod plume;
mod sample;
#[cfg(test)]
mod tests;
mod train;

pub use configuration::{CrosswindDiffusion, CrosswindNoise, SmallPuffConfig, SmallPuffDispersion};
pub use plume::SmallPuffPlume;
