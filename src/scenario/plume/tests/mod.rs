//! The scenario as a whole: determinism, metrics, limits, configuration.

mod belief_search;
mod bodies;
mod check;
mod determinism;
mod field_sampler;
pub(super) mod fixture;
mod golden;
mod gridded;
mod invariance;
mod metrics;
mod mixed;
mod navigators;
mod presets;
mod quickstart;
mod schema;
mod senses;
mod starts;
mod tabular;
mod taxis;
mod validation;
mod walking_fly;
mod walks;
