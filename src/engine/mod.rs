//! Coordinator and workers: hands out units, runs them, commits them.
//!
//! Every rank runs [`run`]: its main thread looks after messages, commits and clocks, its compute threads simulate.
//! Rank 0 is the coordinator besides. It hands out batches of contiguous unit indices that shrink to the end, one batch
//! ahead; messages carry ids and counters only, results go from the compute threads to the [`Ledger`](crate::results::Ledger) of their rank.
//! What is computed depends on the unit's index alone, never on ranks, threads or the order of work.

mod attempt;
mod backlog;
mod batching;
mod blind_failures;
mod commit_buffer;
mod compute;
mod coordinator;
mod drain;
mod group_desk;
mod options;
mod pending;
mod progress;
mod run;
mod schedule;
mod study_workload;
#[cfg(test)]
mod tests;
pub mod walltime;
mod watch;
mod wire;
mod work_queue;
mod worker;
mod workload;

pub use attempt::{SingleUnit, UnitEnding, open_fields, quietly, run_single, run_traced};
pub use drain::{DrainFlag, DrainReason};
pub use options::{Deadline, EngineError, EngineOptions, Outcome, Progress, threads_of};
pub use run::{run, run_workload};
pub use schedule::Schedule;
pub use study_workload::units_at_once;
pub use workload::Workload;
