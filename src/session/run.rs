//! The course of a run, the same on all ranks.

use super::opening::{self, Opened};
use super::orders::{Go, Orders};
use super::{Ending, Request, SessionError, Tally, signals};
use crate::comm::{Communicator, Rank, World};
use crate::config::Study;
use crate::engine::{self, DrainFlag, EngineOptions, Progress};
use crate::gather;
use crate::scenario::Registry;
use crate::store::{Layout, Provenance, SessionRecord, Writer};
use crate::telemetry::{self, CorrelationId, LogFolder};
use std::ops::Range;
use std::path::Path;

/// What a run is about to do.
#[derive(Debug)]
pub struct Started<'a> {
    /// The study.
    pub study: &'a Study,
    /// The results file.
    pub results: &'a Path,
    /// Its size when all units are in it, bytes.
    pub file_bytes: u64,
    /// Where the logs are.
    pub logs: &'a Path,
    /// The id in all logs and in the file.
    pub correlation_id: CorrelationId,
    /// Ranks.
    pub ranks: u32,
    /// Units that are committed already.
    pub committed_before: u64,
}

/// Watches a run on rank 0, to show it.
pub trait Observer {
    /// The study is expanded, the file is open, the first unit is about to run.
    fn started(&mut self, started: &Started<'_>);
    /// A few times a second while units run.
    fn running(&mut self, progress: &Progress);
    /// While the summary is computed: points done on rank 0, of its share.
    fn gathering(&mut self, done: u64, total: u64);
}

/// Runs what `prepare` asks for; `prepare` is called on rank 0 only, and its error is an exit code for all ranks.
///
/// # Errors
/// See [`SessionError`]; everything that was committed stays committed.
///
/// # Collective
/// All ranks.
pub fn run(
    world: &World,
    registry: &Registry,
    observer: &mut dyn Observer,
    prepare: impl FnOnce() -> Result<Request, u8>,
) -> Result<Ending, SessionError> {
    let comm = world.communicator();
    let correlation_id = CorrelationId::new();
    let mut opened = None;
    let mut refusal = None;
    let mut orders = Vec::new();
    if comm.rank() == Rank::ROOT {
        let word = match prepare() {
            Err(code) => Orders::Stop(code),
            Ok(request) => match lead(world, registry, &request, correlation_id) {
                Err(error) => {
                    let code = if error.is_user_mistake() { 2 } else { 1 };
                    refusal = Some(error);
                    Orders::Stop(code)
                }
                Ok((lock, go)) => {
                    opened = Some(lock);
                    Orders::Go(Box::new(go))
                }
            },
        };
        orders = serde_json::to_vec(&word).expect("orders are plain data");
    }
    comm.broadcast(&mut orders);
    if let Some(error) = refusal {
        return Err(error);
    }
    let go = match serde_json::from_slice(&orders).expect("rank 0 sends what this program wrote") {
        Orders::Stop(code) => return Ok(Ending::Refused(code)),
        Orders::Go(go) => go,
    };
    let ending = work(world, registry, observer, *go);
    if let Err(error) = &ending
        && comm.size() > 1
        && !matches!(error, SessionError::Engine(_))
    {
        // The engine tells all ranks of its errors; any other error may be this rank's alone, and the others would wait
        // for it forever.
        telemetry::print_line(&format!("error: {} ({}): {error}", comm.rank(), world.facts().host));
        comm.abort(1);
    }
    // Held until the file is closed everywhere.
    drop(opened);
    ending
}

/// Rank 0 before the others know anything: expand, lock, create or compare.
fn lead(
    world: &World,
    registry: &Registry,
    request: &Request,
    correlation_id: CorrelationId,
) -> Result<(Opened, Go), SessionError> {
    let study = Study::new(request.study.clone(), registry)?;
    let layout = Layout::new(&study);
    let provenance = Provenance::new(&study, correlation_id, world.facts());
    let opened = opening::open(request, &study, &layout, &provenance)?;
    telemetry::install(&LogFolder::beside(&request.results, correlation_id), correlation_id, 0, request.verbosity)?;
    let go = Go {
        study: request.study.clone(),
        results: request.results.clone(),
        job_end: request.job_end,
        correlation_id,
        fresh: opened.fresh,
    };
    Ok((opened, go))
}

/// All ranks: run what is missing, then gather.
fn work(
    world: &World,
    registry: &Registry,
    observer: &mut dyn Observer,
    go: Go,
) -> Result<Ending, SessionError> {
    let comm = world.communicator();
    let root = comm.rank() == Rank::ROOT;
    let logs = LogFolder::beside(&go.results, go.correlation_id);
    if !root {
        telemetry::install(&logs, go.correlation_id, comm.rank().0, telemetry::Verbosity::Quiet)?;
    }
    let study = Study::new(go.study, registry)?;
    let layout = Layout::new(&study);
    let file_bytes = layout.file_bytes();
    let drain = DrainFlag::new();
    signals::watch(&drain).map_err(SessionError::Signals)?;
    agree_on_file(comm, world, &go.results)?;

    let mut writer = Writer::open(&go.results, &study, layout, world.driver())?;
    let pending = if go.fresh { all_units(&study, root) } else { missing(comm, &study, &writer)? };
    let left: u64 = pending.iter().map(|range| range.end - range.start).sum();
    let total = study.plan.units();
    let mut record = SessionRecord::begin(go.correlation_id, world.facts(), comm.gather(&host_line(world)));
    if root {
        writer.set_finished(false)?;
        writer.record_session(&record)?;
        observer.started(&Started {
            study: &study,
            results: &go.results,
            file_bytes,
            logs: logs.path(),
            correlation_id: go.correlation_id,
            ranks: comm.size(),
            committed_before: total - left,
        });
        tracing::info!(units = total, pending = left, ranks = comm.size(), "started");
    }

    let options = EngineOptions::new(&study.resolved.execution, go.job_end);
    let outcome = engine::run(comm, &study, &mut writer, pending, &options, &drain, &mut |p| observer.running(p))?;
    let mut tally = Tally { total, before: total - left, committed: outcome.done + outcome.quarantined, quarantined: 0 };
    if let Some(reason) = outcome.drained {
        tracing::info!(%reason, "drained");
        if root {
            tally.quarantined = writer.failure_count();
            writer.record_session(record.end("drained", tally.committed))?;
        }
        writer.close()?;
        return Ok(Ending::Drained(tally, reason));
    }

    comm.barrier();
    gather::run(comm, &study, &mut writer, &mut |done, points| observer.gathering(done, points))?;
    comm.barrier();
    if root {
        writer.sort_failures()?;
        tally.quarantined = writer.failure_count();
        writer.record_session(record.end("finished", tally.committed))?;
        writer.set_finished(true)?;
        tracing::info!(quarantined = tally.quarantined, "finished");
    }
    writer.close()?;
    Ok(Ending::Finished(tally))
}

fn all_units(study: &Study, root: bool) -> Vec<Range<u64>> {
    if root { vec![0..study.plan.units()] } else { Vec::new() }
}

/// What the file lacks, found by all ranks together; whole on rank 0, empty elsewhere.
fn missing(comm: &dyn Communicator, study: &Study, writer: &Writer) -> Result<Vec<Range<u64>>, SessionError> {
    let share = crate::gather::share(study.plan.units(), comm.rank(), comm.size());
    let mine = writer.not_committed(share);
    // An error on one rank must not leave the others waiting in the collective call: gather first, then fail.
    let mut bytes = Vec::new();
    for range in mine.as_deref().unwrap_or_default() {
        bytes.extend_from_slice(&range.start.to_le_bytes());
        bytes.extend_from_slice(&range.end.to_le_bytes());
    }
    let gathered = comm.gather(&bytes);
    mine?;
    let mut missing: Vec<Range<u64>> = Vec::new();
    for bytes in gathered.into_iter().flatten() {
        for pair in bytes.chunks_exact(16) {
            let number = |at: usize| u64::from_le_bytes(pair[at..at + 8].try_into().expect("eight bytes"));
            let (start, end) = (number(0), number(8));
            match missing.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => missing.push(start..end),
            }
        }
    }
    Ok(missing)
}

/// Makes sure that every rank sees the file before the collective open, which would hang or fail without saying why.
fn agree_on_file(comm: &dyn Communicator, world: &World, path: &Path) -> Result<(), SessionError> {
    let mine = std::fs::OpenOptions::new().read(true).write(true).open(path).err();
    let line = mine.as_ref().map_or_else(String::new, |e| format!("{} on {}\t{e}", comm.rank().0, world.facts().host));
    let mut verdict = Vec::new();
    if let Some(lines) = comm.gather(line.as_bytes()) {
        let bad: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        verdict = bad.join(&b'\n');
    }
    comm.broadcast(&mut verdict);
    if verdict.is_empty() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&verdict).into_owned();
    let (ranks, reasons): (Vec<_>, Vec<_>) =
        text.lines().filter_map(|line| line.split_once('\t')).map(|(r, e)| (r.to_owned(), e.to_owned())).unzip();
    let reason = reasons.into_iter().next().unwrap_or_default();
    Err(SessionError::NotShared { path: path.to_owned(), ranks, reason })
}

fn host_line(world: &World) -> Vec<u8> {
    world.facts().host.clone().into_bytes()
}
