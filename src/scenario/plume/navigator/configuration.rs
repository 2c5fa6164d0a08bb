//! `[navigator]`.

use super::super::own::{Own, OwnNavigator, add_kinds};
use super::{
    CorrelatedRandomWalk, CorrelatedRandomWalkConfig, Mixed, MixedConfig, Navigator, SurgeCast, SurgeCastConfig,
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
            Self::Mixed(config) => (config.strategies.iter())
                .map(|strategy| strategy.navigator.speed_highest_m_s())
                .fold(0.0, f64::max),
            Self::Own(own) => own.speed_highest_m_s(),
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
