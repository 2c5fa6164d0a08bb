//! `[navigator]`.

use super::super::own::{Own, OwnNavigator, add_kinds};
use super::super::sensor::Channels;
use super::{
    BeliefSearch, BeliefSearchConfig, Chemotaxis, ChemotaxisConfig, CorrelatedRandomWalk, CorrelatedRandomWalkConfig,
    Counterturning, CounterturningConfig, InfotaxisSearchConfig, LevyWalk, LevyWalkConfig, Mixed, MixedConfig,
    Navigator, RandomWalk, RandomWalkConfig, RunAndTumble, RunAndTumbleConfig, SurgeCast, SurgeCastConfig,
    Surroundings, TabularNavigator, TabularNavigatorConfig, Upwind, UpwindConfig, WalkingFly, WalkingFlyConfig,
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
    /// Turn to the side where odour is stronger; needs a bilateral or gradient sensor.
    Chemotaxis(ChemotaxisConfig),
    /// Run straight on, tumble less often while odour gets stronger; needs a sensor that reads concentrations.
    RunAndTumble(RunAndTumbleConfig),
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
            Self::RandomWalk(config) => Ok(Box::new(RandomWalk::new(config, seed, blocks))),
            Self::LevyWalk(config) => Ok(Box::new(LevyWalk::new(config, seed, blocks))),
            Self::Upwind(config) => Ok(Box::new(Upwind::new(config, seed, blocks))),
            Self::Counterturning(config) => Ok(Box::new(Counterturning::new(config, seed, blocks))),
            Self::WalkingFly(config) => Ok(Box::new(WalkingFly::new(config, seed, blocks))),
            Self::Chemotaxis(config) => Ok(Box::new(Chemotaxis::new(config, seed, blocks))),
            Self::RunAndTumble(config) => Ok(Box::new(RunAndTumble::new(config, seed, blocks))),
            Self::Infotaxis(config) => search(&config.search(), Box::new(Infotaxis::new(&config.policy()))),
            Self::SpaceAwareInfotaxis(config) => search(config, Box::<SpaceAwareInfotaxis>::default()),
            Self::Greedy(config) => search(config, Box::new(Greedy)),
            Self::MeanDistance(config) => search(config, Box::<MeanDistance>::default()),
            Self::MostLikelyState(config) => search(config, Box::new(MostLikelyState)),
            Self::Voting(config) => search(config, Box::new(Voting)),
            Self::Tabular(config) => Ok(Box::new(TabularNavigator::new(config, seed, count, surroundings)?)),
            Self::Mixed(config) => Ok(Box::new(Mixed::new(config, seed, count, surroundings)?)),
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
            _ => None,
        }
    }

    /// What it has to sense: all channels of one of these sets. Wind is there in any case.
    #[must_use]
    pub fn needs(&self) -> Vec<Channels> {
        match self {
            Self::CorrelatedRandomWalk(_) | Self::RandomWalk(_) | Self::LevyWalk(_) | Self::Upwind(_) => {
                vec![Channels::NONE]
            }
            Self::SurgeCast(_) | Self::Counterturning(_) => vec![Channels::DETECTION],
            Self::WalkingFly(_) => vec![Channels::CONCENTRATION, Channels::DETECTION],
            Self::RunAndTumble(_) => vec![Channels::CONCENTRATION],
            Self::Chemotaxis(_) => vec![Channels::SIDES, Channels::SLOPE],
            Self::Infotaxis(config) => config.hits.needs(),
            Self::SpaceAwareInfotaxis(config)
            | Self::Greedy(config)
            | Self::MeanDistance(config)
            | Self::MostLikelyState(config)
            | Self::Voting(config) => config.hits.needs(),
            Self::Tabular(config) => config.hits.needs(),
            // Each of its strategies is asked alone.
            Self::Mixed(_) => vec![Channels::NONE],
            Self::Own(own) => own.needs(),
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
            Self::Chemotaxis(config) => config.speed_m_s,
            Self::RunAndTumble(config) => config.speed_m_s,
            Self::Infotaxis(config) => config.speed_m_s,
            Self::SpaceAwareInfotaxis(config)
            | Self::Greedy(config)
            | Self::MeanDistance(config)
            | Self::MostLikelyState(config)
            | Self::Voting(config) => config.speed_m_s,
            Self::Tabular(config) => config.speed_m_s,
            Self::Mixed(config) => (config.strategies.iter())
                .map(|strategy| strategy.navigator.speed_highest_m_s())
                .fold(0.0, f64::max),
            Self::Own(own) => own.speed_highest_m_s(),
        }
    }

    /// Whether any agent searches by belief.
    #[must_use]
    pub fn has_beliefs(&self) -> bool {
        match self {
            Self::Mixed(config) => (config.strategies.iter()).any(|strategy| strategy.navigator.has_beliefs()),
            one => one.belief_search().is_some(),
        }
    }

    /// Its kind, if it has no meaning where the wind has no direction.
    #[must_use]
    pub fn needs_wind(&self) -> Option<&'static str> {
        match self {
            Self::SurgeCast(_) => Some("surge_cast"),
            Self::Upwind(_) => Some("upwind"),
            Self::Counterturning(_) => Some("counterturning"),
            Self::Tabular(_) => Some("tabular"),
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
