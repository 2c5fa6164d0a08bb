//! The writing side of a results file.

use super::checksum::Checksum;
use super::columns::{Table, write_slabs};
use super::encode::Encoder;
use super::failures::{self, FailureTable, Step};
use super::hdf::Raw;
use super::layout::Layout;
use super::reader::{check_header, configuration_hash};
use super::sessions::{self, SessionRecord};
use super::{Slab, StoreError, Subject};
use crate::engine::{Encode, EncodedRun, FailureRow, Ledger, LedgerError};
use crate::stats::{STATISTICS, StatisticValue, Summary, UnitStatistics};
use crate::sweep::{PointIndex, UnitIndex};
use hdf5::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// How a results file is written.
#[derive(Clone, Copy, Debug)]
pub enum Driver {
    /// By one process, through the operating system.
    Serial,
    /// By all ranks of a communicator, through MPI-IO.
    #[cfg(feature = "mpi")]
    MpiIo(mpi::ffi::MPI_Comm),
}

/// A results file open for writing: every commit survives a kill of the process.
pub struct Writer {
    encoder: Arc<Encoder>,
    checksum: Checksum,
    seed_of: Arc<dyn Fn(UnitIndex) -> u64 + Send + Sync>,
    serial: bool,
    failures: Option<FailureTable>,
    session_row: Option<u64>,
    /// After how many writes to the table of failures the process is to die, and whether in the middle of the next.
    #[cfg(test)]
    pub(super) death: std::cell::Cell<Option<(u64, bool)>>,
    pub(super) table: Table,
}

