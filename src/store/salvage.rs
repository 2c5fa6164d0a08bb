//! Making a results file anew from its study, with all of the old one that still holds.
//!
//! What never changes after creation follows from the study; units, failures and records of runs have checksums of their
//! own. So a file whose structure is damaged loses nothing but what is damaged itself.

use super::checksum::Checksum;
use super::columns::Table;
use super::create::{self, Provenance};
use super::extent::Extent;
use super::failures::FailureTable;
use super::layout::Layout;
use super::seal::{self, Found, Place};
use super::sessions;
use super::skeleton::Skeleton;
use super::value_file::ValueFile;
use super::{Reader, SchemaVersion, StoreError, Subject, gate};
use crate::netcdf4::Group;
use crate::results::UnitState;
use std::ops::Range;
use std::path::Path;

/// Units that are looked at at a time.
const BLOCK: u64 = 1 << 16;

/// Bytes that are copied at a time.
const COPY_BYTES: u64 = 8 << 20;

/// What went from an old file into the one that took its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Salvage {
    /// Units whose checksum holds.
    pub units: u64,
    /// Units that say they are committed, but don't hold: they are run again.
    pub lost_units: u64,
    /// Rows of the table of failures.
    pub failures: u64,
    /// Rows of it that don't hold: their units are run again.
    pub lost_failures: u64,
    /// Records of runs.
    pub sessions: u64,
    /// Records of runs that don't hold.
    pub lost_sessions: u64,
}

impl Salvage {
    /// Whether nothing in the old file could be told to belong to the study. Records of runs name no study.
    fn is_empty(&self) -> bool {
        self.units + self.failures == 0
    }
}

/// Makes the results file of `study` anew beside the old one, copies what holds, and puts it into the place of the old one, in one
/// step: until then the old one stays as it is. Hold the [`super::Lock`].
///
/// # Errors
/// If the old file belongs to another study, or nothing in it holds; and as [`super::create`].
pub fn salvage(
    path: &Path,
    study: &impl Subject,
    layout: &Layout,
    provenance: &Provenance,
) -> Result<Salvage, StoreError> {
    let hash = study.hash();
    let (new, layout) = create::prepare(path, study, layout, provenance)?;
    let seal_of = |file: &std::fs::File, path: &Path| {
        let io = |error| StoreError::io("read", path, error);
        let length = file.metadata().map_err(io)?.len();
        seal::find(file, length).map_err(io)
    };
    let Found::Seal(places) = seal_of(new.file(), new.temporary())? else {
        return Err(gate::unsealed(new.temporary()));
    };
    let table = |values: ValueFile, layout: Layout, places: &[Place]| {
        Table::new(values, layout, Checksum::new(&hash), &|values, group, name| {
            extent(places, group, name).ok_or_else(|| gate::unsealed(values.path()))
        })
    };
    // Whoever could read the old one can read the new one.
    (std::fs::metadata(path).and_then(|old| new.file().set_permissions(old.permissions())))
        .map_err(|error| StoreError::io("setting the mode of", path, error))?;
    let target = table(
        ValueFile::open_to_write(new.temporary())?,
        layout.clone(),
        places.places(),
    )?;
    let old = match seal_of(&gate::open(path)?, path)? {
        Found::Seal(seal) if seal.configuration_hash() != hash => {
            return Err(StoreError::OtherStudy {
                path: path.to_owned(),
                found: super::fill::hex(&seal.configuration_hash()),
                expected: super::fill::hex(&hash),
            });
        }
        Found::Seal(seal) if seal.is_of_packed() => return Err(StoreError::Packed { path: path.to_owned() }),
        Found::Seal(seal) => Some(table(ValueFile::open(path)?, layout.clone(), seal.places())?),
        // Without a seal at its place, but sound as far as HDF5 can tell: of the first version, or written anew by another
        // program.
        Found::Nothing | Found::Moved => (Reader::open(path).ok())
            .filter(|reader| reader.configuration_hash() == hash && reader.layout().shape().fits(layout.shape()))
            .map(Reader::into_table)
            .transpose()?,
        Found::Broken => None,
    };
    // A file that was cut or whose seal is gone has the places of any file of its study. Checksums know a unit by its
    // study and index, so nothing passes for a unit that isn't one.
    let (candidates, sure) = match old {
        Some(old) => (vec![old], true),
        None => {
            let earlier = Layout::of_version(layout.shape().clone(), SchemaVersion(2));
            let skeleton = Skeleton::new(study, &earlier, &study.dimensions(), provenance)?;
            let earlier = table(
                ValueFile::open(path)?,
                earlier.clone(),
                &skeleton.sealed_places(&earlier),
            )?;
            (
                vec![table(ValueFile::open(path)?, layout, places.places())?, earlier],
                false,
            )
        }
    };
    let found = copy_from_first(&candidates, sure, &target)?;
    if found.is_empty() && !sure {
        return Err(StoreError::NothingHolds { path: path.to_owned() });
    }
    target.values.close()?;
    new.finish(true)?;
    Ok(found)
}

/// Copies what holds from the first of the candidates, which differ in where things are, in which anything does; from the only
/// one, if it is `sure`, in any case.
fn copy_from_first(candidates: &[Table], sure: bool, target: &Table) -> Result<Salvage, StoreError> {
    for old in candidates {
        let mut found = Salvage::default();
        copy_units(old, target, &mut found)?;
        copy_failures(old, target, &mut found)?;
        if sure || !found.is_empty() {
            copy_sessions(old, target, &mut found)?;
            return Ok(found);
        }
    }
    Ok(Salvage::default())
}

