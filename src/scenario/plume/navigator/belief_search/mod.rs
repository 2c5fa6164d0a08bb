//! Search by belief: agents that infer from hits where the source may be, with the policies of
//! [`inference`](crate::scenario::inference).

mod assumed;
mod configuration;
mod model;
mod navigator;
mod searcher;
#[cfg(test)]
mod tests;

pub use assumed::{AssumedGivenWindConfig, AssumedMeanWindConfig, AssumedPlume, AssumedPlumeConfig, AssumedWindConfig};
pub use configuration::{BeliefSearchConfig, InfotaxisSearchConfig};
pub(in super::super) use model::hit_levels;
pub use model::{BeliefModel, CellMap};
pub use navigator::BeliefSearch;
pub use searcher::BeliefReport;
