//! Navigators: how agents decide where to go.

pub mod belief_search;
mod configuration;
mod correlated_random_walk;
mod counterturning;
mod decision_clock;
mod each_agent;
mod hits;
mod levy_walk;
mod mixed;
mod model;
mod random_walk;
mod shares;
mod surge_cast;
mod surroundings;
mod tabular;
mod turning;
mod upwind;
mod walking_fly;

pub use belief_search::{BeliefReport, BeliefSearch, BeliefSearchConfig, InfotaxisSearchConfig};
pub use configuration::NavigatorConfig;
pub use correlated_random_walk::{CorrelatedRandomWalk, CorrelatedRandomWalkConfig};
pub use counterturning::{Counterturning, CounterturningConfig};
pub use decision_clock::DecisionClock;
pub use each_agent::{AgentNavigator, AgentView, Course, EachAgent};
pub use hits::{CountsConfig, EncountersConfig, HitCounter, HitsConfig, PresenceConfig};
pub use levy_walk::{LevyWalk, LevyWalkConfig};
pub use mixed::{Mixed, MixedConfig, StrategyConfig};
pub use model::{Navigator, Perception};
pub use random_walk::{RandomWalk, RandomWalkConfig};
pub use shares::Shares;
pub use surge_cast::{SurgeCast, SurgeCastConfig};
pub use surroundings::Surroundings;
pub use tabular::{TabularNavigator, TabularNavigatorConfig};
pub use upwind::{Upwind, UpwindConfig};
pub use walking_fly::{FlyForm, FlyResponse, WalkingFly, WalkingFlyConfig};
