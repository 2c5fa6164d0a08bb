//! Odour-plume navigation: agents that look for the source of a plume.
//!
//! Each step runs stage by stage over all agents of the unit: sense → decide → act → boundary and collision →
//! world advances → record. A stage is one dynamic call per step on a component (a [`Wind`](wind::Wind), [`Plume`](field::Plume),
//! [`Sensor`](sensor::Sensor), [`Navigator`](navigator::Navigator), [`Boundary`](boundary::Boundary)), whose body is
//! a kernel over blocks of eight agents.

pub mod agents;
pub mod boundary;
mod check;
pub mod collision;
pub mod component;
mod configuration;
mod counters;
mod coverage;
pub mod episode;
mod episode_configuration;
pub mod field;
mod field_sampler;
mod input_files;
mod memory;
pub mod metrics;
mod navigation;
pub mod navigator;
mod own_clock;
mod record;
mod record_configuration;
mod recording;
pub mod sensor;
pub mod space;
mod state_column;
pub mod step;
mod surroundings;
#[cfg(test)]
mod tests;
pub mod wind;
mod world;

pub use configuration::PlumeConfig;
pub use field_sampler::WorldSampler;
pub use memory::RankMemory;
pub use navigation::PlumeNavigation;
pub use record_configuration::{AgentEvent, Precision, RecordConfig, Recorded};
pub use recording::{FixedStartConfig, RandomStartConfig, RecordedTime};
pub use state_column::StateColumn;
pub use surroundings::Surroundings;
pub use world::World;
