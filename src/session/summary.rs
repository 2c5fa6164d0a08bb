//! The summary of a results file, computed or checked by all ranks together.

use super::agreement::{self, broadcast_flag};
use super::{Observer, SessionError, pending};
use crate::comm::Communicator;
use crate::engine::{DrainFlag, DrainReason, EngineOptions, threads_of};
use crate::gather::{self, Comparison};
use crate::store::Writer;
use crate::study::Study;
use rayon::ThreadPool;
use std::cell::RefCell;
use std::ops::ControlFlow;

/// Computes the summary on all ranks, unless the job's end or a signal comes first; then says which. What it is made from is
/// held against its checksums before.
pub(super) fn summarise(
    comm: &dyn Communicator,
    study: &Study,
    writer: &mut Writer,
    options: &EngineOptions,
    drain: &DrainFlag,
    observer: &mut dyn Observer,
) -> Result<Option<DrainReason>, SessionError> {
    let share = study.plan.points.div_ceil(u64::from(comm.size()));
    let observer = RefCell::new(observer);
    let stop = || drain.requested_by(options.deadline).is_some();
    let (units, whole) = pending::damaged(comm, study, writer, &stop)?;
    if units > 0 {
        let path = writer.path().to_owned();
        return Err(SessionError::UnitsChanged { path, units });
    }
    // What wasn't looked at isn't finished.
    if let Some(reason) = first_reason(comm, if whole { None } else { drain.requested() }) {
        return Ok(Some(reason));
    }
    let pool = pool(comm, options.threads)?;
    let mine = gather::run(comm, study, writer, &pool, &|done| {
        observer.borrow_mut().gathering(done, share);
        match stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    // A rank that was done before the signal came doesn't make the summary whole.
    Ok(first_reason(
        comm,
        if mine.is_break() { drain.requested() } else { None },
    ))
}

/// The reason of the first rank that has one, on all ranks.
fn first_reason(comm: &dyn Communicator, reason: Option<DrainReason>) -> Option<DrainReason> {
    let reasons = comm.gather(&serde_json::to_vec(&reason).expect("a reason is plain data"));
    let first = reasons
        .into_iter()
        .flatten()
        .filter_map(|bytes| serde_json::from_slice(&bytes).ok().flatten())
        .next();
    agreement::broadcast(comm, &first)
}

/// Whether the summary in a finished file is what its units give; all ranks look at their share of the points.
pub(super) fn summary_holds(comm: &dyn Communicator, study: &Study, writer: &Writer) -> Result<bool, SessionError> {
    let mut comparison = Comparison::with(writer);
    let pool = pool(comm, study.resolved.execution.threads as usize)?;
    let _whole = gather::run(comm, study, &mut comparison, &pool, &|_| ControlFlow::Continue(()))?;
    let differing = comm.gather(&comparison.differing().to_le_bytes());
    let holds = differing.is_none_or(|all| all.iter().flatten().all(|&byte| byte == 0));
    Ok(broadcast_flag(comm, holds))
}

fn pool(comm: &dyn Communicator, threads: usize) -> Result<ThreadPool, SessionError> {
    let threads = threads_of(threads, comm.cores());
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| SessionError::Threads {
            threads,
            reason: error.to_string(),
        })
}
