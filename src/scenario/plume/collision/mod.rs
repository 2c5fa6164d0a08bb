//! Agents that take up room: discs that never overlap.

mod cells;
mod configuration;
mod crowd;
mod deflected_path;
mod intended;
mod move_order;
mod neighbours;
mod placement;
mod space;
#[cfg(test)]
mod tests;
mod way;

pub use configuration::{CollisionConfig, Contact, DiscsConfig};
pub use crowd::Crowd;

pub(super) use neighbours::reach_m;
pub(super) use placement::{MAX_LINE_COVERAGE, MAX_REGION_COVERAGE};
