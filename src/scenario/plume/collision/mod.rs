//! Agents that take up room: discs that never overlap.

mod bent_way;
mod cells;
mod configuration;
mod crowd;
mod intended;
mod neighbours;
mod settle;
mod space;
#[cfg(test)]
mod tests;
mod turns;
mod way;

pub use configuration::{CollisionConfig, Contact, DiscsConfig};
pub use crowd::Crowd;

pub(super) use neighbours::reach_m;
pub(super) use settle::{LINE_COVERAGE_HIGHEST, REGION_COVERAGE_HIGHEST};
