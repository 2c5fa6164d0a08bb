//! Source tracking: searches on a grid by what can be inferred from rare hits of odour.
//!
//! The world is the partially observable decision problem of Vergassola, Villermaux & Shraiman (2007) in the form of
//! Loisy & Eloy (2022): a searcher moves from cell to cell, receives a random number of hits whose mean depends on where
//! the source is, keeps a belief about the source's place by Bayes' rule, and follows a policy. [`observation`] says
//! how hits come about; what is inferred from them and what is done with it is in [`inference`](super::inference).

mod check;
mod configuration;
mod episode;
mod horizon;
mod metrics;
mod model;
pub mod observation;
mod searcher;
mod survival;
#[cfg(test)]
mod tests;
mod tracking;

pub use configuration::{
    AutomaticGridConfig, BoxGridConfig, Evaluation, GridConfig, SearchConfig, SourceTrackingConfig,
};
pub use model::SearchModel;
pub use tracking::SourceTracking;
