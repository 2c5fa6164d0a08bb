//! Rows in a packed file: a group of `/rows` for each table, with a dataset for each column.
//!
//! The rows of a unit follow each other, unit by unit. Those of a member can come together, as paths are looked at and are
//! compressed best; then [`POSITION`] says in which order the unit made them, of which its checksum is.

use super::columns::Table;
use super::layout::ColumnPart;
use super::row_files::Expected;
use super::row_format;
use super::{Layout, StoreError};
use crate::netcdf4::Slab;
use crate::netcdf4::hdf::Raw;
use crate::results::{CellKind, RowBlock, RowTally};
use crate::sweep::UnitIndex;
use hdf5::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Name of the group of rows.
pub(super) const GROUP: &str = "rows";

/// Name of the dataset that says where in the order of its unit a row was.
pub(super) const POSITION: &str = "position_in_unit";

/// Units whose rows are counted together.
const BLOCK: u64 = 1024;

/// Bytes of a position: a number of 32 bits.
const POSITION_BYTES: u64 = 4;

/// The rows of a packed file.
pub(super) struct PackedRows {
    path: PathBuf,
    tables: Vec<PackedTable>,
    counts: Mutex<Counts>,
}

/// The rows of a table.
struct PackedTable {
    /// With the bytes of their cells; none if there are no rows.
    columns: Vec<(Raw, u64)>,
    position: Option<Raw>,
    kinds: usize,
}

/// Where rows of units are.
#[derive(Default)]
struct Counts {
    /// `[tables][blocks]`: first row of each block of units.
    first: Vec<Vec<u64>>,
    /// The block that was asked for last, and the first rows of its units, `[tables][units]`.
    last: Option<(u64, Vec<Vec<u64>>)>,
}

impl PackedRows {
    /// Those of an open file.
    pub fn open(file: &File, path: &Path, layout: &Layout) -> Result<Option<Arc<Self>>, StoreError> {
        if !layout.has_tables() {
            return Ok(None);
        }
        crate::netcdf4::register_zstd();
        let tables = &layout.shape().features.tables;
        let open = || -> hdf5::Result<Vec<PackedTable>> {
            (tables.iter().zip(row_format::kinds_of(tables)))
                .map(|(table, kinds)| {
                    let group = file.group(GROUP)?.group(&table.name)?;
                    let mut columns = Vec::new();
                    for (column, kind) in table.columns.iter().zip(&kinds) {
                        if group.link_exists(&column.name) {
                            let raw = Raw::new(group.dataset(&column.name)?)?;
                            columns.push((raw, kind.bytes() as u64));
                        }
                    }
                    let position = group.link_exists(POSITION).then(|| group.dataset(POSITION));
                    Ok(PackedTable {
                        columns,
                        position: position.transpose()?.map(Raw::new).transpose()?,
                        kinds: kinds.len(),
                    })
                })
                .collect()
        };
        Ok(Some(Arc::new(Self {
            path: path.to_owned(),
            tables: open()
                .map_err(|error| StoreError::hdf(format!("opening the rows of {}", path.display()), &error))?,
            counts: Mutex::default(),
        })))
    }

    /// The file that they are in.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the rows of a unit as a block; whether they are what the results file says.
    ///
    /// # Errors
    /// If they can't be read.
    pub fn visit(
        &self,
        table: &Table,
        unit: UnitIndex,
        expected: &Expected,
        mut visit: impl FnMut(Vec<RowBlock>),
    ) -> Result<bool, StoreError> {
        let first = self.first_rows(table, unit)?;
        let mut tallies = Vec::new();
        let mut blocks = Vec::new();
        for ((packed, first), (rows, _)) in self.tables.iter().zip(first).zip(&expected.tables) {
            let read = packed
                .read(first, *rows)
                .map_err(|error| StoreError::hdf(format!("reading the rows of {}", self.path.display()), &error))?;
            let Some(block) = read else { return Ok(false) };
            let mut tally = RowTally::new(packed.kinds);
            tally.add(&block);
            tallies.push(tally);
            blocks.push(block);
        }
        let holds = expected.are(&tallies);
        if holds {
            visit(blocks);
        }
        Ok(holds)
    }

    /// The first row of a unit in each table.
    fn first_rows(&self, table: &Table, unit: UnitIndex) -> Result<Vec<u64>, StoreError> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.first.is_empty() {
            counts.first = self.first_of_blocks(table)?;
        }
        let block = unit.0 / BLOCK;
        if counts.last.as_ref().is_none_or(|(last, _)| *last != block) {
            let units = block * BLOCK..((block + 1) * BLOCK).min(table.units());
            let mut starts = Vec::new();
            for (index, first) in counts.first.iter().enumerate() {
                let mut next = first[block as usize];
                let own = rows_of(table, index, units.clone())?.into_iter().map(|rows| {
                    let start = next;
                    next += rows;
                    start
                });
                starts.push(own.collect());
            }
            counts.last = Some((block, starts));
        }
        let starts = counts.last.as_ref().map(|(_, starts)| starts);
        Ok((starts.into_iter().flatten())
            .map(|starts| starts[(unit.0 % BLOCK) as usize])
            .collect())
    }

    fn first_of_blocks(&self, table: &Table) -> Result<Vec<Vec<u64>>, StoreError> {
        (0..self.tables.len())
            .map(|index| {
                let (mut next, mut first) = (0, Vec::new());
                for start in (0..table.units()).step_by(BLOCK as usize) {
                    first.push(next);
                    let units = start..(start + BLOCK).min(table.units());
                    next += rows_of(table, index, units)?.into_iter().sum::<u64>();
                }
                Ok(first)
            })
            .collect()
    }
}

