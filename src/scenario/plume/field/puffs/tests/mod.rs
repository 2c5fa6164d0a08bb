//! Plumes of puffs: concentration, release, movement, statistics.

mod concentration;
mod fixture;
mod order;
mod release;
mod state;
mod width;