impl Writer {
    /// Opens the results file of `study`.
    ///
    /// # Collective
    /// All ranks of the communicator with [`Driver::MpiIo`]; [`Self::close`] and dropping are collective then too.
    ///
    /// # Errors
    /// If the file isn't there, isn't ours, is damaged, or holds another study.
    pub fn open<S: Subject + Clone + 'static>(
        path: &Path,
        study: &S,
        layout: Layout,
        driver: Driver,
    ) -> Result<Self, StoreError> {
        layout.shape().check()?;
        let file = open_file(path, driver)?;
        let shape = check_header(&file, path)?;
        let hash = study.hash();
        let found = configuration_hash(&file, path)?;
        if found != hash || !shape.fits(layout.shape()) {
            return Err(StoreError::OtherStudy {
                path: path.to_owned(),
                found: super::fill::hex(&found),
                expected: super::fill::hex(&hash),
            });
        }
        let encoder = Arc::new(Encoder::new(&layout, &hash));
        let table = Table::open(file, path, layout)?;
        let study = study.clone();
        Ok(Self {
            encoder,
            checksum: Checksum::new(&hash),
            seed_of: Arc::new(move |unit| study.unit_seed(unit)),
            serial: matches!(driver, Driver::Serial),
            failures: None,
            session_row: None,
            #[cfg(test)]
            death: std::cell::Cell::new(None),
            table,
        })
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
        self.table.not_committed(self.checksum, units)
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
        let slabs = self
            .table
            .point_slabs(first_point.0..first_point.0 + summaries.len() as u64);
        for (column, raw) in STATISTICS.iter().zip(&self.table.summaries[metric]) {
            let mut bytes = Vec::with_capacity(8 * summaries.len());
            for summary in summaries {
                match (column.get)(summary) {
                    StatisticValue::Real(value) if value.is_nan() => bytes.extend(f64::NAN.to_le_bytes()),
                    StatisticValue::Real(value) => bytes.extend(value.to_le_bytes()),
                    StatisticValue::Integer(value) => bytes.extend(value.to_le_bytes()),
                    StatisticValue::Method(method) => bytes.extend(method.code().to_le_bytes()),
                }
            }
            self.table
                .guard("writing the summary of", write_slabs(raw, &slabs, &bytes))?;
        }
        self.flush()
    }

    /// Writes the record of this run: a row of its own at the first call, the same row afterwards. When the table is
    /// full, the last row is overwritten. Rank 0 only.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn record_session(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        let row = match self.session_row {
            Some(row) => row,
            None => sessions::free_row(&self.table)?,
        };
        self.session_row = Some(row);
        let result = sessions::write(&self.table.sessions, row, session);
        self.table.guard("recording the session in", result)?;
        self.flush()
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
                    step.first_half().write(&self.table.failures).unwrap();
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
            self.table.guard(action, step.write(&self.table.failures))?;
            self.flush()?;
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

    fn set_flag(&self, flag: &Raw, value: bool) -> Result<(), StoreError> {
        let result = flag.write(&Slab::whole(&[]), &[u8::from(value)]);
        self.table.guard("writing", result)?;
        self.flush()
    }

    /// Closes the file and reports what only then fails.
    ///
    /// # Collective
    /// See [`Self::open`].
    ///
    /// # Errors
    /// If HDF5 can't write what it still holds.
    pub fn close(self) -> Result<(), StoreError> {
        let (file, path) = self.table.into_file();
        file.close()
            .map_err(|error| StoreError::hdf(format!("closing {}", path.display()), &error))
    }

    /// Hands all that this process wrote to the file system, and sees what others handed over before.
    ///
    /// # Collective
    /// See [`Self::open`].
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn synchronise(&self) -> Result<(), StoreError> {
        self.table.guard("synchronising", self.table.file.flush())
    }

    /// Hands what HDF5 may hold back to the operating system. With MPI-IO writes aren't held back, and a flush
    /// would be collective.
    fn flush(&self) -> Result<(), StoreError> {
        if self.serial {
            self.table.guard("flushing", self.table.file.flush())?;
        }
        Ok(())
    }

    /// Writes units whose runs follow each other without a gap.
    fn write_values(&self, runs: &[EncodedRun], units: Range<u64>) -> Result<(), StoreError> {
        for (index, (column, raw)) in self.table.layout.columns().iter().zip(&self.table.columns).enumerate() {
            let slabs = self.table.unit_slabs(Some(column), units.clone());
            let result = match runs {
                [run] => write_slabs(raw, &slabs, &run.columns[index]),
                _ => {
                    let parts: Vec<&[u8]> = runs.iter().map(|run| run.columns[index].as_slice()).collect();
                    write_slabs(raw, &slabs, &parts.concat())
                }
            };
            self.table.guard(&format!("writing units {units:?} to"), result)?;
        }
        Ok(())
    }

    /// Marks units as committed, after their values are written.
    fn write_states(&self, runs: &[EncodedRun], units: Range<u64>) -> Result<(), StoreError> {
        let slabs = self.table.unit_slabs(None, units.clone());
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
        let result = write_slabs(&self.table.seed, &slabs, &seeds)
            .and_then(|()| write_slabs(&self.table.crc32c, &slabs, &checksums))
            .and_then(|()| write_slabs(&self.table.state, &slabs, &states));
        self.table.guard(&format!("committing units {units:?} to"), result)
    }

    fn write_runs(&self, runs: &[EncodedRun]) -> Result<(), StoreError> {
        let groups: Vec<(&[EncodedRun], Range<u64>)> = runs
            .chunk_by(|before, after| before.units().end == after.first.0)
            .map(|group| (group, group[0].units().start..group[group.len() - 1].units().end))
            .filter(|(_, units)| !units.is_empty())
            .collect();
        for (group, units) in &groups {
            self.write_values(group, units.clone())?;
        }
        self.flush()?;
        for (group, units) in &groups {
            self.write_states(group, units.clone())?;
        }
        self.flush()
    }
}

impl Ledger for Writer {
    fn encoder(&self) -> Arc<dyn Encode> {
        self.encoder.clone()
    }

    fn commit(&mut self, runs: &[EncodedRun]) -> Result<(), LedgerError> {
        self.write_runs(runs).map_err(ledger_error)
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
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({})", self.table.path.display())
    }
}

fn ledger_error(error: StoreError) -> LedgerError {
    match error {
        StoreError::Hdf { action, reason } => LedgerError { action, reason },
        other => LedgerError {
            action: "writing the results".to_owned(),
            reason: other.to_string(),
        },
    }
}

fn open_file(path: &Path, driver: Driver) -> Result<File, StoreError> {
    super::reader::check_readable(path)?;
    let mut builder = File::with_options();
    match driver {
        // No sieve buffer: what it holds would die with the process.
        Driver::Serial => builder.with_fapl(|access| access.sec2().sieve_buf_size(0).file_locking(false)),
        #[cfg(feature = "mpi")]
        Driver::MpiIo(communicator) => builder.with_fapl(|access| access.mpio(communicator, None)),
    };
    super::hdf::by_name(path, |name| builder.open_rw(name)).map_err(|error| {
        match std::fs::OpenOptions::new().write(true).open(path) {
            Err(refused) => StoreError::io("write to", path, refused),
            Ok(_) => StoreError::Foreign {
                path: path.to_owned(),
                reason: super::hdf::describe(&error),
            },
        }
    })
}
