//! Hits of a searcher: how many there are at a distance from the source, and which numbers of them are told apart.

mod bessel;
mod levels;

pub use bessel::bessel_k0_scaled;
pub use levels::{automatic_levels, level_probabilities};
