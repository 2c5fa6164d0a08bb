//! Rank 0 claims, creates or opens the results file.

use super::{Existing, Request, SessionError, reuse};
use crate::file_kind::FileKind;
use crate::quantity;
use crate::store::{self, Form, Layout, Lock, Provenance, Reader, Salvage, StoreError};
use crate::study::{InputRecord, Study};
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
            "warning: the file system of {} has no locks ({reason}): make sure that only one job at a time writes to it",
            results.display()
        ));
    }
    // Another job may have made the file just before the lock was taken.
    refuse(&results, request.existing)?;
    Ok(Claim { results, lock })
}

/// Creates the claimed file (`true`), or makes sure that it belongs to the same study (`false`). Also tells the name of the
/// study in the file: it is part of what never changes, and no part of the study's identity.
pub(super) fn open(
    results: &Path,
    existing: Existing,
    study: &Study,
    layout: &Layout,
    provenance: &Provenance,
    reuse_command: &str,
) -> Result<(bool, String), SessionError> {
    let ours = &study.resolved.study.name;
    match (is_there(results)?, existing) {
        (true, Existing::Resume) => {
            let found = compare(results, study, layout, provenance, reuse_command);
            let is_confidence = matches!(found, Ok(Found::OtherConfidence));
            let reason = match found {
                Ok(Found::AsItShouldBe { name }) => {
                    if name != *ours {
                        print_line(&format!(
                            "note: the results keep the name \"{name}\" that they were begun with"
                        ));
                    }
                    return Ok((false, name));
                }
                Ok(Found::OtherConfidence) => {
                    let percent = quantity::percent(study.resolved.statistics.confidence);
                    format!("the intervals are computed again at {percent} %")
                }
                Ok(Found::Outdated(reason)) => reason,
                Err(SessionError::Store(error @ (StoreError::Corrupt { .. } | StoreError::Damaged { .. }))) => {
                    let text = error.to_string();
                    text.split(" (hint:").next().unwrap_or(&text).to_owned()
                }
                Err(error) => return Err(error),
            };
            let salvage = store::salvage(results, study, layout, provenance)?;
            let is_whole = salvage.lost_units + salvage.lost_failures + salvage.lost_sessions == 0;
            print_line(&match is_whole && is_confidence {
                true => reason.clone(),
                false => told(&reason, &salvage),
            });
            log(&reason, &salvage);
            return Ok((false, ours.clone()));
        }
        (true, Existing::Overwrite) => store::replace(results, study, layout, provenance)?,
        _ => store::create(results, study, layout, provenance)?,
    }
    Ok((true, ours.clone()))
}

/// What a results file is that could be opened.
enum Found {
    /// Of this study, which has this name in it, and of this version.
    AsItShouldBe { name: String },
    /// Of this study, but for the level of the intervals in its summary.
    OtherConfidence,
    /// To be made anew, with all that it holds, for this reason.
    Outdated(String),
}

/// Notes in the log file what people have been told already.
fn log(reason: &str, salvage: &Salvage) {
    tracing::info!(
        reason,
        units = salvage.units,
        lost_units = salvage.lost_units,
        lost_failures = salvage.lost_failures,
        lost_sessions = salvage.lost_sessions,
        "rebuilt the results file"
    );
}

/// What was done to a file that had to be made anew.
fn told(reason: &str, salvage: &Salvage) -> String {
    let counted = |count: u64, lost: u64, noun: &str| {
        let kept = quantity::counted(count, noun);
        match lost {
            0 => kept,
            lost => format!("{kept} (without {} damaged)", quantity::count(lost)),
        }
    };
    format!(
        "{reason}; rebuilt from the study, keeping {}, {} and {}",
        counted(salvage.units, salvage.lost_units, "unit"),
        counted(salvage.failures, salvage.lost_failures, "failure"),
        counted(salvage.sessions, salvage.lost_sessions, "run record"),
    )
}

/// The path without links, as far as it exists.
pub(super) fn resolve(path: &Path) -> PathBuf {
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
        None if !is_there(path)? => return Ok(()),
        None => {}
    }
    match existing {
        Existing::Refuse => Err(SessionError::Exists { path: path.to_owned() }),
        Existing::Resume => Ok(()),
        // Only results are ours to replace, broken ones included.
        Existing::Overwrite if store::is_ours(path)? => Ok(()),
        Existing::Overwrite => Err(SessionError::NotResults { path: path.to_owned() }),
    }
}

/// Whether there is something at a path: what the system doesn't let look at isn't nothing.
fn is_there(path: &Path) -> Result<bool, SessionError> {
    Ok(path.try_exists().map_err(|source| StoreError::Transfer {
        action: "looking at".to_owned(),
        path: path.to_owned(),
        source,
    })?)
}

fn compare(
    path: &Path,
    study: &Study,
    layout: &Layout,
    provenance: &Provenance,
    reuse_command: &str,
) -> Result<Found, SessionError> {
    let reader = Reader::open(path)?;
    let theirs = reader.resolved_study()?;
    let differences = study.resolved.differences(&theirs);
    let files = changed_inputs(&study.resolved.inputs, &theirs.inputs);
    if differences.is_empty() && !files.is_empty() {
        return Err(SessionError::InputsChanged {
            path: path.to_owned(),
            files,
        });
    }
    let recorded = study.resolved.recorded_differently(&theirs);
    if differences.is_empty() && !recorded.is_empty() {
        return Err(SessionError::RecordedDifferently {
            path: path.to_owned(),
            differences: recorded,
        });
    }
    if differences.is_empty() && !reader.layout().shape().fits(layout.shape()) {
        return Err(SessionError::OtherColumns { path: path.to_owned() });
    }
    if let (Some(found), Some(wanted)) = (reader.part(), provenance.part)
        && differences.is_empty()
        && found != wanted
    {
        return Err(SessionError::OtherPart {
            path: path.to_owned(),
            found,
            wanted,
        });
    }
    if differences.is_empty() {
        if reader.form() == Form::Packed || reader.has_packed_rows() {
            return Err(StoreError::Packed { path: path.to_owned() }.into());
        }
        if let Some(folder) = reader.missing_rows()? {
            let path = path.to_owned();
            return Err(StoreError::RowsMissing { path, folder }.into());
        }
        // Not part of a unit's result, but of the summary, and kept with the configuration in the file.
        let theirs_name = theirs.study.name;
        let (ours, theirs) = (study.resolved.statistics.confidence, theirs.statistics.confidence);
        let version = reader.layout().version();
        let file = path.display();
        return Ok(if reader.form() == Form::Rewritten {
            Found::Outdated(format!("{file} was written anew by another program"))
        } else if !version.is_continued() {
            Found::Outdated(format!("{file} has schema version {version}"))
        } else if ours.to_bits() != theirs.to_bits() {
            Found::OtherConfidence
        } else {
            Found::AsItShouldBe { name: theirs_name }
        });
    }
    let path = path.to_owned();
    let is_same = reuse::share_points(&study.resolved, study, &theirs, layout.has_recorded())?;
    Err(match is_same {
        true => SessionError::OtherSize {
            path,
            differences,
            command: reuse_command.to_owned(),
        },
        false => SessionError::StudyChanged { path, differences },
    })
}

/// Files that hold something else than they did: name, what it is here, what it was.
pub(super) fn changed_inputs(ours: &[InputRecord], theirs: &[InputRecord]) -> Vec<(String, String, String)> {
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
