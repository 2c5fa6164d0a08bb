//! One rank at work: what it was handed, what is finished, what is committed.

use super::commit_buffer::CommitBuffer;
use super::compute::{Compute, Piece};
use super::wire::{BUCKETS_PER_MESSAGE, Breakdown, Report, ToCoordinator, ToWorker};
use super::{Deadline, DrainReason, EngineOptions, Outcome};
use crate::comm::Rank;
use crate::numerics::DurationHistogram;
use crate::results::{Ledger, LedgerError, UnitState};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Failures under way to the coordinator: more wait here, and with them the compute threads, so that a study in which
/// everything fails can't flood rank 0.
const FAILURES_UNDER_WAY: usize = 256;

/// A unit may take this much longer than 99 % of them took.
const MARGIN: f64 = 1.25;

/// How often the ledger is looked at; sooner in the tests of this crate.
const CHECK_INTERVAL: Duration = Duration::from_millis(if cfg!(test) { 50 } else { 2000 });

/// Time that saving the states of units may take at least, and how much longer than ever before.
const MIN_SAVE_TIME: Duration = Duration::from_secs(1);
const SAVE_MARGIN: u32 = 3;

/// Pieces taken in before the main thread looks after messages and commits again.
const PIECES_AT_ONCE: usize = 64;

/// The part of a run that every rank does, rank 0 too.
pub(super) struct Worker {
    rank: Rank,
    /// `None` if the threads could not be started.
    compute: Option<Compute>,
    commit_interval: Duration,
    buffer_bytes: usize,
    deadline: Option<Deadline>,

    /// Units handed to this rank, neither finished nor given up.
    outstanding: u64,
    batches_received: u64,
    last_batch: u64,
    /// The counts of batches at which work was asked for ahead, and with empty hands.
    asked_ahead: Option<u64>,
    asked_empty: Option<u64>,
    no_more: bool,
    stopped: bool,
    finished: bool,
    gave_up: bool,
    result: Option<Result<Outcome, Breakdown>>,

    buffer: CommitBuffer,
    last_commit: Instant,
    last_check: Instant,
    /// Pieces whose failures wait to be sent.
    held: VecDeque<Piece>,
    failures_under_way: usize,
    broken: bool,
    retried: u64,
    /// Times not yet reported, and all of this rank.
    new_times: DurationHistogram,
    all_times: DurationHistogram,
    p99_of_all_ranks: Duration,
    outbox: Vec<ToCoordinator>,
}

impl Worker {
    pub(super) fn new(
        rank: Rank,
        compute: Option<Compute>,
        options: &EngineOptions,
        deadline: Option<Deadline>,
    ) -> Self {
        let threads = compute.as_ref().map_or(0, |compute| compute.threads as u32);
        let mut worker = Self {
            rank,
            compute,
            commit_interval: options.commit_interval,
            buffer_bytes: options.buffer_bytes,
            deadline,
            outstanding: 0,
            batches_received: 0,
            last_batch: 0,
            asked_ahead: None,
            asked_empty: None,
            no_more: false,
            stopped: false,
            finished: false,
            gave_up: false,
            result: None,
            buffer: CommitBuffer::default(),
            last_commit: Instant::now(),
            last_check: Instant::now(),
            held: VecDeque::new(),
            failures_under_way: 0,
            broken: false,
            retried: 0,
            new_times: DurationHistogram::default(),
            all_times: DurationHistogram::default(),
            p99_of_all_ranks: Duration::ZERO,
            outbox: vec![ToCoordinator::Hello { threads }],
        };
        worker.set_latest_start();
        worker
    }

    /// Takes in what the coordinator says.
    pub(super) fn handle(&mut self, message: ToWorker) {
        match message {
            ToWorker::Work { ranges, p99_ns } => {
                let units = ranges.iter().map(|range| range.end - range.start).sum();
                self.batches_received += 1;
                self.last_batch = units;
                self.p99_of_all_ranks = Duration::from_nanos(p99_ns);
                self.set_latest_start();
                if let (false, Some(compute)) = (self.stopped, &self.compute) {
                    self.outstanding += units;
                    compute.push(&ranges);
                }
            }
            ToWorker::NoMore => self.no_more = true,
            ToWorker::Drain => {
                self.stop();
            }
            ToWorker::GiveUp => self.give_up(),
            ToWorker::Recorded => self.failures_under_way -= 1,
            ToWorker::End(result) => self.result = Some(result),
        }
    }

    /// Starts no more units; how many were waiting.
    fn stop(&mut self) -> u64 {
        self.stopped = true;
        let dropped = self.compute.as_ref().map_or(0, |compute| compute.queue.stop());
        self.outstanding -= dropped;
        dropped
    }

