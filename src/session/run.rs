//! The course of a run, the same on all ranks.

use super::opening::{self, Claim};
use super::orders::{Go, Orders};
use super::{
    Ending, Request, SessionError, Tally, agreement, counters, input_files, kept_rows, pending, products, provenance,
    shared_folder, summary,
};
use crate::comm::{Communicator, Rank, World};
use crate::config::{ResolvedStudy, Study};
use crate::engine::{self, Deadline, DrainFlag, EngineError, EngineOptions, Progress};
use crate::quantity;
use crate::rows::Conversion;
use crate::scenario::{CounterSummary, Registry};
use crate::store::{Addresses, Layout, Writer};
use crate::telemetry::{self, CorrelationId, LogFolder};
use rustix::process::{Resource, getrlimit};
use serde::{Deserialize, Serialize};
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
    /// While the study's input files are read as a whole, before anything else: bytes read, and in all.
    fn reading_inputs(&mut self, done: u64, total: u64);
    /// The study is expanded, the file is open, the first unit is about to run.
    fn started(&mut self, started: &Started<'_>);
    /// A few times a second while units run.
    fn running(&mut self, progress: &Progress);
    /// When the work is over: what the scenario counted, over all ranks.
    fn counted(&mut self, counters: &[CounterSummary]);
    /// Rows were brought into the form that the study asks for.
    fn kept_rows(&mut self, made: &Conversion);
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
    let drain = DrainFlag::of_signals().map_err(SessionError::Signals)?;

    let mut led = None;
    let mut refused = None;
    let mut orders = Vec::new();
    if comm.rank() == Rank::ROOT {
        let word = match prepare() {
            Err(code) => Orders::Stop(code),
            Ok(request) => match lead(registry, request, &drain, observer) {
                Err(error) => Orders::Stop(refuse(&mut refused, error)),
                Ok((claim, request, go)) => {
                    led = Some((claim, request));
                    Orders::Go(Box::new(go))
                }
            },
        };
        orders = serde_json::to_vec(&word).expect("orders are plain data");
    }
    comm.broadcast(&mut orders);
    if let Some(error) = refused {
        return Err(error);
    }
    let go = match serde_json::from_slice(&orders).expect("rank 0 sends what this program wrote") {
        Orders::Stop(code) => return Ok(Ending::Refused(code)),
        Orders::Go(go) => go,
    };
    // Before anything is created or replaced.
    shared_folder::agree(comm, &go.results, &go.lock, &go.lock_owner)?;
    input_files::agree(comm, &go.glances)?;
    let (claim, request) = led.map_or((None, None), |(claim, request)| (Some(claim), Some(request)));
    let ending = work(world, registry, observer, &drain, *go, request.as_ref(), &mut refused);
    if let Err(error) = &ending {
        tell(comm, error);
    }
    // Held until the file is closed everywhere.
    drop(claim);
    match refused {
        Some(error) => Err(error),
        None => ending,
    }
}

/// Says on which rank and host a job of several ranks can't go on, and ends it unless all ranks know already.
fn tell(comm: &dyn Communicator, error: &SessionError) {
    if comm.rank() == Rank::ROOT {
        // For the log: on the console it is said at the end.
        tracing::info!(reason = %error, "can't go on");
    } else {
        tracing::error!(reason = %error, "can't go on");
    }
    if comm.size() == 1 {
        return;
    }
    match error {
        // The engine tells all ranks of its errors, cut to fit a message; rank 0 reports them.
        SessionError::Engine(EngineError::Ledger { rank, source }) => {
            if *rank == comm.rank() && *rank != Rank::ROOT {
                telemetry::print_line(&format!("error: {rank} on {}: {source}", provenance::host()));
            }
        }
        SessionError::Engine(_) => {}
        // Any other error may be this rank's alone, and the others would wait for it forever.
        _ => {
            telemetry::print_line(&format!("error: {} on {}: {error}", comm.rank(), provenance::host()));
            // A launcher forgets what it hasn't read yet from a job that is aborted.
            std::thread::sleep(LAST_WORDS);
            comm.abort(1);
        }
    }
}

/// How long a launcher is given to pass on the reason of an abort.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Keeps an error for rank 0, and says which exit code it is.
fn refuse(refused: &mut Option<SessionError>, error: SessionError) -> u8 {
    let code = error.exit_code();
    *refused = Some(error);
    code
}

