//! The bytes of a results file: read and written at their places, each result looked at.
//!
//! HDF5 finds the places once, and does nothing else in a run. It keeps what it could not write, tries again when the file
//! is closed or the process ends, and through MPI-IO waits for the other ranks meanwhile; a plain write at a place says at
//! once whether it succeeded.

use super::extent::Extent;
use super::{StoreError, descriptor};
use crate::netcdf4::Slab;
use crate::netcdf4::hdf::Raw;
use std::collections::BTreeMap;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A results file open for its values.
#[derive(Debug)]
pub(super) struct ValueFile {
    path: PathBuf,
    file: File,
    /// Which file it is, whatever happens to its name.
    identity: (u64, u64),
    /// Datasets that aren't one contiguous piece, by path: HDF5 reads them.
    pieces: Mutex<BTreeMap<String, Arc<Raw>>>,
}

impl ValueFile {
    /// Opens a file for reading.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::with_options("read", path, OpenOptions::new().read(true))
    }

    /// Opens a file for reading and writing.
    pub fn open_to_write(path: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let values = Self::with_options("write to", path, &options)?;
        match flags_for_shared_pages(&values.file) {
            0 => Ok(values),
            flags => Self::with_options("write to", path, options.custom_flags(flags)),
        }
    }

    fn with_options(action: &'static str, path: &Path, options: &OpenOptions) -> Result<Self, StoreError> {
        let open = || -> io::Result<(File, Metadata)> {
            let file = options.open(path)?;
            let metadata = file.metadata()?;
            Ok((file, metadata))
        };
        let (file, metadata) = open().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::Missing { path: path.to_owned() },
            io::ErrorKind::IsADirectory => not_a_file(path),
            _ => StoreError::io(action, path, error),
        })?;
        if !metadata.is_file() {
            return Err(not_a_file(path));
        }
        Ok(Self {
            path: path.to_owned(),
            identity: identity(&metadata),
            file,
            pieces: Mutex::default(),
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length, bytes.
    pub fn length(&self) -> Result<u64, StoreError> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(|error| self.failed("looking at", error))?.len())
    }

    /// Has the elements of a dataset read by HDF5 from now on: they are in pieces, compressed perhaps.
    pub fn read_by_hdf5(&self, object: &str, dataset: Raw) {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.insert(object.to_owned(), Arc::new(dataset));
    }

    fn in_pieces(&self, object: &str) -> Option<Arc<Raw>> {
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        pieces.get(object).cloned()
    }

    /// Reads a run of elements.
    pub fn read(&self, action: &str, extent: &Extent, elements: Range<u64>) -> Result<Vec<u8>, StoreError> {
        if let Some(dataset) = self.in_pieces(&extent.object) {
            return read_pieces(&dataset, extent, elements)
                .map_err(|error| StoreError::hdf(format!("{action} {}", self.path.display()), &error));
        }
        let place = extent.bytes_of(elements);
        let mut bytes = vec![0; (place.end - place.start) as usize];
        match self.file.read_exact_at(&mut bytes, place.start) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(StoreError::Damaged {
                path: self.path.clone(),
                object: extent.object.clone(),
                found: format!("cut off: the file ends before byte {}", place.end),
                expected: "all of it".to_owned(),
            }),
            Err(error) => Err(self.failed(action, error)),
        }
    }

    /// Writes elements from the `first` on. What it has written is in the hands of the operating system: a kill of this
    /// process loses none of it.
    pub fn write(&self, action: &str, extent: &Extent, first: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let elements = bytes.len() as u64 / extent.element_bytes;
        assert_eq!(
            elements * extent.element_bytes,
            bytes.len() as u64,
            "whole elements of {}",
            extent.object
        );
        let place = extent.bytes_of(first..first + elements);
        (self.file.write_all_at(bytes, place.start)).map_err(|error| self.failed(action, error))
    }

    /// Brings everything that was written to the disk, and hears of what the operating system could not write.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.file.sync_all().map_err(|error| self.failed("syncing", error))
    }

    /// Opens the same file anew by its name.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        self.check_place()?;
        let again = Self::open_to_write(&self.path)?;
        if again.identity != self.identity {
            return Err(StoreError::Moved {
                path: self.path.clone(),
            });
        }
        std::mem::replace(self, again).close()
    }

    /// Makes sure that the file is still where it was opened.
    pub fn check_place(&self) -> Result<(), StoreError> {
        let here = self.file.metadata().map_err(|error| self.failed("looking at", error))?;
        match std::fs::metadata(&self.path) {
            Ok(there) if identity(&there) == self.identity && here.nlink() > 0 => Ok(()),
            Err(error) if !means_gone(&error) => Err(self.failed("looking at", error)),
            _ if here.nlink() == 0 => Err(StoreError::Removed {
                path: self.path.clone(),
            }),
            _ => Err(StoreError::Moved {
                path: self.path.clone(),
            }),
        }
    }

    /// Closes it, and hears of what only then fails.
    pub fn close(self) -> Result<(), StoreError> {
        let Self { path, file, .. } = self;
        descriptor::close(file).map_err(|source| StoreError::Transfer {
            action: "closing".to_owned(),
            path,
            source,
        })
    }

    fn failed(&self, action: &str, source: io::Error) -> StoreError {
        StoreError::Transfer {
            action: action.to_owned(),
            path: self.path.clone(),
            source,
        }
    }
}

