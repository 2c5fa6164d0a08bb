//! `[navigator]`.

use super::super::own::{Own, OwnNavigator, add_kinds};
use super::super::sensor::Channels;
use super::{
    Chemotaxis, ChemotaxisConfig, CorrelatedRandomWalk, CorrelatedRandomWalkConfig, Navigator, RunAndTumble,
    RunAndTumbleConfig, SurgeCast, SurgeCastConfig,
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
    /// Turn to the side where odour is stronger; needs a bilateral or gradient sensor.
    Chemotaxis(ChemotaxisConfig),
    /// Run straight on, tumble less often while odour gets stronger; needs a sensor that reads concentrations.
    RunAndTumble(RunAndTumbleConfig),
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
            Self::Chemotaxis(config) => Box::new(Chemotaxis::new(config, seed, blocks)),
            Self::RunAndTumble(config) => Box::new(RunAndTumble::new(config, seed, blocks)),
            Self::Own(own) => own.build(seed, count),
        }
    }

    /// What it has to sense: all channels of one of these sets. Wind is there in any case.
    #[must_use]
    pub fn needs(&self) -> Vec<Channels> {
        match self {
            Self::CorrelatedRandomWalk(_) => vec![Channels::NONE],
            Self::SurgeCast(_) => vec![Channels::DETECTION],
            Self::RunAndTumble(_) => vec![Channels::CONCENTRATION],
            Self::Chemotaxis(_) => vec![Channels::SIDES, Channels::SLOPE],
            Self::Own(own) => own.needs(),
        }
    }

    /// The highest speed it asks for, m/s.
    #[must_use]
    pub fn speed_highest_m_s(&self) -> f64 {
        match self {
            Self::SurgeCast(config) => config.surge_speed_m_s.max(config.cast_speed_m_s),
            Self::CorrelatedRandomWalk(config) => config.speed_m_s,
            Self::Chemotaxis(config) => config.speed_m_s,
            Self::RunAndTumble(config) => config.speed_m_s,
            Self::Own(own) => own.speed_highest_m_s(),
        }
    }
}
