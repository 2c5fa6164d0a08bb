//! The course of a run, the same on all ranks.

use super::opening::{self, Opened};
use super::orders::{Go, Orders};
use super::{Ending, Request, SessionError, Tally, provenance};
use crate::comm::{Communicator, Rank, World};
use crate::config::Study;
use crate::engine::{self, Deadline, DrainFlag, DrainReason, EngineOptions, Progress};
use crate::gather::{self, Comparison};
use crate::scenario::Registry;
use crate::store::{Driver, Layout, Reader, Writer};
use crate::telemetry::{self, CorrelationId, LogFolder};
use rayon::ThreadPool;
use std::cell::RefCell;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// What a run is about to do.
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
        telemetry::print_line(&format!("error: {} ({}): {error}", comm.rank(), provenance::host()));
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
    let opened = opening::open(
        request,
        &study,
        &layout,
        &provenance::of_file(world, correlation_id),
        &provenance::owner(),
    )?;
    telemetry::install(
        &LogFolder::beside(&request.results, correlation_id),
        correlation_id,
        0,
        request.verbosity,
    )?;
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
fn work(world: &World, registry: &Registry, observer: &mut dyn Observer, go: Go) -> Result<Ending, SessionError> {
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
    drain.listen_for_signals().map_err(SessionError::Signals)?;
    agree_on_file(comm, &go.results)?;

    let mut writer = Writer::open(&go.results, &study, layout, driver(world))?;
    let pending = if go.fresh {
        all_units(&study, root)
    } else {
        missing(comm, &study, &writer)?
    };
    let left: u64 = pending.iter().map(|range| range.end - range.start).sum();
    let total = study.plan.units();
    let hosts = comm.gather(provenance::host().as_bytes());
    let mut record = provenance::begin(world, comm, go.correlation_id, hosts);
    // A finished file that lacks nothing stays as it is, byte for byte.
    let complete =
        broadcast_flag(comm, root && left == 0 && writer.finished()?) && summary_holds(comm, &study, &go.results)?;
    if root {
        observer.started(&Started {
            study: &study,
            results: &go.results,
            file_bytes,
            logs: logs.path(),
            correlation_id: go.correlation_id,
            ranks: comm.size(),
            committed_before: total - left,
        });
        if !complete {
            writer.set_finished(false)?;
            writer.set_summary_written(false)?;
            writer.record_session(&record)?;
        }
    }
    tracing::info!(units = total, pending = left, ranks = comm.size(), complete, "started");
    let mut tally = Tally {
        total,
        before: total - left,
        committed: 0,
        quarantined: 0,
    };
    if complete {
        if root {
            tally.quarantined = writer.state_counts()?.quarantined;
        }
        writer.close()?;
        return Ok(Ending::Finished(tally));
    }

    let options = options(&study, go.job_end);
    let outcome = engine::run(comm, &study, &mut writer, pending, &options, &drain, &mut |p| {
        observer.running(p)
    })?;
    tally.committed = outcome.done + outcome.quarantined;
    let mut drained = outcome.drained;
    if drained.is_none() {
        comm.barrier();
        drained = summarise(comm, &study, &mut writer, &options, &drain, observer)?;
    }
    if root {
        if drained.is_none() {
            writer.sort_failures()?;
            writer.set_summary_written(true)?;
            writer.set_finished(true)?;
        }
        tally.quarantined = writer.state_counts()?.quarantined;
        let word = if drained.is_none() { "finished" } else { "drained" };
        provenance::end(&mut record, &outcome, word);
        writer.record_session(&record)?;
    }
    tracing::info!(committed = tally.committed, ?drained, "ended");
    writer.close()?;
    Ok(match drained {
        None => Ending::Finished(tally),
        Some(reason) => Ending::Drained(tally, reason),
    })
}

fn driver(world: &World) -> Driver {
    #[cfg(feature = "mpi")]
    if let Some(mpi) = world.mpi() {
        return Driver::MpiIo(mpi.raw());
    }
    let _lone_rank = world;
    Driver::Serial
}

/// Time kept free before the end of the job, for the last commit, closing the file and leaving MPI.
const SHORTEST_RESERVE: Duration = Duration::from_secs(1);
const LONGEST_RESERVE: Duration = Duration::from_secs(60);

fn options(study: &Study, job_end: Option<SystemTime>) -> EngineOptions {
    let execution = &study.resolved.execution;
    let deadline = job_end.map(|end| {
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        Deadline {
            at: Instant::now() + left,
            reserve: (left / 50).clamp(SHORTEST_RESERVE, LONGEST_RESERVE),
        }
    });
    EngineOptions {
        threads: execution.threads as usize,
        retries: execution.retries,
        commit_interval: Duration::from_secs_f64(execution.commit_interval_s),
        batch_units: execution.batch_units,
        deadline,
        ..EngineOptions::default()
    }
}

