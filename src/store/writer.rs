//! The writing side of a results file.

use super::checksum::Checksum;
use super::columns::Table;
use super::encode::{Encoder, SeedOf, encode_statistic};
use super::extent::Extent;
use super::failures::{self, FailureTable, Step};
use super::layout::{ColumnPart, Layout};
use super::products::{self, ProductRecord};
use super::row_parts::{self, RowParts};
use super::saved_states::{self, SavedStates};
use super::seal::Depth;
use super::sessions::{self, SessionRecord};
use super::{Addresses, Form, Reader, StoreError, Subject, fit, gate, verify};
use crate::results::{Counter, Encode, EncodedRun, FailureRow, Ledger, LedgerError, RowPlace, TableRows, UnitState};
use crate::stats::{STATISTICS, Summary, UnitStatistics};
use crate::sweep::{PointIndex, UnitIndex};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A results file open for writing: every commit survives a kill of the process.
///
/// Each rank has one of its own on the same file, and writes the units that are its. None waits for another.
pub struct Writer {
    encoder: Arc<Encoder>,
    /// Where this rank's rows go; none without tables.
    rows: Option<Arc<RowParts>>,
    /// States of long units.
    states: Arc<SavedStates>,
    seed_of: SeedOf,
    /// Whether this one looks after the file's place. One rank is enough.
    first: bool,
    failures: Option<FailureTable>,
    session_row: Option<u64>,
    /// After how many writes to the table of failures the process is to die, and whether in the middle of the next.
    #[cfg(test)]
    pub(super) death: std::cell::Cell<Option<(u64, bool)>>,
    pub(super) table: Table,
}

