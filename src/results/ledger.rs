//! Where finished units go, as the engine sees it.

use super::{RowPlace, RowSink, StateShelf, UnitRows};
use crate::sweep::UnitIndex;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;
use thiserror::Error;

/// State of a unit in the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum UnitState {
    /// Not committed.
    Pending = 0,
    /// Committed with its metrics.
    Done = 1,
    /// Failed too often; committed with missing metrics and a [`FailureRow`].
    Quarantined = 2,
}

/// Contiguous finished units, in the bytes that go into the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EncodedRun {
    /// First unit.
    pub first: UnitIndex,
    /// State of each unit.
    pub states: Vec<u8>,
    /// CRC-32C of each unit's slab and the configuration hash.
    pub checksums: Vec<u32>,
    /// CRC-32C of what each unit's recorded rows come to; empty if none are recorded.
    pub recorded_checksums: Vec<u32>,
    /// Per column the bytes of all units, one after the other.
    pub columns: Vec<Vec<u8>>,
    /// Where the last block of each unit's rows is; empty if units have none.
    pub rows: Vec<RowPlace>,
}

impl EncodedRun {
    /// The units of the run.
    #[must_use]
    pub fn units(&self) -> Range<u64> {
        self.first.0..self.first.0 + self.states.len() as u64
    }
}

/// What a unit left, on its way into the ledger.
#[derive(Clone, Copy, Debug)]
pub struct FinishedUnit<'a> {
    /// Its metrics, `[metrics, members]`.
    pub values: &'a [f64],
    /// Members that took part.
    pub members: u32,
    /// How it ended: 0 after its full course, otherwise one more than the index of the reason.
    pub end: u8,
    /// Its rows, all of them in the hands of the sink; none if its scenario declares no tables.
    pub rows: Option<&'a UnitRows>,
}

/// Turns metrics into the bytes of a slab; called by compute threads.
///
/// [`Ledger`] has an example.
pub trait Encode: Send + Sync {
    /// Length of the values of a unit, metrics × members.
    fn values_per_unit(&self) -> usize;

    /// Where compute threads put rows; `None` if the ledger keeps none.
    fn row_sink(&self) -> Option<Arc<dyn RowSink>> {
        None
    }

    /// Where compute threads keep the states of units; `None` if the ledger keeps none.
    fn state_shelf(&self) -> Option<Arc<dyn StateShelf>> {
        None
    }

    /// An empty run that starts at `first`.
    fn begin(&self, first: UnitIndex) -> EncodedRun;

    /// Appends the next unit; `None` for a quarantined one (all missing).
    fn push(&self, run: &mut EncodedRun, unit: Option<FinishedUnit<'_>>);
}

/// A quarantined unit in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureRow {
    /// Which unit.
    pub unit: UnitIndex,
    /// How often it was tried.
    pub attempts: u32,
    /// Seed of the unit, to repeat it with `run --unit`.
    pub seed: u64,
    /// What happened (cut to fit).
    pub message: String,
}

/// A store of units: pre-allocated, every unit owns its place, a commit survives a kill.
///
/// ```
/// use plume_nav_sim::comm::Solo;
/// use plume_nav_sim::engine::{DrainFlag, EngineOptions, run};
/// use plume_nav_sim::results::*;
/// use plume_nav_sim::scenario::Registry;
/// use plume_nav_sim::sweep::UnitIndex;
/// use plume_nav_sim::trial::Trial;
/// use std::sync::Arc;
///
/// /// A ledger in memory: values of units as bytes, one after the other.
/// #[derive(Default)]
/// struct Memory {
///     values_per_unit: usize,
///     committed: Vec<EncodedRun>,
/// }
///
/// struct Plain(usize);
///
/// impl Encode for Plain {
///     fn values_per_unit(&self) -> usize {
///         self.0
///     }
///     fn begin(&self, first: UnitIndex) -> EncodedRun {
///         EncodedRun { first, columns: vec![Vec::new()], ..EncodedRun::default() }
///     }
///     fn push(&self, run: &mut EncodedRun, unit: Option<FinishedUnit<'_>>) {
///         let (state, values) = match unit {
///             Some(unit) => (UnitState::Done, unit.values.to_vec()),
///             None => (UnitState::Quarantined, vec![f64::NAN; self.0]),
///         };
///         run.states.push(state as u8);
///         run.checksums.push(0);
///         run.columns[0].extend(values.iter().flat_map(|value| value.to_le_bytes()));
///     }
/// }
///
/// impl Ledger for Memory {
///     fn encoder(&self) -> Arc<dyn Encode> {
///         Arc::new(Plain(self.values_per_unit))
///     }
///     fn commit(&mut self, runs: &[EncodedRun]) -> Result<(), LedgerError> {
///         self.committed.extend_from_slice(runs);
///         Ok(())
///     }
///     fn record_failure(&mut self, _: FailureRow) -> Result<(), LedgerError> {
///         Ok(())
///     }
/// }
///
/// let trial = Trial::new(&Registry::builtin(), "study.replicates = 6\nepisode.duration_s = 1.0")?;
/// let study = trial.study();
/// let mut ledger = Memory {
///     values_per_unit: study.metrics.len() * study.member_axis.count as usize,
///     ..Memory::default()
/// };
/// let options = EngineOptions { threads: 2, ..EngineOptions::default() };
/// let outcome = run(&Solo, study, &mut ledger, vec![0..6], &options, &DrainFlag::default(), &mut |_| {})?;
/// assert_eq!(outcome.done, 6);
/// let units: usize = ledger.committed.iter().map(|run| run.states.len()).sum();
/// assert_eq!(units, 6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Ledger {
    /// The encoder for the compute threads.
    fn encoder(&self) -> Arc<dyn Encode>;

    /// Writes finished units for good. Runs are disjoint and sorted.
    ///
    /// # Errors
    /// When the file can't be written; the job can't go on.
    fn commit(&mut self, runs: &[EncodedRun]) -> Result<(), LedgerError>;

    /// Records why a unit is quarantined. Rank 0 only.
    ///
    /// # Errors
    /// When the file can't be written.
    fn record_failure(&mut self, row: FailureRow) -> Result<(), LedgerError>;

    /// Looks whether what was committed is still there. Called every few seconds, also while there is nothing to commit.
    ///
    /// # Errors
    /// When it isn't; the job can't go on.
    fn check(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// A ledger that can't be written or read.
#[derive(Debug, Error)]
#[error("{action}: {reason}")]
pub struct LedgerError {
    /// What was tried: `writing units 5..9 of results.h5`.
    pub action: String,
    /// What the library said, and what to do.
    pub reason: String,
}
