//! Navigators: how agents decide where to go.

pub mod belief_search;
mod configuration;
mod correlated_random_walk;
mod decision_clock;
mod each_agent;
mod hits;
mod model;
mod surge_cast;
mod surroundings;
mod tabular;

pub use belief_search::{BeliefReport, BeliefSearch, BeliefSearchConfig, InfotaxisSearchConfig};
pub use configuration::NavigatorConfig;
pub use correlated_random_walk::{CorrelatedRandomWalk, CorrelatedRandomWalkConfig};
pub use decision_clock::DecisionClock;
pub use each_agent::{AgentNavigator, AgentView, Course, EachAgent};
pub use hits::{CountsConfig, EncountersConfig, HitCounter, HitsConfig, PresenceConfig};
pub use model::{Navigator, Perception};
pub use surge_cast::{SurgeCast, SurgeCastConfig};
pub use surroundings::Surroundings;
pub use tabular::{TabularNavigator, TabularNavigatorConfig};
