//! Rank 0 claims, creates or opens the results file.

use super::{Existing, Request, SessionError};
use crate::config::{InputRecord, Study};
use crate::file_kind::FileKind;
use crate::quantity;
use crate::store::{self, Layout, Lock, Provenance, Reader, StoreError};
use crate::telemetry::print_line;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The right to write a results file: its one true path, and the lock that keeps other jobs away.
pub(super) struct Claim {
    results: PathBuf,
    lock: Lock,
}

impl Claim {
    /// The results file, with links resolved: two names of one file are one file.
    pub(super) fn results(&self) -> &Path {
        &self.results
    }

    /// The lock file.
    pub(super) fn lock_path(&self) -> &Path {
        self.lock.path()
    }
}

/// Locks the results file of `request`, unless it is there and may not be touched. Creates nothing else.
pub(super) fn claim(request: &Request, owner: &str) -> Result<Claim, SessionError> {
    let results = resolve(&request.results);
    // Looked at before locking, so that a refusal leaves no trace.
    refuse(&results, request.existing)?;
    let lock = Lock::acquire(&results, owner)?;
    if let Some(reason) = lock.unguarded() {
        print_line(&format!(
            "warning: the file system of {} has no locks ({reason}): make sure yourself that one job at a time writes it",
            results.display()
        ));
    }
    // Another job may have made the file just before the lock was taken.
    refuse(&results, request.existing)?;
    Ok(Claim { results, lock })
}

/// Creates the claimed file (`true`), or makes sure that it belongs to the same study (`false`).
pub(super) fn open(
    results: &Path,
    existing: Existing,
    study: &Study,
    layout: &Layout,
    provenance: &Provenance,
) -> Result<bool, SessionError> {
    match (results.exists(), existing) {
        (true, Existing::Resume) => {
            compare(results, study)?;
            return Ok(false);
        }
        (true, Existing::Overwrite) => store::replace(results, study, layout, provenance)?,
        _ => store::create(results, study, layout, provenance)?,
    }
    Ok(true)
}

/// The path without links, as far as it exists.
fn resolve(path: &Path) -> PathBuf {
    if let Ok(resolved) = path.canonicalize() {
        return resolved;
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

fn refuse(path: &Path, existing: Existing) -> Result<(), SessionError> {
    match FileKind::obstacle(path) {
        Some(FileKind::Folder) => return Err(SessionError::IsAFolder { path: path.to_owned() }),
        // Never opened, let alone replaced.
        Some(kind) => {
            let path = path.to_owned();
            return Err(SessionError::NotAFile { path, kind });
        }
        None if !path.exists() => return Ok(()),
        None => {}
    }
    match existing {
        Existing::Refuse => Err(SessionError::Exists { path: path.to_owned() }),
        Existing::Resume => Ok(()),
        // Only results are ours to replace, broken ones included.
        Existing::Overwrite => match Reader::open(path) {
            Err(StoreError::Foreign { .. }) if path.metadata().is_ok_and(|metadata| metadata.len() > 0) => {
                Err(SessionError::NotResults { path: path.to_owned() })
            }
            _ => Ok(()),
        },
    }
}

fn compare(path: &Path, study: &Study) -> Result<(), SessionError> {
    let reader = Reader::open(path)?;
    let theirs = reader.resolved_study()?;
    let mut differences = study.resolved.differences(&theirs);
    let files = changed_inputs(&study.resolved.inputs, &theirs.inputs);
    // Not part of a unit's result, but of the summary, whose attributes were written when the file was made.
    let (ours, theirs) = (study.resolved.statistics.confidence, theirs.statistics.confidence);
    if ours.to_bits() != theirs.to_bits() {
        differences.push(("statistics.confidence".to_owned(), ours.to_string(), theirs.to_string()));
    }
    if differences.is_empty() && !files.is_empty() {
        return Err(SessionError::InputsChanged {
            path: path.to_owned(),
            files,
        });
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(SessionError::StudyChanged {
        path: path.to_owned(),
        differences,
    })
}

/// Files that hold something else than they did: name, what it is here, what it was.
fn changed_inputs(ours: &[InputRecord], theirs: &[InputRecord]) -> Vec<(String, String, String)> {
    let of = |records: &[InputRecord], name: &str| records.iter().find(|record| record.name == name).cloned();
    let words = |record: Option<InputRecord>| {
        record.map_or_else(
            || "not read".to_owned(),
            |record| {
                let (bytes, start) = (
                    quantity::count(record.bytes),
                    record.blake3.get(..16).unwrap_or(&record.blake3),
                );
                format!("{bytes} bytes with BLAKE3 {start}…")
            },
        )
    };
    let names: BTreeSet<&str> = ours.iter().chain(theirs).map(|record| record.name.as_str()).collect();
    (names.into_iter())
        .map(|name| (name, of(ours, name), of(theirs, name)))
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(name, ours, theirs)| (name.to_owned(), words(ours), words(theirs)))
        .collect()
}
