//! Units that wait on a rank: filled by the main thread, emptied chunk by chunk by the compute threads.

use super::pending::{Lot, Pending};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Work in one chunk: long enough that handing it over costs nothing, short enough that threads end together.
const CHUNK: Duration = Duration::from_millis(4);

/// How much an older chunk counts in the running mean, when the next one comes.
const MEMORY: f64 = 0.9;

/// Longest sleep of a compute thread.
const MAX_WAIT: Duration = Duration::from_millis(100);

struct State {
    units: Pending,
    closed: bool,
    /// Decayed sums of compute time and units: their ratio is the recent mean time of a unit.
    busy_s: f64,
    count: f64,
}

/// The queue and the gate: compute threads take chunks while they may start units.
pub(super) struct WorkQueue {
    state: Mutex<State>,
    filled: Condvar,
    stopped: AtomicBool,
    origin: Instant,
    /// Nanoseconds after `origin` from which no unit may start.
    latest_start_ns: AtomicU64,
    /// The longest time that saving the state of a unit took.
    longest_save_ns: AtomicU64,
    threads: u64,
    most_units: u64,
}

impl WorkQueue {
    /// An empty queue for `threads` threads, whose chunks have at most `most_units` units.
    pub(super) fn new(threads: usize, most_units: u64) -> Self {
        Self {
            state: Mutex::new(State {
                units: Pending::default(),
                closed: false,
                busy_s: 0.0,
                count: 0.0,
            }),
            filled: Condvar::new(),
            stopped: AtomicBool::new(false),
            origin: Instant::now(),
            latest_start_ns: AtomicU64::new(u64::MAX),
            longest_save_ns: AtomicU64::new(0),
            threads: threads.max(1) as u64,
            most_units: most_units.max(1),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that panics runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds work.
    pub(super) fn push(&self, lots: impl IntoIterator<Item = Lot>) {
        let mut state = self.state();
        for lot in lots {
            state.units.push(lot);
        }
        drop(state);
        self.filled.notify_all();
    }

    /// Gives back units of a chunk that takes longer than thought, so that other threads can have them. `false` if the
    /// queue was stopped: they stay with the caller.
    #[must_use]
    pub(super) fn give_back(&self, range: Range<u64>) -> bool {
        let mut state = self.state();
        // Looked at under the lock: `stop` sets it before it takes the lock to count what it drops.
        if self.stopped.load(Ordering::Relaxed) {
            return false;
        }
        state.units.push_front(range);
        drop(state);
        self.filled.notify_one();
        true
    }

    /// Units that no thread has taken.
    pub(super) fn unstarted(&self) -> u64 {
        self.state().units.units()
    }

    /// The recent mean time of a unit, ns; 0 before the first.
    pub(super) fn mean_ns(&self) -> u64 {
        let state = self.state();
        if state.count > 0.0 {
            ((state.busy_s / state.count * 1e9) as u64).max(1)
        } else {
            0
        }
    }

    /// Takes a chunk, or a group; waits while there is none. `None` when the queue is closed. `last` tells what the thread's last
    /// chunk was: units and time.
    pub(super) fn take(&self, last: Option<(u64, Duration)>) -> Option<Lot> {
        let mut state = self.state();
        if let Some((units, busy)) = last.filter(|&(units, _)| units > 0) {
            state.busy_s = MEMORY * state.busy_s + busy.as_secs_f64();
            state.count = MEMORY * state.count + units as f64;
        }
        loop {
            if state.closed {
                return None;
            }
            if state.units.units() > 0 && self.may_start(Instant::now()) {
                let fair = state.units.units().div_ceil(2 * self.threads);
                let in_time = if state.count > 0.0 {
                    (CHUNK.as_secs_f64() / (state.busy_s / state.count).max(1e-9)) as u64
                } else {
                    1
                };
                let most = in_time.min(fair).clamp(1, self.most_units);
                return state.units.take(most);
            }
            // With a look at the clock now and then: the latest start may move.
            (state, _) = self
                .filled
                .wait_timeout(state, MAX_WAIT)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a unit may start at `now`.
    pub(super) fn may_start(&self, now: Instant) -> bool {
        let since_ns = now.saturating_duration_since(self.origin).as_nanos() as u64;
        !self.stopped.load(Ordering::Relaxed) && since_ns < self.latest_start_ns.load(Ordering::Relaxed)
    }

    /// Whether no more units start.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Tells how long saving the state of a unit took.
    pub(super) fn note_save(&self, time: Duration) {
        self.longest_save_ns
            .fetch_max(time.as_nanos() as u64, Ordering::Relaxed);
    }

    /// The longest time that saving the state of a unit took.
    pub(super) fn longest_save(&self) -> Duration {
        Duration::from_nanos(self.longest_save_ns.load(Ordering::Relaxed))
    }

    /// No unit may start at or after `time`.
    pub(super) fn set_latest_start(&self, time: Instant) {
        let since_ns = time.saturating_duration_since(self.origin).as_nanos() as u64;
        self.latest_start_ns.store(since_ns, Ordering::Relaxed);
    }

    /// No more units start; those that wait are dropped. How many they were.
    pub(super) fn stop(&self) -> u64 {
        self.stopped.store(true, Ordering::Relaxed);
        self.state().units.clear()
    }

    /// Sends the threads home.
    pub(super) fn close(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.state().closed = true;
        self.filled.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lots(ranges: impl IntoIterator<Item = Range<u64>>) -> impl Iterator<Item = Lot> {
        (ranges.into_iter()).map(|units| Lot { units, together: false })
    }

    fn take(queue: &WorkQueue, last: Option<(u64, Duration)>) -> Option<Range<u64>> {
        queue.take(last).map(|lot| lot.units)
    }

    #[test]
    fn chunks_grow_with_what_is_known_and_shrink_to_the_end() {
        let queue = WorkQueue::new(2, 500);
        queue.push(lots([0..10_000]));
        assert_eq!(take(&queue, None), Some(0..1));
        // 10 µs a unit: 400 of them make 4 ms.
        assert_eq!(take(&queue, Some((1, Duration::from_micros(10)))), Some(1..401));
        // 1 µs a unit from now on: the bound counts.
        let chunk = take(&queue, Some((400, Duration::from_micros(400)))).expect("a chunk");
        assert_eq!(chunk, 401..901);
        let mut last = chunk;
        while queue.unstarted() > 0 {
            let next = take(&queue, None).expect("a chunk");
            assert_eq!(next.start, last.end);
            last = next;
        }
        assert_eq!(last, 9_999..10_000);
    }

    #[test]
    fn nothing_starts_after_a_stop_or_the_latest_start() {
        let queue = WorkQueue::new(1, 10);
        queue.push(lots([0..5, 8..9]));
        assert!(queue.may_start(Instant::now()));
        queue.set_latest_start(Instant::now());
        assert!(!queue.may_start(Instant::now()));
        assert_eq!(queue.stop(), 6);
        queue.close();
        assert_eq!(queue.take(None), None);
    }
}
