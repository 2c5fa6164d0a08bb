//! Making a results file: under a temporary name, whole, and only then under its own.

use super::layout::Layout;
use super::{GIT_REVISION, SOFTWARE_VERSION, StoreError, Subject, fill, hdf5_version};
use rustix::fs::{FallocateFlags, RenameFlags};
use rustix::io::Errno;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Free space that is left to others, bytes: beside the results there are logs and reports.
const SPACE_MARGIN_BYTES: u64 = 16 << 20;

/// How a results file came to be. Kept in the file, left out of the digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Correlation id of the run that makes the file.
    pub correlation_id: String,
    /// Time of creation, RFC 3339.
    pub created: String,
    /// Host that makes the file.
    pub host: String,
    /// Libraries and their versions.
    pub libraries: Vec<(String, String)>,
}

impl Provenance {
    /// Now, here, by the run with this correlation id. The caller adds its libraries (MPI).
    #[must_use]
    pub fn here(correlation_id: &str) -> Self {
        Self {
            correlation_id: correlation_id.to_owned(),
            created: jiff::Timestamp::now().to_string(),
            host: hostname::get().map_or_else(|_| "unknown".to_owned(), |host| host.to_string_lossy().into_owned()),
            libraries: vec![("hdf5".to_owned(), hdf5_version())],
        }
    }

    /// Attributes of `/provenance`.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let mut attributes = vec![
            ("correlation_id".to_owned(), self.correlation_id.clone()),
            ("created".to_owned(), self.created.clone()),
            ("host".to_owned(), self.host.clone()),
            ("software_version".to_owned(), SOFTWARE_VERSION.to_owned()),
            ("git_revision".to_owned(), GIT_REVISION.to_owned()),
        ];
        attributes.extend(
            self.libraries
                .iter()
                .map(|(name, version)| (format!("library_{name}"), version.clone())),
        );
        attributes
    }
}

/// Makes the results file of a study. On return it is complete, on disk, and under its name; on an error nothing is
/// there. One process alone may call this for a path; hold the [`super::Lock`].
///
/// # Errors
/// If there is a file already, the study doesn't fit the format, the space doesn't suffice, or the folder or file
/// system refuses.
pub fn create(path: &Path, study: &impl Subject, layout: &Layout, provenance: &Provenance) -> Result<(), StoreError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(StoreError::Exists { path: path.to_owned() });
    }
    make(path, study, layout, provenance, RenameFlags::NOREPLACE)
}

/// Like [`create`], but takes the place of a file that is there, at one instant: until then the old one stays.
///
/// # Errors
/// As for [`create`].
pub fn replace(path: &Path, study: &impl Subject, layout: &Layout, provenance: &Provenance) -> Result<(), StoreError> {
    make(path, study, layout, provenance, RenameFlags::empty())
}

fn make(
    path: &Path,
    study: &impl Subject,
    layout: &Layout,
    provenance: &Provenance,
    rename: RenameFlags,
) -> Result<(), StoreError> {
    layout.shape().check()?;
    let folder = folder_of(path)?;
    remove_stale(&folder, path);
    check_space(&folder, layout.file_bytes())?;
    let temporary = Temporary::new(&folder, path)?;
    fill::write_file(&temporary.path, study, layout, provenance)?;
    reserve(&temporary)?;
    let io = |action, source| StoreError::io(action, path, source);
    rename_to(&temporary.path, path, rename).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::Exists { path: path.to_owned() },
        _ => io("naming", error),
    })?;
    // Without this a power failure could forget the name.
    File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| io("syncing the folder of", error))
}

/// The folder of the results file, checked.
fn folder_of(path: &Path) -> Result<PathBuf, StoreError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    match fs::metadata(&folder) {
        Ok(metadata) if metadata.is_dir() => Ok(folder),
        Ok(_) => Err(StoreError::NotAFolder { folder }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::MissingFolder { folder }),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(StoreError::NotAFolder { folder }),
        Err(error) => Err(StoreError::io("read", folder, error)),
    }
}

/// Refuses a file that would not fit. The margin is for what the prediction may miss and for everybody else.
fn check_space(folder: &Path, planned_bytes: u64) -> Result<(), StoreError> {
    let margin_bytes = SPACE_MARGIN_BYTES.saturating_add(planned_bytes / 100);
    let available_bytes = free_bytes(folder)?;
    if available_bytes < planned_bytes.saturating_add(margin_bytes) {
        return Err(StoreError::NoSpace {
            folder: folder.to_owned(),
            file_bytes: planned_bytes,
            margin_bytes,
            available_bytes,
        });
    }
    Ok(())
}

/// Bytes that an ordinary user may still write below `folder`.
///
/// # Errors
/// If the file system doesn't say.
pub fn free_bytes(folder: &Path) -> Result<u64, StoreError> {
    let status = rustix::fs::statvfs(folder)
        .map_err(|error| StoreError::io("asking for the free space of", folder, error.into()))?;
    Ok(status.f_bavail.saturating_mul(status.f_frsize))
}

fn temporary_prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.creating-")
}

/// A file in the making. It is locked while its maker lives, and removed when dropped before it has its name.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn new(folder: &Path, path: &Path) -> Result<Self, StoreError> {
        let name = format!("{}{}", temporary_prefix(path), uuid::Uuid::now_v7());
        let temporary = folder.join(name);
        let file = (fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o666))
        .open(&temporary)
        .map_err(|error| StoreError::io("write to", folder, error))?;
        // Where the file system has no locks, nobody takes the file for stale either.
        let _ = file.try_lock();
        Ok(Self { path: temporary, file })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename the path is gone; a failure leaves a file that the next creation removes.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes files that a dead process left half-made: those that nobody holds locked. Best effort.
fn remove_stale(folder: &Path, path: &Path) {
    let prefix = temporary_prefix(path);
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix));
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

/// Gives the file its blocks now, so that a full disk shows here and not in the middle of the run, and brings all of
/// it to the disk.
fn reserve(temporary: &Temporary) -> Result<(), StoreError> {
    let io = |action, source| StoreError::io(action, &temporary.path, source);
    let bytes = temporary
        .file
        .metadata()
        .map_err(|error| io("looking at", error))?
        .size();
    match rustix::fs::fallocate(&temporary.file, FallocateFlags::empty(), 0, bytes) {
        Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {}
        Err(Errno::NOSPC | Errno::DQUOT) => {
            let folder = temporary.path.parent().unwrap_or(Path::new(".")).to_owned();
            return Err(StoreError::NoSpace {
                available_bytes: free_bytes(&folder)?,
                file_bytes: bytes,
                margin_bytes: 0,
                folder,
            });
        }
        Err(error) => return Err(io("reserving the space of", error.into())),
    }
    temporary.file.sync_all().map_err(|error| io("syncing", error))
}

/// Renames; where the file system can't refuse to replace in the same step, looks first.
fn rename_to(from: &Path, to: &Path, flags: RenameFlags) -> io::Result<()> {
    if flags.is_empty() {
        return fs::rename(from, to);
    }
    let here = rustix::fs::CWD;
    match rustix::fs::renameat_with(here, from, here, to, flags) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if fs::symlink_metadata(to).is_ok() => {
            Err(io::ErrorKind::AlreadyExists.into())
        }
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => fs::rename(from, to),
        result => Ok(result?),
    }
}
