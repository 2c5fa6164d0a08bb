//! What scenarios counted, of all ranks together.

use crate::comm::Communicator;
use crate::results::{Counter, CounterSummary};
use crate::study::Study;

/// The counters of all ranks, those of `store` after the scenario's, merged in the order of the ranks; empty but on rank 0.
///
/// # Collective
/// All ranks.
pub(super) fn gather(comm: &dyn Communicator, study: &Study, store: Vec<Counter>) -> Vec<CounterSummary> {
    let counters = [study.scenario.counters(), store].concat();
    let mine = serde_json::to_vec(&counters).expect("counters are plain data");
    // A number that isn't finite can't be told in JSON: that rank's counters are left out then.
    let ranks = comm.gather(&mine).into_iter().flatten();
    let merged = Counter::merge_ranks(ranks.map(|bytes| serde_json::from_slice(&bytes).unwrap_or_default()));
    merged.iter().map(Counter::summary).collect()
}
