//! Navigators: how agents decide where to go.

pub mod belief_search;
mod chemotaxis;
mod configuration;
mod correlated_random_walk;
mod counterturning;
mod decision_clock;
mod each_agent;
mod hits;
mod klinotaxis;
mod levy_walk;
mod limits;
mod mixed;
mod model;
mod random_walk;
mod run_and_tumble;
mod shares;
mod surge_cast;
mod tabular;
mod turning;
mod upwind;
mod walking_fly;

pub use super::surroundings::Surroundings;
pub use belief_search::{BeliefReport, BeliefSearch, BeliefSearchConfig, InfotaxisSearchConfig};
pub use chemotaxis::{Chemotaxis, ChemotaxisConfig};
pub use configuration::{NavigatorConfig, NavigatorModel};
pub use correlated_random_walk::{CorrelatedRandomWalk, CorrelatedRandomWalkConfig};
pub use counterturning::{Counterturning, CounterturningConfig};
pub use decision_clock::DecisionClock;
pub use each_agent::{AgentNavigator, AgentView, Course, EachAgent};
pub use hits::{CountsConfig, EncountersConfig, HitCounter, HitsConfig, PresenceConfig};
pub use klinotaxis::{Klinotaxis, KlinotaxisConfig};
pub use levy_walk::{LevyWalk, LevyWalkConfig};
pub use mixed::{Mixed, MixedConfig, StrategyConfig};
pub use model::{Navigator, Perception};
pub use random_walk::{RandomWalk, RandomWalkConfig};
pub use run_and_tumble::{RunAndTumble, RunAndTumbleConfig};
pub use shares::Shares;
pub use surge_cast::{SurgeCast, SurgeCastConfig};
pub use tabular::{TabularNavigator, TabularNavigatorConfig};
pub use upwind::{Upwind, UpwindConfig};
pub use walking_fly::{FlyForm, FlyResponse, WalkingFly, WalkingFlyConfig};

use super::component::Kind;
use belief_search::{
    GreedySearchConfig, MeanDistanceSearchConfig, MostLikelyStateSearchConfig, SpaceAwareInfotaxisSearchConfig,
    VotingSearchConfig,
};

/// The built-in kinds of `[navigator]`, one line for each.
const BUILT_IN: &[Kind<dyn NavigatorModel>] = &[
    Kind::<dyn NavigatorModel>::of::<SurgeCastConfig>(),
    Kind::<dyn NavigatorModel>::of::<CorrelatedRandomWalkConfig>(),
    Kind::<dyn NavigatorModel>::of::<RandomWalkConfig>(),
    Kind::<dyn NavigatorModel>::of::<LevyWalkConfig>(),
    Kind::<dyn NavigatorModel>::of::<UpwindConfig>(),
    Kind::<dyn NavigatorModel>::of::<CounterturningConfig>(),
    Kind::<dyn NavigatorModel>::of::<WalkingFlyConfig>(),
    Kind::<dyn NavigatorModel>::of::<ChemotaxisConfig>(),
    Kind::<dyn NavigatorModel>::of::<KlinotaxisConfig>(),
    Kind::<dyn NavigatorModel>::of::<RunAndTumbleConfig>(),
    Kind::<dyn NavigatorModel>::of::<InfotaxisSearchConfig>(),
    Kind::<dyn NavigatorModel>::of::<SpaceAwareInfotaxisSearchConfig>(),
    Kind::<dyn NavigatorModel>::of::<GreedySearchConfig>(),
    Kind::<dyn NavigatorModel>::of::<MeanDistanceSearchConfig>(),
    Kind::<dyn NavigatorModel>::of::<MostLikelyStateSearchConfig>(),
    Kind::<dyn NavigatorModel>::of::<VotingSearchConfig>(),
    Kind::<dyn NavigatorModel>::of::<TabularNavigatorConfig>(),
    Kind::<dyn NavigatorModel>::of::<MixedConfig>(),
];
