//! Odour-plume navigation: agents that look for the source of a plume.
//!
//! Each step runs stage by stage over all agents of the unit: sense → decide → act → boundary and collision →
//! world advances → record. A stage is one dynamic call per step on a component (a [`Wind`](wind::Wind), [`Plume`](field::Plume),
//! [`Sensor`](sensor::Sensor), [`Navigator`](navigator::Navigator), [`Boundary`](boundary::Boundary)), whose body is
//! a kernel over blocks of eight agents.

pub mod agents;
pub mod boundary;
mod check;
mod check_agents;
mod check_crowd;
mod check_gridded;
mod check_search;
mod check_senses;
mod check_walks;
pub mod collision;
mod configuration;
mod counters;
pub mod episode;
pub mod field;
mod field_sampler;
mod input_files;
pub mod metrics;
mod navigation;
pub mod navigator;
pub mod own;
mod own_clock;
mod recording;
pub mod sensor;
pub mod space;
pub mod step;
#[cfg(test)]
mod tests;
pub mod wind;
mod world;

pub use configuration::PlumeConfig;
pub use field_sampler::WorldSampler;
pub use navigation::PlumeNavigation;
pub use recording::{FixedStartConfig, RandomStartConfig, RecordedTime};
pub use world::World;
