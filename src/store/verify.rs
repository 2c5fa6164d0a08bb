//! Checking a results file: does every unit's checksum hold?

use super::checksum::Checksum;
use super::failures::Recorded;
use super::{Reader, StoreError};
use crate::engine::UnitState;
use std::ops::Range;
use std::path::Path;

/// Units between two calls of the progress function.
const BLOCK: u64 = 1 << 16;

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Units of the study.
    pub units: u64,
    /// Units that are committed with metrics, and whose checksum holds.
    pub done: u64,
    /// Units that are committed as failed, and whose checksum holds.
    pub quarantined: u64,
    /// Units that are not committed: `resume` runs them.
    pub pending: u64,
    /// Number of units that say they are committed, but whose checksum doesn't hold: `resume` runs them again.
    pub damaged: u64,
    /// The damaged units as runs; at most [`MAX_RUNS`] of them.
    pub damaged_runs: Vec<Range<u64>>,
}

/// Most runs of damaged units that a report lists.
pub const MAX_RUNS: usize = 1000;

impl VerifyReport {
    /// Done and quarantined units together.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.done + self.quarantined
    }

    /// Whether nothing is damaged. Pending units are no damage.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damaged == 0
    }
}

/// Verifies a results file in bounded memory; `progress` hears how many units have been looked at.
///
/// # Errors
/// If the file can't be opened or read.
pub fn verify(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<VerifyReport, StoreError> {
    let reader = Reader::open(path)?;
    let table = reader.table();
    let mut report = VerifyReport {
        units: table.units(),
        ..VerifyReport::default()
    };
    let recorded = Recorded::read(table)?;
    let checksum = Checksum::new(&reader.configuration_hash());
    for start in (0..report.units).step_by(BLOCK as usize) {
        let end = (start + BLOCK).min(report.units);
        table.scan(checksum, start..end, |unit, state, holds| match (holds, state) {
            (true, state) if state == UnitState::Done as u8 => report.done += 1,
            (true, _) if recorded.explains(unit) => report.quarantined += 1,
            // Killed between the unit and its reason: it runs again.
            (true, _) => report.pending += 1,
            (false, state) if state == UnitState::Pending as u8 => report.pending += 1,
            (false, _) => {
                report.damaged += 1;
                let room = report.damaged_runs.len() < MAX_RUNS;
                match report.damaged_runs.last_mut() {
                    Some(run) if run.end == unit.0 => run.end += 1,
                    _ if room => report.damaged_runs.push(unit.0..unit.0 + 1),
                    _ => {}
                }
            }
        })?;
        progress(end);
    }
    Ok(report)
}
