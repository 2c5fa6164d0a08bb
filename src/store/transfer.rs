//! Units of one results file that another one takes over: verified, then committed like any other.

use super::columns::Table;
use super::donor::Donor;
use super::encode::{encode, words};
use super::layout::Column;
use super::row_parts::RowParts;
use super::{StoreError, Writer};
use crate::results::{EncodedRun, RowPlace, RowSink, UnitState};
use crate::sweep::UnitIndex;
use std::ops::Range;

/// Bytes of units that are held at a time.
const BLOCK_BYTES: u64 = 8 << 20;

/// What became of a run of units that was to be taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// Units of the new file that have their results now, as runs in order.
    pub units: Vec<Range<u64>>,
    /// Units that say they are in the state that was asked for, but don't hold.
    pub damaged: u64,
    /// Units that hold, but were computed from another seed.
    pub strange: u64,
}

impl TakenOver {
    /// Number of units.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.units.iter().map(|run| run.end - run.start).sum()
    }

    /// Adds what became of units that follow.
    pub fn add(&mut self, more: Self) {
        more.units.into_iter().for_each(|run| push(&mut self.units, run));
        self.damaged += more.damaged;
        self.strange += more.strange;
    }
}

/// Adds a run to runs in order.
fn push(runs: &mut Vec<Range<u64>>, run: Range<u64>) {
    match runs.last_mut() {
        Some(last) if last.end == run.start => last.end = run.end,
        _ => runs.push(run),
    }
}

impl Writer {
    /// Commits the units of `theirs` that are in `state` and hold, rows included, as units from `ours` on.
    ///
    /// # Errors
    /// If the donor can't be read, or this file not be written.
    pub fn take_over(
        &mut self,
        donor: &Donor,
        state: UnitState,
        theirs: Range<u64>,
        ours: u64,
    ) -> Result<TakenOver, StoreError> {
        let slab_bytes = self.table.layout.slab_bytes().max(donor.table.layout.slab_bytes());
        let step = (BLOCK_BYTES / slab_bytes).max(1);
        let mut all = TakenOver::default();
        for first in theirs.clone().step_by(step as usize) {
            let block = first..theirs.end.min(first + step);
            all.add(self.take_block(donor, state, block, ours + (first - theirs.start))?);
        }
        Ok(all)
    }

    fn take_block(
        &mut self,
        donor: &Donor,
        state: UnitState,
        theirs: Range<u64>,
        ours: u64,
    ) -> Result<TakenOver, StoreError> {
        let mut taken = TakenOver::default();
        let shift = |unit: u64| UnitIndex(ours + (unit - theirs.start));
        let seeds = donor.table.read_units(&donor.table.seed, None, theirs.clone())?;
        let seeds: Vec<u64> = words::<8>(&seeds).map(u64::from_le_bytes).collect();
        let mut holding: Vec<Range<u64>> = Vec::new();
        donor.table.scan_columns(theirs.clone(), |unit, found, holds| {
            if found != state as u8 {
                return;
            }
            if !holds {
                taken.damaged += 1;
            } else if seeds[(unit.0 - theirs.start) as usize] != self.seed_of(shift(unit.0)) {
                taken.strange += 1;
            } else {
                push(&mut holding, unit.0..unit.0 + 1);
            }
        })?;
        let mut runs = Vec::new();
        for run in holding {
            let slab = Slab::read(donor, &self.table, run.clone())?;
            let places = self.take_rows(donor, &slab, state, &shift)?;
            taken.damaged += places.iter().filter(|place| place.is_none()).count() as u64;
            // Units whose rows don't hold are left out, and cut the run in pieces.
            for sound in sound_runs(&places) {
                runs.push(self.encoded(&slab, state, &places[sound.clone()], sound, &shift));
            }
        }
        for run in &runs {
            push(&mut taken.units, run.units());
        }
        self.write_runs(&runs)?;
        self.check_place()?;
        Ok(taken)
    }

    /// Copies the rows of each unit of a slab; where they are now, or `None` for units whose rows don't hold.
    fn take_rows(
        &self,
        donor: &Donor,
        slab: &Slab,
        state: UnitState,
        shift: &dyn Fn(u64) -> UnitIndex,
    ) -> Result<Vec<Option<RowPlace>>, StoreError> {
        let nowhere = || slab.units.clone().map(|_| Some(RowPlace::NOWHERE)).collect();
        let (Some(parts), Some(files)) = (self.row_parts(), &donor.rows) else {
            return Ok(nowhere());
        };
        if state != UnitState::Done {
            return Ok(nowhere());
        }
        let last = donor.table.row_places(slab.units.clone())?;
        (slab.units.clone().zip(last).enumerate())
            .map(|(at, (unit, last))| {
                let bytes = slab
                    .theirs
                    .iter()
                    .map(|(length, bytes)| &bytes[at * length..(at + 1) * length]);
                let expected = donor.table.expected_rows(last, bytes);
                let mut copy = Copy::of(parts, &donor.tables, shift(unit));
                let holds = files.visit(UnitIndex(unit), &expected, |block| copy.add(block))?;
                Ok(holds.then_some(copy.place))
            })
            .collect()
    }

