//! How far a file is.

use super::columns::Table;
use super::reader::unit_state;
use super::{StateCounts, StoreError, Writer};
use crate::engine::UnitState;

impl Table {
    /// How many units are in which state, in bounded memory. Checksums aren't looked at.
    pub fn state_counts(&self) -> Result<StateCounts, StoreError> {
        const BLOCK: u64 = 1 << 20;
        let mut counts = StateCounts::default();
        let units = self.units();
        for start in (0..units).step_by(BLOCK as usize) {
            for state in self.states(start..(start + BLOCK).min(units))? {
                match unit_state(state) {
                    UnitState::Pending => counts.pending += 1,
                    UnitState::Done => counts.done += 1,
                    UnitState::Quarantined => counts.quarantined += 1,
                }
            }
        }
        Ok(counts)
    }
}

impl Writer {
    /// How many units are in which state, in bounded memory. Checksums aren't looked at.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn state_counts(&self) -> Result<StateCounts, StoreError> {
        self.table.state_counts()
    }
}
