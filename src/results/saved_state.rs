//! The state of a unit that goes on in a later session, and where it is kept meanwhile.

use super::RowPlace;
use crate::sweep::UnitIndex;

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
/// use plume_nav_sim::results::{SavedState, StateShelf};
/// use plume_nav_sim::scenario::{UnitCourse, UnitFailure, UnitOutput};
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
