//! A results file made of several of the same study, under its name whole or not at all.

use super::columns::{Table, pieces};
use super::encode::words;
use super::failures::FailureTable;
use super::kept_study::KeptStudy;
use super::{Donor, Layout, Provenance, SessionRecord, StoreError, Writer, create, layout, row_parts, sessions};
use crate::netcdf4::NewFile;
use crate::results::{Ledger, UnitState};
use crate::sweep::UnitIndex;
use std::collections::BTreeSet;
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

/// Units whose states are looked at at a time.
const BLOCK: u64 = 1 << 18;

/// Values that are copied between two looks at signals, bytes.
const PIECE_BYTES: u64 = 64 << 20;

/// The file in a folder of rows that says that its results file has still to get its name.
const MARK: &str = "merging";

/// A results file in the making, with the rows that go with it.
pub struct Merge {
    new: NewFile,
    writer: Writer,
    rows: UnnamedRows,
    /// Which runs of units came from which file.
    origins: Vec<(PathBuf, Vec<Range<u64>>)>,
}

/// What a file has given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Units that are in the new file because of it.
    pub units: u64,
    /// Units that were there already, with the same checksums.
    pub same: u64,
    /// Units of it that don't hold.
    pub damaged: u64,
}

impl Merge {
    /// Begins the file at `path`, with nothing in it yet. Hold the [`super::Lock`].
    ///
    /// # Errors
    /// As [`super::create`].
    pub fn begin(path: &Path, study: &KeptStudy, provenance: &Provenance) -> Result<Self, StoreError> {
        if fs::symlink_metadata(path).is_ok() {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
        remove_remains(path)?;
        let layout = Layout::new(study);
        if layout.has_tables() {
            row_parts::check_free(path)?;
        }
        super::products::check_free(path, &layout.shape().features.products)?;
        let (new, layout) = create::prepare(path, study, &layout, provenance)?;
        let rows = UnnamedRows {
            now: row_parts::folder_of(new.temporary()),
            then: row_parts::folder_of(path),
        };
        let writer = Writer::open(new.temporary(), study, layout)?;
        Ok(Self {
            new,
            writer,
            rows,
            origins: Vec::new(),
        })
    }

    /// What is in the file so far, and takes the summary.
    pub fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// Takes all units of `donor` that the file lacks. `go_on` is asked now and then, with how many were taken.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if a unit is there already with other results; and what can't be read or written.
    pub fn take(
        &mut self,
        donor: &Donor,
        go_on: &dyn Fn(u64) -> ControlFlow<()>,
    ) -> Result<ControlFlow<(), Given>, StoreError> {
        let mut given = Given::default();
        let mut taken: Vec<Range<u64>> = Vec::new();
        let units = self.writer.table.units();
        let step = (PIECE_BYTES / self.writer.table.layout.slab_bytes()).max(1);
        for start in (0..units).step_by(BLOCK as usize) {
            let block = start..units.min(start + BLOCK);
            let theirs = donor.table.states(block.clone())?;
            if theirs.iter().all(|state| *state == UnitState::Pending as u8) {
                continue;
            }
            let ours = self.writer.table.states(block.clone())?;
            let pairs = || (start..).zip(ours.iter().copied().zip(theirs.iter().copied()));
            let (done, quarantined) = (UnitState::Done as u8, UnitState::Quarantined as u8);
            let both = pairs()
                .filter(|(_, states)| *states == (done, done))
                .map(|(unit, _)| unit);
            let both: Vec<u64> = both.collect();
            given.same += self.compare(donor, &both, &mut given.damaged)?;
            for (state, lacking) in [
                (
                    UnitState::Done,
                    runs(pairs(), |ours, theirs| theirs == done && ours != done),
                ),
                (
                    UnitState::Quarantined,
                    runs(pairs(), |ours, theirs| {
                        theirs == quarantined && ours == UnitState::Pending as u8
                    }),
                ),
            ] {
                for piece in lacking.into_iter().flat_map(|run| pieces(run, step)) {
                    let found = self.writer.take_over(donor, state, piece.clone(), piece.start)?;
                    given.units += found.count();
                    given.damaged += found.damaged + found.strange;
                    taken.extend(found.units);
                    if go_on(given.units).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
        self.take_failures(donor)?;
        self.origins.push((donor.path().to_owned(), taken));
        Ok(ControlFlow::Continue(given))
    }

    /// How many of the units that both files say they have are the same.
    fn compare(&self, donor: &Donor, units: &[u64], damaged: &mut u64) -> Result<u64, StoreError> {
        let (Some(first), Some(last)) = (units.first(), units.last()) else {
            return Ok(0);
        };
        let all = *first..last + 1;
        let (ours, theirs) = (
            marks(&self.writer.table, all.clone())?,
            marks(&donor.table, all.clone())?,
        );
        let mut same = 0;
        for &unit in units {
            let at = (unit - all.start) as usize;
            if ours[at] == theirs[at] {
                same += 1;
            } else if holds(&donor.table, unit)? {
                let from = |(_, runs): &&(PathBuf, Vec<Range<u64>>)| runs.iter().any(|run| run.contains(&unit));
                let other = self.origins.iter().find(from).map(|(path, _)| path.clone());
                return Err(StoreError::Conflict {
                    unit: UnitIndex(unit),
                    one: other.unwrap_or_default(),
                    other: donor.path().to_owned(),
                });
            } else {
                *damaged += 1;
            }
        }
        Ok(same)
    }

    /// Takes the reasons of units that are quarantined here too.
    fn take_failures(&mut self, donor: &Donor) -> Result<(), StoreError> {
        let rows = FailureTable::load(&donor.table)?;
        for row in rows.rows() {
            if super::failures::is_quarantined(&self.writer.table, row.unit)? {
                (self.writer.record_failure(row.clone())).map_err(|error| StoreError::Hdf {
                    action: error.action,
                    reason: error.reason,
                })?;
            }
        }
        Ok(())
    }

    /// Gives the file its name, with the records of the runs that made it. `has_summary` says whether it has one, `is_finished`
    /// whether nothing at all is left to do.
    ///
    /// # Errors
    /// If it can't be written or named; then nothing is under the name.
    pub fn finish(mut self, records: &[SessionRecord], has_summary: bool, is_finished: bool) -> Result<(), StoreError> {
        self.writer.sort_failures()?;
        self.writer.remove_leftovers()?;
        let latest = records.len().saturating_sub(layout::SESSION_ROWS as usize);
        sessions::write_all(&self.writer.table, &records[latest..])?;
        self.writer.set_summary_written(has_summary)?;
        self.writer.set_finished(is_finished)?;
        self.writer.check_seal()?;
        self.writer.synchronise()?;
        let Self { new, writer, rows, .. } = self;
        writer.close()?;
        let has_rows = rows.name()?;
        if let Err(error) = new.finish(false) {
            if has_rows {
                rows.take_back();
            }
            return Err(error.into());
        }
        rows.unmark()
    }
}

/// What tells units with equal numbers apart: their checksums, which are over everything that they left.
fn marks(table: &Table, units: Range<u64>) -> Result<Vec<(u32, u32)>, StoreError> {
    let results = table.read_units(&table.crc32c, None, units.clone())?;
    let recorded = match table.row_places.as_ref().and_then(|places| places.crc32c.as_ref()) {
        Some(extent) => table.read_units(extent, None, units)?,
        None => vec![0; results.len()],
    };
    let of = |bytes: &[u8]| words::<4>(bytes).map(u32::from_le_bytes).collect::<Vec<u32>>();
    Ok(of(&results).into_iter().zip(of(&recorded)).collect())
}

/// Whether a unit is what was committed.
fn holds(table: &Table, unit: u64) -> Result<bool, StoreError> {
    let mut found = false;
    table.scan_columns(unit..unit + 1, |_, _, holds| found = holds)?;
    Ok(found)
}

/// Runs of units whose states, ours and theirs, are as asked.
fn runs(states: impl Iterator<Item = (u64, (u8, u8))>, wanted: impl Fn(u8, u8) -> bool) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for (unit, _) in states.filter(|(_, (ours, theirs))| wanted(*ours, *theirs)) {
        match runs.last_mut() {
            Some(run) if run.end == unit => run.end += 1,
            _ => runs.push(unit..unit + 1),
        }
    }
    runs
}

/// The folder of rows of a file that hasn't its name yet; removed with it.
struct UnnamedRows {
    now: PathBuf,
    then: PathBuf,
}

impl UnnamedRows {
    /// Gives the folder the name that goes with the file's, marked; whether there is one.
    fn name(&self) -> Result<bool, StoreError> {
        if !self.now.is_dir() {
            return Ok(false);
        }
        let mark = self.now.join(MARK);
        let marked = fs::File::create(&mark).and_then(|file| file.sync_all());
        marked.map_err(|error| StoreError::io("write to", &mark, error))?;
        fs::rename(&self.now, &self.then).map_err(|error| StoreError::io("name", &self.then, error))?;
        Ok(true)
    }

    /// Undoes [`Self::name`].
    fn take_back(&self) {
        // If even that fails, the next merge knows the folder by its mark.
        let _ = fs::rename(&self.then, &self.now);
    }

    fn unmark(&self) -> Result<(), StoreError> {
        let mark = self.then.join(MARK);
        match fs::remove_file(&mark) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            // A mark that came back would let the next merge take the rows for remains.
            removed => removed
                .and_then(|()| fs::File::open(&self.then)?.sync_all())
                .map_err(|error| StoreError::io("remove", &mark, error)),
        }
    }
}

impl Drop for UnnamedRows {
    fn drop(&mut self) {
        remove_rows(&self.now);
    }
}

/// Removes a folder of rows, if there is one; a failure leaves it to the next merge.
fn remove_rows(folder: &Path) {
    let _ = fs::remove_file(folder.join(MARK));
    let _ = row_parts::remove_from(folder, &BTreeSet::new());
    let _ = fs::remove_dir(folder);
}

/// Removes what merges into `path` left that were killed: folders of rows without a file. (The file is
/// removed when the next one is begun.)
fn remove_remains(path: &Path) -> Result<(), StoreError> {
    let named = row_parts::folder_of(path);
    if named.join(MARK).is_file() {
        remove_rows(&named);
    }
    let Some(folder) = named.parent() else { return Ok(()) };
    let prefix = NewFile::temporary_prefix(path);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // Told better when the file is begun.
        Err(_) => return Ok(()),
    };
    for entry in entries.flatten() {
        let is_ours =
            (entry.file_name().to_str()).is_some_and(|name| name.starts_with(&prefix) && name.ends_with(".tables"));
        if is_ours && entry.path().is_dir() {
            remove_rows(&entry.path());
        }
    }
    Ok(())
}

impl std::fmt::Debug for Merge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Merge({})", self.new.path().display())
    }
}
