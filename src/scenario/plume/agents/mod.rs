//! Agents: their configuration, state, start and motion.

mod act;
mod another_place;
mod configuration;
mod start;
mod state;

pub use act::act;
pub use another_place::{OtherPlaces, START_DRAWS};
pub use configuration::{AgentsConfig, StartConfig, StartLine, StartPoint, StartRegion};
pub use state::{Agents, Commands};
