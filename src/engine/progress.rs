//! How fast the run goes.

use super::Progress;
use super::coordinator::Coordinator;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Time between two reports of progress.
const INTERVAL: Duration = Duration::from_millis(250);

/// The rate is a mean over this much time, or over this many units, whichever takes longer: units of minutes have a rate,
/// too.
const WINDOW: Duration = Duration::from_secs(20);
const WINDOW_UNITS: u64 = 20;

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

    /// Takes in how many units are done; the beginning of the window.
    fn sample(&mut self, now: Instant, units_done: u64) -> (Instant, u64) {
        // What is equal to the one before says nothing new.
        if self.samples.back().is_none_or(|&(_, before)| before != units_done) {
            self.samples.push_back((now, units_done));
        }
        while let Some(&(next, units)) = self.samples.get(1)
            && now - next > WINDOW
            && units_done - units >= WINDOW_UNITS
        {
            self.samples.pop_front();
        }
        self.samples[0]
    }

    /// A report, if one is due, or if it is the last.
    pub(super) fn tick(&mut self, coordinator: &Coordinator, now: Instant, is_last: bool) -> Option<Progress> {
        if !is_last && !self.time_to_next(now).is_zero() {
            return None;
        }
        self.last = Some(now);
        let totals = coordinator.totals();
        let units_done = totals.done + totals.quarantined;
        let (since, before) = self.sample(now, units_done);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(meter: &ProgressMeter, seconds: u64) -> Instant {
        meter.begin + Duration::from_secs(seconds)
    }

    #[test]
    fn slow_units_have_a_rate() {
        let mut meter = ProgressMeter::new(1, Instant::now());
        let begin = meter.begin;
        // One unit each minute.
        for minute in 0..10 {
            for second in 0..60 {
                let now = at(&meter, 60 * minute + second);
                assert_eq!(meter.sample(now, minute), (begin, 0), "{minute} min {second} s");
            }
        }
        assert_eq!(meter.samples.len(), 10, "one sample for each unit");
    }

    #[test]
    fn quick_units_have_the_rate_of_the_last_seconds() {
        let mut meter = ProgressMeter::new(1, Instant::now());
        for second in 0..100 {
            let now = at(&meter, second);
            let (since, before) = meter.sample(now, 50 * second);
            assert!(
                second < 22 || now - since <= WINDOW + Duration::from_secs(1),
                "{second} s"
            );
            assert_eq!(before, 50 * (since - meter.begin).as_secs());
        }
        assert!(meter.samples.len() < 30, "{}", meter.samples.len());
    }
}
