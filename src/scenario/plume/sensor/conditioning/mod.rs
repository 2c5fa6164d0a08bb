//! What happens to a concentration between the air and the reading: delay, counting, saturation, adaptation.

mod adaptation;
mod average;
mod conditioner;
mod configuration;
mod counting;
mod delay;
mod saturation;

pub use adaptation::{AdaptationConfig, DivisiveConfig, SubtractiveConfig};
pub use conditioner::Conditioner;
pub use configuration::ConditioningConfig;
pub use saturation::{ClipConfig, HyperbolicConfig, SaturationConfig};

pub use average::ExponentialAverage;
pub use delay::{Delay, remembered_steps};
