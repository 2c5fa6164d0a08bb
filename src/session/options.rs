//! How the engine is to run a study in this job.

use crate::comm::{Communicator, Rank};
use crate::engine::{self, Deadline, EngineOptions};
use crate::quantity;
use crate::study::Study;
use std::time::{Duration, Instant, SystemTime};

/// Time kept free before the end of the job, for the last commit and closing the file.
const MIN_RESERVE: Duration = Duration::from_secs(1);
const MAX_RESERVE: Duration = Duration::from_secs(60);

/// What leaving MPI takes on top: `mpirun` looks after its ranks for about two seconds once they are gone.
const LAUNCHER_RESERVE: Duration = Duration::from_secs(2);

/// The options of a study's run. Says so if there are more threads than cores.
pub(super) fn of(study: &Study, job_end: Option<SystemTime>, comm: &dyn Communicator) -> EngineOptions {
    let options = plain(study, job_end, comm.size());
    let threads = engine::threads_of(options.threads, comm.cores());
    if comm.rank() == Rank::ROOT && threads < options.threads {
        tracing::warn!(
            "{} threads on {} would only slow each other down: {threads} are started (hint: --threads or execution.threads; 0 takes a thread for each core)",
            options.threads,
            quantity::counted(comm.cores() as u64, "core"),
        );
    }
    options
}

/// When a job of `ranks` ranks has to be done that ends at `job_end`.
pub(super) fn deadline(job_end: Option<SystemTime>, ranks: u32) -> Option<Deadline> {
    job_end.map(|end| {
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        let launcher = if ranks > 1 { LAUNCHER_RESERVE } else { Duration::ZERO };
        let reserve = (left / 50).clamp(MIN_RESERVE, MAX_RESERVE) + launcher;
        // A job of a few seconds still gets something done.
        Deadline {
            at: Instant::now() + left,
            reserve: reserve.min(left / 2),
        }
    })
}

fn plain(study: &Study, job_end: Option<SystemTime>, ranks: u32) -> EngineOptions {
    let execution = &study.resolved.execution;
    EngineOptions {
        threads: execution.threads as usize,
        retries: execution.retries,
        commit_interval: Duration::from_secs_f64(execution.commit_interval_s),
        batch_units: execution.batch_units,
        save_interval: Duration::from_secs_f64(execution.save_interval_s),
        stop_after_failures: u64::from(execution.stop_after_failures),
        row_buffer_bytes: (study.resolved.record.buffer_mib as usize) << 19,
        deadline: deadline(job_end, ranks),
        ..EngineOptions::default()
    }
}
