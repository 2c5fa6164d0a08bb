//! The coordinator: who gets which units, what is done, when it ends. It talks through a mailbox of decoded messages,
//! so it runs the same over MPI, over channels, and alone.

use super::backlog::{Allowance, Backlog};
use super::batching::{BatchBounds, RankPace, batch_units, fair_share, most_units, worth_prefetching};
use super::blind_failures::BlindFailures;
use super::wire::{Breakdown, RANGES_PER_MESSAGE, Report, ToCoordinator, ToWorker};
use super::{DrainReason, Outcome, Schedule};
use crate::comm::Rank;
use crate::numerics::DurationHistogram;
use crate::results::FailureRow;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// What the coordinator knows of a rank.
#[derive(Clone, Debug, Default)]
struct RankState {
    threads: u64,
    batches_sent: u64,
    last_batch: u64,
    mean_ns: u64,
    told_no_more: bool,
    finished: bool,
}

/// Totals of the run so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub done: u64,
    pub quarantined: u64,
    pub retried: u64,
    pub abandoned: u64,
    pub threads: u64,
}

/// The state of a run on rank 0.
pub(super) struct Coordinator {
    pending: Backlog,
    units: u64,
    bounds: BatchBounds,
    ranks: Vec<RankState>,
    times: DurationHistogram,
    totals: Totals,
    draining: Option<DrainReason>,
    failures: BlindFailures,
    breakdown: Option<Breakdown>,
    outbox: Vec<(Rank, ToWorker)>,
}

impl Coordinator {
    /// A run of the `pending` units on `ranks` ranks, in the order of the schedule if there is one.
    pub(super) fn new(
        ranks: u32,
        pending: Vec<Range<u64>>,
        schedule: Option<Arc<dyn Schedule>>,
        bounds: BatchBounds,
    ) -> Self {
        let pending = Backlog::new(pending, schedule);
        Self {
            units: pending.units(),
            pending,
            bounds,
            ranks: vec![RankState::default(); ranks as usize],
            times: DurationHistogram::default(),
            totals: Totals::default(),
            draining: None,
            failures: BlindFailures::default(),
            breakdown: None,
            outbox: Vec::new(),
        }
    }

    /// Stops when this many units have failed for the same reason before any has succeeded; 0 for never.
    pub(super) fn stopping_after(mut self, failures: u64) -> Self {
        self.failures = BlindFailures::new(failures);
        self
    }

    /// Takes in a message; a failure in it is for the ledger.
    pub(super) fn handle(&mut self, from: Rank, message: ToCoordinator) -> Option<FailureRow> {
        let rank = from.0 as usize;
        match message {
            ToCoordinator::Hello { threads } => {
                self.ranks[rank].threads = u64::from(threads);
                self.totals.threads += u64::from(threads);
                self.hand_out(from);
                self.prefetch(from);
            }
            ToCoordinator::Want {
                received,
                unstarted,
                mean_ns,
            } => {
                self.ranks[rank].mean_ns = mean_ns;
                // Otherwise an answer is under way already.
                if received == self.ranks[rank].batches_sent {
                    if unstarted == 0 {
                        self.hand_out(from);
                    }
                    self.prefetch(from);
                }
            }
            ToCoordinator::Report(report) => self.count(&report),
            ToCoordinator::Failure(row) => {
                self.failures.add(&row);
                self.outbox.push((from, ToWorker::Recorded));
                return Some(row);
            }
            ToCoordinator::Drain(reason) => self.drain(reason),
            ToCoordinator::Broken(breakdown) => self.break_down(breakdown),
            ToCoordinator::Finished { abandoned } => {
                self.ranks[rank].finished = true;
                self.totals.abandoned += abandoned;
            }
        }
        None
    }

    fn count(&mut self, report: &Report) {
        self.totals.done += report.done;
        self.totals.quarantined += report.quarantined;
        self.totals.retried += report.retried;
        for &(bucket, count) in &report.times {
            self.times.add(bucket, u64::from(count));
        }
        if self.failures.are_enough(self.totals.done, self.totals.quarantined) {
            self.drain(DrainReason::Failures);
        }
    }

    fn pace(&self, rank: Rank) -> RankPace {
        let state = &self.ranks[rank.0 as usize];
        RankPace {
            threads: state.threads,
            mean: Duration::from_nanos(state.mean_ns),
            last_batch: state.last_batch,
        }
    }

