//! The kinds of `[navigator]` that search by belief.

use super::super::super::component::{Component, Context};
use super::super::super::sensor::Channels;
use super::super::super::state_column::StateColumn;
use super::super::{Navigator, NavigatorModel, Surroundings};
use super::navigator::ENTROPY;
use super::{BeliefSearch, BeliefSearchConfig, InfotaxisSearchConfig};
use crate::random::StreamSeed;
use crate::scenario::inference::policy::{
    Greedy, Infotaxis, MeanDistance, MostLikelyState, SpaceAwareInfotaxis, Voting,
};
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

impl Component for InfotaxisSearchConfig {
    const KIND: &'static str = "infotaxis";
}

impl NavigatorModel for InfotaxisSearchConfig {
    fn build(
        &self,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Navigator>, UnitFailure> {
        let policy = Box::new(Infotaxis::new(&self.policy()));
        let search = BeliefSearch::new(&self.search(), policy, seed, count, surroundings)?;
        Ok(Box::new(search))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn requires(&self) -> Vec<Channels> {
        self.hits.required()
    }

    fn has_beliefs(&self) -> bool {
        true
    }

    fn state_columns(&self) -> Vec<StateColumn> {
        vec![ENTROPY]
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.check(context)
    }
}

macro_rules! searches_without_keys_of_their_own {
    ($($(#[$doc:meta])* $name:ident, $kind:literal, $policy:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(pub BeliefSearchConfig);

        impl Component for $name {
            const KIND: &'static str = $kind;
        }

        impl NavigatorModel for $name {
            fn build(
                &self,
                seed: StreamSeed,
                count: usize,
                surroundings: Surroundings<'_>,
            ) -> Result<Box<dyn Navigator>, UnitFailure> {
                let policy = Box::<$policy>::default();
                let search = BeliefSearch::new(&self.0, policy, seed, count, surroundings)?;
                Ok(Box::new(search))
            }

            fn max_speed_m_s(&self) -> f64 {
                self.0.speed_m_s
            }

            fn requires(&self) -> Vec<Channels> {
                self.0.hits.required()
            }

            fn has_beliefs(&self) -> bool {
                true
            }

            fn state_columns(&self) -> Vec<StateColumn> {
                vec![ENTROPY]
            }

            fn problems(&self, context: Context<'_>) -> Problems {
                self.0.check(context)
            }
        }
    )*};
}
searches_without_keys_of_their_own! {
    /// By belief: infotaxis that also weighs the distance (Loisy & Eloy 2022).
    SpaceAwareInfotaxisSearchConfig, "space_aware_infotaxis", SpaceAwareInfotaxis;
    /// By belief, into the neighbouring cell that most likely holds the source.
    GreedySearchConfig, "greedy", Greedy;
    /// By belief, towards the smallest mean distance from the source.
    MeanDistanceSearchConfig, "mean_distance", MeanDistance;
    /// By belief, towards the likeliest cell (Cassandra, Kaelbling & Kurien 1996).
    MostLikelyStateSearchConfig, "most_likely_state", MostLikelyState;
    /// By belief, where most of the probability votes for (Cassandra, Kaelbling & Kurien 1996).
    VotingSearchConfig, "voting", Voting;
}
