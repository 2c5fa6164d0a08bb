//! Reading rows back: from the last block of a unit to its first, and then in order.

use super::row_format::{self, Kinds, StoredBlock};
use super::{Layout, row_parts};
use crate::results::{CellColumn, RowBlock, RowPlace, RowTally, TableRows};
use crate::sweep::UnitIndex;
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

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
    fn part(&self, number: u32) -> Option<Arc<File>> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        (parts.entry(number))
            .or_insert_with(|| {
                let file = File::open(row_parts::path_of(&self.folder, number)).ok()?;
                let mut head = vec![0; row_format::MAGIC.len()];
                file.read_exact_at(&mut head, 0).ok()?;
                (head == row_format::MAGIC).then(|| Arc::new(file))
            })
            .clone()
    }

    /// The block of a unit at a place, if it is there and whole.
    fn block(&self, unit: UnitIndex, place: RowPlace) -> Option<StoredBlock> {
        let file = self.part(place.part)?;
        let length = file.metadata().ok()?.len();
        // A damaged place must not ask for more memory than the file is long.
        if place.offset.checked_add(place.bytes)? > length {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(place.bytes).ok()?];
        file.read_exact_at(&mut bytes, place.offset).ok()?;
        row_format::decode(self.start, place.part, &self.kinds, &bytes).filter(|block| block.unit == unit)
    }

    /// The places of a unit's blocks, last to first, and the first block.
    fn trace(&self, unit: UnitIndex, last: RowPlace) -> Option<(Vec<RowPlace>, StoredBlock)> {
        let mut places = vec![last];
        let mut block = self.block(unit, last)?;
        while block.number > 0 {
            let previous = block.previous;
            let before = self.block(unit, previous)?;
            // Numbers fall to 0, so no chain of damaged places goes on for ever.
            if before.number != block.number - 1 {
                return None;
            }
            places.push(previous);
            block = before;
        }
        Some((places, block))
    }

    /// Visits the blocks of a unit in order; whether they are what the results file says.
    pub fn visit(&self, unit: UnitIndex, expected: &Expected, mut visit: impl FnMut(Vec<RowBlock>)) -> bool {
        let mut tallies: Vec<RowTally> = self.kinds.iter().map(|kinds| RowTally::new(kinds.len())).collect();
        if expected.last != RowPlace::NOWHERE {
            let Some((places, first)) = self.trace(unit, expected.last) else {
                return false;
            };
            let mut first = Some(first);
            for place in places.into_iter().rev() {
                let Some(block) = first.take().or_else(|| self.block(unit, place)) else {
                    return false;
                };
                for (tally, table) in tallies.iter_mut().zip(&block.tables) {
                    tally.add(table);
                }
                visit(block.tables);
            }
        }
        (tallies.iter())
            .map(|tally| (tally.rows(), tally.checksum()))
            .eq(expected.tables.iter().copied())
    }

    /// All rows of a unit in one table, if they are what the results file says.
    pub fn rows(&self, unit: UnitIndex, expected: &Expected, table: usize) -> Option<TableRows> {
        let kinds = &self.kinds[table];
        let mut rows = 0;
        let mut columns = vec![Vec::new(); kinds.len()];
        let holds = self.visit(unit, expected, |mut tables| {
            let block = tables.swap_remove(table);
            rows += block.rows;
            for (all, bytes) in columns.iter_mut().zip(block.columns) {
                all.extend(bytes);
            }
        });
        holds.then(|| TableRows {
            rows,
            columns: (kinds.iter().zip(&columns))
                .map(|(kind, bytes)| CellColumn::of(*kind, bytes))
                .collect(),
        })
    }
}