/// Reads a run of elements through HDF5. An element can be an array of characters, along an axis more.
fn read_pieces(dataset: &Raw, extent: &Extent, elements: Range<u64>) -> hdf5::Result<Vec<u8>> {
    let place = extent.bytes_of(elements.clone());
    let mut bytes = vec![0; (place.end - place.start) as usize];
    let more = &dataset.shape()[extent.shape.len()..];
    let mut rest = bytes.as_mut_slice();
    for mut slab in Slab::of_run(&extent.shape, elements) {
        let (part, others) = rest.split_at_mut((slab.len() * extent.element_bytes) as usize);
        slab.start.extend(more.iter().map(|_| 0));
        slab.count.extend(more);
        dataset.read(&slab, part)?;
        rest = others;
    }
    Ok(bytes)
}

fn not_a_file(path: &Path) -> StoreError {
    StoreError::Foreign {
        path: path.to_owned(),
        reason: "it is not a file".to_owned(),
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Whether the answer about a path says that nothing is there, rather than that nobody can tell.
fn means_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::StaleNetworkFileHandle
    )
}

/// Linux's NFS client may send the whole of a page of which only some bytes were written; the others are what this host
/// saw last, and would undo what another host has written there since. It never does so for a file that is open for
/// synchronous writes.
#[cfg(target_os = "linux")]
fn flags_for_shared_pages(file: &File) -> i32 {
    match rustix::fs::fstatfs(file) {
        Ok(status) if status.f_type == rustix::fs::NFS_SUPER_MAGIC => rustix::fs::OFlags::DSYNC.bits() as i32,
        _ => 0,
    }
}

#[cfg(not(target_os = "linux"))]
fn flags_for_shared_pages(_file: &File) -> i32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn extent() -> Extent {
        Extent {
            object: "/units/seed".to_owned(),
            offset: 16,
            shape: vec![2, 3],
            element_bytes: 8,
        }
    }

    fn made() -> (tempfile::TempDir, ValueFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.h5");
        fs::write(&path, [7_u8; 64]).unwrap();
        let values = ValueFile::open_to_write(&path).unwrap();
        (folder, values)
    }

    #[test]
    fn elements_are_written_and_read_at_their_places() {
        let (folder, values) = made();
        values.write("writing", &extent(), 1, &[1; 16]).unwrap();
        let found = values.read("reading", &extent(), 0..4).unwrap();
        assert_eq!(found, [[7; 8], [1; 8], [1; 8], [7; 8]].concat());
        values.sync().unwrap();
        values.check_place().unwrap();
        values.close().unwrap();
        let bytes = fs::read(folder.path().join("r.h5")).unwrap();
        assert_eq!(bytes[..24], [7; 24]);
        assert_eq!((bytes[24..40].to_vec(), bytes.len()), (vec![1; 16], 64));
    }

    #[test]
    fn a_file_that_ends_too_early_is_damaged() {
        let (folder, values) = made();
        fs::write(folder.path().join("r.h5"), [0; 40]).unwrap();
        let cut = values.read("reading", &extent(), 0..6).unwrap_err();
        assert!(matches!(cut, StoreError::Damaged { .. }), "{cut}");
    }

    #[test]
    fn a_file_that_was_removed_moved_or_replaced_is_missed() {
        let (folder, values) = made();
        let (path, aside) = (folder.path().join("r.h5"), folder.path().join("aside.h5"));
        fs::rename(&path, &aside).unwrap();
        assert!(matches!(values.check_place(), Err(StoreError::Moved { .. })));
        fs::write(&path, "another").unwrap();
        assert!(matches!(values.check_place(), Err(StoreError::Moved { .. })));
        fs::rename(&aside, &path).unwrap();
        values.check_place().unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        let removed = values.check_place().unwrap_err();
        assert!(matches!(removed, StoreError::Removed { .. }), "{removed}");
        assert!(removed.to_string().contains("r.h5"), "{removed}");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let missing = ValueFile::open(&folder.path().join("no.h5"));
        assert!(matches!(missing, Err(StoreError::Missing { .. })));
        for open in [ValueFile::open, ValueFile::open_to_write] {
            assert!(matches!(open(folder.path()), Err(StoreError::Foreign { .. })));
        }
    }

    #[test]
    fn a_local_file_needs_no_synchronous_writes() {
        assert_eq!(flags_for_shared_pages(&tempfile::tempfile().unwrap()), 0);
    }
}
