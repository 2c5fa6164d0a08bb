//! Bytes of a file, read at explicit places.

use super::statistics::Counters;
use hdf5_reader::error::Error;
use hdf5_reader::{Storage, StorageBuffer};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A file that is read by `pread`: any thread, no shared position, no memory map. (A map of a file that another program
/// cuts short kills the process with SIGBUS; here the read fails.)
#[derive(Debug)]
pub(super) struct PositionalFile {
    file: File,
    length: u64,
    range_highest: usize,
    counters: Arc<Counters>,
}

impl PositionalFile {
    /// Opens `path`, a regular file.
    pub(super) fn open(path: &Path, counters: Arc<Counters>) -> io::Result<Self> {
        // Opening a pipe or a device could wait for ever.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it isn't a regular file"));
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self {
            file,
            length,
            range_highest: usize::try_from(max_claim(length)).unwrap_or(usize::MAX),
            counters,
        })
    }

    fn read_exact(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        #[cfg(unix)]
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)?;
        #[cfg(windows)]
        {
            let mut done = 0;
            while done < buffer.len() {
                let place = offset + done as u64;
                match std::os::windows::fs::FileExt::seek_read(&self.file, &mut buffer[done..], place)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => done += count,
                }
            }
        }
        self.counters.read(buffer.len());
        Ok(())
    }
}

/// Most bytes that one piece (a frame, a chunk, an axis) of a file of `length` bytes may take in memory. Deflate packs
/// at most 1032 : 1, so a small file can't rightly claim a large frame.
pub(super) fn max_claim(length: u64) -> u64 {
    const MAX_PIECE_BYTES: u64 = 256 << 20;
    length.saturating_mul(1032).saturating_add(1 << 16).min(MAX_PIECE_BYTES)
}

impl Storage for PositionalFile {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_range(&self, offset: u64, len: usize) -> Result<StorageBuffer, Error> {
        let needed = len as u64;
        if offset.checked_add(needed).is_none_or(|end| end > self.length) {
            return Err(Error::UnexpectedEof {
                offset,
                needed,
                available: self.length.saturating_sub(offset),
            });
        }
        if len > self.range_highest {
            return Err(Error::ResourceLimit(format!("{len} bytes in one piece")));
        }
        let mut buffer = vec![0; len];
        self.read_exact(&mut buffer, offset)?;
        Ok(StorageBuffer::from_vec(buffer))
    }
}
