//! The scenario as a whole: determinism, metrics, limits, configuration.

mod check;
mod determinism;
mod field_sampler;
pub(super) mod fixture;
mod golden;
mod gridded;
mod invariance;
mod metrics;
mod navigators;
mod presets;
mod quickstart;
mod schema;
mod senses;
mod taxis;
mod validation;