    /// Starts no more units and waits for none.
    fn give_up(&mut self) {
        self.stop();
        if !self.finished {
            while self.take_in_one() {}
        }
        self.gave_up = true;
        self.no_more = true;
    }

    /// This rank is asked to stop: it does, and lets the others know.
    pub(super) fn drain(&mut self, reason: DrainReason) {
        if !self.stopped && !self.finished {
            let dropped = self.stop();
            tracing::info!(%reason, units_not_started = dropped, "draining");
            self.outbox.push(ToCoordinator::Drain(reason));
        }
    }

    /// When the last unit may start: early enough to end before the reserve of the deadline begins.
    fn latest_start(&self) -> Option<Instant> {
        let deadline = self.deadline?;
        let p99 = self
            .all_times
            .quantile_s(0.99)
            .map_or(Duration::ZERO, Duration::from_secs_f64)
            .max(self.p99_of_all_ranks);
        let needed = deadline.reserve
            + match &self.compute {
                // A unit needn't end: what it has done by then is kept.
                Some(compute) if compute.saves => (compute.queue.longest_save() * SAVE_MARGIN).max(MIN_SAVE_TIME),
                _ => p99.mul_f64(MARGIN),
            };
        Some(deadline.at.checked_sub(needed).unwrap_or_else(Instant::now))
    }

    fn set_latest_start(&mut self) {
        if let (Some(time), Some(compute)) = (self.latest_start(), &self.compute) {
            compute.queue.set_latest_start(time);
        }
    }

    /// Looks at the clock: no more starts near the end, and at the end what still runs is given up.
    pub(super) fn watch_deadline(&mut self, now: Instant) {
        let (Some(deadline), Some(latest_start)) = (self.deadline, self.latest_start()) else {
            return;
        };
        let waiting = self
            .compute
            .as_ref()
            .is_some_and(|compute| compute.queue.unstarted() > 0 || compute.saves && self.outstanding > 0);
        if now >= latest_start && waiting {
            self.drain(DrainReason::Walltime);
        }
        let over = deadline.at.checked_sub(deadline.reserve).is_none_or(|end| now >= end);
        if over && self.outstanding > 0 && !self.gave_up {
            self.drain(DrainReason::Walltime);
            self.give_up();
            tracing::warn!(
                units = self.outstanding,
                "abandoned units that were still running at the end of the walltime"
            );
        }
    }

    /// Whether compute threads may use work of which none is waiting here.
    pub(super) fn too_late_to_start(&self, now: Instant) -> bool {
        self.latest_start().is_some_and(|time| now >= time)
    }

    /// Takes in finished pieces; whether there were any.
    pub(super) fn take_in(&mut self) -> bool {
        (0..PIECES_AT_ONCE).take_while(|_| self.take_in_one()).count() > 0
    }

    /// The oldest piece that is held, or the next finished one, if it can go on.
    fn take_in_one(&mut self) -> bool {
        // What comes in after the last report was given up.
        if self.finished {
            return false;
        }
        let piece = match self.held.pop_front() {
            Some(piece) => piece,
            None => match self.compute.as_ref().and_then(|compute| compute.pieces.try_recv().ok()) {
                Some(piece) => piece,
                None => return false,
            },
        };
        self.accept(piece)
    }

    /// Waits for a finished piece, at most so long; whether one came.
    pub(super) fn wait(&mut self, at_most: Duration) -> bool {
        let piece = match &self.compute {
            Some(compute) if self.held.is_empty() && !self.finished => compute.pieces.recv_timeout(at_most).ok(),
            _ => {
                std::thread::sleep(at_most);
                None
            }
        };
        piece.is_some_and(|piece| self.accept(piece))
    }

    /// Sends the piece's failures and lets its units wait for the commit: in this order, so that the coordinator has
    /// the reason of every quarantined unit before the unit counts. Holds the piece back if too many are under way.
    fn accept(&mut self, piece: Piece) -> bool {
        if !piece.failures.is_empty() && self.failures_under_way >= FAILURES_UNDER_WAY {
            self.held.push_front(piece);
            return false;
        }
        self.outstanding -= piece.skipped + piece.units();
        for failure in &piece.failures {
            // In the log files only: a study that fails everywhere would flood the console, which counts the failures.
            tracing::info!(
                unit = failure.unit.0,
                attempts = failure.attempts,
                seed = failure.seed,
                reason = failure.message,
                "unit quarantined"
            );
        }
        self.failures_under_way += piece.failures.len();
        self.outbox
            .extend(piece.failures.into_iter().map(ToCoordinator::Failure));
        self.retried += piece.retried;
        self.new_times.merge(&piece.times);
        self.all_times.merge(&piece.times);
        self.set_latest_start();
        piece.runs.into_iter().for_each(|run| self.buffer.push(run));
        true
    }

