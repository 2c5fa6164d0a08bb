//! Packing results: a new file, in pieces and compressed, with the rows of tables in it.
//!
//! It holds the same datasets with the same values, so it has the same digest, and every checksum holds. It is written through
//! HDF5, which keeps quiet about what it couldn't write; so nothing of it counts until all has been read back and compared, and
//! only then it has its name. It is sealed as a whole, since no byte of it ever changes.

mod comparing;
mod datasets;
mod rows;
mod writing;

use super::seal;
use super::{Form, Layout, Reader, SchemaVersion, StoreError, verify};
use crate::netcdf4::{self, NewFile};
use std::fs;
use std::path::Path;

/// How the pieces of a packed file are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Deflate (zlib), which every HDF5 reads.
    Deflate,
    /// Zstandard, for which others need a plug-in of HDF5.
    Zstd,
}

/// How to pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackOptions {
    /// How to compress.
    pub compression: Compression,
    /// How hard: 1 to 9 for deflate, 1 to 19 for Zstandard.
    pub level: u8,
    /// Whether to take results that aren't finished.
    pub partial: bool,
    /// Whether to replace a file that is there.
    pub replace: bool,
}

/// What was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Bytes of the results and the rows beside them.
    pub bytes_before: u64,
    /// Bytes of the packed file.
    pub bytes: u64,
    /// Bytes of the rows beside the results.
    pub row_bytes_before: u64,
    /// Rows of all tables.
    pub rows: u64,
}

/// Hears how many bytes have been dealt with, of how many; says whether to go on.
pub type PackProgress<'a> = dyn FnMut(u64, u64) -> bool + 'a;

/// Makes a packed file at `target` of open results. On an error nothing is left there, and what was there stays.
///
/// # Errors
/// If the results aren't finished or don't hold, the place is taken, or the file system refuses.
pub fn pack(
    reader: &Reader,
    target: &Path,
    options: &PackOptions,
    progress: &mut PackProgress<'_>,
) -> Result<Packed, StoreError> {
    if !options.replace && fs::symlink_metadata(target).is_ok() {
        return Err(StoreError::Exists {
            path: target.to_owned(),
        });
    }
    check(reader, options)?;
    if options.compression == Compression::Zstd {
        netcdf4::register_zstd();
    }
    let layout = Layout::of_version(reader.layout().shape().clone(), SchemaVersion::CURRENT);
    let new = NewFile::begin(target)?;
    let mut work = Work::of(reader, &layout, target, progress);
    let (place, rows) = writing::write(reader, &layout, new.temporary(), options, &mut work)?;
    seal::affix(&new, Vec::new(), &place, reader.configuration_hash())?;
    // From the disk if the system lets go of its copy; this is no more than a request.
    let _ = rustix::fs::fadvise(new.file(), 0, None, rustix::fs::Advice::DontNeed);
    comparing::compare(reader, new.temporary(), target, &mut work)?;
    let bytes = new
        .file()
        .metadata()
        .map_err(|error| StoreError::io("looking at", target, error))?
        .len();
    let row_bytes_before = super::row_parts::bytes(reader.table().values.path());
    let own = reader.table().values.length()?;
    new.finish(options.replace)?;
    Ok(Packed {
        bytes_before: own + row_bytes_before,
        bytes,
        row_bytes_before,
        rows,
    })
}

/// Refuses what can't be packed.
fn check(reader: &Reader, options: &PackOptions) -> Result<(), StoreError> {
    let path = reader.table().values.path();
    let refused = |reason: String, hint| {
        Err(StoreError::NotPackable {
            path: path.to_owned(),
            reason,
            hint,
        })
    };
    if !reader.layout().version().is_sealed() {
        let hint = "`sweep STUDY -o FILE --resume` brings it into the present form first";
        return refused(format!("it has schema version {}", reader.layout().version()), hint);
    }
    if !reader.finished()? && !options.partial {
        let hint =
            "`sweep STUDY -o FILE --resume` finishes it; --partial packs what is there, which is never continued";
        return refused("it isn't finished".to_owned(), hint);
    }
    let report = verify::verify_open(reader, &mut |_| {})?;
    if !report.is_sound() {
        let hint = "`verify` says what is damaged, `sweep STUDY -o FILE --resume` mends it";
        return refused("it is damaged".to_owned(), hint);
    }
    Ok(())
}

/// How far packing is.
struct Work<'a> {
    target: &'a Path,
    done: u64,
    total: u64,
    progress: &'a mut PackProgress<'a>,
}

impl<'a> Work<'a> {
    /// Everything is written once, and compared once.
    fn of(reader: &Reader, layout: &Layout, target: &'a Path, progress: &'a mut PackProgress<'a>) -> Self {
        let groups = layout.groups().iter();
        let values: u64 = groups
            .flat_map(|group| {
                let variables = group.variables.iter();
                variables.map(|variable| group.shape_of(variable).iter().product::<u64>() * variable.stored.bytes())
            })
            .sum();
        let rows = match reader.form() {
            Form::Packed => 0,
            _ => super::row_parts::bytes(reader.table().values.path()),
        };
        Self {
            target,
            done: 0,
            total: 2 * (values + rows),
            progress,
        }
    }

    /// So many bytes more.
    fn add(&mut self, bytes: u64) -> Result<(), StoreError> {
        self.done = (self.done + bytes).min(self.total);
        match (self.progress)(self.done, self.total) {
            true => Ok(()),
            false => Err(StoreError::PackingStopped {
                path: self.target.to_owned(),
            }),
        }
    }
}
