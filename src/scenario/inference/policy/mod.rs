//! Searches: which move to make, given what the searcher believes. They know the belief, the observation tables and the
//! searcher's cell, and nothing of the world that the observations come from.

mod configuration;
mod infotaxis;
mod likeliest;
mod mean_distance;
mod model;
mod random_walk;
mod space_aware_infotaxis;
mod tabular;
mod voting;

pub use configuration::{NoKeys, PolicyConfig};
pub use infotaxis::{Infotaxis, InfotaxisConfig};
pub use likeliest::{Greedy, MostLikelyState, ProbabilityOverDistance};
pub use mean_distance::MeanDistance;
pub use model::{Policy, Situation};
pub use random_walk::RandomWalk;
pub use space_aware_infotaxis::SpaceAwareInfotaxis;
pub use tabular::{Tabular, TabularConfig};
pub use voting::Voting;
