//! `[policy]`.

use super::super::controller::ControllerError;
use super::{
    Greedy, Infotaxis, InfotaxisConfig, MeanDistance, MostLikelyState, Policy, ProbabilityOverDistance, RandomWalk,
    SpaceAwareInfotaxis, Tabular, TabularConfig, Voting,
};
use crate::grids::Inputs;
use crate::random::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table without keys of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct NoKeys {}

/// How the searcher chooses its moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum PolicyConfig {
    /// Towards the largest expected gain of information (Vergassola, Villermaux & Shraiman 2007).
    Infotaxis(InfotaxisConfig),
    /// Infotaxis that also weighs the distance (Loisy & Eloy 2022).
    SpaceAwareInfotaxis(NoKeys),
    /// Into the neighbour that most likely holds the source.
    Greedy(NoKeys),
    /// Towards the smallest mean distance from the source.
    MeanDistance(NoKeys),
    /// Towards the likeliest cell (Cassandra, Kaelbling & Kurien 1996).
    MostLikelyState(NoKeys),
    /// Where most of the probability votes for (Cassandra, Kaelbling & Kurien 1996).
    Voting(NoKeys),
    /// Towards the cell with the largest probability per distance.
    ProbabilityOverDistance(NoKeys),
    /// Every move with equal probability: the baseline.
    RandomWalk(NoKeys),
    /// Follow a table of actions for each memory and observation, from a CSV file.
    Tabular(TabularConfig),
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self::Infotaxis(InfotaxisConfig::default())
    }
}

impl PolicyConfig {
    /// One searcher's policy on a grid of `dimensions`; only [`RandomWalk`] and [`Tabular`] draw from `random`.
    ///
    /// # Errors
    /// If the file of a table can't be used.
    pub fn build(
        &self,
        dimensions: u32,
        random: Xoshiro256PlusPlus,
        inputs: &Inputs,
    ) -> Result<Box<dyn Policy>, ControllerError> {
        Ok(match self {
            Self::Infotaxis(config) => Box::new(Infotaxis::new(config)),
            Self::SpaceAwareInfotaxis(_) => Box::new(SpaceAwareInfotaxis::default()),
            Self::Greedy(_) => Box::new(Greedy),
            Self::MeanDistance(_) => Box::new(MeanDistance::default()),
            Self::MostLikelyState(_) => Box::new(MostLikelyState),
            Self::Voting(_) => Box::new(Voting),
            Self::ProbabilityOverDistance(_) => Box::new(ProbabilityOverDistance),
            Self::RandomWalk(_) => Box::new(RandomWalk::new(random)),
            Self::Tabular(config) => Box::new(Tabular::new(config.controller(dimensions, inputs)?, random)),
        })
    }
}
