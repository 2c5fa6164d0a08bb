//! Navigators: how agents decide where to go.

mod configuration;
mod correlated_random_walk;
mod each_agent;
mod mixed;
mod model;
mod shares;
mod surge_cast;

pub use configuration::NavigatorConfig;
pub use correlated_random_walk::{CorrelatedRandomWalk, CorrelatedRandomWalkConfig};
pub use each_agent::{AgentNavigator, AgentView, Course, EachAgent};
pub use mixed::{Mixed, MixedConfig, StrategyConfig};
pub use model::{Navigator, Perception};
pub use shares::Shares;
pub use surge_cast::{SurgeCast, SurgeCastConfig};
