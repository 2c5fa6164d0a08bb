//! From the units of a results file to its summary: slices of design points over ranks, in fixed order.

mod comparison;
mod plan;
mod results_file;
mod run;
mod summary_store;

pub use comparison::{Comparison, differing_summaries, differing_summaries_of};
pub use plan::GatherPlan;
pub use run::{run, run_plan, summaries_at};
pub use summary_store::{SummarySource, SummaryStore, UnitValues};
