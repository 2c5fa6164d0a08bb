//! Numbers, the same bits on every machine: blocks of lanes, random streams, the normal distribution, histograms of
//! durations.

mod duration_histogram;
pub mod lanes;
pub(crate) mod normal;
pub mod random;
mod times;

pub use duration_histogram::DurationHistogram;
pub use times::Times;
