//! The work of a run: open the file, run what is missing, gather, conclude.

use super::options;
use super::orders::Go;
use super::pending::{Missing, Wanted};
use super::run::refuse;
use super::{
    Ending, Observer, Request, Reused, SessionError, Started, Tally, agreement, counters, kept_rows, opening, pending,
    products, provenance, summary,
};
use crate::comm::{Communicator, Rank, World};
use crate::config;
use crate::engine::{self, DrainFlag, DrainReason, EngineOptions};
use crate::rows::Conversion;
use crate::scenario::Registry;
use crate::store::{Addresses, Layout, SessionRecord, Writer};
use crate::study::{ResolvedStudy, Study};
use crate::telemetry::{self, LogFolder};
use serde::{Deserialize, Serialize};

/// All ranks: open the file, run what is missing, then gather. `request` is rank 0's, and so is what goes into `refused`:
/// why there was nothing to run.
///
/// # Collective
/// All ranks.
pub(super) fn work(
    world: &World,
    registry: &Registry,
    observer: &mut dyn Observer,
    drain: &DrainFlag,
    go: Go,
    request: Option<&Request>,
    refused: &mut Option<SessionError>,
) -> Result<Ending, SessionError> {
    let study = config::expand(
        ResolvedStudy {
            folder: go.folder.clone(),
            ..go.study.clone()
        },
        registry,
    )?;
    let work = Work {
        world,
        comm: world.communicator(),
        study: &study,
        logs: &LogFolder::beside(&go.results, go.correlation_id),
        go: &go,
        drain,
    };
    let (mut writer, fresh, name) = match work.open(request, refused)? {
        Ok(opened) => opened,
        Err(code) => return Ok(Ending::Refused(code)),
    };
    let mut record = work.record();
    let (missing, mut tally) = work.look(observer, &mut writer, fresh, &record)?;
    (record.units_before, record.reused) = (tally.before, provenance::reused(&missing.reused));
    let complete = work.is_complete(&writer, missing.count(), missing.reused())?;
    let so_far = (&tally, missing.reused.as_slice());
    work.begin(observer, &mut writer, &record, so_far, complete, &name)?;
    if complete {
        return work.nothing_to_do(observer, registry, writer, tally);
    }

    let options = options::of(&study, work.go.job_end, work.comm);
    // The other half of the memory for rows is that of the compute threads.
    writer.bound_rows(options.row_buffer_bytes);
    let units = missing.units;
    let outcome = engine::run(work.comm, &study, &mut writer, units, &options, drain, &mut |p| {
        observer.running(p)
    })?;
    tally.committed = outcome.done + outcome.quarantined;
    let whole = tally.part.is_none();
    let mut drained = match whole {
        true => work.summarise(observer, &mut writer, &options, outcome.drained)?,
        // What others have yet to run can't be summarised.
        false => work.settle(&mut writer, outcome.drained)?,
    };
    record.counters = counters::gather(work.comm, &study, writer.counters());
    if work.is_root() {
        observer.counted(&record.counters);
        tally.quarantined = work.sort_out(&mut writer, drained)?;
    }
    let made = match drained {
        None if whole => products::make(work.comm, &study, &mut writer, &options, drain),
        reason => Ok(reason),
    };
    if work.is_root() {
        let word = match &made {
            Ok(None) => "finished",
            Ok(Some(_)) => "drained",
            Err(_) => "failed",
        };
        provenance::end(&mut record, &outcome, word);
        if made.is_err() {
            writer.record_session(&record)?;
        }
    }
    drained = made?;
    if work.is_root() {
        work.conclude(observer, registry, &mut writer, record, drained.is_none() && whole)?;
    }
    work.leave(writer)?;
    Ok(ending(tally, drained))
}

/// How it ended, which the log says too.
fn ending(tally: Tally, drained: Option<DrainReason>) -> Ending {
    let reason = drained.map_or_else(|| "finished".to_owned(), |reason| reason.to_string());
    tracing::info!(committed = tally.committed, reason, "ended");
    match drained {
        None => Ending::Finished(tally),
        Some(reason) => Ending::Drained(tally, reason),
    }
}

/// What all steps of the work need.
struct Work<'a> {
    world: &'a World,
    comm: &'a dyn Communicator,
    study: &'a Study,
    go: &'a Go,
    logs: &'a LogFolder,
    drain: &'a DrainFlag,
}

/// Rank 0's word on the file that it has opened.
#[derive(Serialize, Deserialize)]
struct Opened {
    /// Whether it is new.
    fresh: bool,
    addresses: Addresses,
}

