//! Running one unit so that nothing it does can hurt the others.

use super::{Workload, watch};
use crate::comm::panic_message;
use crate::results::{CellColumn, NoRows, RowBlock, RowPlace, RowSink, RowTable, RowTally, TableRows, UnitRows};
use crate::scenario::{FieldSampler, PreparedPoint, Unit, UnitCourse, UnitFailure, UnitOutput};
use crate::sweep::UnitIndex;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Arc, Mutex, Once, PoisonError};

/// Bytes of rows that are gathered before they are counted, when a unit is run alone.
const COUNTED_BYTES: usize = 1 << 20;

thread_local! {
    static INSIDE_A_UNIT: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<UnitFailure>> = const { RefCell::new(None) };
}

/// Makes panics inside a unit silent and keeps their message and place; all others go to the hook that was there.
pub(super) fn catch_panics_of_units() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if INSIDE_A_UNIT.get() {
                LAST_PANIC.set(Some(describe(panic)));
            } else {
                others(panic);
            }
        }));
    });
}

fn describe(panic: &PanicHookInfo<'_>) -> UnitFailure {
    UnitFailure::Panic {
        message: panic_message(panic)
            .unwrap_or("no message (the payload isn't text)")
            .to_owned(),
        location: panic
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string),
    }
}

/// Runs `work` with its panics turned into failures.
///
/// Unwind safety: whatever `work` changes is either overwritten before it is read again (the values) or belongs to
/// the scenario, whose contract forbids state that changes results.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, UnitFailure>) -> Result<T, UnitFailure> {
    let before = INSIDE_A_UNIT.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    INSIDE_A_UNIT.set(before);
    result.unwrap_or_else(|_payload| {
        Err(LAST_PANIC.take().unwrap_or_else(|| UnitFailure::Panic {
            message: "no message".to_owned(),
            location: "an unknown place".to_owned(),
        }))
    })
}

/// Runs what else a scenario does for a study, with its panics turned into words.
///
/// # Errors
/// What `work` says, or its panic.
pub fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_panics_of_units();
    guarded(|| work().map_err(UnitFailure::Scenario)).map_err(|failure| failure.to_string())
}

/// How a unit ended that has its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitEnding {
    /// Members that took part.
    pub members: usize,
    /// 0 after its full course, otherwise one more than the index of the reason.
    pub end: u8,
}

/// A unit that was run alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleUnit {
    /// How it ended.
    pub ending: UnitEnding,
    /// Rows of each of its scenario's tables.
    pub rows: Vec<u64>,
}

/// How the attempts at a unit ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attempts {
    /// How many there were.
    pub count: u32,
    /// What the last one said; the values are good if it was `Ok`.
    pub result: Result<UnitEnding, UnitFailure>,
}

/// Where a unit leaves what it gives.
pub(super) struct Desk<'a> {
    /// `[metrics, members]`.
    pub values: &'a mut [f64],
    /// None if the scenario declares no tables.
    pub rows: Option<&'a mut UnitRows>,
    /// None if units can't save their state.
    pub course: Option<&'a mut UnitCourse>,
    /// Whether a saved state is left alone: the unit failed after it.
    pub afresh: bool,
}

/// Tries a unit until it succeeds or makes way for the end of the job, at most `1 + retries` times. A failure after going on
/// from a saved state, which could be what made it fail, doesn't count: how often a unit fails must not depend on where
/// sessions ended.
pub(super) fn run_unit(
    workload: &dyn Workload,
    point: &dyn PreparedPoint,
    unit: &Unit,
    retries: u32,
    desk: Desk<'_>,
) -> Attempts {
    let Desk {
        values,
        mut rows,
        mut course,
        mut afresh,
    } = desk;
    // What is logged while the unit runs says which unit it was.
    let span = tracing::info_span!(
        "unit",
        unit = unit.index.0,
        point = unit.point.0,
        replicate = unit.replicate.0
    );
    let _inside = span.enter();
    let mut count = 0;
    loop {
        count += 1;
        if let Some(rows) = &mut rows {
            rows.begin(unit.index);
        }
        if let Some(course) = &mut course {
            course.begin(unit.index, afresh, rows.as_deref_mut());
        }
        let went_on = course.as_ref().is_some_and(|course| course.saved().is_some());
        let result = guarded(|| {
            let mut output = UnitOutput::new(values, workload.members())
                .with_rows(rows.as_deref_mut())
                .with_course(course.as_deref_mut());
            point.simulate(unit, &mut output)?;
            complete(workload, point, &output)
        });
        if result == Err(UnitFailure::Interrupted) {
            let asked = course.as_ref().is_some_and(|course| course.job_ends());
            let nobody = || UnitFailure::Undeclared("stopped for the end of a job that isn't ending".to_owned());
            let result = result.map_err(|interrupted| if asked { interrupted } else { nobody() });
            return Attempts { count, result };
        }
        if result.is_err() {
            afresh = true;
            if went_on {
                count -= 1;
                continue;
            }
        }
        if let (Ok(_), Some(rows)) = (&result, &mut rows) {
            rows.finish();
        }
        if result.is_ok() || count > retries {
            return Attempts { count, result };
        }
    }
}

/// Makes sure that what a unit left is what its scenario declares.
pub(super) fn complete(
    workload: &dyn Workload,
    point: &dyn PreparedPoint,
    output: &UnitOutput<'_>,
) -> Result<UnitEnding, UnitFailure> {
    let ending = ending(workload, point, output)?;
    watch::check(workload.metrics(), workload.members(), ending.members, output.values())?;
    Ok(ending)
}

