//! Metrics per agent and episode, accumulated on the fly.

mod accumulate;
mod columns;
mod distances;
mod tally;

pub use accumulate::{Metrics, Outcome, StepInput};
pub(super) use columns::COLUMNS;
pub use columns::columns;