/// Rank 0 before the others know anything: expand, lock, start the log. Nothing is created or replaced yet.
fn lead(
    registry: &Registry,
    mut request: Request,
    drain: &DrainFlag,
    observer: &mut dyn Observer,
) -> Result<(Claim, Request, Go), SessionError> {
    let correlation_id = CorrelationId::new();
    // Expanded here for its mistakes only; every rank does it again.
    // Other ranks may have been started in another folder.
    let folder = std::path::absolute(&request.study.folder).unwrap_or_else(|_| request.study.folder.clone());
    let study = Study::new(request.study.clone(), registry)?;
    let layout = Layout::new(&study);
    layout.shape().check()?;
    check_file_size(&request.results, layout.file_bytes())?;
    let owner = provenance::owner();
    let claim = opening::claim(&request, &owner)?;
    let (inputs, glances) = input_files::fingerprint(&study, drain, observer)?;
    request.study.inputs = inputs;
    let logs = LogFolder::beside(claim.results(), correlation_id);
    telemetry::install(&logs, correlation_id, 0, request.verbosity);
    let go = Go {
        study: request.study.clone(),
        folder,
        glances,
        results: claim.results().to_owned(),
        lock: claim.lock_path().to_owned(),
        lock_owner: owner,
        job_end: request.job_end,
        correlation_id,
    };
    Ok((claim, request, go))
}

/// Refuses a file that would grow beyond what a process may write (`ulimit -f`).
fn check_file_size(path: &Path, needed_bytes: u64) -> Result<(), SessionError> {
    match getrlimit(Resource::Fsize).current {
        Some(limit_bytes) if limit_bytes < needed_bytes => Err(SessionError::FileSizeLimit {
            path: path.to_owned(),
            needed_bytes,
            limit_bytes,
        }),
        _ => Ok(()),
    }
}

/// All ranks: open the file, run what is missing, then gather. `request` is rank 0's, and so is what goes into `refused`:
/// why there was nothing to run.
fn work(
    world: &World,
    registry: &Registry,
    observer: &mut dyn Observer,
    drain: &DrainFlag,
    go: Go,
    request: Option<&Request>,
    refused: &mut Option<SessionError>,
) -> Result<Ending, SessionError> {
    let comm = world.communicator();
    let root = comm.rank() == Rank::ROOT;
    let logs = LogFolder::beside(&go.results, go.correlation_id);
    let study = Study::new(
        ResolvedStudy {
            folder: go.folder,
            ..go.study
        },
        registry,
    )?;
    let layout = Layout::new(&study);
    let file_bytes = layout.file_bytes();

    // Rank 0 makes or examines the file; the others are told where everything is.
    let mut mine = None;
    let mut word = Vec::new();
    if let Some(request) = request {
        let provenance = provenance::of_file(world, go.correlation_id);
        let open = || -> Result<(Opened, Writer), SessionError> {
            let fresh = opening::open(&go.results, request.existing, &study, &layout, &provenance)?;
            let writer = Writer::open(&go.results, &study, layout.clone())?;
            let addresses = writer.addresses()?;
            Ok((Opened { fresh, addresses }, writer))
        };
        let opened: Result<Opened, u8> = match open() {
            Ok((opened, writer)) => {
                mine = Some(writer);
                Ok(opened)
            }
            Err(error) => {
                logs.discard();
                Err(refuse(refused, error))
            }
        };
        word = serde_json::to_vec(&opened).expect("flags, codes and numbers are plain data");
    }
    comm.broadcast(&mut word);
    let opened: Result<Opened, u8> = serde_json::from_slice(&word).expect("rank 0 sends what this program wrote");
    let Opened { fresh, addresses } = match opened {
        Ok(opened) => opened,
        Err(code) => return Ok(Ending::Refused(code)),
    };
    let mut writer = match mine {
        Some(writer) => writer,
        None => {
            telemetry::install(&logs, go.correlation_id, comm.rank().0, telemetry::Verbosity::Quiet);
            Writer::join(&go.results, &study, layout, &addresses)?
        }
    };
    let pending = if fresh {
        pending::all_units(&study, root)
    } else {
        pending::missing(comm, &study, &writer)?
    };
    let left: u64 = pending.iter().map(|range| range.end - range.start).sum();
    let total = study.plan.units();
    let hosts = comm.gather(provenance::host().as_bytes());
    let mut record = provenance::begin(world, comm, go.correlation_id, hosts);
    record.units_before = total - left;
    // A finished file that lacks nothing stays as it is, byte for byte.
    let complete = agreement::broadcast_flag(
        comm,
        root && left == 0 && writer.finished_and_whole()? && writer.products_hold()?,
    ) && summary::summary_holds(comm, &study, &writer)?;
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
            let lost = writer.clear_damaged_sessions()?;
            if lost > 0 {
                tracing::warn!(lost, "records of earlier runs were damaged");
            }
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
            // What a kill or an error kept from being made.
            if let Some(made) = kept_rows::make(registry, &study, &go.results)? {
                observer.kept_rows(&made);
            }
        }
        comm.barrier();
        writer.close()?;
        return Ok(Ending::Finished(tally));
    }

    let options = options(&study, go.job_end, comm.size());
    // The other half of the memory for rows is that of the compute threads.
    writer.bound_rows(options.row_buffer_bytes);
    let threads = engine::threads_of(options.threads, comm.cores());
    if root && threads < options.threads {
        tracing::warn!(
            "{} threads on {} would only hinder each other: {threads} are started (hint: --threads or execution.threads; 0 takes a thread for each core)",
            options.threads,
            quantity::counted(comm.cores() as u64, "core"),
        );
    }
    let outcome = engine::run(comm, &study, &mut writer, pending, &options, drain, &mut |p| {
        observer.running(p)
    })?;
    tally.committed = outcome.done + outcome.quarantined;
    let mut drained = outcome.drained;
    if drained.is_none() {
        make_visible(comm, &mut writer)?;
        drained = summary::summarise(comm, &study, &mut writer, &options, drain, observer)?;
    }
    if drained.is_none() {
        make_visible(comm, &mut writer)?;
    }
    let counters = counters::gather(comm, &study, writer.counters());
    if root {
        observer.counted(&counters);
        let counts = writer.state_counts()?;
        tally.quarantined = counts.quarantined;
        if drained.is_none() {
            // The engine said that all is committed: believe the file alone.
            if counts.pending > 0 {
                return Err(SessionError::Incomplete {
                    path: go.results,
                    units: counts.pending,
                });
            }
            writer.sort_failures()?;
            writer.remove_leftovers()?;
        }
    }
    if drained.is_none() {
        drained = products::make(comm, &study, &mut writer, &options, drain)?;
    }
    if root {
        if drained.is_none() {
            writer.set_summary_written(true)?;
            writer.set_finished(true)?;
        }
        let word = if drained.is_none() { "finished" } else { "drained" };
        provenance::end(&mut record, &outcome, word);
        record.counters = counters;
        writer.record_session(&record)?;
        if drained.is_none() {
            // Nothing depends on it any more: if it fails, results are complete and a resume makes it.
            writer.synchronise()?;
            if let Some(made) = kept_rows::make(registry, &study, &go.results)? {
                observer.kept_rows(&made);
                record.counters.extend(kept_rows::counters(&made));
                writer.record_session(&record)?;
            }
        }
    }
    // After the record: near the end of a job there may be no time for all that the system holds back. Nobody leaves before
    // all have brought their part to the disk.
    writer.synchronise()?;
    writer.check_place()?;
    comm.barrier();
    tracing::info!(committed = tally.committed, ?drained, "ended");
    writer.close()?;
    Ok(match drained {
        None => Ending::Finished(tally),
        Some(reason) => Ending::Drained(tally, reason),
    })
}

