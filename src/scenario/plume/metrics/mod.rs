//! Metrics per agent and episode, accumulated on the fly.

mod accumulate;
mod belief;
mod columns;
mod distances;
mod residence_time;
mod tally;

pub use accumulate::{EndValues, Metrics, Outcome, StepInput};
pub(super) use belief::BELIEF_COLUMNS;
pub use belief::{belief_columns, belief_values};
pub(super) use columns::{COLUMNS, let_distances_jump};
pub use columns::{END_REASONS, columns};
pub use residence_time::ResidenceTimeConfig;

use super::component::{Kind, MetricModel};

/// The built-in kinds of `[metrics]`, one line for each: what studies have that ask for it.
pub(super) const BUILT_IN: &[Kind<dyn MetricModel>] = &[Kind::<dyn MetricModel>::of::<ResidenceTimeConfig>()];
