//! Who runs this, where, and with what: for the results file and its lock.

use super::Reused;
use crate::comm::{Communicator, World};
use crate::engine::Outcome;
use crate::netcdf4;
use crate::store::{Provenance, SessionRecord};
use crate::study::Part;
use crate::telemetry::CorrelationId;
use crate::version::{GIT_REVISION, SOFTWARE_VERSION};

/// This node's name.
pub(super) fn host() -> String {
    hostname::get().map_or_else(|_| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Identity in the batch system, if there is one.
pub(super) fn job() -> String {
    for (variable, system) in [("SLURM_JOB_ID", "SLURM"), ("PBS_JOBID", "PBS"), ("JOB_ID", "SGE")] {
        if let Ok(id) = std::env::var(variable)
            && !id.is_empty()
        {
            return format!("{system} job {id}");
        }
    }
    String::new()
}

fn libraries(world: &World) -> Vec<(String, String)> {
    let mut libraries = vec![("hdf5".to_owned(), netcdf4::version())];
    libraries.extend(world.mpi_library().map(|version| ("mpi".to_owned(), version)));
    libraries
}

/// Provenance of a new file.
pub(super) fn of_file(world: &World, correlation_id: CorrelationId, part: Option<Part>) -> Provenance {
    Provenance {
        libraries: libraries(world),
        part,
        ..Provenance::here(&correlation_id.to_string())
    }
}

/// What another job is told that finds the file locked.
pub(super) fn owner() -> String {
    let job = job();
    let of_job = if job.is_empty() {
        String::new()
    } else {
        format!(", {job}")
    };
    format!(
        "process {} on {}{of_job}, since {}",
        std::process::id(),
        host(),
        jiff::Timestamp::now()
    )
}

/// The record of a run that begins. `hosts` has one line per rank.
pub(super) fn begin(
    world: &World,
    comm: &dyn Communicator,
    correlation_id: CorrelationId,
    hosts: Option<Vec<Vec<u8>>>,
) -> SessionRecord {
    let mut hosts: Vec<String> = hosts
        .unwrap_or_default()
        .iter()
        .map(|host| String::from_utf8_lossy(host).into_owned())
        .collect();
    hosts.sort();
    hosts.dedup();
    SessionRecord {
        correlation_id: correlation_id.to_string(),
        started: jiff::Timestamp::now().to_string(),
        ranks: comm.size(),
        hosts,
        job: job(),
        driver: "posix".to_owned(),
        software_version: SOFTWARE_VERSION.to_owned(),
        git_revision: GIT_REVISION.to_owned(),
        libraries: libraries(world),
        ..SessionRecord::default()
    }
}

/// What came from other files, as the record has it.
pub(super) fn reused(reused: &[Reused]) -> Vec<(String, String, u64)> {
    (reused.iter().filter(|reused| reused.units > 0))
        .map(|reused| (reused.file.clone(), reused.configuration_hash.clone(), reused.units))
        .collect()
}

/// Completes the record of a run that ends.
pub(super) fn end(record: &mut SessionRecord, outcome: &Outcome, word: &str) {
    record.ended = jiff::Timestamp::now().to_string();
    word.clone_into(&mut record.outcome);
    // All ranks have the same number but where nodes differ; the record is for people.
    record.threads = u32::try_from(outcome.threads / u64::from(record.ranks.max(1))).unwrap_or(u32::MAX);
    record.units_done = outcome.done;
    record.units_quarantined = outcome.quarantined;
}
