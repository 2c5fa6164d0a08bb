//! An open results file: its datasets, checked against the layout, and what writing and reading have in common.

use super::StoreError;
use super::checksum::Checksum;
use super::encode::{decode, encode_statistic, words};
use super::extent::Extent;
use super::failures::Recorded;
use super::layout::{Column, ColumnPart, Layout};
use super::packed_rows::PackedRows;
use super::row_files::{Expected, RowFiles, Rows};
use super::value_file::ValueFile;
use crate::netcdf4::Group;
use crate::results::{MemberDetail, RowPlace, TableRows, UnitState};
use crate::stats::{
    IntervalMethod, STATISTICS, StatisticColumn, StatisticStorage, StatisticValue, Summary, UnitStatistics,
};
use crate::sweep::{PointIndex, UnitIndex};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Most bytes that are read at once to be decoded: they are held beside the values.
const READ_BYTES: u64 = 64 << 20;

/// Bytes that a scan holds at a time.
const SCAN_BYTES: u64 = 8 << 20;

/// The datasets of an open file.
pub(super) struct Table {
    pub layout: Layout,
    pub values: ValueFile,
    /// Of its units and failures.
    pub checksum: Checksum,
    pub columns: Vec<Extent>,
    pub state: Extent,
    pub crc32c: Extent,
    pub seed: Extent,
    /// `[metrics][statistics]`.
    pub summaries: Vec<Vec<Extent>>,
    pub failures: FailureColumns,
    pub sessions: Extent,
    pub summary_written: Extent,
    pub finished: Extent,
    /// Of the configuration: by it, every rank knows the file.
    pub configuration_hash: Extent,
    /// The list of products; none without any.
    pub products: Option<Extent>,
    /// Where the rows of units are; none if they have no tables.
    pub row_places: Option<RowPlaces>,
    /// Rows in the file itself, if it is packed.
    pub packed_rows: Option<Arc<PackedRows>>,
    /// States of all units at one moment, while others may write more.
    frozen_states: Option<Vec<u8>>,
    units: u64,
}

/// The group `/tables`.
pub(super) struct RowPlaces {
    pub part: Extent,
    pub offset: Extent,
    pub bytes: Extent,
    /// Of what recorded rows come to; none if none are recorded.
    pub crc32c: Option<Extent>,
}

/// The table of failures.
pub(super) struct FailureColumns {
    pub unit: Extent,
    pub attempts: Extent,
    pub seed: Extent,
    pub message: Extent,
    /// None in files of schema version 1.
    pub crc32c: Option<Extent>,
}

impl Table {
    /// All datasets of `layout`, as `find` finds them.
    pub fn new(
        values: ValueFile,
        layout: Layout,
        checksum: Checksum,
        find: &dyn Fn(&ValueFile, &Group, &str) -> Result<Extent, StoreError>,
    ) -> Result<Self, StoreError> {
        let extent = |name: &str, variable: &str| find(&values, layout.group(name), variable);
        let columns = (layout.columns().iter())
            .map(|column| extent(column.group(), &column.name))
            .collect::<Result<_, _>>()?;
        let summaries = (layout.shape().metrics.iter())
            .map(|metric| {
                let name = |suffix: &str| format!("{}_{suffix}", metric.name);
                STATISTICS
                    .iter()
                    .map(|column| extent("summary", &name(column.suffix)))
                    .collect()
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            columns,
            state: extent("units", "state")?,
            crc32c: extent("units", "crc32c")?,
            seed: extent("units", "seed")?,
            summaries,
            failures: FailureColumns {
                unit: extent("failures", "unit")?,
                attempts: extent("failures", "attempts")?,
                seed: extent("failures", "seed")?,
                message: extent("failures", "message")?,
                crc32c: (layout.version().is_sealed())
                    .then(|| extent("failures", "crc32c"))
                    .transpose()?,
            },
            sessions: extent("provenance", "sessions")?,
            summary_written: extent("provenance", "summary_written")?,
            finished: extent("provenance", "finished")?,
            configuration_hash: extent("provenance", "configuration_hash")?,
            products: (!layout.shape().features.products.is_empty())
                .then(|| extent("provenance", "products"))
                .transpose()?,
            row_places: if layout.has_tables() {
                Some(RowPlaces {
                    part: extent("tables", "part")?,
                    offset: extent("tables", "offset")?,
                    bytes: extent("tables", "bytes")?,
                    crc32c: (layout.has_recorded())
                        .then(|| extent("tables", "crc32c"))
                        .transpose()?,
                })
            } else {
                None
            },
            packed_rows: None,
            frozen_states: None,
            units: layout.unit_shape().iter().product(),
            checksum,
            values,
            layout,
        })
    }

