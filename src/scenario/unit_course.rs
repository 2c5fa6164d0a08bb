//! Units that take long: whether the job ends, and where a unit saves its state to go on from it later.

use super::{RowPlace, UnitRows};
use crate::sweep::UnitIndex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A unit in the middle of its course.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedState {
    /// The scenario's own bytes.
    pub bytes: Vec<u8>,
    /// The stage at which units of its group go on together, if the scenario says so.
    pub stage: Option<u64>,
    /// Where the last block of the unit's rows is.
    pub rows: RowPlace,
    /// Rows and checksum of each table so far.
    pub tables: Vec<(u64, u64)>,
}

/// Where states are kept between sessions, each whole or not at all. What is lost costs time and no result.
///
/// ```
/// use plume_nav_sim::scenario::{SavedState, StateShelf, UnitCourse, UnitFailure, UnitOutput};
/// use plume_nav_sim::sweep::UnitIndex;
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// /// A long unit: it saves its state now and then, and makes way when the job ends.
/// fn count(output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
///     let mut step = match output.saved_state() {
///         Some(bytes) => u64::from_le_bytes(bytes.try_into().expect("what it saved")),
///         None => 0,
///     };
///     while step < 100 {
///         step += 1;
///         if step % 10 == 0 && output.save_due() {
///             output.save(&step.to_le_bytes());
///             if output.stop_requested() {
///                 return Err(UnitFailure::Interrupted);
///             }
///         }
///     }
///     output.set(0, 0, step as f64);
///     Ok(())
/// }
///
/// /// Keeps the last state of the only unit.
/// #[derive(Default)]
/// struct Memory(Mutex<Option<SavedState>>);
///
/// impl StateShelf for Memory {
///     fn load(&self, _: UnitIndex) -> Option<SavedState> {
///         self.0.lock().unwrap().clone()
///     }
///     fn save(&self, _: UnitIndex, state: &SavedState) {
///         *self.0.lock().unwrap() = Some(state.clone());
///     }
/// }
///
/// let shelf = Arc::new(Memory::default());
/// let mut run = |job_ends: bool| {
///     let hour = Duration::from_secs(3600);
///     let mut course = UnitCourse::new(Box::new(move || job_ends), shelf.clone(), hour);
///     course.begin(UnitIndex(0), false, None);
///     let mut values = [0.0];
///     let result = count(&mut UnitOutput::new(&mut values, 1).with_course(Some(&mut course)));
///     (result, values[0])
/// };
/// assert_eq!(run(true).0, Err(UnitFailure::Interrupted));
/// assert_eq!(shelf.load(UnitIndex(0)).unwrap().bytes, 10_u64.to_le_bytes());
/// assert_eq!(run(false), (Ok(()), 100.0));
/// ```
pub trait StateShelf: Send + Sync {
    /// The last state that was saved of a unit, if it is there and whole.
    fn load(&self, unit: UnitIndex) -> Option<SavedState>;

    /// Keeps a state in place of the one before.
    fn save(&self, unit: UnitIndex, state: &SavedState);
}

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
            rows.finish();
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
