//! Reading rows back: from the last block of a unit to its first, and then in order.

use super::columns::Table;
use super::packed_rows::PackedRows;
use super::row_format::{self, Kinds, StoredBlock};
use super::{Layout, StoreError, row_parts};
use crate::results::{CellColumn, RowBlock, RowPlace, RowTally, TableRows};
use crate::sweep::UnitIndex;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Most files of rows that are open at once.
const MAX_OPEN: usize = 64;

/// The files of rows beside a results file, open as they are needed.
pub(super) struct RowFiles {
    folder: PathBuf,
    start: u32,
    kinds: Kinds,
    parts: Mutex<BTreeMap<u32, Option<Arc<File>>>>,
}

/// What the results file says of the rows of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    /// Where the last block is.
    pub last: RowPlace,
    /// Rows and checksum of each table.
    pub tables: Vec<(u64, u64)>,
}

/// The rows of a results file, wherever they are.
pub(super) enum Rows {
    /// In files beside it.
    Files(RowFiles),
    /// In the file itself, which is packed.
    Packed(Arc<PackedRows>),
}

impl Rows {
    /// Where they are.
    pub fn place(&self) -> &Path {
        match self {
            Self::Files(files) => files.folder(),
            Self::Packed(rows) => rows.path(),
        }
    }

    /// Visits the blocks of a unit in order; whether they are what the results file says.
    ///
    /// # Errors
    /// If they can't be read.
    pub fn visit(
        &self,
        table: &Table,
        unit: UnitIndex,
        expected: &Expected,
        visit: impl FnMut(Vec<RowBlock>),
    ) -> Result<bool, StoreError> {
        match self {
            Self::Files(files) => files.visit(unit, expected, visit),
            Self::Packed(rows) => rows.visit(table, unit, expected, visit),
        }
    }

    /// All rows of a unit in one table, if they are what the results file says.
    ///
    /// # Errors
    /// If they can't be read.
    pub fn rows(
        &self,
        table: &Table,
        unit: UnitIndex,
        expected: &Expected,
        index: usize,
    ) -> Result<Option<TableRows>, StoreError> {
        let kinds = &row_format::kinds_of(&table.layout.shape().features.tables)[index];
        let mut rows = 0;
        let mut columns = vec![Vec::new(); kinds.len()];
        let holds = self.visit(table, unit, expected, |mut tables| {
            let block = tables.swap_remove(index);
            rows += block.rows;
            for (all, bytes) in columns.iter_mut().zip(block.columns) {
                all.extend(bytes);
            }
        })?;
        Ok(holds.then(|| TableRows {
            rows,
            columns: (kinds.iter().zip(&columns))
                .map(|(kind, bytes)| CellColumn::of(*kind, bytes))
                .collect(),
        }))
    }
}

impl RowFiles {
    /// The files of rows of the results at a path; `None` if they have none. `start` is the checksum of the configuration,
    /// with which each block's begins: blocks of another study don't hold.
    pub fn of(layout: &Layout, results: &Path, start: u32) -> Option<Self> {
        let tables = &layout.shape().features.tables;
        (!tables.is_empty()).then(|| Self {
            folder: row_parts::folder_of(results),
            start,
            kinds: row_format::kinds_of(tables),
            parts: Mutex::default(),
        })
    }

    /// The folder that they are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a part, if it is there and one of rows.
    ///
    /// # Errors
    /// If that can't be told: a file that the system refuses isn't a file that is gone.
    fn part(&self, number: u32) -> Result<Option<Arc<File>>, StoreError> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = parts.get(&number) {
            return Ok(known.clone());
        }
        let path = row_parts::path_of(&self.folder, number);
        // Opening a pipe would wait for a writer, and a folder has no bytes.
        let is_other = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        let opened = match is_other {
            true => None,
            false => there(open_part(&path))
                .map_err(|error| refused(&path, error))?
                .flatten(),
        };
        // Every run has left a part for each of its ranks: not all can be open at once.
        if parts.len() >= MAX_OPEN {
            parts.clear();
        }
        parts.insert(number, opened.clone());
        Ok(opened)
    }

    /// The block of a unit at a place, if it is there and whole.
    fn block(&self, unit: UnitIndex, place: RowPlace) -> Result<Option<StoredBlock>, StoreError> {
        let Some(file) = self.part(place.part)? else {
            return Ok(None);
        };
        let error = |error| refused(&row_parts::path_of(&self.folder, place.part), error);
        let length = file.metadata().map_err(error)?.len();
        // A damaged place must not ask for more memory than the file is long.
        let end = place.offset.checked_add(place.bytes);
        let (Some(_), Ok(count)) = (end.filter(|end| *end <= length), usize::try_from(place.bytes)) else {
            return Ok(None);
        };
        let mut bytes = vec![0; count];
        if there(file.read_exact_at(&mut bytes, place.offset))
            .map_err(error)?
            .is_none()
        {
            return Ok(None);
        }
        let block = row_format::decode(self.start, place.part, &self.kinds, &bytes);
        Ok(block.filter(|block| block.unit == unit))
    }

    /// The places of a unit's blocks, last to first, and the first block.
    fn trace(&self, unit: UnitIndex, last: RowPlace) -> Result<Option<(Vec<RowPlace>, StoredBlock)>, StoreError> {
        let mut places = vec![last];
        let Some(mut block) = self.block(unit, last)? else {
            return Ok(None);
        };
        while block.number > 0 {
            let previous = block.previous;
            // Numbers fall to 0, so no chain of damaged places goes on for ever.
            let before = self.block(unit, previous)?;
            let Some(before) = before.filter(|before| before.number == block.number - 1) else {
                return Ok(None);
            };
            places.push(previous);
            block = before;
        }
        Ok(Some((places, block)))
    }

    /// Visits the blocks of a unit in order; whether they are what the results file says.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn visit(
        &self,
        unit: UnitIndex,
        expected: &Expected,
        mut visit: impl FnMut(Vec<RowBlock>),
    ) -> Result<bool, StoreError> {
        let mut tallies: Vec<RowTally> = self.kinds.iter().map(|kinds| RowTally::new(kinds.len())).collect();
        if expected.last != RowPlace::NOWHERE {
            let Some((places, first)) = self.trace(unit, expected.last)? else {
                return Ok(false);
            };
            let mut first = Some(first);
            for place in places.into_iter().rev() {
                let block = match first.take() {
                    Some(block) => Some(block),
                    None => self.block(unit, place)?,
                };
                let Some(block) = block else { return Ok(false) };
                for (tally, table) in tallies.iter_mut().zip(&block.tables) {
                    tally.add(table);
                }
                visit(block.tables);
            }
        }
        Ok(expected.are(&tallies))
    }
}

impl Expected {
    /// Whether the rows come to this.
    pub fn are(&self, tallies: &[RowTally]) -> bool {
        (tallies.iter())
            .map(|tally| (tally.rows(), tally.checksum()))
            .eq(self.tables.iter().copied())
    }
}

/// What a file that is gone or cut has: nothing. Any other failure says nothing of what is in it.
fn there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file, if it begins as one of rows.
fn open_part(path: &Path) -> io::Result<Option<Arc<File>>> {
    let file = File::open(path)?;
    let mut head = vec![0; row_format::MAGIC.len()];
    file.read_exact_at(&mut head, 0)?;
    Ok((head == row_format::MAGIC).then(|| Arc::new(file)))
}

fn refused(path: &Path, error: io::Error) -> StoreError {
    StoreError::io("reading rows of", path, error)
}