    /// The units at `which` of a slab as a commit has them.
    fn encoded(
        &self,
        slab: &Slab,
        state: UnitState,
        places: &[Option<RowPlace>],
        which: Range<usize>,
        shift: &dyn Fn(u64) -> UnitIndex,
    ) -> EncodedRun {
        let columns = self.table.layout.columns();
        let mut run = EncodedRun {
            first: shift(slab.units.start + which.start as u64),
            states: vec![state as u8; which.len()],
            checksums: Vec::with_capacity(which.len()),
            recorded_checksums: Vec::new(),
            columns: (columns.iter().zip(&slab.ours))
                .map(|(column, bytes)| {
                    let length = column.unit_bytes() as usize;
                    bytes[which.start * length..which.end * length].to_vec()
                })
                .collect(),
            rows: Vec::new(),
        };
        if self.row_parts().is_some() {
            run.rows = places.iter().map(|place| place.unwrap_or(RowPlace::NOWHERE)).collect();
        }
        let are_recorded = columns.iter().any(|column| column.recorded);
        for at in 0..which.len() {
            let unit = UnitIndex(run.first.0 + at as u64);
            let part = |recorded: bool| {
                let pairs = columns.iter().zip(&run.columns);
                pairs
                    .filter(move |(column, _)| column.recorded == recorded)
                    .map(move |(column, bytes)| {
                        let length = column.unit_bytes() as usize;
                        &bytes[at * length..(at + 1) * length]
                    })
            };
            let seed = self.seed_of(unit).to_le_bytes();
            let checksum = self.table.checksum.of_unit(unit, state as u8, seed, part(false));
            let of_recorded = are_recorded.then(|| self.table.checksum.of_recorded(unit, part(true)));
            run.checksums.push(checksum);
            run.recorded_checksums.extend(of_recorded);
        }
        run
    }
}

/// The bytes of a run of units, as the donor has them and as the new file has them.
struct Slab {
    units: Range<u64>,
    /// Bytes of a unit, and of all of them, by the donor's columns.
    theirs: Vec<(usize, Vec<u8>)>,
    /// By the new file's columns.
    ours: Vec<Vec<u8>>,
}

impl Slab {
    fn read(donor: &Donor, target: &Table, units: Range<u64>) -> Result<Self, StoreError> {
        let columns = donor.table.layout.columns();
        let theirs = (columns.iter().zip(&donor.table.columns))
            .map(|(column, extent)| {
                let bytes = donor.table.read_units(extent, Some(column), units.clone())?;
                Ok((column.unit_bytes() as usize, bytes))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let ours = (target.layout.columns().iter().zip(&donor.columns))
            .map(|(column, &from)| fitted(column, &theirs[from].1, &columns[from]))
            .collect();
        Ok(Self { units, theirs, ours })
    }
}

/// The bytes of units in a column whose member axis may have another length: fill values stand for members that a unit hasn't.
fn fitted(ours: &Column, bytes: &[u8], theirs: &Column) -> Vec<u8> {
    if ours.per_unit == theirs.per_unit {
        return bytes.to_vec();
    }
    let mut missing = Vec::new();
    (theirs.per_unit..ours.per_unit).for_each(|_| encode(ours.stored, &[f64::NAN], &mut missing));
    let kept = (ours.unit_bytes().min(theirs.unit_bytes())) as usize;
    (bytes.chunks_exact(theirs.unit_bytes() as usize))
        .flat_map(|unit| unit[..kept].iter().chain(&missing).copied())
        .collect()
}

/// The runs of places that are there.
fn sound_runs(places: &[Option<RowPlace>]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..places.len()).filter(|&at| places[at].is_some()) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// The rows of one unit on their way into another file.
struct Copy<'a> {
    parts: &'a RowParts,
    tables: &'a [usize],
    unit: UnitIndex,
    number: u32,
    place: RowPlace,
}

impl<'a> Copy<'a> {
    fn of(parts: &'a RowParts, tables: &'a [usize], unit: UnitIndex) -> Self {
        Self {
            parts,
            tables,
            unit,
            number: 0,
            place: RowPlace::NOWHERE,
        }
    }

    fn add(&mut self, mut block: Vec<crate::results::RowBlock>) {
        let wanted: Vec<_> = self
            .tables
            .iter()
            .map(|&table| std::mem::take(&mut block[table]))
            .collect();
        if wanted.iter().any(|table| table.rows > 0) {
            self.place = self.parts.keep(self.unit, self.number, self.place, &wanted);
            self.number += 1;
        }
    }
}
