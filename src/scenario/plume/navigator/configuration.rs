//! `[navigator]`.

use super::super::own::{Own, OwnNavigator, add_kinds};
use super::{
    CorrelatedRandomWalk, CorrelatedRandomWalkConfig, Counterturning, CounterturningConfig, LevyWalk, LevyWalkConfig,
    Mixed, MixedConfig, Navigator, RandomWalk, RandomWalkConfig, SurgeCast, SurgeCastConfig, Upwind, UpwindConfig,
    WalkingFly, WalkingFlyConfig,
};
use crate::lanes::blocks_for;
use crate::random::StreamSeed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How agents decide where to go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline, transform = add_kinds::<dyn OwnNavigator>)]
pub enum NavigatorConfig {
    /// Surge upwind on odour, cast across the wind when it is lost.
    SurgeCast(SurgeCastConfig),
    /// Walk at constant speed while the heading diffuses; pays no attention to odour.
    CorrelatedRandomWalk(CorrelatedRandomWalkConfig),
    /// Walk straight legs of the same duration in random directions; pays no attention to odour.
    RandomWalk(RandomWalkConfig),
    /// Walk straight legs whose lengths follow a power law, in random directions; pays no attention to odour.
    LevyWalk(LevyWalkConfig),
    /// Go straight upwind; pays no attention to odour.
    Upwind(UpwindConfig),
    /// Zigzag upwind in odour; widen the zigzag to a cast across the wind when it is lost.
    Counterturning(CounterturningConfig),
    /// Walk as fruit flies do: upwind in odour, local search when it is lost.
    WalkingFly(WalkingFlyConfig),
    /// Several strategies in one unit, each with its share of the agents.
    Mixed(MixedConfig),
    /// A kind of the program's own.
    #[serde(untagged)]
    #[schemars(skip)]
    Own(Own<dyn OwnNavigator>),
}

impl Default for NavigatorConfig {
    fn default() -> Self {
        Self::SurgeCast(SurgeCastConfig::default())
    }
}

impl NavigatorConfig {
    /// The navigators of `count` agents.
    #[must_use]
    pub fn build(&self, seed: StreamSeed, count: usize) -> Box<dyn Navigator> {
        let blocks = blocks_for(count);
        match self {
            Self::SurgeCast(config) => Box::new(SurgeCast::new(config, seed, blocks)),
            Self::CorrelatedRandomWalk(config) => Box::new(CorrelatedRandomWalk::new(config, seed, blocks)),
            Self::RandomWalk(config) => Box::new(RandomWalk::new(config, seed, blocks)),
            Self::LevyWalk(config) => Box::new(LevyWalk::new(config, seed, blocks)),
            Self::Upwind(config) => Box::new(Upwind::new(config, seed, blocks)),
            Self::Counterturning(config) => Box::new(Counterturning::new(config, seed, blocks)),
            Self::WalkingFly(config) => Box::new(WalkingFly::new(config, seed, blocks)),
            Self::Mixed(config) => Box::new(Mixed::new(config, seed, count)),
            Self::Own(own) => own.build(seed, count),
        }
    }

    /// The highest speed it asks for, m/s.
    #[must_use]
    pub fn speed_highest_m_s(&self) -> f64 {
        match self {
            Self::SurgeCast(config) => config.surge_speed_m_s.max(config.cast_speed_m_s),
            Self::CorrelatedRandomWalk(config) => config.speed_m_s,
            Self::RandomWalk(config) => config.speed_m_s,
            Self::LevyWalk(config) => config.speed_m_s,
            Self::Upwind(config) => config.speed_m_s,
            Self::Counterturning(config) => config.speed_m_s,
            Self::WalkingFly(config) => config.speed_m_s * (1.0 + config.speed_on),
            Self::Mixed(config) => (config.strategies.iter())
                .map(|strategy| strategy.navigator.speed_highest_m_s())
                .fold(0.0, f64::max),
            Self::Own(own) => own.speed_highest_m_s(),
        }
    }

    /// Its kind, if it has no meaning where the wind has no direction.
    #[must_use]
    pub fn needs_wind(&self) -> Option<&'static str> {
        match self {
            Self::SurgeCast(_) => Some("surge_cast"),
            Self::Upwind(_) => Some("upwind"),
            Self::Counterturning(_) => Some("counterturning"),
            Self::Mixed(config) => (config.strategies.iter()).find_map(|strategy| strategy.navigator.needs_wind()),
            _ => None,
        }
    }

    /// Which strategy each of `count` agents has; `None` if all have the same.
    #[must_use]
    pub fn strategies_of_agents(&self, count: usize) -> Option<Vec<u32>> {
        match self {
            Self::Mixed(config) => Some(config.strategies_of_agents(count)),
            _ => None,
        }
    }
}
