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
pub trait StateShelf: Send + Sync {
    /// The last state that was saved of a unit, if it is there and whole.
    fn load(&self, unit: UnitIndex) -> Option<SavedState>;

    /// Keeps a state in place of the one before.
    fn save(&self, unit: UnitIndex, state: &SavedState);
}
