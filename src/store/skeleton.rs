//! A new results file in memory: its structure as HDF5 writes it, nothing where values will be.

use super::create::Provenance;
use super::extent::Extent;
use super::fill;
use super::layout::Layout;
use super::seal::{self, Place};
use super::{StoreError, Subject};
use crate::sweep::Dimension;
use rustix::fs::SeekFrom;
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Everything of a new file that HDF5 has to write, in a file that has no disk under it.
///
/// HDF5 makes nothing of a write that fails when it closes a dataset or a file. Here none can fail but for want of memory;
/// the way to the disk is the caller's, who looks at every answer. The file is as long as the results will be, but occupies
/// only what was written: structure and texts.
pub(super) struct Skeleton {
    memory: Memory,
    /// Where each dataset is: per group, in the order of the layout.
    pub places: Vec<Vec<Extent>>,
    /// Where the seal is to be.
    pub seal: Place,
    /// Length of the whole file, bytes.
    pub length: u64,
}

impl Skeleton {
    /// Makes the structure for a study.
    pub fn new(
        study: &impl Subject,
        layout: &Layout,
        dimensions: &[Dimension],
        provenance: &Provenance,
    ) -> Result<Self, StoreError> {
        let memory = Memory::new().map_err(no_memory)?;
        let (places, seal) = fill::write_structure(&memory.path, study, layout, dimensions, provenance)?;
        let length = memory.file.metadata().map_err(no_memory)?.len();
        Ok(Self {
            memory,
            places,
            seal,
            length,
        })
    }

    /// The places of all datasets, and what becomes of them.
    pub fn sealed_places(&self, layout: &Layout) -> Vec<Place> {
        seal::places(layout, &self.places)
    }

    /// The runs of bytes that were written, in order; whatever lies outside is zero.
    pub fn written(&self) -> Result<Vec<Range<u64>>, StoreError> {
        let seek = |to| match rustix::fs::seek(&self.memory.file, to) {
            Ok(place) => Ok(Some(place)),
            // Nothing more behind this place.
            Err(Errno::NXIO) => Ok(None),
            Err(error) => Err(no_memory(error.into())),
        };
        let mut runs = Vec::new();
        let mut next = 0;
        while let Some(start) = seek(SeekFrom::Data(next))? {
            next = seek(SeekFrom::Hole(start))?.unwrap_or(self.length);
            runs.push(start..next);
        }
        Ok(runs)
    }

    /// Reads a run of bytes.
    pub fn read(&self, bytes: &mut [u8], place: u64) -> Result<(), StoreError> {
        (self.memory.file.read_exact_at(bytes, place)).map_err(no_memory)
    }
}

fn no_memory(source: io::Error) -> StoreError {
    StoreError::io("making the structure of the results in", "memory", source)
}

/// A file that HDF5 can open by a path, and that is gone with its last descriptor.
struct Memory {
    path: PathBuf,
    file: File,
    /// Where the system has no files in memory: a file in the folder for temporary ones, removed when dropped.
    _named: Option<Named>,
}

impl Memory {
    fn new() -> io::Result<Self> {
        Self::in_memory().or_else(|_| Self::named())
    }

    #[cfg(target_os = "linux")]
    fn in_memory() -> io::Result<Self> {
        use rustix::fs::{MemfdFlags, memfd_create};
        use std::os::fd::AsRawFd;
        let file = File::from(memfd_create("results", MemfdFlags::CLOEXEC)?);
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        // Without /proc there is no path to it.
        File::open(&path)?;
        Ok(Self {
            path,
            file,
            _named: None,
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn in_memory() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn named() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("plume-nav-sim-{}", uuid::Uuid::now_v7()));
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        Ok(Self {
            _named: Some(Named(path.clone())),
            path,
            file,
        })
    }
}

struct Named(PathBuf);

impl Drop for Named {
    fn drop(&mut self) {
        // In the folder for what may be removed at any time.
        let _ = std::fs::remove_file(Path::new(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hdf5_makes_a_sparse_file_wherever_it_is() {
        let named = Memory::named().unwrap();
        let place = named.path.clone();
        assert!(place.exists());
        for memory in [Memory::in_memory().unwrap_or_else(|_| Memory::named().unwrap()), named] {
            let mut builder = hdf5::File::with_options();
            builder.with_fapl(|access| access.stdio().file_locking(false));
            let file = builder.create(&memory.path).unwrap();
            let dataset = (file.new_dataset_builder())
                .with_dcpl(|creation| {
                    creation
                        .alloc_time(Some(hdf5::dataset::AllocTime::Early))
                        .fill_time(hdf5::dataset::FillTime::Never)
                })
                .empty::<u64>()
                .shape(1_usize << 30)
                .create("large")
                .unwrap();
            let offset = dataset.offset().unwrap();
            drop(dataset);
            file.close().unwrap();
            let skeleton = Skeleton {
                length: memory.file.metadata().unwrap().len(),
                memory,
                places: Vec::new(),
                seal: Place {
                    path: "/provenance/seal".to_owned(),
                    offset: 0,
                    bytes: 0,
                    role: seal::Role::Structure,
                },
            };
            assert!(skeleton.length >= offset + (8 << 30));
            let written = skeleton.written().unwrap();
            let bytes: u64 = written.iter().map(|run| run.end - run.start).sum();
            assert!(written[0].start == 0 && bytes < 1 << 20, "{written:?}");
            let mut start = [0; 8];
            skeleton.read(&mut start, 0).unwrap();
            assert_eq!(&start, b"\x89HDF\r\n\x1a\n");
        }
        assert!(!place.exists(), "it is removed");
    }
}
