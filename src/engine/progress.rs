//! How fast the run goes.

use super::Progress;
use super::coordinator::Coordinator;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Time between two reports of progress.
const INTERVAL: Duration = Duration::from_millis(250);

/// The rate is a mean over this much time.
const WINDOW: Duration = Duration::from_secs(20);

/// Watches the coordinator's counters.
pub(super) struct ProgressMeter {
    begin: Instant,
    last: Option<Instant>,
    samples: VecDeque<(Instant, u64)>,
    ranks: u32,
}

impl ProgressMeter {
    pub(super) fn new(ranks: u32, now: Instant) -> Self {
        Self {
            begin: now,
            last: None,
            samples: VecDeque::from([(now, 0)]),
            ranks,
        }
    }

    /// Time until the next report.
    pub(super) fn time_to_next(&self, now: Instant) -> Duration {
        self.last
            .map_or(Duration::ZERO, |last| (last + INTERVAL).saturating_duration_since(now))
    }

    /// A report, if one is due, or if it is the last.
    pub(super) fn tick(&mut self, coordinator: &Coordinator, now: Instant, is_last: bool) -> Option<Progress> {
        if !is_last && !self.time_to_next(now).is_zero() {
            return None;
        }
        self.last = Some(now);
        let totals = coordinator.totals();
        let units_done = totals.done + totals.quarantined;
        self.samples.push_back((now, units_done));
        while self.samples.len() > 2 && now - self.samples[1].0 > WINDOW {
            self.samples.pop_front();
        }
        let (since, before) = self.samples[0];
        let seconds = (now - since).as_secs_f64();
        let rate_per_s = if seconds > 0.0 {
            (units_done - before) as f64 / seconds
        } else {
            0.0
        };
        let units_left = coordinator.units() - units_done;
        Some(Progress {
            units_done,
            units_total: coordinator.units(),
            failed: totals.quarantined,
            retried: totals.retried,
            ranks: self.ranks,
            threads: totals.threads,
            rate_per_s,
            remaining: (rate_per_s > 0.0)
                .then(|| Duration::try_from_secs_f64(units_left as f64 / rate_per_s).ok())
                .flatten(),
            elapsed: now - self.begin,
            draining: coordinator.draining(),
        })
    }
}