    /// All its datasets.
    pub fn extents(&self) -> impl Iterator<Item = &Extent> {
        let failures = &self.failures;
        (self.columns.iter())
            .chain([&self.state, &self.crc32c, &self.seed])
            .chain(self.summaries.iter().flatten())
            .chain([
                &failures.unit,
                &failures.attempts,
                &failures.seed,
                &failures.message,
                &self.sessions,
                &self.summary_written,
                &self.finished,
                &self.configuration_hash,
            ])
            .chain(&failures.crc32c)
            .chain(&self.products)
            .chain((self.row_places.iter()).flat_map(|places| {
                [&places.part, &places.offset, &places.bytes]
                    .into_iter()
                    .chain(&places.crc32c)
            }))
    }

    /// Number of units.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// Reads a run of units of one of the columns (`Some`) or of the datasets of `/units` (`None`).
    pub fn read_units(
        &self,
        extent: &Extent,
        column: Option<&Column>,
        units: Range<u64>,
    ) -> Result<Vec<u8>, StoreError> {
        let per_unit = column.map_or(1, |column| column.per_unit);
        let elements = units.start * per_unit..units.end * per_unit;
        self.values.read("reading", extent, elements)
    }

    /// A flag of the file.
    pub fn flag(&self, flag: &Extent) -> Result<bool, StoreError> {
        Ok(self.flag_byte(flag)? == 1)
    }

    /// A flag of the file as it is there: 0 or 1, if it isn't damaged.
    pub fn flag_byte(&self, flag: &Extent) -> Result<u8, StoreError> {
        Ok(self.values.read("reading", flag, flag.all())?[0])
    }

    /// Takes the states of all units as they are now for those of all time: a byte a unit.
    pub fn freeze_states(&mut self) -> Result<(), StoreError> {
        self.frozen_states = Some(self.read_units(&self.state, None, 0..self.units)?);
        Ok(())
    }

    /// Whether [`Self::freeze_states`] was called.
    pub fn is_frozen(&self) -> bool {
        self.frozen_states.is_some()
    }

    /// States of a run of units.
    pub fn states(&self, units: Range<u64>) -> Result<Vec<u8>, StoreError> {
        if let Some(states) = &self.frozen_states {
            return Ok(states[units.start as usize..units.end as usize].to_vec());
        }
        self.read_units(&self.state, None, units)
    }

    /// Where the last blocks of the rows of a run of units are; nothing without tables.
    pub fn row_places(&self, units: Range<u64>) -> Result<Vec<RowPlace>, StoreError> {
        let Some(places) = &self.row_places else {
            return Ok(Vec::new());
        };
        let [part, offset, bytes] =
            [&places.part, &places.offset, &places.bytes].map(|extent| self.read_units(extent, None, units.clone()));
        let (part, offset, bytes) = (part?, offset?, bytes?);
        Ok((words(&part).zip(words(&offset)).zip(words(&bytes)))
            .map(|((part, offset), bytes)| RowPlace {
                part: u32::from_le_bytes(part),
                offset: u64::from_le_bytes(offset),
                bytes: u64::from_le_bytes(bytes),
            })
            .collect())
    }

