//! One job at a time on a results file.

use super::StoreError;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Longest text of a holder that is read, bytes.
const MAX_HOLDER_BYTES: u64 = 4096;

/// The right to write a results file, held by one process for its job.
///
/// It is an advisory lock (`flock`) on `<results>.lock` beside the file. The kernel releases it when its holder dies,
/// however that happens, so a killed job leaves no stale lock; at most the small file stays, and doesn't matter. The
/// results file itself isn't locked: others may read it at any time.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// Holds the lock; closing it releases.
    _file: File,
}

impl Lock {
    /// Takes the lock of `results`, and leaves `owner` in it for others to read.
    ///
    /// Where the file system has no locks, the lock is granted and a warning is logged: two jobs on one file are
    /// then kept apart by nothing.
    ///
    /// # Errors
    /// If another job has it (its owner is named), or the folder can't be written.
    pub fn acquire(results: &Path, owner: &str) -> Result<Self, StoreError> {
        let path = beside(results);
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(|error| failure(results, &path, error))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let holder = holder_in(&mut file);
                    return Err(StoreError::Locked {
                        path: results.to_owned(),
                        holder,
                    });
                }
                Err(TryLockError::Error(error)) => {
                    tracing::warn!(path = %path.display(), %error, "the file system has no locks: make sure yourself that only one job writes these results");
                }
            }
            // The former holder may have removed the file between our opening and locking it: then we hold the lock
            // of a file that nobody else will find.
            if !is_same(&file, &path) {
                continue;
            }
            let written = file
                .set_len(0)
                .and_then(|()| file.write_all(owner.as_bytes()))
                .and_then(|()| file.flush());
            written.map_err(|error| failure(results, &path, error))?;
            return Ok(Self { path, _file: file });
        }
    }

    /// Who holds the lock of `results` now, in their own words; `None` if nobody does.
    #[must_use]
    pub fn holder(results: &Path) -> Option<String> {
        let mut file = File::open(beside(results)).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(holder_in(&mut file)),
            // Released at once when the file is closed.
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While the lock is still held, so that nobody's new file is removed. What can't be removed does no harm.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn beside(results: &Path) -> PathBuf {
    let mut name: OsString = results.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// The text that the holder left; it may be in the middle of writing it.
fn holder_in(file: &mut File) -> String {
    let mut bytes = Vec::new();
    let read = Read::by_ref(file).take(MAX_HOLDER_BYTES).read_to_end(&mut bytes);
    match read {
        Ok(length) if length > 0 => String::from_utf8_lossy(&bytes).into_owned(),
        _ => "a process that has just begun".to_owned(),
    }
}

fn is_same(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(ours), Ok(theirs)) => (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino()),
        _ => false,
    }
}

fn failure(results: &Path, lock: &Path, error: std::io::Error) -> StoreError {
    let folder = match results.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::MissingFolder { folder },
        std::io::ErrorKind::NotADirectory => StoreError::NotAFolder { folder },
        _ => StoreError::io("write to", lock, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_no_trace_after() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("results.h5");
        assert_eq!(Lock::holder(&results), None);
        let lock = Lock::acquire(&results, "process 7 on here").unwrap();
        assert_eq!(Lock::holder(&results).as_deref(), Some("process 7 on here"));
        let refused = Lock::acquire(&results, "process 8").unwrap_err();
        assert!(refused.is_user_mistake());
        assert!(refused.to_string().contains("process 7 on here"), "{refused}");
        drop(lock);
        assert_eq!(Lock::holder(&results), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        drop(Lock::acquire(&results, "process 8").unwrap());
    }

    #[test]
    fn what_a_killed_job_left_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("results.h5");
        std::fs::write(
            folder.path().join("results.h5.lock"),
            "a much longer text than the next one",
        )
        .unwrap();
        let _lock = Lock::acquire(&results, "me").unwrap();
        assert_eq!(Lock::holder(&results).as_deref(), Some("me"));
    }

    #[test]
    fn threads_that_race_never_hold_it_together() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("results.h5");
        let inside = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        if let Ok(lock) = Lock::acquire(&results, "one of four") {
                            assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                            inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                            drop(lock);
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = Lock::acquire(Path::new("/nonexistent/results.h5"), "me").unwrap_err();
        assert!(error.to_string().contains("/nonexistent"), "{error}");
    }
}
