//! Navigators: how agents decide where to go.

mod chemotaxis;
mod configuration;
mod correlated_random_walk;
mod each_agent;
mod model;
mod run_and_tumble;
mod surge_cast;

pub use chemotaxis::{Chemotaxis, ChemotaxisConfig};
pub use configuration::NavigatorConfig;
pub use correlated_random_walk::{CorrelatedRandomWalk, CorrelatedRandomWalkConfig};
pub use each_agent::{AgentNavigator, AgentView, Course, EachAgent};
pub use model::{Navigator, Perception};
pub use run_and_tumble::{RunAndTumble, RunAndTumbleConfig};
pub use surge_cast::{SurgeCast, SurgeCastConfig};
