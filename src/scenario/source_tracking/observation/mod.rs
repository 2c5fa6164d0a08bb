//! What a searcher can observe at a distance from the source: the mean number of hits and the levels it tells apart.

mod bessel;
mod extent;
mod levels;
mod medium;

pub use bessel::bessel_k0_scaled;
pub use extent::{automatic_side, first_hit_mixture};
pub use levels::{automatic_levels, level_probabilities};
pub use medium::MediumConfig;
