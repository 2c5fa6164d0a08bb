//! Search by belief: agents that infer from hits where the source may be, with the policies of
//! [`inference`](crate::scenario::inference).

mod assumed;
mod check;
mod configuration;
mod kinds;
mod model;
mod navigator;
mod searcher;
#[cfg(test)]
mod tests;

pub use assumed::{AssumedGivenWindConfig, AssumedMeanWindConfig, AssumedPlume, AssumedPlumeConfig, AssumedWindConfig};
pub use configuration::{BeliefSearchConfig, InfotaxisSearchConfig};
pub use kinds::{
    GreedySearchConfig, MeanDistanceSearchConfig, MostLikelyStateSearchConfig, SpaceAwareInfotaxisSearchConfig,
    VotingSearchConfig,
};
pub use model::{BeliefModel, CellMap};
pub use navigator::BeliefSearch;
pub use searcher::BeliefReport;
