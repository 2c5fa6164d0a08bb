//! Rows in the form that the study asks for, made when all units are done.

use super::SessionError;
use crate::results::{Counter, CounterSummary, CounterValue, RowTable};
use crate::rows::{self, Conversion, RowsError, Target};
use crate::scenario::Registry;
use crate::store::Reader;
use crate::study::ResolvedStudy;
use std::path::Path;

/// What the study asks for of the rows of its results.
fn target(
    registry: &Registry,
    study: &ResolvedStudy,
    tables: &[RowTable],
    results: &Path,
) -> Result<Option<Target>, SessionError> {
    // Tables that are results get another form only where somebody says so.
    let asked = study.origins.contains_key("record.backend");
    let wanted = |table: &RowTable| table.recorded || asked;
    if !tables.iter().any(wanted) {
        return Ok(None);
    }
    Ok(Target::of(&study.record.backend, registry, results, None)?)
}

/// Refuses results whose rows would have no place at the end, since something else is there.
pub(super) fn check(
    registry: &Registry,
    study: &ResolvedStudy,
    tables: &[RowTable],
    results: &Path,
) -> Result<(), SessionError> {
    match target(registry, study, tables, results)? {
        Some(target) => target.check().map_err(SessionError::RowsPlace),
        None => Ok(()),
    }
}

/// Makes what the study asks for of the rows of finished results, unless it is there already. Rank 0 only.
pub(super) fn make(
    registry: &Registry,
    study: &ResolvedStudy,
    tables: &[RowTable],
    results: &Path,
) -> Result<Option<Conversion>, SessionError> {
    let Some(target) = target(registry, study, tables, results)? else {
        return Ok(None);
    };
    let reader = Reader::glance(results).map_err(RowsError::Store)?;
    if rows::is_made(&target, &reader, results)? {
        return Ok(None);
    }
    Ok(Some(rows::convert(&target, &reader, results, true)?))
}

/// What the record of the run says of it.
pub(super) fn counters(made: &Conversion) -> Vec<CounterSummary> {
    let sum = |name: &str, long_name: &str, value: f64, unit: &str| {
        Counter {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
            value: CounterValue::Sum {
                value,
                unit: unit.to_owned(),
            },
        }
        .summary()
    };
    let form = &made.backend;
    vec![
        sum("kept_rows", &format!("rows kept as {form}"), made.rows as f64, "1"),
        sum(
            "kept_bytes",
            &format!("bytes of rows kept as {form}"),
            made.bytes as f64,
            "byte",
        ),
        sum(
            "kept_s",
            &format!("time to keep rows as {form}"),
            made.time.as_secs_f64(),
            "s",
        ),
    ]
}
