//! What a searcher believes about the source's place on a grid. Knows nothing of where its observations come from: any
//! observation model that depends on the offset between searcher and source can fill the [`LikelihoodTables`].

mod distribution;
mod grid;
mod likelihood;
mod outlook;

pub use distribution::Belief;
pub use grid::{Cell, Grid, Move};
pub use likelihood::LikelihoodTables;
pub use outlook::{Outlook, OutlookDetail, SharedTerms};