/// Makes what each rank wrote visible to all, and certain: on the disk, or else an error.
fn make_visible(comm: &dyn Communicator, writer: &mut Writer) -> Result<(), SessionError> {
    writer.synchronise()?;
    comm.barrier();
    Ok(writer.reopen()?)
}

/// Rank 0's word on the file that it has opened.
#[derive(Serialize, Deserialize)]
struct Opened {
    /// Whether it is new.
    fresh: bool,
    addresses: Addresses,
}

/// Time kept free before the end of the job, for the last commit and closing the file.
const SHORTEST_RESERVE: Duration = Duration::from_secs(1);
const LONGEST_RESERVE: Duration = Duration::from_secs(60);

/// What leaving MPI takes on top: `mpirun` looks after its ranks for about two seconds once they are gone.
const LAUNCHER_RESERVE: Duration = Duration::from_secs(2);

fn options(study: &Study, job_end: Option<SystemTime>, ranks: u32) -> EngineOptions {
    let execution = &study.resolved.execution;
    let deadline = job_end.map(|end| {
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        let launcher = if ranks > 1 { LAUNCHER_RESERVE } else { Duration::ZERO };
        let reserve = (left / 50).clamp(SHORTEST_RESERVE, LONGEST_RESERVE) + launcher;
        // A job of a few seconds still gets something done.
        Deadline {
            at: Instant::now() + left,
            reserve: reserve.min(left / 2),
        }
    });
    EngineOptions {
        threads: execution.threads as usize,
        retries: execution.retries,
        commit_interval: Duration::from_secs_f64(execution.commit_interval_s),
        batch_units: execution.batch_units,
        save_interval: Duration::from_secs_f64(execution.save_interval_s),
        row_buffer_bytes: (study.resolved.record.buffer_mib as usize) << 19,
        deadline,
        ..EngineOptions::default()
    }
}
