//! What reading and caching took.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Classes of retrieval times per doubling.
const PER_DOUBLING: usize = 8;
/// Classes in all: from below 2 ns to hours.
const CLASSES: usize = 44 * PER_DOUBLING;

/// How a retrieval was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Served {
    /// The frame was there.
    Hit,
    /// Another thread was decoding it.
    Wait,
    /// It was decoded.
    Miss,
}

/// Counters of one file. They change while threads read; each is exact by itself.
#[derive(Debug)]
pub(super) struct Counters {
    hits: AtomicU64,
    waits: AtomicU64,
    misses: AtomicU64,
    frames_decoded: AtomicU64,
    bytes_read: AtomicU64,
    total_ns: AtomicU64,
    longest_ns: AtomicU64,
    classes: Vec<AtomicU64>,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            hits: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            frames_decoded: AtomicU64::new(0),
            bytes_read: AtomicU64::new(0),
            total_ns: AtomicU64::new(0),
            longest_ns: AtomicU64::new(0),
            classes: (0..CLASSES).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

/// The class of a time: whole doublings from the highest bit, eighths of one from the three bits below it.
fn class(ns: u64) -> usize {
    let doubling = ns.max(1).ilog2();
    let eighth = if doubling >= 3 {
        (ns >> (doubling - 3)) & 7
    } else {
        (ns << (3 - doubling)) & 7
    };
    (doubling as usize * PER_DOUBLING + eighth as usize).min(CLASSES - 1)
}

/// The upper end of a class, s.
fn class_end_s(class: usize) -> f64 {
    let (doubling, eighth) = (class / PER_DOUBLING, class % PER_DOUBLING);
    (1_u64 << doubling) as f64 * (1.0 + (eighth + 1) as f64 / PER_DOUBLING as f64) * 1e-9
}

impl Counters {
    pub(super) fn retrieved(&self, served: Served, time: Duration) {
        match served {
            Served::Hit => &self.hits,
            Served::Wait => &self.waits,
            Served::Miss => &self.misses,
        }
        .fetch_add(1, Relaxed);
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.total_ns.fetch_add(ns, Relaxed);
        self.longest_ns.fetch_max(ns, Relaxed);
        self.classes[class(ns)].fetch_add(1, Relaxed);
    }

    pub(super) fn decoded(&self, frames: usize) {
        self.frames_decoded.fetch_add(frames as u64, Relaxed);
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn statistics(&self, path: PathBuf) -> CacheStatistics {
        let classes: Vec<u64> = self.classes.iter().map(|count| count.load(Relaxed)).collect();
        let retrievals: u64 = classes.iter().sum();
        let rank = (retrievals as f64 * 0.99).ceil() as u64;
        let mut below = 0;
        let p99 = classes.iter().position(|count| {
            below += count;
            below >= rank
        });
        let longest_s = self.longest_ns.load(Relaxed) as f64 * 1e-9;
        CacheStatistics {
            path,
            hits: self.hits.load(Relaxed),
            waits: self.waits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            frames_decoded: self.frames_decoded.load(Relaxed),
            bytes_read: self.bytes_read.load(Relaxed),
            retrieval_total_s: self.total_ns.load(Relaxed) as f64 * 1e-9,
            retrieval_p99_s: p99
                .filter(|_| retrievals > 0)
                .map_or(0.0, |class| class_end_s(class).min(longest_s)),
            retrieval_longest_s: longest_s,
        }
    }
}

/// What a file's frames took on one rank so far. A retrieval is one request for one frame, made when a unit comes to
/// it; a unit that stays at a frame makes none.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheStatistics {
    /// The file.
    pub path: PathBuf,
    /// Retrievals that found the frame decoded.
    pub hits: u64,
    /// Retrievals that waited for another thread to decode it.
    pub waits: u64,
    /// Retrievals that decoded it.
    pub misses: u64,
    /// Frames decoded, with those that were stored together with the one asked for.
    pub frames_decoded: u64,
    /// Bytes read from the file.
    pub bytes_read: u64,
    /// Time of all retrievals, s.
    pub retrieval_total_s: f64,
    /// Time that 99 of 100 retrievals stayed within, s; at most an eighth too large.
    pub retrieval_p99_s: f64,
    /// Time of the longest retrieval, s.
    pub retrieval_longest_s: f64,
}

impl CacheStatistics {
    /// All retrievals.
    #[must_use]
    pub fn retrievals(&self) -> u64 {
        self.hits + self.waits + self.misses
    }

    /// Part of the retrievals that found the frame decoded; 0 if there were none.
    #[must_use]
    pub fn hit_rate(&self) -> f64 {
        self.hits as f64 / self.retrievals().max(1) as f64
    }

    /// Mean time of a retrieval, s; 0 if there were none.
    #[must_use]
    pub fn retrieval_mean_s(&self) -> f64 {
        self.retrieval_total_s / self.retrievals().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentile_is_at_most_an_eighth_too_large() {
        for ns in [1_u64, 2, 3, 7, 8, 9, 100, 999, 12_345, 1 << 40, (1 << 41) - 1] {
            let end = class_end_s(class(ns));
            let s = ns as f64 * 1e-9;
            assert!(end >= s && end <= s * 1.126 + 1e-9, "{ns}: {end}");
        }
        let counters = Counters::default();
        for count in 1..=200 {
            let served = if count <= 3 { Served::Miss } else { Served::Hit };
            let us = if count <= 3 { 1000 } else { 1 };
            counters.retrieved(served, Duration::from_micros(us));
        }
        let found = counters.statistics(PathBuf::new());
        assert_eq!((found.hits, found.misses, found.retrievals()), (197, 3, 200));
        assert!((found.hit_rate() - 0.985).abs() < 1e-12);
        // 3 of 200 took a millisecond: the 198th of 200 is one of them.
        assert!(found.retrieval_p99_s >= 1e-3 && found.retrieval_p99_s <= 1.126e-3);
        assert!((found.retrieval_mean_s() - (197e-6 + 3e-3) / 200.0).abs() < 1e-12);
        assert_eq!(found.retrieval_longest_s, 1e-3);
        assert_eq!(Counters::default().statistics(PathBuf::new()).retrieval_p99_s, 0.0);
    }
}
