//! Tests of the scenario.

mod belief;
mod check;
mod determinism;
mod estimators;
mod fixture;
mod golden;
mod policies;
mod presets;
mod schema;
mod study;
mod tabular;
mod wind;
