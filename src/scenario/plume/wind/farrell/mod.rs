//! A wind with gusts and meander that solves an advection–diffusion equation on a grid (Farrell et al. 2002).

mod configuration;
mod corner_noise;
mod field;
mod initial;
mod kind;
mod model;
mod spline;
#[cfg(test)]
mod tests;

pub use configuration::{FarrellWindConfig, NoiseForm};
pub use initial::{
    CornersFieldConfig, GivenFieldConfig, GivenNoiseConfig, InitialFieldConfig, InitialNoiseConfig, MeanFieldConfig,
    StationaryNoiseConfig,
};
pub use model::FarrellWind;