/// Where a dataset of the layout is, as a seal has it.
fn extent(places: &[Place], group: &Group, name: &str) -> Option<Extent> {
    let object = format!("/{}/{name}", group.name);
    let variable = group.variables.iter().find(|variable| variable.name == name)?;
    let place = places.iter().find(|place| place.path == object)?;
    let extent = Extent {
        object,
        offset: place.offset,
        shape: group.shape_of(variable),
        element_bytes: variable.stored.bytes(),
    };
    (extent.bytes().end - extent.offset == place.bytes).then_some(extent)
}

fn copy_units(old: &Table, new: &Table, found: &mut Salvage) -> Result<(), StoreError> {
    for start in (0..old.units()).step_by(BLOCK as usize) {
        let mut holding: Vec<Range<u64>> = Vec::new();
        look_at(old, start..(start + BLOCK).min(old.units()), &mut holding, found)?;
        for run in holding {
            found.units += run.end - run.start;
            let step = (COPY_BYTES / old.layout.slab_bytes()).max(1);
            for first in run.clone().step_by(step as usize) {
                copy_run(old, new, first..run.end.min(first + step))?;
            }
        }
    }
    Ok(())
}

/// Finds the runs of units that hold. Where the file is cut, the halves are looked at one by one, down to single units.
fn look_at(
    old: &Table,
    units: Range<u64>,
    holding: &mut Vec<Range<u64>>,
    found: &mut Salvage,
) -> Result<(), StoreError> {
    let mut seen = Vec::new();
    let scanned = old.scan(units.clone(), |unit, state, holds| seen.push((unit.0, state, holds)));
    match scanned {
        Ok(()) => {}
        Err(StoreError::Damaged { .. }) if units.end - units.start > 1 => {
            let middle = units.start + (units.end - units.start) / 2;
            look_at(old, units.start..middle, holding, found)?;
            return look_at(old, middle..units.end, holding, found);
        }
        Err(StoreError::Damaged { .. }) => {
            found.lost_units += 1;
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    for (unit, state, holds) in seen {
        match holding.last_mut() {
            Some(run) if holds && run.end == unit => run.end += 1,
            _ if holds => holding.push(unit..unit + 1),
            _ => found.lost_units += u64::from(state != UnitState::Pending as u8),
        }
    }
    Ok(())
}

/// Copies units, with checksums as the new file has them.
fn copy_run(old: &Table, new: &Table, units: Range<u64>) -> Result<(), StoreError> {
    let states = old.states(units.clone())?;
    let seeds = old.read_units(&old.seed, None, units.clone())?;
    let columns = (old.layout.columns().iter().zip(&old.columns))
        .map(|(column, extent)| Ok((column, old.read_units(extent, Some(column), units.clone())?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let action = "copying units to";
    for ((column, bytes), extent) in columns.iter().zip(&new.columns) {
        let first = units.start * column.per_unit;
        new.values.write(action, extent, first, bytes)?;
    }
    if let Some((from, to)) = old.row_places.as_ref().zip(new.row_places.as_ref()) {
        for (from, to) in [
            (&from.part, &to.part),
            (&from.offset, &to.offset),
            (&from.bytes, &to.bytes),
        ]
        .into_iter()
        .chain(from.crc32c.as_ref().zip(to.crc32c.as_ref()))
        {
            let bytes = old.read_units(from, None, units.clone())?;
            new.values.write(action, to, units.start, &bytes)?;
        }
    }
    let checksums: Vec<u8> = (states.iter().zip(seeds.as_chunks::<8>().0).enumerate())
        .flat_map(|(i, (state, seed))| {
            let slab = columns
                .iter()
                .filter(|(column, _)| !column.recorded)
                .map(|(column, bytes)| {
                    let length = column.unit_bytes() as usize;
                    &bytes[i * length..(i + 1) * length]
                });
            let unit = crate::sweep::UnitIndex(units.start + i as u64);
            new.checksum.of_unit(unit, *state, *seed, slab).to_le_bytes()
        })
        .collect();
    for (extent, bytes) in [(&new.seed, &seeds), (&new.crc32c, &checksums), (&new.state, &states)] {
        new.values.write(action, extent, units.start, bytes)?;
    }
    Ok(())
}

fn copy_failures(old: &Table, new: &Table, found: &mut Salvage) -> Result<(), StoreError> {
    let rows = match FailureTable::load(old) {
        Ok(rows) => rows,
        // Cut off.
        Err(StoreError::Damaged { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    found.lost_failures = rows.damaged(false).len() as u64;
    found.failures = rows.rows().count() as u64;
    for step in rows.under(new.checksum).steps_to_store(new)? {
        step.write("copying failures to", new)?;
    }
    Ok(())
}

fn copy_sessions(old: &Table, new: &Table, found: &mut Salvage) -> Result<(), StoreError> {
    let (records, lost) = match (sessions::read(old), sessions::damaged(old, found.units > 0, false)) {
        (Ok(records), Ok(lost)) => (records, lost),
        (Err(StoreError::Damaged { .. }), _) => return Ok(()),
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    (found.sessions, found.lost_sessions) = (records.len() as u64, lost.len() as u64);
    sessions::write_all(new, &records)
}