    /// What the file says of the rows of a done unit; `slab` has the bytes of its columns.
    pub fn expected_rows<'a>(&self, last: RowPlace, slab: impl Iterator<Item = &'a [u8]>) -> Expected {
        let mut tables = Vec::new();
        for (column, bytes) in self.layout.columns().iter().zip(slab) {
            let number = || bytes.first_chunk().copied().map_or(0, u64::from_le_bytes);
            match column.part {
                ColumnPart::Rows(_) => tables.push((number(), 0)),
                ColumnPart::RowChecksum(table) => tables[table].1 = number(),
                _ => {}
            }
        }
        Expected { last, tables }
    }

    /// Visits every unit of a run in order with its state and whether its checksum holds, and its rows with it, in bounded
    /// memory.
    pub fn scan(&self, units: Range<u64>, visit: impl FnMut(UnitIndex, u8, bool)) -> Result<(), StoreError> {
        self.scan_with(self.row_files().as_ref(), units, visit)
    }

    /// [`Self::scan`] without the rows beside the file, which may be many times as large.
    pub fn scan_columns(&self, units: Range<u64>, visit: impl FnMut(UnitIndex, u8, bool)) -> Result<(), StoreError> {
        self.scan_with(None, units, visit)
    }

    fn scan_with(
        &self,
        row_files: Option<&Rows>,
        units: Range<u64>,
        mut visit: impl FnMut(UnitIndex, u8, bool),
    ) -> Result<(), StoreError> {
        let block = (SCAN_BYTES / self.layout.slab_bytes()).max(1);
        let mut next = units.start;
        while next < units.end {
            let range = next..(next + block).min(units.end);
            let states = self.states(range.clone())?;
            next = range.end;
            if states.iter().all(|state| *state == UnitState::Pending as u8) {
                range.for_each(|unit| visit(UnitIndex(unit), UnitState::Pending as u8, false));
                continue;
            }
            let checksums = self.read_units(&self.crc32c, None, range.clone())?;
            let seeds = self.read_units(&self.seed, None, range.clone())?;
            let committed = words::<4>(&checksums).zip(words::<8>(&seeds));
            let columns = (self.layout.columns().iter().zip(&self.columns))
                .map(|(column, extent)| {
                    Ok((
                        column.unit_bytes() as usize,
                        self.read_units(extent, Some(column), range.clone())?,
                    ))
                })
                .collect::<Result<Vec<_>, StoreError>>()?;
            let places = self.row_places(range.clone())?;
            let of_recorded = match self.row_places.as_ref().and_then(|places| places.crc32c.as_ref()) {
                Some(extent) => Some(self.read_units(extent, None, range.clone())?),
                None => None,
            };
            for (i, (state, (expected, seed))) in states.iter().zip(committed).enumerate() {
                let unit = UnitIndex(range.start + i as u64);
                let slab = columns
                    .iter()
                    .map(|(length, bytes)| &bytes[i * length..(i + 1) * length]);
                let part = |recorded: bool| {
                    let columns = self.layout.columns().iter().zip(slab.clone());
                    columns
                        .filter(move |(column, _)| column.recorded == recorded)
                        .map(|(_, bytes)| bytes)
                };
                let found = self.checksum.of_unit(unit, *state, seed, part(false));
                let recorded_hold = of_recorded.as_ref().is_none_or(|checksums| {
                    let expected = words::<4>(checksums).nth(i).map(u32::from_le_bytes);
                    expected == Some(self.checksum.of_recorded(unit, part(true)))
                });
                let holds = is_committed(*state) && found == u32::from_le_bytes(expected) && recorded_hold;
                let rows_hold = || match row_files {
                    Some(files) if *state == UnitState::Done as u8 => {
                        files.visit(self, unit, &self.expected_rows(places[i], slab), |_| {})
                    }
                    _ => Ok(true),
                };
                visit(unit, *state, holds && rows_hold()?);
            }
        }
        Ok(())
    }

    /// The rows of this file, if it has tables.
    pub fn row_files(&self) -> Option<Rows> {
        match &self.packed_rows {
            Some(rows) => Some(Rows::Packed(Arc::clone(rows))),
            None => self.files_of_rows().map(Rows::Files),
        }
    }

    /// The files of rows beside this file, if it has tables.
    pub fn files_of_rows(&self) -> Option<RowFiles> {
        RowFiles::of(&self.layout, self.values.path(), self.checksum.start())
    }

    /// What the file says of the rows of a run of units: those that aren't done have none.
    pub fn all_expected_rows(&self, units: Range<u64>) -> Result<Vec<Option<Expected>>, StoreError> {
        let states = self.states(units.clone())?;
        let columns = (self.layout.columns().iter().zip(&self.columns))
            .map(|(column, extent)| {
                let of_rows = matches!(column.part, ColumnPart::Rows(_) | ColumnPart::RowChecksum(_));
                match of_rows {
                    true => self.read_units(extent, Some(column), units.clone()),
                    false => Ok(Vec::new()),
                }
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let places = self.row_places(units)?;
        Ok((states.iter().zip(places).enumerate())
            .map(|(i, (state, place))| {
                let slab = columns.iter().map(|bytes| bytes.get(8 * i..8 * i + 8).unwrap_or(&[]));
                (*state == UnitState::Done as u8).then(|| self.expected_rows(place, slab))
            })
            .collect())
    }

    /// The folder that rows of this file are in, if it isn't there.
    pub fn missing_rows(&self) -> Result<Option<PathBuf>, StoreError> {
        const BLOCK: u64 = 1 << 20;
        let Some(files) = self.row_files().filter(|files| !files.place().exists()) else {
            return Ok(None);
        };
        let units = self.units();
        for start in (0..units).step_by(BLOCK as usize) {
            let places = self.row_places(start..(start + BLOCK).min(units))?;
            if places.iter().any(|place| *place != RowPlace::NOWHERE) {
                return Ok(Some(files.place().to_owned()));
            }
        }
        Ok(None)
    }

    /// The rows of a unit in a table; `None` if the unit isn't done.
    pub fn rows(&self, unit: UnitIndex, table: usize) -> Result<Option<TableRows>, StoreError> {
        let units = unit.0..unit.0 + 1;
        let files = self.row_files().expect("a file with tables");
        if self.states(units.clone())? != [UnitState::Done as u8] {
            return Ok(None);
        }
        let slab = (self.layout.columns().iter().zip(&self.columns))
            .map(|(column, extent)| self.read_units(extent, Some(column), units.clone()))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let last = self.row_places(units)?[0];
        let expected = self.expected_rows(last, slab.iter().map(Vec::as_slice));
        match files.rows(self, unit, &expected, table)? {
            Some(rows) => Ok(Some(rows)),
            None => Err(StoreError::Rows {
                unit,
                folder: files.place().to_owned(),
            }),
        }
    }

    /// Runs of units that are not committed, see [`super::Writer::not_committed`].
    pub fn not_committed(&self, units: Range<u64>) -> Result<Vec<Range<u64>>, StoreError> {
        let recorded = Recorded::read(self)?;
        let mut runs: Vec<Range<u64>> = Vec::new();
        self.scan(units, |unit, state, holds| {
            let explained = state != UnitState::Quarantined as u8 || recorded.explains(unit);
            if !(holds && explained) {
                match runs.last_mut() {
                    Some(run) if run.end == unit.0 => run.end += 1,
                    _ => runs.push(unit.0..unit.0 + 1),
                }
            }
        })?;
        Ok(runs)
    }

    /// Values of one metric, `[units, members]`; NaN where missing, and in all units that are not done.
    pub fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        if self.layout.shape().members != MemberDetail::All {
            return Err(StoreError::NoMembers {
                path: self.values.path().to_owned(),
            });
        }
        let column = &self.layout.columns()[metric];
        let mut values = Vec::with_capacity(((units.end - units.start) * column.per_unit) as usize);
        // In pieces, so that the bytes of the file aren't held beside all the values.
        for piece in pieces(units, READ_BYTES / column.unit_bytes()) {
            let first = values.len();
            // States first: who is done by now has its values in the file, even while others are committed.
            let states = self.states(piece.clone())?;
            let bytes = self.read_units(&self.columns[metric], Some(column), piece)?;
            values.extend(decode(column.stored, &bytes));
            let new = values[first..].chunks_exact_mut(column.per_unit as usize);
            for (unit, _) in new.zip(states).filter(|(_, state)| *state != UnitState::Done as u8) {
                unit.fill(f64::NAN);
            }
        }
        Ok(values)
    }

    /// What each unit of a run says of itself, in one byte or word each; `None` if the file doesn't keep it. Of units that
    /// are not done it means nothing.
    pub fn of_units(&self, part: ColumnPart, units: Range<u64>) -> Result<Option<Vec<u8>>, StoreError> {
        let mut columns = self.layout.columns().iter().zip(&self.columns);
        let Some((column, extent)) = columns.find(|(column, _)| column.part == part) else {
            return Ok(None);
        };
        self.read_units(extent, Some(column), units).map(Some)
    }

    /// Statistics of one metric over the members of each unit.
    pub fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        if self.layout.shape().members == MemberDetail::All {
            let members = self.layout.shape().member_axis.count as usize;
            let mut statistics = Vec::with_capacity((units.end - units.start) as usize);
            for piece in pieces(units, READ_BYTES / (8 * members as u64)) {
                let values = self.member_values(metric, piece)?;
                statistics.extend(values.chunks_exact(members).map(UnitStatistics::of));
            }
            return Ok(statistics);
        }
        let states = self.states(units.clone())?;
        let mut statistics = vec![UnitStatistics::MISSING; states.len()];
        for (column, extent) in self.layout.columns().iter().zip(&self.columns) {
            if column.metric != Some(metric) {
                continue;
            }
            let values = decode(column.stored, &self.read_units(extent, Some(column), units.clone())?);
            for ((unit, value), state) in statistics.iter_mut().zip(values).zip(&states) {
                if *state != UnitState::Done as u8 {
                    continue;
                }
                match column.part {
                    ColumnPart::Count => unit.count = if value.is_nan() { 0 } else { value as u32 },
                    ColumnPart::Mean => unit.mean = value,
                    ColumnPart::Sd => unit.sd = value,
                    ColumnPart::Min => unit.min = value,
                    ColumnPart::Max => unit.max = value,
                    ColumnPart::Members
                    | ColumnPart::TakingPart
                    | ColumnPart::End
                    | ColumnPart::Rows(_)
                    | ColumnPart::RowChecksum(_) => {
                        unreachable!("only statistics are kept of a metric here")
                    }
                }
            }
        }
        Ok(statistics)
    }

    /// How many summaries of one metric from a point on aren't in the file, bit by bit, as they are given here.
    pub fn differing_summaries(
        &self,
        metric: usize,
        first_point: PointIndex,
        summaries: &[Summary],
    ) -> Result<u64, StoreError> {
        let points = first_point.0..first_point.0 + summaries.len() as u64;
        let mut differs = vec![false; summaries.len()];
        for (column, extent) in STATISTICS.iter().zip(&self.summaries[metric]) {
            let theirs = self.values.read("reading the summary of", extent, points.clone())?;
            let ours = encode_statistic(column, summaries);
            let element = extent.element_bytes as usize;
            let pairs = ours.chunks_exact(element).zip(theirs.chunks_exact(element));
            for (differs, (ours, theirs)) in differs.iter_mut().zip(pairs) {
                *differs |= ours != theirs;
            }
        }
        Ok(differs.into_iter().filter(|differs| *differs).count() as u64)
    }

    /// Summaries of one metric at a run of points.
    pub fn summaries(&self, metric: usize, points: Range<PointIndex>) -> Result<Vec<Summary>, StoreError> {
        let points = points.start.0..points.end.0;
        let mut summaries = vec![Summary::MISSING; (points.end - points.start) as usize];
        for (column, extent) in STATISTICS.iter().zip(&self.summaries[metric]) {
            let bytes = self.values.read("reading the summary of", extent, points.clone())?;
            for (summary, value) in summaries.iter_mut().zip(statistic_values(column, &bytes)) {
                (column.set)(summary, value);
            }
        }
        Ok(summaries)
    }
}

/// Whether the byte is a state of a unit that has its values.
fn is_committed(state: u8) -> bool {
    state == UnitState::Done as u8 || state == UnitState::Quarantined as u8
}

/// A run of units in pieces of at most `longest` units, and at least one.
pub(super) fn pieces(units: Range<u64>, longest: u64) -> impl Iterator<Item = Range<u64>> {
    let step = longest.max(1);
    let count = (units.end - units.start).div_ceil(step);
    (0..count).map(move |i| {
        let first = units.start + i * step;
        first..units.end.min(first + step)
    })
}

/// Values of a statistic from the bytes of its dataset.
fn statistic_values(column: &StatisticColumn, bytes: &[u8]) -> Vec<StatisticValue> {
    match column.storage {
        StatisticStorage::Real => words(bytes)
            .map(|word| StatisticValue::Real(f64::from_le_bytes(word)))
            .collect(),
        StatisticStorage::Integer => words(bytes)
            .map(|word| StatisticValue::Integer(i64::from_le_bytes(word)))
            .collect(),
        StatisticStorage::Method => (bytes.iter())
            .map(|byte| IntervalMethod::from_code(byte.cast_signed()).unwrap_or(IntervalMethod::None))
            .map(StatisticValue::Method)
            .collect(),
    }
}