    /// Asks for work: ahead when only the last batch is left, again when nothing is left.
    pub(super) fn ask(&mut self) {
        let Some(compute) = &self.compute else { return };
        if self.no_more || self.stopped || self.batches_received == 0 {
            return;
        }
        let unstarted = compute.queue.unstarted();
        let received = Some(self.batches_received);
        let ahead = unstarted <= self.last_batch && self.asked_ahead != received;
        let empty = unstarted == 0 && self.asked_empty != received;
        if ahead || empty {
            self.asked_ahead = received;
            if unstarted == 0 {
                self.asked_empty = received;
            }
            self.outbox.push(ToCoordinator::Want {
                received: self.batches_received,
                unstarted,
                mean_ns: compute.queue.mean_ns(),
            });
        }
    }

    /// Commits what is finished when it is time: the interval is over, the buffer is full, or nothing more will come.
    pub(super) fn commit_if_due(&mut self, ledger: &mut dyn Ledger, now: Instant) {
        let all_in = self.all_in();
        let due = all_in
            || self.buffer.bytes() >= self.buffer_bytes
            || now.saturating_duration_since(self.last_commit) >= self.commit_interval;
        if due && !self.buffer.is_empty() {
            self.commit(ledger);
        }
        if all_in && !self.finished {
            while self.report(0, 0) {}
            self.outbox.push(ToCoordinator::Finished {
                abandoned: self.outstanding,
            });
            self.finished = true;
        }
    }

    fn all_in(&self) -> bool {
        self.no_more && (self.outstanding == 0 || self.gave_up) && self.held.is_empty()
    }

    fn commit(&mut self, ledger: &mut dyn Ledger) {
        let runs = self.buffer.take();
        if !self.broken {
            let begin = Instant::now();
            match ledger.commit(&runs) {
                Ok(()) => {
                    let units: u64 = runs.iter().map(|run| run.states.len() as u64).sum();
                    let done = runs
                        .iter()
                        .flat_map(|run| &run.states)
                        .filter(|&&state| state == UnitState::Done as u8)
                        .count() as u64;
                    tracing::info!(
                        units,
                        quarantined = units - done,
                        seconds = begin.elapsed().as_secs_f64(),
                        "committed"
                    );
                    self.report(done, units - done);
                }
                Err(error) => self.break_off(error),
            }
        }
        self.last_commit = Instant::now();
    }

    /// The ledger can't be written: nothing that runs here can be kept.
    fn break_off(&mut self, error: LedgerError) {
        tracing::error!(action = error.action, reason = error.reason, "can't commit");
        self.broken = true;
        self.outbox.push(ToCoordinator::Broken(Breakdown {
            rank: self.rank,
            threads: 0,
            action: error.action,
            reason: error.reason,
        }));
        self.give_up();
    }

    /// Looks whether the results are still there, when it is time.
    pub(super) fn check_if_due(&mut self, ledger: &mut dyn Ledger, now: Instant) {
        if self.broken || self.finished || now.saturating_duration_since(self.last_check) < CHECK_INTERVAL {
            return;
        }
        self.last_check = now;
        if let Err(error) = ledger.check() {
            self.break_off(error);
        }
    }

    /// Reports counters and as many unit times as fit; whether there was anything to report.
    fn report(&mut self, done: u64, quarantined: u64) -> bool {
        let report = Report {
            done,
            quarantined,
            retried: std::mem::take(&mut self.retried),
            times: self.new_times.take(BUCKETS_PER_MESSAGE),
        };
        let something = report != Report::default();
        if something {
            self.outbox.push(ToCoordinator::Report(report));
        }
        something
    }

    /// Time until something is due without anything from outside.
    pub(super) fn time_to_next(&self, now: Instant) -> Duration {
        if self.buffer.is_empty() {
            self.commit_interval
        } else {
            (self.last_commit + self.commit_interval).saturating_duration_since(now)
        }
    }

    /// The threads could not be started: the coordinator must know why.
    pub(super) fn no_threads(&mut self, threads: usize, reason: String) {
        self.outbox.push(ToCoordinator::Broken(Breakdown {
            rank: self.rank,
            threads: threads as u32,
            action: String::new(),
            reason,
        }));
    }

    /// What is to be sent, in order.
    pub(super) fn take_outbox(&mut self) -> Vec<ToCoordinator> {
        std::mem::take(&mut self.outbox)
    }

    /// Whether the coordinator has said how the run ended.
    pub(super) fn has_result(&self) -> bool {
        self.result.is_some()
    }

    /// How the run ended, when the coordinator has said so.
    pub(super) fn take_result(&mut self) -> Option<Result<Outcome, Breakdown>> {
        self.result.take()
    }
}
