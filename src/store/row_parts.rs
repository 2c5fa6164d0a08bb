//! The files of rows beside the results: their folder, and the one that this rank writes.

use super::beside;
use super::checksum::Checksum;
use super::row_files::{Expected, RowFiles};
use super::row_writer::RowWriter;
use super::{Layout, StoreError, row_format};
use crate::results::{Counter, CounterValue, RowBlock, RowPlace, RowSink, SavedState};
use crate::sweep::UnitIndex;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The folder of the rows of a results file.
#[must_use]
pub fn folder_of(results: &Path) -> PathBuf {
    beside::folder(results, "tables")
}

/// Bytes of all files of rows of a results file; as far as that can be told.
pub(super) fn bytes(results: &Path) -> u64 {
    let entries = fs::read_dir(folder_of(results)).into_iter().flatten().flatten();
    (entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("part-")))
        .filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .sum()
}

/// The file of a part.
pub(super) fn path_of(folder: &Path, part: u32) -> PathBuf {
    folder.join(format!("part-{part:06}"))
}

/// The numbers of the parts in a folder; none if it isn't there.
fn parts_in(folder: &Path) -> Result<BTreeSet<u32>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(StoreError::io("read", folder, error)),
    };
    let number = |entry: io::Result<fs::DirEntry>| {
        let name = entry.ok()?.file_name();
        name.to_str()?.strip_prefix("part-")?.parse::<u32>().ok()
    };
    Ok(entries.filter_map(number).collect())
}

/// Refuses a folder with rows of results that aren't there: they would be mixed with the new ones.
pub(super) fn check_free(results: &Path) -> Result<(), StoreError> {
    let folder = folder_of(results);
    match parts_in(&folder)?.is_empty() {
        true => Ok(()),
        false => Err(StoreError::RowsLeft { folder }),
    }
}

/// Removes the parts that are not `used`, and the folder if nothing is left in it.
pub(super) fn remove_unused(results: &Path, used: &BTreeSet<u32>) -> Result<(), StoreError> {
    remove_from(&folder_of(results), used)
}

/// [`remove_unused`] from a folder.
pub(super) fn remove_from(folder: &Path, used: &BTreeSet<u32>) -> Result<(), StoreError> {
    for part in parts_in(folder)?.difference(used) {
        let path = path_of(folder, *part);
        fs::remove_file(&path).map_err(|error| StoreError::io("remove", &path, error))?;
    }
    if used.is_empty() {
        // It isn't there, or holds what isn't ours.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

/// The file that this rank writes. It is begun with the first block, under a number that no other rank or session has.
struct Part {
    number: u32,
    path: PathBuf,
    file: File,
    writer: RowWriter,
    end: AtomicU64,
}

impl Part {
    fn begin(folder: &Path, head: &[u8], bound_bytes: usize) -> Result<Self, StoreError> {
        fs::create_dir_all(folder).map_err(|error| StoreError::io("make", folder, error))?;
        let mut number = parts_in(folder)?.last().map_or(1, |last| last + 1);
        loop {
            let path = path_of(folder, number);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    let io = |error| StoreError::io("write to", &path, error);
                    file.write_all_at(head, 0).map_err(io)?;
                    let writer = file.try_clone().and_then(|file| RowWriter::start(file, bound_bytes));
                    return Ok(Self {
                        writer: writer.map_err(io)?,
                        number,
                        path,
                        file,
                        end: AtomicU64::new(head.len() as u64),
                    });
                }
                // Another rank was quicker.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(StoreError::io("make", path, error)),
            }
        }
    }
}

/// Takes the rows of this rank's units, block by block, from all its compute threads.
///
/// A block has its place in the file at once, and is written by the rank's [`RowWriter`]. A file system that can't keep up slows the
/// simulation only when the memory for blocks is full.
pub(super) struct RowParts {
    folder: PathBuf,
    head: Vec<u8>,
    /// Checksum of the configuration: the start of each block's.
    start: u32,
    /// What sessions before have written.
    files: RowFiles,
    part: OnceLock<Part>,
    /// Held while the part is begun.
    beginning: Mutex<()>,
    error: Mutex<Option<StoreError>>,
    failed: AtomicBool,
    /// Bytes of blocks that may be under way.
    bound_bytes: AtomicUsize,
    rows: AtomicU64,
    bytes: AtomicU64,
}

/// Bytes of blocks under way, where nobody says how many.
const BOUND_BYTES: usize = 32 << 20;

