//! No two discs ever overlap, and agents go as far as they can.

mod fixture;
mod neighbours;
mod overlap;
mod start;
mod ways;
