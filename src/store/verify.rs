//! Checking a results file: does everything in it that means something hold?

use super::columns::Table;
use super::failures::{FailureTable, Recorded};
use super::{Form, Reader, StoreError, products, sessions};
use crate::results::UnitState;
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
    /// Whether the file says that it is finished.
    pub finished: bool,
    /// What else is damaged.
    pub objects: Vec<DamagedObject>,
}

/// Something besides units that has changed since it was written. `resume` mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedObject {
    /// Which dataset or part.
    pub object: String,
    /// What is wrong with it.
    pub reason: String,
}

impl DamagedObject {
    fn new(object: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            object: object.into(),
            reason: reason.into(),
        }
    }
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
        self.damaged == 0 && self.objects.is_empty()
    }
}

/// Verifies a results file in bounded memory, all of it but the summary, which is compared with the units by
/// [`crate::gather::Comparison`]. `progress` hears how many units have been looked at.
///
/// # Errors
/// If the file can't be opened or read, or what never changes after creation doesn't hold.
pub fn verify(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<VerifyReport, StoreError> {
    verify_open(&Reader::open(path)?, progress)
}

/// [`verify`] for a file that is open already.
///
/// # Errors
/// If the file can't be read.
pub fn verify_open(reader: &Reader, progress: &mut dyn FnMut(u64)) -> Result<VerifyReport, StoreError> {
    let table = reader.table();
    let mut report = VerifyReport {
        units: table.units(),
        ..VerifyReport::default()
    };
    let recorded = Recorded::read(table)?;
    for start in (0..report.units).step_by(BLOCK as usize) {
        let end = (start + BLOCK).min(report.units);
        table.scan(start..end, |unit, state, holds| match (holds, state) {
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
    let finished = table.flag_byte(&table.finished)?;
    let summary_written = table.flag_byte(&table.summary_written)?;
    report.finished = finished == 1;
    let used = finished == 1 || report.committed() + report.damaged > 0;
    report.objects = damaged_rows(table, finished == 1, used)?;
    let mut add = |object: &str, reason: String| report.objects.push(DamagedObject::new(object, reason));
    for (name, byte) in [("finished", finished), ("summary_written", summary_written)] {
        if byte > 1 {
            add(&format!("/provenance/{name}"), format!("it is {byte}, not 0 or 1"));
        }
    }
    if (finished, summary_written) == (1, 0) {
        add(
            "/provenance/summary_written",
            "it is 0 in a file that says it is finished".to_owned(),
        );
    }
    if let Some(folder) = table.missing_rows()? {
        let reason =
            "is missing: was it left behind? Rows of units are in it, and it moves together with the results file";
        add(&folder.display().to_string(), reason.to_owned());
    }
    // They stay beside the original.
    if finished == 1 && reader.form() != Form::Packed {
        let problems = products::problems(table)?;
        (problems.into_iter()).for_each(|problem| add("/provenance/products", problem));
    }
    if finished == 1 && report.pending > 0 {
        let reason = format!("{} aren't committed in a file that says it is finished", report.pending);
        add("/units/state or /failures", reason);
    }
    Ok(report)
}

/// Rows of the tables of failures and sessions that don't hold; `used` says whether units are committed.
pub(super) fn damaged_rows(table: &Table, finished: bool, used: bool) -> Result<Vec<DamagedObject>, StoreError> {
    let failures = FailureTable::load(table)?.damaged(finished);
    let sessions = sessions::damaged(table, used, finished)?;
    let objects = |name: &'static str, rows: Vec<u64>| {
        rows.into_iter()
            .map(move |row| DamagedObject::new(name, format!("row {row} has changed since it was written")))
    };
    Ok((objects("/failures", failures))
        .chain(objects("/provenance/sessions", sessions))
        .collect())
}
