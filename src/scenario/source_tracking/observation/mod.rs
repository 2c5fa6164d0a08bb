//! How odour spreads in the searcher's world, how large a search has to be, and how it begins.

mod extent;
mod medium;

pub use extent::{automatic_side, first_hit_mixture};
pub use medium::MediumConfig;
