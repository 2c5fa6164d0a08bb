//! An open results file: its datasets, checked against the layout, and what writing and reading have in common.

use super::checksum::Checksum;
use super::encode::{decode, words};
use super::failures::Recorded;
use super::hdf::Raw;
use super::layout::{Column, ColumnPart, Layout};
use super::variable::{Group, Variable};
use super::{Slab, StoreError, decompose};
use crate::config::MemberDetail;
use crate::engine::UnitState;
use crate::stats::{STATISTICS, UnitStatistics};
use crate::sweep::UnitIndex;
use hdf5::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Most bytes of one call of HDF5. MPI-IO implementations fail from 2 GiB on, and what is decoded afterwards needn't
/// be held twice.
const CALL_BYTES: u64 = 64 << 20;

/// Bytes that a scan holds at a time.
const SCAN_BYTES: u64 = 8 << 20;

/// The datasets of an open file. Fields are closed in this order: the file comes last.
pub(super) struct Table {
    pub layout: Layout,
    pub path: PathBuf,
    pub columns: Vec<Raw>,
    pub state: Raw,
    pub crc32c: Raw,
    pub seed: Raw,
    /// `[metrics][statistics]`.
    pub summaries: Vec<Vec<Raw>>,
    pub failures: FailureColumns,
    pub sessions: Raw,
    pub summary_written: Raw,
    pub finished: Raw,
    point_shape: Vec<u64>,
    unit_shape: Vec<u64>,
    pub file: File,
}

/// The table of failures.
pub(super) struct FailureColumns {
    pub unit: Raw,
    pub attempts: Raw,
    pub seed: Raw,
    pub message: Raw,
}

impl Table {
    /// Opens all datasets of `layout` and checks that they are as the layout says.
    pub fn open(file: File, path: &Path, layout: Layout) -> Result<Self, StoreError> {
        let groups = layout.groups();
        let group = |name: &str| {
            groups
                .iter()
                .find(|group| group.name == name)
                .expect("every layout has this group")
        };
        let open = |name: &str, variable: &str| open_checked(&file, path, group(name), variable);
        let columns = (layout.columns().iter())
            .map(|column| open("episodes", &column.name))
            .collect::<Result<_, _>>()?;
        let summaries = (layout.shape().metrics.iter())
            .map(|metric| {
                let name = |suffix: &str| format!("{}_{suffix}", metric.name);
                STATISTICS
                    .iter()
                    .map(|column| open("summary", &name(column.suffix)))
                    .collect()
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            columns,
            state: open("units", "state")?,
            crc32c: open("units", "crc32c")?,
            seed: open("units", "seed")?,
            summaries,
            failures: FailureColumns {
                unit: open("failures", "unit")?,
                attempts: open("failures", "attempts")?,
                seed: open("failures", "seed")?,
                message: open("failures", "message")?,
            },
            sessions: open("provenance", "sessions")?,
            summary_written: open("provenance", "summary_written")?,
            finished: open("provenance", "finished")?,
            point_shape: layout.point_shape(),
            unit_shape: layout.unit_shape(),
            path: path.to_owned(),
            file,
            layout,
        })
    }

    /// The file alone: all its datasets are closed on return. MPI-IO refuses to close a file with open objects.
    pub fn into_file(self) -> (File, PathBuf) {
        let Self { file, path, .. } = self;
        (file, path)
    }

    /// Number of units.
    pub fn units(&self) -> u64 {
        self.unit_shape.iter().product()
    }

    /// Names the file in an error of HDF5.
    pub fn guard<T>(&self, action: &str, result: hdf5::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| StoreError::hdf(format!("{action} {}", self.path.display()), &error))
    }

    /// Boxes of a run of units in the column (`Some`) or in the datasets of `/units` (`None`).
    pub fn unit_slabs(&self, column: Option<&Column>, units: Range<u64>) -> Vec<Slab> {
        let slabs = decompose(&self.unit_shape, units);
        match column {
            Some(column) if column.part == ColumnPart::Members => slabs
                .into_iter()
                .map(|slab| slab.with_whole_axis(column.per_unit))
                .collect(),
            _ => slabs,
        }
    }

    /// Boxes of a run of points.
    pub fn point_slabs(&self, points: Range<u64>) -> Vec<Slab> {
        decompose(&self.point_shape, points)
    }

    /// Reads a run of units of one dataset.
    pub fn read_units(&self, raw: &Raw, column: Option<&Column>, units: Range<u64>) -> Result<Vec<u8>, StoreError> {
        let result = read_slabs(raw, &self.unit_slabs(column, units));
        self.guard("reading", result)
    }

    /// States of a run of units.
    pub fn states(&self, units: Range<u64>) -> Result<Vec<u8>, StoreError> {
        self.read_units(&self.state, None, units)
    }

    /// Visits every unit of a run in order with its state and whether its checksum holds, in bounded memory.
    pub fn scan(
        &self,
        checksum: Checksum,
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
            let columns = (self.layout.columns().iter().zip(&self.columns))
                .map(|(column, raw)| {
                    Ok((
                        column.unit_bytes() as usize,
                        self.read_units(raw, Some(column), range.clone())?,
                    ))
                })
                .collect::<Result<Vec<_>, StoreError>>()?;
            for (i, (state, expected)) in states.iter().zip(words::<4>(&checksums)).enumerate() {
                let unit = UnitIndex(range.start + i as u64);
                let slab = columns
                    .iter()
                    .map(|(length, bytes)| &bytes[i * length..(i + 1) * length]);
                let found = checksum.of_unit(unit, *state, slab);
                visit(
                    unit,
                    *state,
                    is_committed(*state) && found == u32::from_le_bytes(expected),
                );
            }
        }
        Ok(())
    }

    /// Runs of units that are not committed, see [`super::Writer::not_committed`].
    pub fn not_committed(&self, checksum: Checksum, units: Range<u64>) -> Result<Vec<Range<u64>>, StoreError> {
        let recorded = Recorded::read(self)?;
        let mut runs: Vec<Range<u64>> = Vec::new();
        self.scan(checksum, units, |unit, state, holds| {
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
                path: self.path.clone(),
            });
        }
        let column = &self.layout.columns()[metric];
        let mut values = Vec::with_capacity(((units.end - units.start) * column.per_unit) as usize);
        // In pieces, so that the bytes of the file aren't held beside all the values.
        for piece in pieces(units, CALL_BYTES / column.unit_bytes()) {
            let first = values.len();
            let bytes = self.read_units(&self.columns[metric], Some(column), piece.clone())?;
            values.extend(decode(column.stored, &bytes));
            let states = self.states(piece)?;
            let new = values[first..].chunks_exact_mut(column.per_unit as usize);
            for (unit, _) in new.zip(states).filter(|(_, state)| *state != UnitState::Done as u8) {
                unit.fill(f64::NAN);
            }
        }
        Ok(values)
    }

    /// Statistics of one metric over the members of each unit.
    pub fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        if self.layout.shape().members == MemberDetail::All {
            let members = self.layout.shape().member_axis.count as usize;
            let mut statistics = Vec::with_capacity((units.end - units.start) as usize);
            for piece in pieces(units, CALL_BYTES / (8 * members as u64)) {
                let values = self.member_values(metric, piece)?;
                statistics.extend(values.chunks_exact(members).map(UnitStatistics::of));
            }
            return Ok(statistics);
        }
        let states = self.states(units.clone())?;
        let mut statistics = vec![UnitStatistics::MISSING; states.len()];
        for (column, raw) in self.layout.columns().iter().zip(&self.columns) {
            if column.metric != metric {
                continue;
            }
            let values = decode(column.stored, &self.read_units(raw, Some(column), units.clone())?);
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
                    ColumnPart::Members => unreachable!("statistics and members are never kept together"),
                }
            }
        }
        Ok(statistics)
    }
}

