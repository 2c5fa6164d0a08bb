//! What reading and caching took.

use crate::numerics::Times;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
#[derive(Debug, Default)]
pub(super) struct Counters {
    hits: AtomicU64,
    waits: AtomicU64,
    misses: AtomicU64,
    frames_decoded: AtomicU64,
    bytes_read: AtomicU64,
    retrievals: Mutex<Times>,
}

impl Counters {
    pub(super) fn retrieved(&self, served: Served, time: Duration) {
        match served {
            Served::Hit => &self.hits,
            Served::Wait => &self.waits,
            Served::Miss => &self.misses,
        }
        .fetch_add(1, Relaxed);
        let mut retrievals = self.retrievals.lock().unwrap_or_else(PoisonError::into_inner);
        retrievals.record(time.as_secs_f64());
    }

    pub(super) fn decoded(&self, frames: usize) {
        self.frames_decoded.fetch_add(frames as u64, Relaxed);
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes_read.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn statistics(&self, path: PathBuf) -> CacheStatistics {
        CacheStatistics {
            path,
            hits: self.hits.load(Relaxed),
            waits: self.waits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            frames_decoded: self.frames_decoded.load(Relaxed),
            bytes_read: self.bytes_read.load(Relaxed),
            retrievals: self.retrievals.lock().unwrap_or_else(PoisonError::into_inner).clone(),
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
    /// How long retrievals took.
    pub retrievals: Times,
}

impl CacheStatistics {
    /// Part of the retrievals that found the frame decoded; 0 if there were none.
    #[must_use]
    pub fn hit_rate(&self) -> f64 {
        self.hits as f64 / (self.hits + self.waits + self.misses).max(1) as f64
    }
}
