//! The rows of the unit at hand, on their way out.

use super::{CellKind, Cells, RowTable, SavedState};
use crate::sweep::UnitIndex;
use std::sync::Arc;

/// Rows of one table, column by column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowBlock {
    /// Number of rows.
    pub rows: u64,
    /// The cells of each column as they are stored, see [`CellKind`].
    pub columns: Vec<Vec<u8>>,
}

impl RowBlock {
    /// No rows of a table with so many columns.
    fn empty(columns: usize) -> Self {
        Self {
            rows: 0,
            columns: vec![Vec::new(); columns],
        }
    }
}

/// Where a block of rows was put; [`RowPlace::NOWHERE`] for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowPlace {
    /// Number of the file, from 1.
    pub part: u32,
    /// First byte.
    pub offset: u64,
    /// Length.
    pub bytes: u64,
}

impl RowPlace {
    /// No rows.
    pub const NOWHERE: Self = Self {
        part: 0,
        offset: 0,
        bytes: 0,
    };
}

/// Where rows go. Called by compute threads, which wait until a block is in other hands.
pub trait RowSink: Send + Sync {
    /// Keeps a block of a unit's rows, one part of it for each table: its number `number`, from 0, after the one at
    /// `previous`. An error is the sink's own to remember, and to tell before the unit is committed.
    fn keep(&self, unit: UnitIndex, number: u32, previous: RowPlace, block: &[RowBlock]) -> RowPlace;

    /// Waits until all blocks so far are where neither a kill nor a failing node reaches them; whether they are.
    fn settle(&self) -> bool {
        true
    }

    /// Gives back the rows that a unit had when its state was saved, block by block; whether they are all there. By
    /// default there are none.
    fn reread(&self, _unit: UnitIndex, state: &SavedState, _visit: &mut dyn FnMut(Vec<RowBlock>)) -> bool {
        state.tables.iter().all(|(rows, _)| *rows == 0)
    }
}

/// A sink without a floor: rows are counted and gone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRows;

impl RowSink for NoRows {
    fn keep(&self, _unit: UnitIndex, _number: u32, _previous: RowPlace, _block: &[RowBlock]) -> RowPlace {
        RowPlace::NOWHERE
    }
}

/// What all rows of a unit in one table come to, wherever its blocks end.
#[derive(Clone, Debug)]
pub struct RowTally {
    rows: u64,
    columns: Vec<blake3::Hasher>,
}