impl Writer {
    /// Opens the results file of `study`, as the first of the job: HDF5 finds the places of all values, and is done with
    /// the file on return.
    ///
    /// # Errors
    /// If the file isn't there, isn't ours, is damaged, or holds another study.
    pub fn open<S: Subject + Clone + 'static>(path: &Path, study: &S, layout: Layout) -> Result<Self, StoreError> {
        fit::check(layout.shape())?;
        let reader = Reader::open_to_write(path)?;
        if reader.form() != Form::Plain {
            return Err(StoreError::Packed { path: path.to_owned() });
        }
        let version = reader.layout().version();
        if !version.is_continued() {
            return Err(StoreError::Schema {
                path: path.to_owned(),
                found: version,
                known: layout.version(),
            });
        }
        let (hash, found) = (study.hash(), reader.configuration_hash());
        if found != hash || !reader.layout().shape().fits(layout.shape()) {
            return Err(StoreError::OtherStudy {
                path: path.to_owned(),
                found: super::fill::hex(&found),
                expected: super::fill::hex(&hash),
            });
        }
        let table = reader.into_table()?;
        Ok(Self::of(table, study, &layout, true))
    }

    /// Opens the file that another rank has opened, whose values are at `addresses`.
    ///
    /// # Errors
    /// If this host doesn't see that file.
    pub fn join<S: Subject + Clone + 'static>(
        path: &Path,
        study: &S,
        layout: Layout,
        addresses: &Addresses,
    ) -> Result<Self, StoreError> {
        let values = addresses.open(path, &layout, &study.hash())?;
        let checksum = Checksum::new(&study.hash());
        let table = Table::new(values, layout.clone(), checksum, &|_, group, name| {
            Ok(addresses.extent(group, name))
        })?;
        Ok(Self::of(table, study, &layout, false))
    }

    fn of<S: Subject + Clone + 'static>(table: Table, study: &S, layout: &Layout, first: bool) -> Self {
        let hash = study.hash();
        let study = study.clone();
        let seed_of: SeedOf = Arc::new(move |unit| study.unit_seed(unit));
        let rows = RowParts::of(layout, table.values.path(), &hash).map(Arc::new);
        let states = Arc::new(SavedStates::of(table.values.path(), &hash));
        Self {
            encoder: Arc::new(Encoder::new(
                layout,
                &hash,
                seed_of.clone(),
                rows.clone(),
                states.clone(),
            )),
            rows,
            states,
            seed_of,
            first,
            failures: None,
            session_row: None,
            #[cfg(test)]
            death: std::cell::Cell::new(None),
            table,
        }
    }

    /// The results file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.table.values.path()
    }

    /// Where the values are, for the other ranks.
    ///
    /// # Errors
    /// If the file can't be looked at.
    pub fn addresses(&self) -> Result<Addresses, StoreError> {
        Addresses::of(&self.table)
    }

    /// What the file holds.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.table.layout
    }

    /// Runs of units that have to be run: those without a state, those whose checksum doesn't hold, and quarantined
    /// ones without a row in the table of failures (unless it is full of lower units). Reads everything that was
    /// committed, in bounded memory.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn not_committed(&self, units: Range<u64>) -> Result<Vec<Range<u64>>, StoreError> {
        self.table.not_committed(units)
    }

    /// How many units of a run aren't any more what was committed. Rows beside the file aren't looked at.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn damaged(&self, units: Range<u64>) -> Result<u64, StoreError> {
        let mut damaged = 0;
        self.table.scan_columns(units, |_, state, holds| {
            damaged += u64::from(!holds && state != UnitState::Pending as u8);
        })?;
        Ok(damaged)
    }

    /// Values of one metric, `[units, members]` row-major, in the metric's unit. NaN where missing, and for units
    /// that are not done.
    ///
    /// # Errors
    /// If the file can't be read, or keeps only statistics.
    pub fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, StoreError> {
        self.table.member_values(metric, units)
    }

    /// Statistics of one metric over the members of each unit.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, StoreError> {
        self.table.unit_statistics(metric, units)
    }

    /// Writes the summaries of one metric at consecutive points.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn write_summaries(
        &mut self,
        metric: usize,
        first_point: PointIndex,
        summaries: &[Summary],
    ) -> Result<(), StoreError> {
        for (column, extent) in STATISTICS.iter().zip(&self.table.summaries[metric]) {
            let bytes = encode_statistic(column, summaries);
            let action = "writing the summary of";
            self.table.values.write(action, extent, first_point.0, &bytes)?;
        }
        Ok(())
    }

    /// See [`Reader::differing_summaries`].
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn differing_summaries(
        &self,
        metric: usize,
        first_point: PointIndex,
        summaries: &[Summary],
    ) -> Result<u64, StoreError> {
        self.table.differing_summaries(metric, first_point, summaries)
    }

    /// Writes the record of this run: a row of its own at the first call, the same row afterwards. When the table is
    /// full, the last row is overwritten. Rank 0 only.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn record_session(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        if let Some(row) = self.session_row {
            return sessions::write(&self.table, row, session);
        }
        let row = sessions::free_row(&self.table)?;
        self.session_row = Some(row);
        sessions::write(&self.table, row, session)?;
        sessions::follow(&self.table, row)
    }

    /// Sorts the table of failures by unit, without those that succeeded in the end. Rank 0 only, after all others
    /// have committed. Writes nothing if the table is sorted already. A kill in between frees rows, whose units
    /// [`Self::not_committed`] gives then; it never pairs a unit with another's message.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub fn sort_failures(&mut self) -> Result<(), StoreError> {
        let mut table = FailureTable::load(&self.table)?;
        table.sort(|unit| failures::is_quarantined(&self.table, unit))?;
        self.write_failures("sorting the failures of", &table.steps_to_store(&self.table)?)?;
        self.failures = Some(table);
        Ok(())
    }

    /// The table of failures as it is in the file, without rows of units that are no longer quarantined: when a
    /// session first records a failure, those are of units that succeeded, or that this session runs again.
    fn take_failures(&mut self) -> Result<FailureTable, StoreError> {
        if let Some(table) = self.failures.take() {
            return Ok(table);
        }
        let mut table = FailureTable::load(&self.table)?;
        if table.retain(|unit| failures::is_quarantined(&self.table, unit))? {
            self.write_failures("freeing rows in", &[table.step_to_free()])?;
        }
        Ok(table)
    }

    #[cfg(test)]
    fn die_if_due(&self, step: &Step) -> Result<(), StoreError> {
        match self.death.get() {
            None => Ok(()),
            Some((0, halfway)) => {
                if halfway {
                    step.first_half().write("writing", &self.table).unwrap();
                }
                Err(StoreError::Hdf {
                    action: "writing".to_owned(),
                    reason: "killed".to_owned(),
                })
            }
            Some((writes, halfway)) => {
                self.death.set(Some((writes - 1, halfway)));
                Ok(())
            }
        }
    }

    /// Makes the writes one after the other, each in the hands of the operating system before the next.
    fn write_failures(&self, action: &str, steps: &[Step]) -> Result<(), StoreError> {
        for step in steps {
            #[cfg(test)]
            self.die_if_due(step)?;
            step.write(action, &self.table)?;
        }
        Ok(())
    }

    /// Says whether all units are committed and the summary is complete. Rank 0 only.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn set_finished(&mut self, finished: bool) -> Result<(), StoreError> {
        self.set_flag(&self.table.finished, finished)
    }

    /// Says whether the summary is complete. Rank 0 only.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn set_summary_written(&mut self, written: bool) -> Result<(), StoreError> {
        self.set_flag(&self.table.summary_written, written)
    }

    fn set_flag(&self, flag: &Extent, value: bool) -> Result<(), StoreError> {
        self.table.values.write("writing to", flag, 0, &[u8::from(value)])
    }

    /// Whether all units are committed and the summary is complete.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn finished(&self) -> Result<bool, StoreError> {
        self.table.flag(&self.table.finished)
    }

    /// Whether the tables and flags of a file that says it is finished are as they were written then.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn finished_and_whole(&self) -> Result<bool, StoreError> {
        let flags = self.finished()? && self.table.flag(&self.table.summary_written)?;
        Ok(flags && verify::damaged_rows(&self.table, true, true)?.is_empty())
    }

    /// Removes the rows of sessions that don't hold, and says how many there were: what they said can't be had again. Rank 0
    /// only.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub fn clear_damaged_sessions(&mut self) -> Result<u64, StoreError> {
        let used = self.state_counts()?.committed() > 0;
        sessions::close_gaps(&self.table, used)
    }

    /// Holds all that never changes against the seal, on the first rank: another program may have written to the file, or
    /// at its end, since it was opened.
    ///
    /// # Errors
    /// If it doesn't hold, or can't be read.
    pub fn check_seal(&self) -> Result<(), StoreError> {
        if self.first {
            gate::enter(self.table.values.path(), Depth::Whole)?;
        }
        Ok(())
    }

    /// Brings all that this rank wrote to the disk, and hears of what the operating system could not write. Only then can
    /// other hosts read it for certain, through files that they open afterwards.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn synchronise(&self) -> Result<(), StoreError> {
        // Rows first: what names them comes after them.
        if let Some(rows) = &self.rows {
            rows.sync()?;
        }
        self.table.values.sync()
    }

    /// Says how many bytes of rows may be on their way to the disk; compute threads wait beyond that.
    pub fn bound_rows(&self, bytes: usize) {
        if let Some(rows) = &self.rows {
            rows.set_bound(bytes);
        }
    }

    /// The rows of a unit in a table; `None` if the unit isn't done.
    ///
    /// # Errors
    /// If the file can't be read, or the rows are missing or damaged.
    ///
    /// # Panics
    /// If there is no such table.
    pub fn rows(&self, unit: UnitIndex, table: usize) -> Result<Option<TableRows>, StoreError> {
        self.table.rows(unit, table)
    }

    /// What each unit of a run says of itself, in one byte or word each; `None` if the file doesn't keep it. Of units that are
    /// not done it means nothing.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn of_units(&self, part: ColumnPart, units: Range<u64>) -> Result<Option<Vec<u8>>, StoreError> {
        self.table.of_units(part, units)
    }

    /// Which units of a run are quarantined, as runs in order.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn quarantined(&self, units: Range<u64>) -> Result<Vec<Range<u64>>, StoreError> {
        const BLOCK: u64 = 1 << 20;
        let mut runs: Vec<Range<u64>> = Vec::new();
        for start in units.clone().step_by(BLOCK as usize) {
            let states = self.table.states(start..units.end.min(start + BLOCK))?;
            let found = (start..)
                .zip(states)
                .filter(|(_, state)| *state == UnitState::Quarantined as u8);
            for (unit, _) in found {
                match runs.last_mut() {
                    Some(run) if run.end == unit => run.end += 1,
                    _ => runs.push(unit..unit + 1),
                }
            }
        }
        Ok(runs)
    }

    /// Which units of a run are done.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn done(&self, units: Range<u64>) -> Result<Vec<bool>, StoreError> {
        let states = self.table.states(units)?;
        Ok(states.iter().map(|state| *state == UnitState::Done as u8).collect())
    }

    /// Makes a file beside the results, whole or not at all, in place of the one before; `None` if the job ends first. Rank 0
    /// only.
    ///
    /// # Errors
    /// If it can't be written, or `make` says in words what stops it.
    pub fn make_product(
        &self,
        name: &str,
        job_ends: &dyn Fn() -> bool,
        make: impl FnOnce(&mut dyn std::io::Write) -> Result<(), String>,
    ) -> Result<Option<ProductRecord>, StoreError> {
        products::make(self.table.values.path(), name, job_ends, make)
    }

    /// Keeps the list of the files that were made. Rank 0 only.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn record_products(&mut self, records: &[ProductRecord]) -> Result<(), StoreError> {
        products::record(&self.table, records)
    }

    /// Whether all files that were made from the results are as they were made.
    ///
    /// # Errors
    /// If the results file can't be read.
    pub fn products_hold(&self) -> Result<bool, StoreError> {
        Ok(products::problems(&self.table)?.is_empty())
    }

    /// How writing rows went on this rank; nothing without tables.
    #[must_use]
    pub fn counters(&self) -> Vec<Counter> {
        self.rows.as_ref().map_or_else(Vec::new, |rows| rows.counters())
    }

    /// Removes what killed runs and failed attempts left: files of rows that no committed unit has its rows in, and states of
    /// units. Rank 0 only, when all units are committed.
    ///
    /// # Errors
    /// If the file can't be read, or a file not be removed.
    pub fn remove_leftovers(&self) -> Result<(), StoreError> {
        const BLOCK: u64 = 1 << 20;
        saved_states::remove_all(self.table.values.path());
        if self.rows.is_none() {
            return Ok(());
        }
        let mut used = BTreeSet::new();
        for start in (0..self.table.units()).step_by(BLOCK as usize) {
            let places = self.table.row_places(start..(start + BLOCK).min(self.table.units()))?;
            used.extend(places.iter().map(|place| place.part));
        }
        used.remove(&0);
        row_parts::remove_unused(self.table.values.path(), &used)
    }

    /// Opens the file anew, so that what other hosts brought to the disk before is seen: network file systems look after
    /// news when a file is opened.
    ///
    /// # Errors
    /// If the file is gone, or can't be opened.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        self.table.values.reopen()
    }

    /// Makes sure that the file is still in its place, on the first rank: what a removed file holds nobody will ever see.
    ///
    /// # Errors
    /// If it was removed, moved or replaced.
    pub fn check_place(&self) -> Result<(), StoreError> {
        if self.first {
            self.table.values.check_place()?;
        }
        Ok(())
    }

    /// Closes the file and hears of what only then fails.
    ///
    /// # Errors
    /// If the operating system can't write what it still holds.
    pub fn close(self) -> Result<(), StoreError> {
        self.table.values.close()
    }

    /// The number recorded as the seed of a unit.
    pub(super) fn seed_of(&self, unit: UnitIndex) -> u64 {
        (self.seed_of)(unit)
    }

    /// Where this rank's rows go; none without tables.
    pub(super) fn row_parts(&self) -> Option<&RowParts> {
        self.rows.as_deref()
    }

    /// Writes units whose runs follow each other without a gap.
    fn write_values(&self, runs: &[EncodedRun], units: Range<u64>) -> Result<(), StoreError> {
        let action = format!("writing units {units:?} to");
        for (index, (column, extent)) in self.table.layout.columns().iter().zip(&self.table.columns).enumerate() {
            let first = units.start * column.per_unit;
            let write = |bytes: &[u8]| self.table.values.write(&action, extent, first, bytes);
            match runs {
                [run] => write(&run.columns[index])?,
                _ => {
                    let parts: Vec<&[u8]> = runs.iter().map(|run| run.columns[index].as_slice()).collect();
                    write(&parts.concat())?;
                }
            }
        }
        let Some(places) = &self.table.row_places else {
            return Ok(());
        };
        let of = |bytes: &dyn Fn(&RowPlace) -> Vec<u8>| -> Vec<u8> {
            runs.iter().flat_map(|run| &run.rows).flat_map(bytes).collect()
        };
        for (extent, bytes) in [
            (&places.part, of(&|place| place.part.to_le_bytes().to_vec())),
            (&places.offset, of(&|place| place.offset.to_le_bytes().to_vec())),
            (&places.bytes, of(&|place| place.bytes.to_le_bytes().to_vec())),
        ] {
            self.table.values.write(&action, extent, units.start, &bytes)?;
        }
        if let Some(extent) = &places.crc32c {
            let checksums = runs.iter().flat_map(|run| &run.recorded_checksums);
            let bytes: Vec<u8> = checksums.flat_map(|crc| crc.to_le_bytes()).collect();
            self.table.values.write(&action, extent, units.start, &bytes)?;
        }
        Ok(())
    }

    /// Marks units as committed, after their values are written.
    fn write_states(&self, runs: &[EncodedRun], units: Range<u64>) -> Result<(), StoreError> {
        let action = format!("committing units {units:?} to");
        let seeds: Vec<u8> = units
            .clone()
            .flat_map(|unit| (self.seed_of)(UnitIndex(unit)).to_le_bytes())
            .collect();
        let checksums: Vec<u8> = runs
            .iter()
            .flat_map(|run| &run.checksums)
            .flat_map(|crc| crc.to_le_bytes())
            .collect();
        let states: Vec<u8> = runs.iter().flat_map(|run| &run.states).copied().collect();
        for (extent, bytes) in [
            (&self.table.seed, seeds),
            (&self.table.crc32c, checksums),
            (&self.table.state, states),
        ] {
            self.table.values.write(&action, extent, units.start, &bytes)?;
        }
        Ok(())
    }

    pub(super) fn write_runs(&self, runs: &[EncodedRun]) -> Result<(), StoreError> {
        if let Some(rows) = &self.rows {
            // Rows that are not written must have no unit that names them.
            rows.settle()?;
        }
        let groups: Vec<(&[EncodedRun], Range<u64>)> = runs
            .chunk_by(|before, after| before.units().end == after.first.0)
            .map(|group| (group, group[0].units().start..group[group.len() - 1].units().end))
            .filter(|(_, units)| !units.is_empty())
            .collect();
        for (group, units) in &groups {
            self.write_values(group, units.clone())?;
        }
        for (group, units) in &groups {
            self.write_states(group, units.clone())?;
        }
        for (_, units) in groups {
            self.states.remove(units);
        }
        Ok(())
    }
}

