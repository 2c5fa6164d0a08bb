//! Rank 0 opens or creates the results file, under its lock.

use super::{Existing, Request, SessionError};
use crate::config::Study;
use crate::store::{self, Layout, Lock, Provenance, Reader};
use crate::telemetry::print_line;
use std::path::Path;

/// A results file that is ready for all ranks, and the lock that keeps other jobs away from it.
pub(super) struct Opened {
    /// Held as long as this lives.
    pub _lock: Lock,
    pub fresh: bool,
}

/// Locks the results file; creates it, or makes sure that it belongs to the same study.
pub(super) fn open(
    request: &Request,
    study: &Study,
    layout: &Layout,
    provenance: &Provenance,
    owner: &str,
) -> Result<Opened, SessionError> {
    let path = &request.results;
    // Looked at before locking, so that a refusal leaves no trace.
    refuse(path, request.existing)?;
    let lock = Lock::acquire(path, owner)?;
    if let Some(reason) = lock.unguarded() {
        print_line(&format!(
            "warning: the file system of {} has no locks ({reason}): make sure yourself that one job at a time writes it",
            path.display()
        ));
    }
    // Another job may have made the file while this one waited for nothing but its own start.
    refuse(path, request.existing)?;
    let fresh = match (path.exists(), request.existing) {
        (true, Existing::Resume) => {
            compare(path, study)?;
            false
        }
        (true, Existing::Overwrite) => {
            store::replace(path, study, layout, provenance)?;
            true
        }
        _ => {
            store::create(path, study, layout, provenance)?;
            true
        }
    };
    Ok(Opened { _lock: lock, fresh })
}

fn refuse(path: &Path, existing: Existing) -> Result<(), SessionError> {
    if existing == Existing::Refuse && path.exists() {
        return Err(SessionError::Exists { path: path.to_owned() });
    }
    Ok(())
}

fn compare(path: &Path, study: &Study) -> Result<(), SessionError> {
    let reader = Reader::open(path)?;
    let theirs = reader.resolved_study()?;
    let mut differences = study.resolved.differences(&theirs);
    // Not part of a unit's result, but of the summary, whose attributes were written when the file was made.
    let (ours, theirs) = (study.resolved.statistics.confidence, theirs.statistics.confidence);
    if ours.to_bits() != theirs.to_bits() {
        differences.push(("statistics.confidence".to_owned(), ours.to_string(), theirs.to_string()));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(SessionError::StudyChanged {
        path: path.to_owned(),
        differences,
    })
}
