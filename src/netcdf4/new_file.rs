//! A file that appears under its name whole, or not at all.

use super::FileError;
use rustix::fs::RenameFlags;
use rustix::io::Errno;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file in the making, beside its place and under a temporary name. It is locked while its maker lives, and removed
/// when dropped before it has its name.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    folder: PathBuf,
    temporary: PathBuf,
    file: File,
}

impl NewFile {
    /// Begins an empty file that is to become `path`. What a dead process left half-made at that place is removed.
    ///
    /// # Errors
    /// If the folder is not there, is none, or takes no files.
    pub fn begin(path: &Path) -> Result<Self, FileError> {
        let folder = folder_of(path)?;
        let prefix = Self::temporary_prefix(path);
        remove_stale(&folder, &prefix);
        let temporary = folder.join(format!("{prefix}{}", uuid::Uuid::now_v7()));
        let file = (fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o666))
        .open(&temporary)
        .map_err(|error| FileError::io("write to", &folder, error))?;
        // Where the file system has no locks, nobody takes the file for stale either.
        let _ = file.try_lock();
        Ok(Self {
            path: path.to_owned(),
            folder,
            temporary,
            file,
        })
    }

    /// How temporary names of files begin that are to become `path`.
    #[must_use]
    pub fn temporary_prefix(path: &Path) -> String {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!(".{name}.creating-")
    }

    /// The name that it is to have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is until it has its name.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// The folder that it is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The open file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Brings all of it to the disk and gives it its name, in one step. A file of that name is replaced only if
    /// `replace` says so.
    ///
    /// # Errors
    /// If the name is taken, or the file system refuses; the new file is removed then.
    pub fn finish(self, replace: bool) -> Result<(), FileError> {
        let io = |action, source| FileError::io(action, &self.path, source);
        self.file.sync_all().map_err(|error| io("syncing", error))?;
        let renamed = if replace {
            fs::rename(&self.temporary, &self.path)
        } else {
            rename_to_free_name(&self.temporary, &self.path)
        };
        renamed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists {
                path: self.path.clone(),
            },
            _ => io("naming", error),
        })?;
        // Without this a power failure could forget the name.
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| io("syncing the folder of", error))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After the rename the path is gone; a failure leaves a file that the next creation removes.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// The folder of a file, checked.
fn folder_of(path: &Path) -> Result<PathBuf, FileError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    match fs::metadata(&folder) {
        Ok(metadata) if metadata.is_dir() => Ok(folder),
        Ok(_) => Err(FileError::NotAFolder { folder }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(FileError::MissingFolder { folder }),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(FileError::NotAFolder { folder }),
        Err(error) => Err(FileError::io("read", folder, error)),
    }
}

/// Removes files that a dead process left half-made: those that nobody holds locked. Best effort.
fn remove_stale(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else { continue };
        match file.try_lock() {
            Ok(()) => drop(fs::remove_file(entry.path())),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
        }
    }
}

/// Renames; where the file system can't refuse to replace in the same step, looks first.
fn rename_to_free_name(from: &Path, to: &Path) -> io::Result<()> {
    let here = rustix::fs::CWD;
    match rustix::fs::renameat_with(here, from, here, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if fs::symlink_metadata(to).is_ok() => {
            Err(io::ErrorKind::AlreadyExists.into())
        }
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => fs::rename(from, to),
        result => Ok(result?),
    }
}

/// Bytes that an ordinary user may still write below `folder`.
///
/// # Errors
/// If the file system doesn't say.
pub fn free_bytes(folder: &Path) -> Result<u64, FileError> {
    let status = rustix::fs::statvfs(folder)
        .map_err(|error| FileError::io("asking for the free space of", folder, error.into()))?;
    Ok(status.f_bavail.saturating_mul(status.f_frsize))
}
