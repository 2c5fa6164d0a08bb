//! Nothing of a results file is shown before it is checked.

use super::CommandError;
use crate::gather;
use crate::quantity;
use crate::store::Reader;
use crate::telemetry::print_line;
use std::path::Path;

/// Metrics of units that are checked before their summary is shown: checking one of 26 metrics took half a second
/// of one core for each GiB, all of them six (Xeon, from the cache). What is larger is for `verify`.
const MAX_CHECKED_BYTES: u64 = 4 << 30;

/// Refuses to show a summary whose units aren't what was committed, or that isn't what they give. Only the `shown` metrics
/// are computed again.
pub fn check(reader: &Reader, path: &Path, shown: &[usize], confidence: f64) -> Result<(), CommandError> {
    if !check_units(reader, path)? {
        return Ok(());
    }
    match gather::differing_summaries_of(reader, shown, confidence, &pool()?)? {
        0 => Ok(()),
        1 => Err(damaged(
            path,
            "one value of its summary isn't what the units give".to_owned(),
        )),
        count => Err(damaged(
            path,
            format!(
                "{} of its summary aren't what the units give",
                quantity::counted(count, "value")
            ),
        )),
    }
}

/// Refuses units that aren't what was committed; whether they were looked at, which takes long where there are many.
pub fn check_units(reader: &Reader, path: &Path) -> Result<bool, CommandError> {
    let bytes = reader.metrics_bytes();
    if bytes > MAX_CHECKED_BYTES {
        print_line(&format!(
            "note: the summary isn't checked against its units, which are {}: `plume-nav-sim verify {}` does it",
            quantity::bytes(bytes),
            path.display()
        ));
        return Ok(false);
    }
    match reader.damaged_units()? {
        None => Ok(true),
        Some((first, 1)) => Err(damaged(path, format!("{first} isn't what was committed"))),
        Some((first, count)) => Err(damaged(
            path,
            format!(
                "{} aren't what was committed, first {first}",
                quantity::counted(count, "unit")
            ),
        )),
    }
}

fn damaged(path: &Path, what: String) -> CommandError {
    CommandError::DamagedSummary {
        path: path.display().to_string(),
        what,
    }
}

/// Threads that summarise.
pub fn pool() -> Result<rayon::ThreadPool, CommandError> {
    rayon::ThreadPoolBuilder::new()
        .build()
        .map_err(|error| CommandError::usage(format!("can't start threads: {error}"), "check the limits of processes"))
}
