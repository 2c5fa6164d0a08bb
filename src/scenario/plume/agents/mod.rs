//! Agents: their configuration, state, start and motion.

mod configuration;
mod motion;
mod start;
mod state;
mod varied;

pub use configuration::AgentsConfig;
pub use motion::{
    ContinuousMotionConfig, GridMotionConfig, Motion, MotionConfig, OrientedMotionConfig, RunTumbleMotionConfig,
};
pub(super) use start::StartTableError;
pub use start::{
    FixedHeadingConfig, StartAcrossWind, StartAroundSource, StartConfig, StartDisc, StartFile, StartHeadingConfig,
    StartInPlume, StartLine, StartList, StartPoint, StartRegion, Starts, Surroundings, UpwindHeadingConfig,
};
pub use state::{Agents, Commands, Place};
pub use varied::{FactorConfig, LogNormalFactorConfig, NormalFactorConfig, UniformFactorConfig, VariedConfig};