impl RowParts {
    /// Where the units of a layout put their rows; `None` if they have none.
    pub fn of(layout: &Layout, results: &Path, configuration_hash: &[u8; 32]) -> Option<Self> {
        let tables = &layout.shape().features.tables;
        let start = Checksum::new(configuration_hash).start();
        let files = RowFiles::of(layout, results, start)?;
        Some(Self {
            files,
            folder: folder_of(results),
            head: row_format::head(configuration_hash, tables),
            start,
            part: OnceLock::new(),
            beginning: Mutex::new(()),
            error: Mutex::new(None),
            failed: AtomicBool::new(false),
            bound_bytes: AtomicUsize::new(BOUND_BYTES),
            rows: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// Says how many bytes of blocks may be under way.
    pub fn set_bound(&self, bound_bytes: usize) {
        self.bound_bytes.store(bound_bytes, Ordering::Relaxed);
        if let Some(part) = self.part.get() {
            part.writer.set_bound(bound_bytes);
        }
    }

    fn part(&self) -> Result<&Part, StoreError> {
        if let Some(part) = self.part.get() {
            return Ok(part);
        }
        let _guard = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        if self.part.get().is_none() {
            let part = Part::begin(&self.folder, &self.head, self.bound_bytes.load(Ordering::Relaxed))?;
            // Nobody else sets it: the guard is held.
            let _ = self.part.set(part);
        }
        Ok(self.part.get().expect("it was set a moment ago"))
    }

    fn write(
        &self,
        unit: UnitIndex,
        number: u32,
        previous: RowPlace,
        block: &[RowBlock],
    ) -> Result<RowPlace, StoreError> {
        let part = self.part()?;
        let mut bytes = part.writer.buffer();
        row_format::encode(self.start, unit, number, previous, block, &mut bytes);
        let length = bytes.len() as u64;
        let offset = part.end.fetch_add(length, Ordering::Relaxed);
        part.writer.bring(offset, bytes);
        self.bytes.fetch_add(length, Ordering::Relaxed);
        let rows = block.iter().map(|table| table.rows).sum();
        self.rows.fetch_add(rows, Ordering::Relaxed);
        Ok(RowPlace {
            part: part.number,
            offset,
            bytes: length,
        })
    }

    /// Waits until all rows so far are in the hands of the operating system, and says as [`Self::check`] if they aren't.
    pub fn settle(&self) -> Result<(), StoreError> {
        if let Some(part) = self.part.get() {
            part.writer.settle();
        }
        self.check()
    }

    /// Tells the first error of a write of the thread that writes.
    fn check_writes(&self) -> Result<(), StoreError> {
        let Some(part) = self.part.get() else { return Ok(()) };
        let Some(source) = part.writer.take_error() else {
            return Ok(());
        };
        self.failed.store(true, Ordering::Release);
        Err(StoreError::Transfer {
            action: "writing rows to".to_owned(),
            path: part.path.clone(),
            source,
        })
    }

    /// Tells the first error of a write, after which nothing is written and nothing may be committed; or that somebody has
    /// removed what was written.
    pub fn check(&self) -> Result<(), StoreError> {
        self.check_writes()?;
        if let Some(part) = self.part.get()
            && part.file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
        {
            return Err(StoreError::Removed {
                path: part.path.clone(),
            });
        }
        match self.error.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None if self.failed.load(Ordering::Acquire) => Err(StoreError::Damaged {
                path: self.folder.clone(),
                object: "the rows of this run".to_owned(),
                found: "not written".to_owned(),
                expected: "written".to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// Brings all rows to the disk, and their file's name.
    pub fn sync(&self) -> Result<(), StoreError> {
        let Some(part) = self.part.get() else { return Ok(()) };
        part.writer.settle();
        self.check_writes()?;
        (part.file.sync_all()).map_err(|error| StoreError::io("sync", &part.path, error))?;
        for folder in [Some(self.folder.as_path()), self.folder.parent()]
            .into_iter()
            .flatten()
        {
            match File::open(folder).and_then(|folder| folder.sync_all()) {
                // Removed, since no committed unit has rows in it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                synced => synced.map_err(|error| StoreError::io("sync", folder, error))?,
            }
        }
        Ok(())
    }

    /// How it went: rows, bytes, and the time that threads waited for their writes.
    pub fn counters(&self) -> Vec<Counter> {
        let sum = |name: &str, long_name: &str, value: f64, unit: &str| Counter {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
            value: CounterValue::Sum {
                value,
                unit: unit.to_owned(),
            },
        };
        let number = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        let counts = self.part.get().map(|part| part.writer.counts()).unwrap_or_default();
        vec![
            sum("rows", "rows written", number(&self.rows), "1"),
            sum("row_bytes", "bytes of rows", number(&self.bytes), "byte"),
            sum(
                "row_write_s",
                "time in which rows were written",
                counts.writing.as_secs_f64(),
                "s",
            ),
            sum(
                "row_waits",
                "times that a thread waited for rows to be written",
                counts.waits as f64,
                "1",
            ),
            sum(
                "row_wait_s",
                "time that threads waited for rows to be written",
                counts.waited.as_secs_f64(),
                "s",
            ),
        ]
    }
}

impl RowSink for RowParts {
    fn keep(&self, unit: UnitIndex, number: u32, previous: RowPlace, block: &[RowBlock]) -> RowPlace {
        if self.failed.load(Ordering::Acquire) || self.part.get().is_some_and(|part| part.writer.failed()) {
            return RowPlace::NOWHERE;
        }
        self.write(unit, number, previous, block).unwrap_or_else(|error| {
            let mut first = self.error.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.failed.swap(true, Ordering::AcqRel) {
                *first = Some(error);
            }
            RowPlace::NOWHERE
        })
    }

    fn settle(&self) -> bool {
        let Some(part) = self.part.get() else {
            return !self.failed.load(Ordering::Acquire);
        };
        part.writer.settle();
        !part.writer.failed() && !self.failed.load(Ordering::Acquire) && part.file.sync_data().is_ok()
    }

    fn reread(&self, unit: UnitIndex, state: &SavedState, visit: &mut dyn FnMut(Vec<RowBlock>)) -> bool {
        let expected = Expected {
            last: state.rows,
            tables: state.tables.clone(),
        };
        // A state whose rows can't be had is of no use: the unit starts over.
        self.files.visit(unit, &expected, visit).unwrap_or(false)
    }
}
