//! How many units a rank is handed at once.

use std::time::Duration;

/// First batch of a rank, per thread: small, because nothing is known yet.
const FIRST_PER_THREAD: u64 = 4;

/// A batch is at most so many times the one before: the mean time of a few units may deceive.
const GROWTH: u64 = 8;

/// Units longer than this are handed out one by one near the end: a unit that waits behind another one on a busy rank
/// would cost more than the round trip of asking for it.
const LONG_UNIT: Duration = Duration::from_millis(20);

/// What bounds all batches of a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchBounds {
    /// A batch is about this much work, so that no rank holds more than it commits at once.
    pub commit_interval: Duration,
    /// Units whose results fit the buffer of a rank.
    pub buffer_units: u64,
    /// What the user wants at most; 0 for no wish.
    pub batch_units: u64,
}

/// What is known about a rank.
#[derive(Clone, Copy, Debug)]
pub(super) struct RankPace {
    pub threads: u64,
    /// Recent mean time of a unit; zero before the first.
    pub mean: Duration,
    /// Its last batch, units; 0 before the first.
    pub last_batch: u64,
}

/// The share of a rank in half of what is left: guided self-scheduling.
fn guided(pending: u64, pace: &RankPace, all_threads: u64) -> u64 {
    let share = pending as f64 * pace.threads as f64 / (2.0 * all_threads.max(1) as f64);
    share.ceil() as u64
}

/// The share of a rank in all of what is left.
pub(super) fn fair_share(pending: u64, pace: &RankPace, all_threads: u64) -> u64 {
    (u128::from(pending) * u128::from(pace.threads)).div_ceil(u128::from(all_threads.max(1))) as u64
}

/// Units beyond which no batch goes.
pub(super) fn most_units(bounds: &BatchBounds) -> u64 {
    match bounds.batch_units {
        0 => bounds.buffer_units.max(1),
        wish => wish.min(bounds.buffer_units).max(1),
    }
}

/// The next batch of a rank, when `pending` units are left and all ranks together have `all_threads` threads. At
/// least 1.
pub(super) fn batch_units(pending: u64, pace: &RankPace, all_threads: u64, bounds: &BatchBounds) -> u64 {
    let ramp = if pace.last_batch == 0 || pace.mean.is_zero() {
        FIRST_PER_THREAD * pace.threads
    } else {
        GROWTH.saturating_mul(pace.last_batch.max(pace.threads))
    };
    let in_time = if pace.mean.is_zero() {
        ramp
    } else {
        let units = bounds.commit_interval.as_secs_f64() / pace.mean.as_secs_f64() * pace.threads as f64;
        (units as u64).max(pace.threads)
    };
    guided(pending, pace, all_threads)
        .min(ramp)
        .min(in_time)
        .min(most_units(bounds))
        .max(1)
}

/// Whether a rank that still has unstarted units gets another batch ahead. Not near the end, when units are long.
pub(super) fn worth_prefetching(pending: u64, pace: &RankPace, all_threads: u64) -> bool {
    let near_the_end = guided(pending, pace, all_threads) < pace.threads.max(2);
    !near_the_end || (!pace.mean.is_zero() && pace.mean < LONG_UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: BatchBounds = BatchBounds {
        commit_interval: Duration::from_secs(1),
        buffer_units: 100_000,
        batch_units: 0,
    };

    fn pace(threads: u64, mean_us: u64, last_batch: u64) -> RankPace {
        RankPace {
            threads,
            mean: Duration::from_micros(mean_us),
            last_batch,
        }
    }

    #[test]
    fn batches_start_small_and_grow_to_a_commit_interval() {
        let far = 1_000_000_000;
        assert_eq!(batch_units(far, &pace(2, 0, 0), 8, &BOUNDS), 8);
        assert_eq!(batch_units(far, &pace(2, 100, 8), 8, &BOUNDS), 64);
        assert_eq!(batch_units(far, &pace(2, 100, 1 << 20), 8, &BOUNDS), 20_000);
        assert_eq!(batch_units(far, &pace(2, 1, 1 << 20), 8, &BOUNDS), 100_000);
        // Units longer than the interval: one for each thread.
        assert_eq!(batch_units(far, &pace(2, 5_000_000, 100), 8, &BOUNDS), 2);
        let wish = BatchBounds {
            batch_units: 5,
            ..BOUNDS
        };
        assert_eq!(batch_units(far, &pace(2, 1, 1 << 20), 8, &wish), 5);
    }

    #[test]
    fn batches_shrink_to_one_at_the_end() {
        let mut pending = 10_000;
        let mut last = u64::MAX;
        while pending > 0 {
            let batch = batch_units(pending, &pace(1, 10, 10_000), 4, &BOUNDS).min(pending);
            assert!(batch <= last);
            last = batch;
            pending -= batch;
        }
        assert_eq!(last, 1);
    }

    #[test]
    fn long_units_are_not_prefetched_near_the_end() {
        assert!(worth_prefetching(1000, &pace(2, 1_000_000, 4), 8));
        assert!(!worth_prefetching(5, &pace(2, 1_000_000, 4), 8));
        assert!(!worth_prefetching(5, &pace(2, 0, 0), 8));
        assert!(worth_prefetching(5, &pace(2, 10, 4), 8));
    }
}
