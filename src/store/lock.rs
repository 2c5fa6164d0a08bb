//! One writer at a time: a lock beside the results file.

use super::StoreError;
use crate::netcdf4::FileError;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest text of a holder that is shown, bytes.
const HOLDER_BYTES: u64 = 1024;

/// How often a lock that is held is tried again, and the time between.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The right to write a results file: an advisory lock (`flock`) on `<results>.lock`, which names its holder. It ends
/// with the process, however that ends; the file is removed when the lock is dropped.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
    unguarded: Option<String>,
}

impl Lock {
    /// Takes the lock of a results file. `holder` tells others who has it. Where the file system has no locks, the lock is
    /// granted, but [`Self::unguarded`].
    ///
    /// # Errors
    /// [`StoreError::Locked`] with the holder's text if somebody has it, and what the folder refuses.
    pub fn acquire(results: &Path, holder: &str) -> Result<Self, StoreError> {
        let path = beside(results);
        let mut patience = LOOKS;
        loop {
            let mut unguarded = None;
            let mut file = (fs::OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false))
            .open(&path)
            .map_err(|error| open_error(&path, error))?;
            match file.try_lock() {
                Ok(()) => {}
                // Perhaps somebody only looks who holds it ([`Self::holder`]).
                Err(TryLockError::WouldBlock) if patience > 0 => {
                    patience -= 1;
                    std::thread::sleep(BETWEEN_LOOKS);
                    continue;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::Locked {
                        path: results.to_owned(),
                        holder: read_holder(&mut file),
                    });
                }
                Err(TryLockError::Error(error)) => unguarded = Some(error.to_string()),
            }
            // Its last holder may have removed the file between our opening and locking it: then it guards nothing.
            if !is_at(&file, &path) {
                continue;
            }
            let write = |file: &mut File| -> io::Result<()> {
                file.set_len(0)?;
                file.write_all(holder.as_bytes())?;
                file.flush()
            };
            // From here on dropping it removes the file.
            let mut lock = Self { path, file, unguarded };
            write(&mut lock.file).map_err(|error| StoreError::io("write to", &lock.path, error))?;
            return Ok(lock);
        }
    }

    /// The lock file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why the lock guards nothing, if the file system has no locks.
    #[must_use]
    pub fn unguarded(&self) -> Option<&str> {
        self.unguarded.as_deref()
    }

    /// Who holds the lock of `results` now, in their own words; `None` if nobody does.
    #[must_use]
    pub fn holder(results: &Path) -> Option<String> {
        let mut file = File::open(beside(results)).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read_holder(&mut file)),
            // Let go at once, when the file is closed.
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }
}

fn beside(results: &Path) -> PathBuf {
    let mut name = results.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Remove first, then let go (by closing): whoever waits finds another inode under the name and looks again.
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open_error(path: &Path, error: io::Error) -> FileError {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match error.kind() {
        // `/proc` and the like answer so to the making of a file.
        io::ErrorKind::NotFound if folder.is_dir() => FileError::NotWritable {
            folder: folder.to_owned(),
        },
        io::ErrorKind::NotFound => FileError::MissingFolder {
            folder: folder.to_owned(),
        },
        io::ErrorKind::NotADirectory => FileError::NotAFolder {
            folder: folder.to_owned(),
        },
        _ => FileError::io("write to", path, error),
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

fn read_holder(file: &mut File) -> String {
    let mut bytes = Vec::new();
    let read = file
        .rewind()
        .and_then(|()| file.take(HOLDER_BYTES).read_to_end(&mut bytes));
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    match read {
        Ok(_) if !text.is_empty() => text,
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_and_told_who() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("r.h5");
        let first = Lock::acquire(&results, "the first").unwrap();
        let refused = Lock::acquire(&results, "the second").unwrap_err();
        assert!(refused.to_string().contains("the first"), "{refused}");
        drop(first);
        assert!(!folder.path().join("r.h5.lock").exists());
        drop(Lock::acquire(&results, "a later, shorter").unwrap());
    }

    #[test]
    fn what_a_dead_process_left_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("r.h5.lock"), "a dead process with a long name").unwrap();
        let _lock = Lock::acquire(&folder.path().join("r.h5"), "me").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("r.h5.lock")).unwrap(), "me");
    }

    #[test]
    fn many_at_once_are_one_after_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("r.h5");
        let holders = std::sync::atomic::AtomicU32::new(0);
        let order = std::sync::atomic::Ordering::SeqCst;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        if let Ok(lock) = Lock::acquire(&results, "one of four") {
                            assert_eq!(holders.fetch_add(1, order), 0, "two hold the lock");
                            std::thread::yield_now();
                            holders.fetch_sub(1, order);
                            drop(lock);
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn a_folder_that_takes_no_files_is_not_called_missing() {
        let refused = Lock::acquire(Path::new("/proc/results.h5"), "me");
        assert!(
            matches!(refused, Err(StoreError::File(FileError::NotWritable { .. }))),
            "{refused:?}"
        );
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Lock::acquire(&folder.path().join("no/r.h5"), "me");
        assert!(
            matches!(refused, Err(StoreError::File(FileError::MissingFolder { .. }))),
            "{refused:?}"
        );
    }
}