impl Work<'_> {
    fn is_root(&self) -> bool {
        self.comm.rank() == Rank::ROOT
    }

    /// Rank 0 makes or examines the file, and tells the others where everything is. All have it open then, and know whether it
    /// is new; or rank 0 has refused it, with an exit code for all. Rank 0 also knows the study's name in the file.
    fn open(
        &self,
        request: Option<&Request>,
        refused: &mut Option<SessionError>,
    ) -> Result<Result<(Writer, bool, String), u8>, SessionError> {
        let layout = Layout::new(self.study);
        let mut mine = None;
        let mut name = String::new();
        let mut word = Vec::new();
        if let Some(request) = request {
            let opened: Result<Opened, u8> = match self.open_first(request, layout.clone()) {
                Ok((opened, writer, name_in_file)) => {
                    name = name_in_file;
                    mine = Some(writer);
                    Ok(opened)
                }
                Err(error) => {
                    self.logs.discard();
                    Err(refuse(refused, error))
                }
            };
            word = serde_json::to_vec(&opened).expect("flags, codes and numbers are plain data");
        }
        self.comm.broadcast(&mut word);
        let opened: Result<Opened, u8> = serde_json::from_slice(&word).expect("rank 0 sends what this program wrote");
        let Opened { fresh, addresses } = match opened {
            Ok(opened) => opened,
            Err(code) => return Ok(Err(code)),
        };
        let writer = match mine {
            Some(writer) => writer,
            None => {
                let rank = self.comm.rank().0;
                telemetry::install(self.logs, self.go.correlation_id, rank, telemetry::Verbosity::Quiet);
                Writer::join(&self.go.results, self.study, layout, &addresses)?
            }
        };
        Ok(Ok((writer, fresh, name)))
    }

    fn open_first(&self, request: &Request, layout: Layout) -> Result<(Opened, Writer, String), SessionError> {
        let results = &self.go.results;
        let provenance = provenance::of_file(self.world, self.go.correlation_id, self.go.part);
        let (fresh, name) = opening::open(
            results,
            request.existing,
            self.study,
            &layout,
            &provenance,
            &request.reuse_command,
        )?;
        let writer = Writer::open(results, self.study, layout)?;
        let addresses = writer.addresses()?;
        Ok((Opened { fresh, addresses }, writer, name))
    }

    /// The record of this run, as it begins.
    fn record(&self) -> SessionRecord {
        let hosts = self.comm.gather(provenance::host().as_bytes());
        provenance::begin(self.world, self.comm, self.go.correlation_id, hosts)
    }

    /// Whether nothing is missing and all of it holds: such a file stays as it is, byte for byte.
    fn is_complete(&self, writer: &Writer, left: u64, reused: u64) -> Result<bool, SessionError> {
        if self.go.part.is_some() {
            // Nothing in it follows from all units.
            return Ok(agreement::broadcast_flag(self.comm, left + reused == 0));
        }
        let whole = self.is_root() && left == 0 && writer.finished_and_whole()? && writer.products_hold()?;
        Ok(agreement::broadcast_flag(self.comm, whole) && summary::summary_holds(self.comm, self.study, writer)?)
    }

    /// The end of a run on results that are finished already.
    fn nothing_to_do(
        &self,
        observer: &mut dyn Observer,
        registry: &Registry,
        writer: Writer,
        mut tally: Tally,
    ) -> Result<Ending, SessionError> {
        if self.is_root() {
            tally.quarantined = writer.state_counts()?.quarantined;
            // What a kill or an error kept from being made.
            self.keep_rows(observer, registry)?;
        }
        self.comm.barrier();
        writer.close()?;
        Ok(Ending::Finished(tally))
    }

    /// What is to be run after all that is there already, here or in other files. The `record` of the run comes before units that
    /// are copied: no file has units without one.
    fn look(
        &self,
        observer: &mut dyn Observer,
        writer: &mut Writer,
        fresh: bool,
        record: &SessionRecord,
    ) -> Result<(Missing, Tally), SessionError> {
        let wanted = Wanted {
            fresh,
            part: self.go.part,
            retry_quarantined: self.go.retry_quarantined,
            sources: &self.go.sources,
        };
        let deadline = options::deadline(self.go.job_end, self.comm.size());
        let missing = pending::missing(
            self.comm,
            self.study,
            writer,
            &wanted,
            &|| self.drain.requested_by(deadline).is_some(),
            &mut |writer| match self.is_root() {
                true => note_begin(writer, record),
                false => Ok(()),
            },
            &mut |units| observer.reusing(units),
        )?;
        let total = wanted.units(self.study);
        let tally = Tally {
            total,
            before: total.saturating_sub(missing.count() + missing.reused()),
            reused: missing.reused(),
            part: self.go.part,
            ..Tally::default()
        };
        Ok((missing, tally))
    }

    /// Rank 0: the last record, and what follows from finished results.
    fn conclude(
        &self,
        observer: &mut dyn Observer,
        registry: &Registry,
        writer: &mut Writer,
        mut record: SessionRecord,
        is_finished: bool,
    ) -> Result<(), SessionError> {
        record_end(writer, &record, is_finished)?;
        if is_finished {
            // Nothing depends on it any more: if it fails, results are complete and a resume makes it.
            writer.synchronise()?;
            if let Some(made) = self.keep_rows(observer, registry)? {
                record.counters.extend(kept_rows::counters(&made));
                writer.record_session(&record)?;
            }
        }
        Ok(())
    }

    /// Rank 0, when all is committed: makes what the study asks for of its rows, unless it is there. Those of a part alone are
    /// of no use.
    fn keep_rows(&self, observer: &mut dyn Observer, registry: &Registry) -> Result<Option<Conversion>, SessionError> {
        if self.go.part.is_some() {
            return Ok(None);
        }
        let tables = &self.study.features.tables;
        let made = kept_rows::make(registry, &self.study.resolved, tables, &self.go.results)?;
        if let Some(made) = &made {
            observer.kept_rows(made);
        }
        Ok(made)
    }

    /// Says that the work begins, and notes it in the file.
    fn begin(
        &self,
        observer: &mut dyn Observer,
        writer: &mut Writer,
        record: &SessionRecord,
        (tally, reused): (&Tally, &[Reused]),
        complete: bool,
        name: &str,
    ) -> Result<(), SessionError> {
        if self.is_root() {
            observer.started(&Started {
                study: self.study,
                name,
                results: &self.go.results,
                file_bytes: Layout::new(self.study).file_bytes(),
                logs: self.logs.path(),
                correlation_id: self.go.correlation_id,
                ranks: self.comm.size(),
                committed_before: tally.before,
                reused,
                part: tally.part,
                units: tally.total,
            });
            if !complete {
                note_begin(writer, record)?;
            }
        }
        let pending = tally.total.saturating_sub(tally.before + tally.reused);
        tracing::info!(
            units = tally.total,
            pending,
            ranks = self.comm.size(),
            complete,
            "started"
        );
        Ok(())
    }

    /// Computes the summary, unless the run was stopped; why it is now, if it is.
    fn summarise(
        &self,
        observer: &mut dyn Observer,
        writer: &mut Writer,
        options: &EngineOptions,
        mut drained: Option<DrainReason>,
    ) -> Result<Option<DrainReason>, SessionError> {
        if drained.is_none() {
            make_visible(self.comm, writer)?;
            drained = summary::summarise(self.comm, self.study, writer, options, self.drain, observer)?;
        }
        if drained.is_none() {
            make_visible(self.comm, writer)?;
        }
        Ok(drained)
    }

    /// Brings what all ranks have committed of a part to the disk; why the run stopped, if it did.
    fn settle(&self, writer: &mut Writer, drained: Option<DrainReason>) -> Result<Option<DrainReason>, SessionError> {
        if drained.is_none() {
            make_visible(self.comm, writer)?;
        }
        Ok(drained)
    }

    /// Rank 0, when all is committed: puts the failures in order and removes what only unfinished results need. The number of
    /// quarantined units.
    fn sort_out(&self, writer: &mut Writer, drained: Option<DrainReason>) -> Result<u64, SessionError> {
        let counts = writer.state_counts()?;
        if drained.is_none() {
            // The engine said that all is committed: believe the file alone.
            // In the file of a part, other parts are missing.
            if counts.pending > 0 && self.go.part.is_none() {
                return Err(SessionError::Incomplete {
                    path: self.go.results.clone(),
                    units: counts.pending,
                });
            }
            writer.check_seal()?;
            writer.sort_failures()?;
            writer.remove_leftovers()?;
            // It stands even if no product can be made.
            writer.set_summary_written(self.go.part.is_none())?;
        }
        Ok(counts.quarantined)
    }

    /// Closes the file. After the record: near the end of a job there may be no time for all that the system holds back. Nobody
    /// leaves before all have brought their part to the disk.
    fn leave(&self, writer: Writer) -> Result<(), SessionError> {
        writer.synchronise()?;
        writer.check_place()?;
        self.comm.barrier();
        Ok(writer.close()?)
    }
}

/// Makes what each rank wrote visible to all, and certain: on the disk, or else an error.
fn make_visible(comm: &dyn Communicator, writer: &mut Writer) -> Result<(), SessionError> {
    writer.synchronise()?;
    comm.barrier();
    Ok(writer.reopen()?)
}

/// Rank 0: the file is under way from now on, and says by which run.
fn note_begin(writer: &mut Writer, record: &SessionRecord) -> Result<(), SessionError> {
    let lost = writer.clear_damaged_sessions()?;
    if lost > 0 {
        tracing::warn!(lost, "records of earlier runs were damaged");
    }
    writer.set_finished(false)?;
    writer.set_summary_written(false)?;
    Ok(writer.record_session(record)?)
}

/// Rank 0: the results are finished, or not yet; either way the run leaves its record.
fn record_end(writer: &mut Writer, record: &SessionRecord, is_finished: bool) -> Result<(), SessionError> {
    if is_finished {
        writer.set_finished(true)?;
    }
    Ok(writer.record_session(record)?)
}