/// Computes the summary on all ranks, unless the job's end or a signal comes first; then says which.
fn summarise(
    comm: &dyn Communicator,
    study: &Study,
    writer: &mut Writer,
    options: &EngineOptions,
    drain: &DrainFlag,
    observer: &mut dyn Observer,
) -> Result<Option<DrainReason>, SessionError> {
    let share = study.plan.points.div_ceil(u64::from(comm.size()));
    let observer = RefCell::new(observer);
    let end = options
        .deadline
        .and_then(|deadline| deadline.at.checked_sub(deadline.reserve));
    let pool = pool(comm, options.threads)?;
    let mine = gather::run(comm, study, writer, &pool, &|done| {
        observer.borrow_mut().gathering(done, share);
        if end.is_some_and(|end| Instant::now() >= end) {
            drain.request(DrainReason::Walltime);
        }
        match drain.requested() {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    })?;
    // A rank that was done before the signal came doesn't make the summary whole.
    let reason = if mine.is_break() { drain.requested() } else { None };
    let reasons = comm.gather(&serde_json::to_vec(&reason).expect("a reason is plain data"));
    let first = reasons
        .into_iter()
        .flatten()
        .filter_map(|bytes| serde_json::from_slice(&bytes).ok().flatten())
        .next();
    let mut verdict = serde_json::to_vec::<Option<DrainReason>>(&first).expect("a reason is plain data");
    comm.broadcast(&mut verdict);
    Ok(serde_json::from_slice(&verdict).expect("rank 0 sends what this program wrote"))
}

/// Whether the summary in a finished file is what its units give; all ranks look at their share of the points.
fn summary_holds(comm: &dyn Communicator, study: &Study, results: &Path) -> Result<bool, SessionError> {
    let reader = Reader::open(results)?;
    let mut comparison = Comparison::with(&reader);
    let pool = pool(comm, study.resolved.execution.threads as usize)?;
    let _whole = gather::run(comm, study, &mut comparison, &pool, &|_| ControlFlow::Continue(()))?;
    let differing = comm.gather(&comparison.differing().to_le_bytes());
    let holds = differing.is_none_or(|all| all.iter().flatten().all(|&byte| byte == 0));
    Ok(broadcast_flag(comm, holds))
}

fn pool(comm: &dyn Communicator, threads: usize) -> Result<ThreadPool, SessionError> {
    let threads = if threads == 0 { comm.cores() } else { threads };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| SessionError::Threads {
            threads,
            reason: error.to_string(),
        })
}

fn all_units(study: &Study, root: bool) -> Vec<Range<u64>> {
    root.then(|| 0..study.plan.units()).into_iter().collect()
}

/// Rank 0's word on all ranks.
fn broadcast_flag(comm: &dyn Communicator, word: bool) -> bool {
    let mut bytes = vec![u8::from(word)];
    comm.broadcast(&mut bytes);
    bytes == [1]
}

/// This rank's contiguous share of `count` things.
fn share(count: u64, comm: &dyn Communicator) -> Range<u64> {
    let bound = |rank: u32| (u128::from(count) * u128::from(rank) / u128::from(comm.size())) as u64;
    bound(comm.rank().0)..bound(comm.rank().0 + 1)
}

/// What the file lacks, found by all ranks together; whole on rank 0, empty elsewhere.
fn missing(comm: &dyn Communicator, study: &Study, writer: &Writer) -> Result<Vec<Range<u64>>, SessionError> {
    let mine = writer.not_committed(share(study.plan.units(), comm))?;
    let bytes: Vec<u8> = mine
        .iter()
        .flat_map(|range| [range.start, range.end])
        .flat_map(u64::to_le_bytes)
        .collect();
    let mut missing: Vec<Range<u64>> = Vec::new();
    for bytes in comm.gather(&bytes).into_iter().flatten() {
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
fn agree_on_file(comm: &dyn Communicator, path: &Path) -> Result<(), SessionError> {
    let mine = std::fs::OpenOptions::new().read(true).write(true).open(path).err();
    let line = mine.map_or_else(String::new, |error| {
        format!("{} on {}\t{error}", comm.rank().0, provenance::host())
    });
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
    let (ranks, reasons): (Vec<_>, Vec<_>) = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(rank, error)| (rank.to_owned(), error.to_owned()))
        .unzip();
    let reason = reasons.into_iter().next().unwrap_or_default();
    Err(SessionError::NotShared {
        path: path.to_owned(),
        ranks,
        reason,
    })
}