impl RowTally {
    /// No rows yet of a table with so many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            rows: 0,
            columns: vec![blake3::Hasher::new(); columns],
        }
    }

    fn reset(&mut self) {
        self.rows = 0;
        for hasher in &mut self.columns {
            hasher.reset();
        }
    }

    /// Adds the rows of a block.
    pub fn add(&mut self, block: &RowBlock) {
        self.rows += block.rows;
        for (hasher, bytes) in self.columns.iter_mut().zip(&block.columns) {
            hasher.update(bytes);
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The first eight bytes of a BLAKE3 over the columns' own, little-endian; 0 without rows.
    #[must_use]
    pub fn checksum(&self) -> u64 {
        if self.rows == 0 {
            return 0;
        }
        let mut all = blake3::Hasher::new();
        for hasher in &self.columns {
            all.update(hasher.finalize().as_bytes());
        }
        let hash = *all.finalize().as_bytes();
        hash.first_chunk().copied().map_or(0, u64::from_le_bytes)
    }
}

/// The rows of one unit after the other: gathered into blocks, which go to a sink when they are full.
pub struct UnitRows {
    kinds: Vec<Vec<CellKind>>,
    sink: Arc<dyn RowSink>,
    most_bytes: usize,
    unit: UnitIndex,
    block: Vec<RowBlock>,
    block_bytes: usize,
    number: u32,
    place: RowPlace,
    tallies: Vec<RowTally>,
}

impl UnitRows {
    /// For units of a scenario with these tables. A block goes to the sink as soon as it has `most_bytes`.
    #[must_use]
    pub fn new(tables: &[RowTable], most_bytes: usize, sink: Arc<dyn RowSink>) -> Self {
        let kinds: Vec<Vec<CellKind>> = (tables.iter())
            .map(|table| table.columns.iter().map(|column| column.kind).collect())
            .collect();
        Self {
            block: kinds.iter().map(|kinds| RowBlock::empty(kinds.len())).collect(),
            tallies: kinds.iter().map(|kinds| RowTally::new(kinds.len())).collect(),
            kinds,
            sink,
            most_bytes,
            unit: UnitIndex(0),
            block_bytes: 0,
            number: 0,
            place: RowPlace::NOWHERE,
        }
    }

    /// Begins a unit, or another attempt at it, without rows.
    pub fn begin(&mut self, unit: UnitIndex) {
        self.unit = unit;
        self.clear_block();
        (self.number, self.place) = (0, RowPlace::NOWHERE);
        self.tallies.iter_mut().for_each(RowTally::reset);
    }

    /// Begins the unit with the rows that it had when its state was saved, which go to the sink again; whether they are all
    /// there. If not, it is without rows.
    pub fn restore(&mut self, state: &SavedState) -> bool {
        let unit = self.unit;
        self.begin(unit);
        let sink = Arc::clone(&self.sink);
        let holds = sink.reread(unit, state, &mut |tables| {
            for (block, table) in self.block.iter_mut().zip(tables) {
                block.rows += table.rows;
                for (bytes, more) in block.columns.iter_mut().zip(table.columns) {
                    self.block_bytes += more.len();
                    bytes.extend(more);
                }
            }
            if self.block_bytes >= self.most_bytes {
                self.hand_over();
            }
        });
        if !holds {
            self.begin(unit);
        }
        holds
    }

    /// Appends rows to a table; `cells` has one entry per column, all of one length.
    ///
    /// # Panics
    /// If there is no such table, or the cells aren't those of its columns.
    pub fn append(&mut self, table: usize, cells: &[Cells<'_>]) {
        let kinds = &self.kinds[table];
        let rows = cells.first().map_or(0, Cells::len);
        assert!(
            cells.len() == kinds.len() && cells.iter().all(|cells| cells.len() == rows),
            "rows of table {table} need {} columns of one length, found {:?}",
            kinds.len(),
            cells.iter().map(Cells::len).collect::<Vec<_>>()
        );
        let block = &mut self.block[table];
        for ((cells, kind), bytes) in cells.iter().zip(kinds).zip(&mut block.columns) {
            cells.store(*kind, bytes);
            self.block_bytes += cells.len() * kind.bytes();
        }
        block.rows += rows as u64;
        if self.block_bytes >= self.most_bytes {
            self.hand_over();
        }
    }

    /// Ends the unit: all its rows are in the sink's hands.
    pub fn finish(&mut self) {
        if self.block_bytes > 0 {
            self.hand_over();
        }
    }

    /// Ends what was appended so far and waits until nothing can take it; whether all of it could be kept.
    pub fn settle(&mut self) -> bool {
        self.finish();
        self.sink.settle()
    }

    fn hand_over(&mut self) {
        for (tally, block) in self.tallies.iter_mut().zip(&self.block) {
            tally.add(block);
        }
        self.place = self.sink.keep(self.unit, self.number, self.place, &self.block);
        self.number += 1;
        self.clear_block();
    }

    fn clear_block(&mut self) {
        self.block_bytes = 0;
        for block in &mut self.block {
            block.rows = 0;
            block.columns.iter_mut().for_each(Vec::clear);
        }
    }

    /// What the rows in the sink's hands come to, table by table.
    #[must_use]
    pub fn tallies(&self) -> &[RowTally] {
        &self.tallies
    }

    /// Where the last block of the unit is.
    #[must_use]
    pub fn place(&self) -> RowPlace {
        self.place
    }
}

impl std::fmt::Debug for UnitRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows: Vec<u64> = self.tallies.iter().map(RowTally::rows).collect();
        write!(f, "UnitRows({}, {rows:?} rows handed over)", self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RowColumn, RowMeaning};
    use super::*;
    use std::sync::Mutex;

    /// Keeps blocks in memory.
    #[derive(Default)]
    struct Shelf(Mutex<Vec<(u32, RowPlace, Vec<RowBlock>)>>);

    impl RowSink for Shelf {
        fn keep(&self, _unit: UnitIndex, number: u32, previous: RowPlace, block: &[RowBlock]) -> RowPlace {
            let mut shelf = self.0.lock().unwrap();
            shelf.push((number, previous, block.to_vec()));
            RowPlace {
                part: 1,
                offset: 1000 * shelf.len() as u64,
                bytes: 1,
            }
        }
    }

    fn tables() -> Vec<RowTable> {
        vec![RowTable {
            name: "track".to_owned(),
            long_name: "where members were".to_owned(),
            row: RowMeaning::MemberAtStep,
            recorded: false,
            columns: vec![
                RowColumn::new("member", CellKind::I32, "1", "member"),
                RowColumn::new("x_m", CellKind::F64, "m", "place"),
            ],
        }]
    }

    fn append(rows: &mut UnitRows, range: std::ops::Range<i32>) {
        let members: Vec<i32> = range.clone().collect();
        let places: Vec<f64> = range.map(|member| f64::from(member) / 3.0).collect();
        rows.append(0, &[Cells::I32(&members), Cells::F64(&places)]);
    }

    #[test]
    fn blocks_are_bounded_and_name_the_one_before() {
        let shelf = Arc::new(Shelf::default());
        let mut rows = UnitRows::new(&tables(), 100, shelf.clone());
        rows.begin(UnitIndex(7));
        for start in 0..100 {
            append(&mut rows, start..start + 3);
        }
        rows.finish();
        assert_eq!(rows.tallies()[0].rows(), 300);
        let blocks = shelf.0.lock().unwrap();
        assert_eq!(blocks.len(), 34);
        assert!(
            blocks.iter().all(|(_, _, block)| block[0].rows <= 9),
            "three rows are 36 bytes"
        );
        assert_eq!(blocks[0].1, RowPlace::NOWHERE);
        assert!(
            blocks
                .iter()
                .enumerate()
                .skip(1)
                .all(|(i, (number, previous, _))| *number == i as u32 && previous.offset == 1000 * i as u64)
        );
        assert_eq!(rows.place().offset, 34_000);
    }

    #[test]
    fn the_checksum_is_of_the_rows_and_not_of_their_blocks() {
        let of = |most_bytes, ranges: &[std::ops::Range<i32>]| {
            let mut rows = UnitRows::new(&tables(), most_bytes, Arc::new(NoRows));
            // What another unit left doesn't count.
            rows.begin(UnitIndex(1));
            append(&mut rows, 5..50);
            rows.begin(UnitIndex(2));
            ranges.iter().for_each(|range| append(&mut rows, range.clone()));
            rows.finish();
            (rows.tallies()[0].rows(), rows.tallies()[0].checksum())
        };
        let whole = of(1 << 20, std::slice::from_ref(&(0..30)));
        assert_eq!(of(1, &[0..7, 7..7, 7..29, 29..30]), whole);
        assert_ne!(of(1 << 20, std::slice::from_ref(&(0..29))), whole);
        assert_ne!(of(1 << 20, &[1..30, 0..1]), whole);
        assert_eq!(of(1 << 20, &[]), (0, 0));
    }

    #[test]
    #[should_panic(expected = "2 columns of one length")]
    fn columns_of_different_lengths_are_refused() {
        let mut rows = UnitRows::new(&tables(), 100, Arc::new(NoRows));
        rows.append(0, &[Cells::I32(&[1, 2]), Cells::F64(&[0.0])]);
    }
}