impl Ledger for Writer {
    fn encoder(&self) -> Arc<dyn Encode> {
        self.encoder.clone()
    }

    fn commit(&mut self, runs: &[EncodedRun]) -> Result<(), LedgerError> {
        let commit = || {
            self.states.check()?;
            self.write_runs(runs)?;
            self.check_place()
        };
        commit().map_err(ledger_error)
    }

    fn record_failure(&mut self, row: FailureRow) -> Result<(), LedgerError> {
        let record = || -> Result<(), StoreError> {
            let mut table = self.take_failures()?;
            if let Some(index) = table.place(row) {
                self.write_failures("recording a failure in", &table.steps(index, 1))?;
            }
            self.failures = Some(table);
            Ok(())
        };
        record().map_err(ledger_error)
    }

    fn check(&mut self) -> Result<(), LedgerError> {
        let check = || {
            self.check_place()?;
            self.states.check()?;
            // A unit of hours whose rows can't be written had better end now.
            self.rows.as_ref().map_or(Ok(()), |rows| rows.check())
        };
        check().map_err(ledger_error)
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({})", self.table.values.path().display())
    }
}

/// The path goes with the action: what is cut when it has to fit into a message is never the reason.
fn ledger_error(error: StoreError) -> LedgerError {
    match error {
        StoreError::Hdf { action, reason } => LedgerError { action, reason },
        StoreError::Transfer {
            ref action, ref path, ..
        } => {
            let action = format!("{action} {}", path.display());
            let message = error.to_string();
            let reason = message
                .strip_prefix(&action)
                .map(|reason| reason.trim_start_matches(": "));
            LedgerError {
                reason: reason.unwrap_or(&message).to_owned(),
                action,
            }
        }
        other => LedgerError {
            action: "writing the results".to_owned(),
            reason: other.to_string(),
        },
    }
}