    /// Threads of all ranks; those that haven't reported yet are taken to be like `rank`.
    fn all_threads(&self, rank: Rank) -> u64 {
        let like = self.ranks[rank.0 as usize].threads;
        self.ranks
            .iter()
            .map(|state| if state.threads == 0 { like } else { state.threads })
            .sum()
    }

    fn prefetch(&mut self, rank: Rank) {
        // A group is like a unit that takes as long as all of them: the last ones had better go to whoever is free.
        let together = self.pending.units_together();
        let mut pace = self.pace(rank);
        pace.mean = pace.mean.saturating_mul(u32::try_from(together).unwrap_or(u32::MAX));
        let left = self.pending.units().div_ceil(together);
        if left == 0 || worth_prefetching(left, &pace, self.all_threads(rank)) {
            self.hand_out(rank);
        }
    }

    /// Hands a batch to a rank that can work, or tells it that there is no more.
    fn hand_out(&mut self, rank: Rank) {
        let pace = self.pace(rank);
        if pace.threads == 0 || self.ranks[rank.0 as usize].told_no_more {
            return;
        }
        let (pending, all_threads) = (self.pending.units(), self.all_threads(rank));
        let batch = batch_units(pending, &pace, all_threads, &self.bounds);
        let allowance = Allowance {
            units: batch,
            share: fair_share(pending, &pace, all_threads),
            groups: pace.threads,
            most: most_units(&self.bounds),
        };
        let ranges = self.pending.take(&allowance, RANGES_PER_MESSAGE);
        if !ranges.is_empty() {
            let p99_ns = self.p99().map_or(0, |time| time.as_nanos() as u64);
            self.outbox.push((rank, ToWorker::Work { ranges, p99_ns }));
            let state = &mut self.ranks[rank.0 as usize];
            state.batches_sent += 1;
            // The gaps of a resumed run cut batches short; that says nothing about the pace.
            state.last_batch = batch;
        }
        if self.pending.units() == 0 {
            self.tell_no_more();
        }
    }

    fn tell_no_more(&mut self) {
        for (state, rank) in self.ranks.iter_mut().zip(0..) {
            if !state.told_no_more {
                state.told_no_more = true;
                self.outbox.push((Rank(rank), ToWorker::NoMore));
            }
        }
    }

    /// Starts the end of a run that isn't done: nothing is handed out any more.
    pub(super) fn drain(&mut self, reason: DrainReason) {
        if self.draining.is_none() {
            self.draining = Some(reason);
            self.stop(&ToWorker::Drain);
        }
    }

    /// A rank can't go on, so the run can't. Nobody waits for units that may take hours.
    pub(super) fn break_down(&mut self, breakdown: Breakdown) {
        if self.breakdown.is_none() {
            self.breakdown = Some(breakdown);
            self.stop(&ToWorker::GiveUp);
        }
    }

    fn stop(&mut self, word: &ToWorker) {
        self.pending.clear();
        for rank in 0..self.ranks.len() as u32 {
            self.outbox.push((Rank(rank), word.clone()));
        }
        self.tell_no_more();
    }

    /// The 99th percentile of all unit times so far.
    pub(super) fn p99(&self) -> Option<Duration> {
        self.times.quantile_s(0.99).map(Duration::from_secs_f64)
    }

    /// Whether there are units that nobody has been handed.
    pub(super) fn has_pending(&self) -> bool {
        self.pending.units() > 0
    }

    pub(super) fn totals(&self) -> Totals {
        self.totals
    }

    pub(super) fn units(&self) -> u64 {
        self.units
    }

    pub(super) fn draining(&self) -> Option<DrainReason> {
        self.draining
    }

    /// What is to be sent, in order.
    pub(super) fn take_outbox(&mut self) -> Vec<(Rank, ToWorker)> {
        std::mem::take(&mut self.outbox)
    }

    /// How the run ended, once every rank is finished.
    pub(super) fn result(&self) -> Option<Result<Outcome, Breakdown>> {
        if !self.ranks.iter().all(|state| state.finished) {
            return None;
        }
        if let Some(breakdown) = &self.breakdown {
            return Some(Err(breakdown.clone()));
        }
        let totals = self.totals;
        let remaining = self.units - totals.done - totals.quarantined;
        Some(Ok(Outcome {
            done: totals.done,
            quarantined: totals.quarantined,
            retried: totals.retried,
            remaining,
            abandoned: totals.abandoned,
            // A request that came when all was done has cut nothing short; and only the walltime makes a rank skip units
            // without being asked.
            drained: (remaining > 0).then(|| self.draining.unwrap_or(DrainReason::Walltime)),
            threads: totals.threads,
        }))
    }
}
