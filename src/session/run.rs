//! The course of a run, the same on all ranks.

use super::opening::{self, Claim};
use super::orders::{Go, Orders};
use super::{Ending, Request, Reused, SessionError, input_files, kept_rows, provenance, reuse, shared_folder, work};
use crate::comm::{Communicator, Rank, World};
use crate::config;
use crate::engine::{DrainFlag, EngineError, Progress};
use crate::results::CounterSummary;
use crate::rows::Conversion;
use crate::scenario::Registry;
use crate::store::Layout;
use crate::study::{Part, Study};
use crate::telemetry::{self, CorrelationId, LogFolder};
use rustix::process::{Resource, getrlimit};
use std::path::Path;
use std::time::Duration;

/// What a run is about to do.
pub struct Started<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its name in the results file.
    pub name: &'a str,
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
    /// Units that are committed already, without those taken over.
    pub committed_before: u64,
    /// What was taken over from which file.
    pub reused: &'a [Reused],
    /// The part of the study that is run; none for all of it.
    pub part: Option<Part>,
    /// Units that are to be there at the end.
    pub units: u64,
}

/// Watches a run on rank 0, to show it.
pub trait Observer {
    /// While the study's input files are read as a whole, before anything else: bytes read, and in all.
    fn reading_inputs(&mut self, done: u64, total: u64);
    /// While units of other files are taken over: how many on rank 0.
    fn reusing(&mut self, _units: u64) {}
    /// The study is expanded, the file is open, the first unit is about to run.
    fn started(&mut self, started: &Started<'_>);
    /// A few times a second while units run.
    fn running(&mut self, progress: &Progress);
    /// When the work is over: what the scenario counted, over all ranks.
    fn counted(&mut self, counters: &[CounterSummary]);
    /// Rows were brought into the form that the study asks for.
    fn kept_rows(&mut self, _made: &Conversion) {}
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
    let ending = work::work(world, registry, observer, &drain, *go, request.as_ref(), &mut refused);
    if let Err(error) = &ending {
        tell(comm, error);
    }
    // Held until the file is closed everywhere.
    drop(claim);
    telemetry::finish();
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
            telemetry::finish();
            // A launcher forgets what it hasn't read yet from a job that is aborted.
            std::thread::sleep(LAST_WORDS);
            comm.abort(1);
        }
    }
}

/// How long a launcher is given to pass on the reason of an abort.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Keeps an error for rank 0, and says which exit code it is.
pub(super) fn refuse(refused: &mut Option<SessionError>, error: SessionError) -> u8 {
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
    // Expanded here for its problems only; every rank does it again.
    // Other ranks may have been started in another folder.
    let folder = std::path::absolute(&request.study.folder).unwrap_or_else(|_| request.study.folder.clone());
    let study = config::expand(request.study.clone(), registry)?;
    let layout = Layout::new(&study);
    layout.check()?;
    check_file_size(&request.results, layout.file_bytes())?;
    let owner = provenance::owner();
    let claim = opening::claim(&request, &owner)?;
    if request.part.is_none() {
        kept_rows::check(registry, &study.resolved, &study.features.tables, claim.results())?;
    }
    let (inputs, glances) = input_files::fingerprint(&study, drain, observer)?;
    request.study.inputs = inputs;
    let sources = reuse::open(&request.reuse, claim.results(), &study, &request.study, &layout)?;
    let logs = LogFolder::beside(claim.results(), correlation_id);
    telemetry::install(&logs, correlation_id, 0, request.verbosity);
    let go = Go {
        study: request.study.clone(),
        folder,
        glances,
        results: claim.results().to_owned(),
        lock: claim.lock_path().to_owned(),
        lock_owner: owner,
        sources,
        part: request.part,
        retry_quarantined: request.retry_quarantined,
        job_end: request.job_end,
        correlation_id,
    };
    Ok((claim, request, go))
}

/// Refuses a file that would grow beyond what a process may write (`ulimit -f`).
pub(super) fn check_file_size(path: &Path, needed_bytes: u64) -> Result<(), SessionError> {
    match getrlimit(Resource::Fsize).current {
        Some(limit_bytes) if limit_bytes < needed_bytes => Err(SessionError::FileSizeLimit {
            path: path.to_owned(),
            needed_bytes,
            limit_bytes,
        }),
        _ => Ok(()),
    }
}
