//! Waiting without spinning.

use std::time::{Duration, Instant};

/// Looks are free of sleep for this long after the last success: a reply that is on its way comes within it.
const SPIN: Duration = Duration::from_micros(5);

/// First and longest sleep between two looks.
const MIN_PAUSE: Duration = Duration::from_micros(20);
const MAX_PAUSE: Duration = Duration::from_millis(1);

/// How long to sleep between two looks: nothing for some microseconds, then 20 µs, doubling to 1 ms.
///
/// MPI libraries spin in their blocking calls. A rank that spins takes the core of one that computes as soon as ranks
/// share cores, so every wait of this crate is a look, then a sleep.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    since: Instant,
    pause: Duration,
}

impl Backoff {
    /// Starts with the shortest waits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            since: Instant::now(),
            pause: MIN_PAUSE,
        }
    }

    /// Something happened: start again with the shortest waits.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// How long to sleep before the next look; zero at first.
    #[must_use]
    pub fn next_pause(&mut self) -> Duration {
        if self.since.elapsed() < SPIN {
            return Duration::ZERO;
        }
        let pause = self.pause;
        self.pause = (self.pause * 2).min(MAX_PAUSE);
        pause
    }

    /// Sleeps until the next look is due.
    pub fn wait(&mut self) {
        let pause = self.next_pause();
        if pause.is_zero() {
            std::hint::spin_loop();
        } else {
            std::thread::sleep(pause);
        }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_start_again() {
        let mut backoff = Backoff::new();
        std::thread::sleep(SPIN * 2);
        assert_eq!(backoff.next_pause(), MIN_PAUSE);
        for _ in 0..10 {
            let _ = backoff.next_pause();
        }
        assert_eq!(backoff.next_pause(), MAX_PAUSE);
        backoff.reset();
        std::thread::sleep(SPIN * 2);
        assert_eq!(backoff.next_pause(), MIN_PAUSE);
    }
}
