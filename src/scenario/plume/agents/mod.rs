//! Agents: their configuration, state, start and motion.

mod act;
mod configuration;
mod start;
mod state;

pub use act::act;
pub use configuration::{AgentsConfig, StartConfig, StartLine, StartPoint, StartRegion};
pub use state::{Agents, Commands};