/// Whether the byte is a state of a unit that has its values.
fn is_committed(state: u8) -> bool {
    state == UnitState::Done as u8 || state == UnitState::Quarantined as u8
}

/// A run of units in pieces of at most `longest` units, and at least one.
fn pieces(units: Range<u64>, longest: u64) -> impl Iterator<Item = Range<u64>> {
    let step = longest.max(1);
    let count = (units.end - units.start).div_ceil(step);
    (0..count).map(move |i| {
        let first = units.start + i * step;
        first..units.end.min(first + step)
    })
}

/// Reads boxes one after the other.
pub(super) fn read_slabs(raw: &Raw, slabs: &[Slab]) -> hdf5::Result<Vec<u8>> {
    let element = raw.element_bytes() as u64;
    let total: u64 = slabs.iter().map(Slab::len).sum();
    let mut bytes = vec![0; (total * element) as usize];
    let mut rest = bytes.as_mut_slice();
    for slab in slabs.iter().flat_map(|slab| slab.split(CALL_BYTES / element)) {
        let (now, later) = rest.split_at_mut((slab.len() * element) as usize);
        raw.read(&slab, now)?;
        rest = later;
    }
    Ok(bytes)
}

/// Writes boxes one after the other.
pub(super) fn write_slabs(raw: &Raw, slabs: &[Slab], bytes: &[u8]) -> hdf5::Result<()> {
    let element = raw.element_bytes() as u64;
    let mut rest = bytes;
    for slab in slabs.iter().flat_map(|slab| slab.split(CALL_BYTES / element)) {
        let (now, later) = rest.split_at((slab.len() * element) as usize);
        raw.write(&slab, now)?;
        rest = later;
    }
    Ok(())
}

/// Opens one dataset and checks type, shape and storage, so that no later read or write can be led astray.
pub(super) fn open_checked(file: &File, path: &Path, group: &Group, name: &str) -> Result<Raw, StoreError> {
    let variable = (group.variables.iter())
        .find(|variable| variable.name == name)
        .expect("only variables of the layout are opened");
    let object = format!("/{}/{name}", group.name);
    let damaged = |found: String, expected: String| StoreError::Damaged {
        path: path.to_owned(),
        object: object.clone(),
        found,
        expected,
    };
    let raw = Raw::open(file, &object).map_err(|error| {
        damaged(
            format!("unreadable ({})", super::hdf::describe(&error)),
            "a dataset".to_owned(),
        )
    })?;
    check(&raw, group, variable).map_err(|(found, expected)| damaged(found, expected))?;
    Ok(raw)
}

fn check(raw: &Raw, group: &Group, variable: &Variable) -> Result<(), (String, String)> {
    let shape = group.shape_of(variable);
    if raw.shape() != shape {
        return Err((format!("of shape {:?}", raw.shape()), format!("{shape:?}")));
    }
    let expected = hdf5::Datatype::from_descriptor(&variable.stored.descriptor())
        .map_err(|error| (error.to_string(), "a type".to_owned()))?;
    if *raw.datatype() != expected {
        let found = raw
            .datatype()
            .to_descriptor()
            .map_or_else(|_| "of an unknown type".to_owned(), |found| format!("of type {found}"));
        return Err((found, variable.stored.descriptor().to_string()));
    }
    if !matches!(raw.dataset().layout(), hdf5::dataset::Layout::Contiguous) || raw.dataset().offset().is_none() {
        return Err(("not one contiguous piece".to_owned(), "one contiguous piece".to_owned()));
    }
    Ok(())
}