/// What a unit says of itself, held against what its scenario declares.
fn ending(
    workload: &dyn Workload,
    point: &dyn PreparedPoint,
    output: &UnitOutput<'_>,
) -> Result<UnitEnding, UnitFailure> {
    let features = workload.features();
    let declared = point.members();
    let members = match output.taking_part() {
        Some(members) if members != declared && !features.ragged_members => {
            return Err(UnitFailure::Undeclared(format!(
                "{members} members instead of {declared}, but its scenario declares no ragged members"
            )));
        }
        Some(members) if members > declared => {
            return Err(UnitFailure::Undeclared(format!(
                "{members} members, but its design point declares {declared} at most"
            )));
        }
        members => members.unwrap_or(declared),
    };
    let end = match output.ended() {
        Some(reason) if reason >= features.ends.len() => {
            return Err(UnitFailure::Undeclared(format!(
                "reason {reason} to end early, but its scenario declares {}",
                features.ends.len()
            )));
        }
        Some(reason) => reason as u8 + 1,
        None => 0,
    };
    Ok(UnitEnding { members, end })
}

/// Runs one unit once, exactly as a job would, into `values` (`[metrics, members]`). Its rows are only counted.
///
/// # Errors
/// What went wrong with it, a panic included.
pub fn run_single(workload: &dyn Workload, unit: &Unit, values: &mut [f64]) -> Result<SingleUnit, UnitFailure> {
    run_with_rows(workload, unit, values, Arc::new(NoRows))
}

fn run_with_rows(
    workload: &dyn Workload,
    unit: &Unit,
    values: &mut [f64],
    sink: Arc<dyn RowSink>,
) -> Result<SingleUnit, UnitFailure> {
    catch_panics_of_units();
    let point = guarded(|| workload.prepare(unit.point).map_err(UnitFailure::Scenario))?;
    let tables = &workload.features().tables;
    let mut rows = (!tables.is_empty()).then(|| UnitRows::new(tables, COUNTED_BYTES, sink));
    let desk = Desk {
        values,
        rows: rows.as_mut(),
        course: None,
        afresh: false,
    };
    let ending = run_unit(workload, point.as_ref(), unit, 0, desk).result?;
    let rows = rows.map_or_else(Vec::new, |rows| rows.tallies().iter().map(RowTally::rows).collect());
    Ok(SingleUnit { ending, rows })
}

/// Runs one unit once, as [`run_single`] does, and keeps its rows: all of those of each table.
///
/// # Errors
/// What went wrong with it, a panic included.
pub fn run_traced(
    workload: &dyn Workload,
    unit: &Unit,
    values: &mut [f64],
) -> Result<(SingleUnit, Vec<TableRows>), UnitFailure> {
    let kept = Arc::new(KeptRows::default());
    let single = run_with_rows(workload, unit, values, kept.clone())?;
    let blocks = std::mem::take(&mut *kept.0.lock().unwrap_or_else(PoisonError::into_inner));
    let table = |(index, table): (usize, &RowTable)| {
        let mut bytes = vec![Vec::new(); table.columns.len()];
        for block in &blocks {
            for (all, more) in bytes.iter_mut().zip(&block[index].columns) {
                all.extend_from_slice(more);
            }
        }
        let columns = table.columns.iter().zip(&bytes);
        TableRows {
            rows: blocks.iter().map(|block| block[index].rows).sum(),
            columns: columns
                .map(|(column, bytes)| CellColumn::of(column.kind, bytes))
                .collect(),
        }
    };
    let tables = workload.features().tables.iter().enumerate().map(table).collect();
    Ok((single, tables))
}

/// Keeps the blocks of one unit in memory.
#[derive(Default)]
struct KeptRows(Mutex<Vec<Vec<RowBlock>>>);

impl RowSink for KeptRows {
    fn keep(&self, _unit: UnitIndex, number: u32, _previous: RowPlace, block: &[RowBlock]) -> RowPlace {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A block that begins anew belongs to another attempt.
        blocks.truncate(number as usize);
        blocks.push(block.to_vec());
        RowPlace::NOWHERE
    }
}

/// The fields that the members of one unit live in, exactly as in a job; `None` if its scenario has none.
///
/// # Errors
/// What went wrong with it, a panic included.
pub fn open_fields(workload: &dyn Workload, unit: &Unit) -> Result<Option<Box<dyn FieldSampler>>, UnitFailure> {
    catch_panics_of_units();
    guarded(|| {
        let point = workload.prepare(unit.point).map_err(UnitFailure::Scenario)?;
        point.fields(unit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure_with_its_place() {
        catch_panics_of_units();
        let failure = guarded::<()>(|| panic!("no wind in unit {}", 7)).expect_err("a failure");
        let UnitFailure::Panic { message, location } = failure else {
            panic!("not a panic: {failure}")
        };
        assert_eq!(message, "no wind in unit 7");
        assert!(location.contains("attempt.rs:"), "{location}");
        assert!(!INSIDE_A_UNIT.get());
    }

    #[test]
    fn a_payload_that_is_no_text_is_survived() {
        catch_panics_of_units();
        let failure = guarded::<()>(|| std::panic::panic_any(7_u32)).expect_err("a failure");
        assert!(failure.to_string().contains("no message"), "{failure}");
        assert_eq!(guarded(|| Ok(3)), Ok(3));
    }
}