/// How many rows units have in a table.
pub(super) fn rows_of(table: &Table, index: usize, units: std::ops::Range<u64>) -> Result<Vec<u64>, StoreError> {
    let columns = table.layout.columns().iter().zip(&table.columns);
    let Some((column, extent)) = columns
        .into_iter()
        .find(|(column, _)| column.part == ColumnPart::Rows(index))
    else {
        return Ok(Vec::new());
    };
    let counts = table.read_units(extent, Some(column), units.clone())?;
    let done = crate::results::UnitState::Done as u8;
    Ok((counts.as_chunks::<8>().0.iter().zip(table.states(units)?))
        .map(|(rows, state)| match state == done {
            true => u64::try_from(i64::from_le_bytes(*rows)).unwrap_or(0),
            false => 0,
        })
        .collect())
}

impl PackedTable {
    /// Rows in the order in which their unit made them; `None` if there aren't as many.
    fn read(&self, first: u64, rows: u64) -> hdf5::Result<Option<RowBlock>> {
        let mut block = RowBlock {
            rows,
            columns: vec![Vec::new(); self.kinds],
        };
        if rows == 0 {
            return Ok(Some(block));
        }
        // Another program may have written other types, or other lengths.
        let fits = |raw: &Raw, cell_bytes: u64| {
            let end = first.checked_add(rows);
            raw.cell_bytes() == cell_bytes
                && raw
                    .shape()
                    .first()
                    .is_some_and(|length| end.is_some_and(|end| end <= *length))
        };
        let columns = self.columns.len() == self.kinds && self.columns.iter().all(|(raw, bytes)| fits(raw, *bytes));
        if !columns
            || !self
                .position
                .as_ref()
                .is_none_or(|position| fits(position, POSITION_BYTES))
        {
            return Ok(None);
        }
        for ((raw, cell_bytes), bytes) in self.columns.iter().zip(&mut block.columns) {
            *bytes = read(raw, first, rows, *cell_bytes)?;
        }
        let Some(position) = &self.position else {
            return Ok(Some(block));
        };
        let position = read(position, first, rows, POSITION_BYTES)?;
        for ((_, cell_bytes), bytes) in self.columns.iter().zip(&mut block.columns) {
            let cell = *cell_bytes as usize;
            let mut ordered = vec![0; bytes.len()];
            for (from, to) in bytes.chunks_exact(cell).zip(position.as_chunks::<4>().0) {
                let to = u32::from_le_bytes(*to) as usize * cell;
                let Some(place) = ordered.get_mut(to..to + cell) else {
                    return Ok(None);
                };
                place.copy_from_slice(from);
            }
            *bytes = ordered;
        }
        Ok(Some(block))
    }
}

/// A run of rows of a dataset, of cells of so many bytes.
fn read(raw: &Raw, first: u64, rows: u64, cell_bytes: u64) -> hdf5::Result<Vec<u8>> {
    let mut slab = Slab {
        start: vec![first],
        count: vec![rows],
    };
    slab.start.extend(raw.shape()[1..].iter().map(|_| 0));
    slab.count.extend(&raw.shape()[1..]);
    let mut bytes = vec![0; (rows * cell_bytes) as usize];
    raw.read(&slab, &mut bytes)?;
    Ok(bytes)
}

/// The order that brings the rows of members together: which row of a unit comes where.
pub(super) fn order_by_member(kind: CellKind, members: &[u8]) -> Option<(Vec<u32>, Vec<i64>)> {
    let members: Vec<i64> = match kind {
        CellKind::I64 => members
            .as_chunks()
            .0
            .iter()
            .map(|cell| i64::from_le_bytes(*cell))
            .collect(),
        CellKind::I32 => {
            let cells = members.as_chunks().0.iter();
            cells.map(|cell| i64::from(i32::from_le_bytes(*cell))).collect()
        }
        CellKind::U8 => members.iter().map(|cell| i64::from(*cell)).collect(),
        _ => return None,
    };
    let mut order: Vec<u32> = (0..u32::try_from(members.len()).ok()?).collect();
    order.sort_by_key(|row| members[*row as usize]);
    let sorted = order.iter().map(|row| members[*row as usize]).collect();
    Some((order, sorted))
}
