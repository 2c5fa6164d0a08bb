//! How far a file is.

use super::columns::Table;
use super::layout::ColumnPart;
use super::reader::unit_state;
use super::{StateCounts, StoreError, Writer};
use crate::results::UnitState;

/// Units that are looked at at a time.
const BLOCK: u64 = 1 << 20;

impl Table {
    /// How many units are in which state, in bounded memory. Checksums aren't looked at.
    pub fn state_counts(&self) -> Result<StateCounts, StoreError> {
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

    /// How many done units ended how, by the names of the ends, in their order.
    pub fn end_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let features = &self.layout.shape().features;
        let mut counts: Vec<(String, u64)> = (0..=features.ends.len() as u8)
            .filter_map(|code| Some((features.end_name(code)?.to_owned(), 0)))
            .collect();
        for start in (0..self.units()).step_by(BLOCK as usize) {
            let range = start..(start + BLOCK).min(self.units());
            let Some(ends) = self.of_units(ColumnPart::End, range.clone())? else {
                return Ok(Vec::new());
            };
            for (state, end) in self.states(range)?.into_iter().zip(ends) {
                if let (UnitState::Done, Some((_, count))) = (unit_state(state), counts.get_mut(usize::from(end))) {
                    *count += 1;
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
