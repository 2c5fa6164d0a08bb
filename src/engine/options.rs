//! What can be asked of the engine, and what it tells.

use super::DrainReason;
use crate::comm::Rank;
use crate::results::LedgerError;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use thiserror::Error;

/// When the job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The end, after which nothing is sure to run.
    pub at: Instant,
    /// Time kept free before it for the last commit and what comes after the engine. Units that still run at
    /// `at - reserve` are abandoned.
    pub reserve: Duration,
}

/// How work is done. Nothing here changes a result.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Compute threads of this rank; 0 takes its share of the node's cores.
    pub threads: usize,
    /// How often a failing unit is tried again.
    pub retries: u32,
    /// Time between commits.
    pub commit_interval: Duration,
    /// Most units handed out at once; 0 lets the engine choose.
    pub batch_units: u64,
    /// Bytes of finished but uncommitted results at which a rank commits without waiting for the interval.
    pub buffer_bytes: usize,
    /// Bytes of rows that the compute threads of a rank gather at most before they hand them over.
    pub row_buffer_bytes: usize,
    /// Time between saves of units that can save their state.
    pub save_interval: Duration,
    /// Units that fail for the same reason, before any has succeeded, until the run stops; 0 for never.
    pub stop_after_failures: u64,
    /// When the job ends, if known. Rank 0's counts.
    pub deadline: Option<Deadline>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            retries: 1,
            commit_interval: Duration::from_secs(1),
            batch_units: 0,
            buffer_bytes: 64 << 20,
            row_buffer_bytes: 64 << 20,
            save_interval: Duration::from_secs(60),
            stop_after_failures: 0,
            deadline: None,
        }
    }
}

/// How many threads a rank with `cores` cores starts when `asked` are asked for; 0 asks for as many as there are cores.
///
/// More threads than cores change nothing but the memory that they take, and beyond some hundreds the time to start them:
/// each one looks for work at every other one first. So there are never more than four for each core, or 32.
#[must_use]
pub fn threads_of(asked: usize, cores: usize) -> usize {
    const FOR_EACH_CORE: usize = 4;
    const ALWAYS: usize = 32;
    let cores = cores.max(1);
    match asked {
        0 => cores,
        asked => asked.min((FOR_EACH_CORE * cores).max(ALWAYS)),
    }
}

/// How far the run is, as rank 0 knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Units committed in this run, quarantined ones among them.
    pub units_done: u64,
    /// Units that this run was given.
    pub units_total: u64,
    /// Units quarantined in this run.
    pub failed: u64,
    /// Attempts that were repeated.
    pub retried: u64,
    /// Ranks at work.
    pub ranks: u32,
    /// Compute threads of all ranks.
    pub threads: u64,
    /// Units committed per second, lately.
    pub rate_per_s: f64,
    /// Time that the rest takes at this rate, if there is a rate.
    pub remaining: Option<Duration>,
    /// Time since the start of the run.
    pub elapsed: Duration,
    /// Set as soon as the run stops early.
    pub draining: Option<DrainReason>,
}

/// How a run ended; the same on all ranks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Units committed with their metrics.
    pub done: u64,
    /// Units committed as quarantined.
    pub quarantined: u64,
    /// Attempts that were repeated.
    pub retried: u64,
    /// Units not committed: never started, or abandoned.
    pub remaining: u64,
    /// Units that were given up because the walltime ended while they ran, or while they waited behind one that ran
    /// in the same chunk. Their threads may still run: end the process without waiting for them.
    pub abandoned: u64,
    /// Why the run stopped early; `None` if it is complete.
    pub drained: Option<DrainReason>,
    /// Compute threads of all ranks.
    pub threads: u64,
}

/// Why a run can't go on. All ranks get the same error; everything committed stays.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Results can't be written.
    #[error("{rank}: {source}")]
    Ledger {
        /// Where it happened first.
        rank: Rank,
        /// What happened (cut to fit a message on ranks other than `rank`).
        source: LedgerError,
    },
    /// The compute threads can't be started.
    #[error("{rank} can't start {threads} compute threads: {reason} (hint: check the limits of processes and memory)")]
    Threads {
        /// Which rank.
        rank: Rank,
        /// How many were asked for.
        threads: usize,
        /// What the operating system said.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::threads_of;

    #[test]
    fn threads_are_as_many_as_can_be_of_use() {
        for (asked, cores, expected) in [
            (0, 2, 2),
            (0, 0, 1),
            (1, 8, 1),
            (8, 2, 8),
            (32, 1, 32),
            (4096, 2, 32),
            (4096, 64, 256),
            (256, 64, 256),
        ] {
            assert_eq!(threads_of(asked, cores), expected, "{asked} on {cores}");
        }
    }
}
