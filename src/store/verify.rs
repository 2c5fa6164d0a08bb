//! Are the results what was committed?

use super::checksum::Checksum;
use super::{Reader, StoreError};
use crate::engine::UnitState;
use std::ops::Range;
use std::path::Path;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Units of the study.
    pub units: u64,
    /// Committed units whose checksum holds, quarantined ones among them.
    pub committed: u64,
    /// Quarantined units whose checksum holds.
    pub quarantined: u64,
    /// Units that are not committed.
    pub pending: u64,
    /// Units whose state says that they are committed, but whose checksum doesn't hold.
    pub damaged: Vec<Range<u64>>,
}

/// Units between two calls of the progress function.
const STRIDE: u64 = 1 << 16;

/// Recomputes the checksum of every unit of a results file, in bounded memory. `progress` is told how many of how many
/// units are done.
///
/// # Errors
/// If the file can't be opened or read; damage is no error, but in the report.
pub fn verify(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, StoreError> {
    let reader = Reader::open(path)?;
    let table = reader.table();
    let checksum = Checksum::new(&reader.configuration_hash());
    let units = table.units();
    let mut report = VerifyReport {
        units,
        ..VerifyReport::default()
    };
    let mut first = 0;
    while first < units {
        let end = units.min(first + STRIDE);
        table.scan(checksum, first..end, |unit, state, holds| {
            if state == UnitState::Pending as u8 {
                report.pending += 1;
            } else if holds {
                report.committed += 1;
                report.quarantined += u64::from(state == UnitState::Quarantined as u8);
            } else {
                match report.damaged.last_mut() {
                    Some(last) if last.end == unit.0 => last.end += 1,
                    _ => report.damaged.push(unit.0..unit.0 + 1),
                }
            }
        })?;
        first = end;
        progress(first, units);
    }
    Ok(report)
}
