//! Metrics per agent and episode, accumulated on the fly.

mod accumulate;
mod belief;
mod columns;
mod distances;
mod tally;

pub use accumulate::{EndValues, Metrics, Outcome, StepInput};
pub(super) use belief::BELIEF_COLUMNS;
pub use belief::{belief_columns, belief_values};
pub(super) use columns::COLUMNS;
pub use columns::{END_REASONS, columns};
