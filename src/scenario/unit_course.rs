//! Units that take long: whether the job ends, and where a unit saves its state to go on from it later.

use crate::results::{SavedState, StateShelf, UnitRows};
use crate::sweep::UnitIndex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How the unit at hand stands in its job.
pub struct UnitCourse {
    job_ends: Box<dyn Fn() -> bool + Send + Sync>,
    shelf: Arc<dyn StateShelf>,
    interval: Duration,
    unit: UnitIndex,
    saved: Option<SavedState>,
    last_save: Instant,
    longest_save: Duration,
}

impl UnitCourse {
    /// For units that may save their state every `interval`, and when `job_ends` says so.
    #[must_use]
    pub fn new(job_ends: Box<dyn Fn() -> bool + Send + Sync>, shelf: Arc<dyn StateShelf>, interval: Duration) -> Self {
        Self {
            job_ends,
            shelf,
            interval,
            unit: UnitIndex(0),
            saved: None,
            last_save: Instant::now(),
            longest_save: Duration::ZERO,
        }
    }

    /// Begins a unit, with the state that was saved of it unless it is to start `afresh`, and with the rows of that state.
    pub fn begin(&mut self, unit: UnitIndex, afresh: bool, rows: Option<&mut UnitRows>) {
        self.unit = unit;
        self.last_save = Instant::now();
        self.saved = if afresh { None } else { self.shelf.load(unit) };
        if let (Some(state), Some(rows)) = (&self.saved, rows)
            && !rows.restore(state)
        {
            self.saved = None;
        }
    }

    /// The scenario's own bytes of the saved state, if there is one.
    #[must_use]
    pub fn saved(&self) -> Option<&[u8]> {
        self.saved.as_ref().map(|state| state.bytes.as_slice())
    }

    /// The stage of the saved state, if there is a state; see [`UnitOutput::save_at`](super::UnitOutput::save_at).
    #[must_use]
    pub fn stage(&self) -> Option<Option<u64>> {
        self.saved.as_ref().map(|state| state.stage)
    }

    /// Whether the job ends.
    #[must_use]
    pub fn job_ends(&self) -> bool {
        (self.job_ends)()
    }

    /// Whether it is time to save.
    #[must_use]
    pub fn save_due(&self) -> bool {
        self.last_save.elapsed() >= self.interval || self.job_ends()
    }

    /// Saves a state, with the unit's rows so far.
    pub fn save(&mut self, stage: Option<u64>, bytes: &[u8], rows: Option<&mut UnitRows>) {
        let begin = Instant::now();
        let mut state = SavedState {
            bytes: bytes.to_vec(),
            stage,
            ..SavedState::default()
        };
        if let Some(rows) = rows {
            if !rows.settle() {
                // The state before, whose rows are there, is worth more; the run is about to end.
                self.last_save = Instant::now();
                return;
            }
            state.rows = rows.place();
            state.tables = (rows.tallies().iter())
                .map(|tally| (tally.rows(), tally.checksum()))
                .collect();
        }
        self.shelf.save(self.unit, &state);
        self.last_save = Instant::now();
        self.longest_save = self.longest_save.max(self.last_save - begin);
    }

    /// The longest time that saving took.
    #[must_use]
    pub fn longest_save(&self) -> Duration {
        self.longest_save
    }
}

impl std::fmt::Debug for UnitCourse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnitCourse({}, saved: {})", self.unit, self.saved.is_some())
    }
}
