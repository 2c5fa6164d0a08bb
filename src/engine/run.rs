//! The main loop of a rank: messages, finished pieces, commits, clocks; asleep when there is nothing to do.

use super::batching::BatchBounds;
use super::compute::Compute;
use super::coordinator::Coordinator;
use super::progress::ProgressMeter;
use super::wire::{Breakdown, ToCoordinator, ToWorker};
use super::worker::Worker;
use super::{Deadline, DrainFlag, DrainReason, EngineError, EngineOptions, Outcome, Progress, Workload, threads_of};
use crate::comm::{Backoff, Communicator, Rank};
use crate::results::{Ledger, LedgerError};
use crate::study::Study;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest sleep of a rank that nobody will wake: how late a signal is noticed.
const MAX_SLEEP: Duration = Duration::from_millis(20);

/// Runs the `pending` units of a study (rank 0 says which; ignored elsewhere) on all ranks and commits them.
///
/// `on_progress` is called on rank 0 a few times a second and once at the end. `drain` may be requested on any rank.
///
/// # Collective
/// All ranks, with the same study. All return together, with the same outcome.
///
/// # Errors
/// If a rank can't write its results or start its threads; the others commit what they have finished and end too,
/// and everything committed stays.
pub fn run(
    comm: &dyn Communicator,
    study: &Study,
    ledger: &mut dyn Ledger,
    pending: Vec<Range<u64>>,
    options: &EngineOptions,
    drain: &DrainFlag,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Outcome, EngineError> {
    run_workload(
        comm,
        Arc::new(study.clone()),
        ledger,
        pending,
        options,
        drain,
        on_progress,
    )
}

/// [`run`] for any [`Workload`].
///
/// # Collective
/// See [`run`].
///
/// # Errors
/// See [`run`].
pub fn run_workload(
    comm: &dyn Communicator,
    workload: Arc<dyn Workload>,
    ledger: &mut dyn Ledger,
    pending: Vec<Range<u64>>,
    options: &EngineOptions,
    drain: &DrainFlag,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Outcome, EngineError> {
    let deadline = agree_on_deadline(comm, options.deadline);
    let encoder = ledger.encoder();
    assert_eq!(
        encoder.values_per_unit(),
        workload.metrics().len() * workload.members(),
        "ledger and scenario agree on the shape of a unit"
    );
    let buffer_units = (options.buffer_bytes / (encoder.values_per_unit() * size_of::<f64>()).max(1)).max(1) as u64;
    let threads = threads_of(options.threads, comm.cores());
    let schedule = workload.schedule();
    let mut worker = match Compute::start(threads, workload, schedule.clone(), encoder, options) {
        Ok(compute) => Worker::new(comm.rank(), Some(compute), options, deadline),
        Err(error) => {
            let mut worker = Worker::new(comm.rank(), None, options, deadline);
            worker.no_threads(threads, error.to_string());
            worker
        }
    };
    let bounds = BatchBounds {
        commit_interval: options.commit_interval,
        buffer_units,
        batch_units: options.batch_units,
    };
    let lead = || Coordinator::new(comm.size(), pending, schedule, bounds).stopping_after(options.stop_after_failures);
    let mut root = (comm.rank() == Rank::ROOT).then(|| Root::new(comm.size(), lead(), on_progress));
    let mut backoff = Backoff::new();
    loop {
        let mut active = receive(comm, &mut worker, &mut root, ledger);
        active |= worker.take_in();
        if let Some(reason) = drain.requested() {
            worker.drain(reason);
            // A rank that has nothing left to stop still passes the word on.
            if let Some(root) = &mut root {
                root.coordinator.drain(reason);
            }
        }
        let now = Instant::now();
        worker.watch_deadline(now);
        worker.ask();
        worker.check_if_due(ledger, now);
        worker.commit_if_due(ledger, now);
        for message in worker.take_outbox() {
            active = true;
            match &mut root {
                Some(root) => root.handle(Rank::ROOT, message, ledger),
                None => comm.send(Rank::ROOT, &message.pack()),
            }
        }
        if let Some(root) = &mut root {
            active |= root.step(comm, &mut worker, now);
        }
        if let Some(result) = worker.take_result() {
            return result.map_err(error_of);
        }
        if active {
            backoff.reset();
        } else {
            let mut pause = worker.time_to_next(now).min(MAX_SLEEP);
            if comm.size() > 1 {
                pause = pause.min(backoff.next_pause());
            }
            if let Some(root) = &root {
                pause = pause.min(root.meter.time_to_next(now));
            }
            if worker.wait(pause) {
                backoff.reset();
            }
        }
    }
}

/// The part of the loop that only rank 0 has.
struct Root<'a> {
    coordinator: Coordinator,
    meter: ProgressMeter,
    on_progress: &'a mut dyn FnMut(&Progress),
    ended: bool,
}

impl<'a> Root<'a> {
    fn new(ranks: u32, coordinator: Coordinator, on_progress: &'a mut dyn FnMut(&Progress)) -> Self {
        Self {
            coordinator,
            meter: ProgressMeter::new(ranks, Instant::now()),
            on_progress,
            ended: false,
        }
    }

    fn handle(&mut self, from: Rank, message: ToCoordinator, ledger: &mut dyn Ledger) {
        let Some(row) = self.coordinator.handle(from, message) else {
            return;
        };
        if let Err(LedgerError { action, reason }) = ledger.record_failure(row) {
            self.coordinator.break_down(Breakdown {
                rank: Rank::ROOT,
                threads: 0,
                action,
                reason,
            });
        }
    }

    /// Clocks, progress, the end, and what is to be sent; whether anything was.
    fn step(&mut self, comm: &dyn Communicator, worker: &mut Worker, now: Instant) -> bool {
        if self.coordinator.has_pending() && worker.too_late_to_start(now) {
            self.coordinator.drain(DrainReason::Walltime);
        }
        let result = self.coordinator.result().filter(|_| !self.ended);
        if let Some(progress) = self.meter.tick(&self.coordinator, now, result.is_some()) {
            (self.on_progress)(&progress);
        }
        let mut outbox = self.coordinator.take_outbox();
        if let Some(result) = result {
            self.ended = true;
            outbox.extend((0..comm.size()).map(|rank| (Rank(rank), ToWorker::End(result.clone()))));
        }
        let active = !outbox.is_empty();
        for (to, message) in outbox {
            if to == Rank::ROOT {
                worker.handle(message);
            } else {
                comm.send(to, &message.pack());
            }
        }
        active
    }
}

/// Takes in all messages that have arrived; whether there were any.
fn receive(comm: &dyn Communicator, worker: &mut Worker, root: &mut Option<Root<'_>>, ledger: &mut dyn Ledger) -> bool {
    let mut active = false;
    while let Some((from, message)) = comm.try_receive() {
        active = true;
        match root {
            Some(root) => root.handle(from, ToCoordinator::unpack(&message), ledger),
            None => {
                worker.handle(ToWorker::unpack(&message));
                // Nothing of this run comes after its end: the next message belongs to what follows.
                if worker.has_result() {
                    break;
                }
            }
        }
    }
    active
}

/// Rank 0's deadline for everyone, as time left: the clocks of nodes differ.
fn agree_on_deadline(comm: &dyn Communicator, mine: Option<Deadline>) -> Option<Deadline> {
    let mut bytes = Vec::new();
    if let Some(deadline) = mine {
        let left = deadline.at.saturating_duration_since(Instant::now());
        bytes.extend((left.as_nanos() as u64).to_le_bytes());
        bytes.extend((deadline.reserve.as_nanos() as u64).to_le_bytes());
    }
    comm.broadcast(&mut bytes);
    let (left, reserve) = bytes.split_first_chunk::<8>()?;
    Some(Deadline {
        at: Instant::now() + Duration::from_nanos(u64::from_le_bytes(*left)),
        reserve: Duration::from_nanos(u64::from_le_bytes(*reserve.first_chunk()?)),
    })
}

fn error_of(breakdown: Breakdown) -> EngineError {
    if breakdown.threads > 0 {
        EngineError::Threads {
            rank: breakdown.rank,
            threads: breakdown.threads as usize,
            reason: breakdown.reason,
        }
    } else {
        EngineError::Ledger {
            rank: breakdown.rank,
            source: LedgerError {
                action: breakdown.action,
                reason: breakdown.reason,
            },
        }
    }
}
