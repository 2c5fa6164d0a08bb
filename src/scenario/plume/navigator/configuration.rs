//! `[navigator]`.

use super::super::own::{Own, OwnNavigator, add_kinds};
use super::{
    BeliefSearch, BeliefSearchConfig, CorrelatedRandomWalk, CorrelatedRandomWalkConfig, InfotaxisSearchConfig,
    Navigator, SurgeCast, SurgeCastConfig, Surroundings, TabularNavigator, TabularNavigatorConfig,
};
use crate::lanes::blocks_for;
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use crate::scenario::inference::policy::{
    Greedy, Infotaxis, MeanDistance, MostLikelyState, Policy, SpaceAwareInfotaxis, Voting,
};
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
    /// By belief, towards the largest expected gain of information (Vergassola, Villermaux & Shraiman 2007).
    Infotaxis(InfotaxisSearchConfig),
    /// By belief: infotaxis that also weighs the distance (Loisy & Eloy 2022).
    SpaceAwareInfotaxis(BeliefSearchConfig),
    /// By belief, into the neighbouring cell that most likely holds the source.
    Greedy(BeliefSearchConfig),
    /// By belief, towards the smallest mean distance from the source.
    MeanDistance(BeliefSearchConfig),
    /// By belief, towards the likeliest cell (Cassandra, Kaelbling & Kurien 1996).
    MostLikelyState(BeliefSearchConfig),
    /// By belief, where most of the probability votes for (Cassandra, Kaelbling & Kurien 1996).
    Voting(BeliefSearchConfig),
    /// What a table of memory and observations says, from a CSV file.
    Tabular(TabularNavigatorConfig),
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
    ///
    /// # Errors
    /// If a file can't be used, or what a navigator assumes has no meaning in its surroundings.
    pub fn build(
        &self,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Navigator>, UnitFailure> {
        let blocks = blocks_for(count);
        let search =
            |config: &BeliefSearchConfig, policy: Box<dyn Policy>| -> Result<Box<dyn Navigator>, UnitFailure> {
                Ok(Box::new(BeliefSearch::new(config, policy, seed, count, surroundings)?))
            };
        match self {
            Self::SurgeCast(config) => Ok(Box::new(SurgeCast::new(config, seed, blocks))),
            Self::CorrelatedRandomWalk(config) => Ok(Box::new(CorrelatedRandomWalk::new(config, seed, blocks))),
            Self::Infotaxis(config) => search(&config.search(), Box::new(Infotaxis::new(&config.policy()))),
            Self::SpaceAwareInfotaxis(config) => search(config, Box::<SpaceAwareInfotaxis>::default()),
            Self::Greedy(config) => search(config, Box::new(Greedy)),
            Self::MeanDistance(config) => search(config, Box::<MeanDistance>::default()),
            Self::MostLikelyState(config) => search(config, Box::new(MostLikelyState)),
            Self::Voting(config) => search(config, Box::new(Voting)),
            Self::Tabular(config) => Ok(Box::new(TabularNavigator::new(config, seed, count, surroundings)?)),
            Self::Own(own) => Ok(own.build(seed, count)),
        }
    }

    /// What searches by belief have, if it is one.
    #[must_use]
    pub fn belief_search(&self) -> Option<BeliefSearchConfig> {
        match self {
            Self::Infotaxis(config) => Some(config.search()),
            Self::SpaceAwareInfotaxis(config)
            | Self::Greedy(config)
            | Self::MeanDistance(config)
            | Self::MostLikelyState(config)
            | Self::Voting(config) => Some(config.clone()),
            Self::SurgeCast(_) | Self::CorrelatedRandomWalk(_) | Self::Tabular(_) | Self::Own(_) => None,
        }
    }

    /// The highest speed it asks for, m/s.
    #[must_use]
    pub fn speed_highest_m_s(&self) -> f64 {
        match self {
            Self::SurgeCast(config) => config.surge_speed_m_s.max(config.cast_speed_m_s),
            Self::CorrelatedRandomWalk(config) => config.speed_m_s,
            Self::Infotaxis(config) => config.speed_m_s,
            Self::SpaceAwareInfotaxis(config)
            | Self::Greedy(config)
            | Self::MeanDistance(config)
            | Self::MostLikelyState(config)
            | Self::Voting(config) => config.speed_m_s,
            Self::Tabular(config) => config.speed_m_s,
            Self::Own(own) => own.speed_highest_m_s(),
        }
    }
}
