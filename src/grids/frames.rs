//! Frames of a movie as the cache gives them.

use super::configuration::CacheConfig;
use super::error::{GridError, GridProblem};
use super::movie::{Frame, Movie};
use super::pool::Pool;
use super::statistics::{Counters, Served};
use crate::memory::available_memory_bytes;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

const MIB: u64 = 1 << 20;

/// The frames of one movie, shared by the threads of a rank.
pub struct FrameCache {
    movie: Movie,
    identity: u64,
    store: Store,
    counters: Arc<Counters>,
    probed: OnceLock<Result<f32, GridError>>,
}

/// All frames of a movie, each with its own error.
type Loaded = Arc<Vec<Result<Frame, GridError>>>;

enum Store {
    None,
    Lru(Arc<Pool>),
    Preload(Mutex<Option<Loaded>>),
}

impl FrameCache {
    /// The frames of `movie`. `pool` is what the caches of this kind share; `make_room` frees memory that isn't needed.
    pub(super) fn new(
        movie: Movie,
        cache: &CacheConfig,
        pool: impl FnOnce(u64) -> Arc<Pool>,
        make_room: impl FnOnce(),
        counters: Arc<Counters>,
    ) -> Result<Self, GridError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let store = match cache {
            CacheConfig::None(_) => Store::None,
            CacheConfig::Lru(lru) => {
                let capacity = u64::from(lru.capacity_mib) * MIB;
                let needed = 2 * movie.frame_bytes();
                if needed > capacity {
                    return Err(GridProblem::Capacity {
                        variable: movie.variable().to_owned(),
                        needed,
                        capacity,
                    }
                    .at(movie.path()));
                }
                Store::Lru(pool(capacity))
            }
            CacheConfig::Preload(_) => {
                let needed = movie.frame_bytes().saturating_mul(movie.times_s().len() as u64);
                let lacking = || available_memory_bytes().filter(|available| needed > *available);
                let still_lacking = lacking().and_then(|_| {
                    make_room();
                    lacking()
                });
                if let Some(available) = still_lacking {
                    return Err(GridProblem::Memory {
                        variable: movie.variable().to_owned(),
                        needed_mib: needed.div_ceil(MIB),
                        available_mib: available / MIB,
                    }
                    .at(movie.path()));
                }
                Store::Preload(Mutex::new(None))
            }
        };
        Ok(Self {
            movie,
            identity: NEXT.fetch_add(1, Ordering::Relaxed),
            store,
            counters,
            probed: OnceLock::new(),
        })
    }

    /// What the frames are of.
    #[must_use]
    pub fn movie(&self) -> &Movie {
        &self.movie
    }

    /// Frame `index`.
    ///
    /// # Errors
    /// If it can't be read, or has missing values that are refused.
    pub fn get(&self, index: usize) -> Result<Frame, GridError> {
        let begin = Instant::now();
        let found = match &self.store {
            Store::None => self
                .read(index..index + 1)
                .map(|mut frames| (frames.remove(0), Served::Miss)),
            Store::Lru(pool) => {
                let neighbours = self.movie.neighbours(index);
                let bytes = self.movie.frame_bytes();
                pool.get(self.identity, index, neighbours, bytes, |frames| self.read(frames))
                    .map(|(frame, served)| (Ok(frame), served))
            }
            Store::Preload(loaded) => {
                let (frames, served) = self.load(loaded);
                Ok((frames[index].clone(), served))
            }
        };
        let (frame, served) = found?;
        self.counters.retrieved(served, begin.elapsed());
        frame
    }

    /// Reads the first and the last frame: finds missing values, and most files that were cut off. What was found is
    /// kept: thousands of design points may ask.
    ///
    /// # Errors
    /// See [`Self::get`].
    pub fn probe(&self) -> Result<(), GridError> {
        self.peak().map(|_| ())
    }

    /// The largest value of the first and the last frame; −∞ if they have none.
    ///
    /// # Errors
    /// See [`Self::get`].
    pub fn peak(&self) -> Result<f32, GridError> {
        self.probed.get_or_init(|| self.probe_once()).clone()
    }

    fn probe_once(&self) -> Result<f32, GridError> {
        let last = self.movie.times_s().len() - 1;
        let mut peak = f32::NEG_INFINITY;
        for index in if last == 0 { vec![0] } else { vec![0, last] } {
            let frame = self.movie.read(index..index + 1)?.remove(0)?;
            peak = frame.iter().copied().fold(peak, f32::max);
        }
        Ok(peak)
    }

    fn read(&self, frames: std::ops::Range<usize>) -> Result<Vec<Result<Frame, GridError>>, GridError> {
        self.counters.decoded(frames.len());
        self.movie.read(frames)
    }

    /// All frames; the first thread that comes reads them, the others wait.
    fn load(&self, loaded: &Mutex<Option<Loaded>>) -> (Loaded, Served) {
        let mut loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(frames) = loaded.as_ref() {
            return (frames.clone(), Served::Hit);
        }
        let count = self.movie.times_s().len();
        let mut frames = Vec::with_capacity(count);
        while frames.len() < count {
            let next = self.movie.neighbours(frames.len());
            let together = next.len();
            match self.read(next) {
                Ok(read) => frames.extend(read),
                // Only the units that need one of these frames fail.
                Err(error) => frames.extend(std::iter::repeat_n(Err(error), together)),
            }
        }
        let frames = Arc::new(frames);
        *loaded = Some(frames.clone());
        (frames, Served::Miss)
    }
}

impl Drop for FrameCache {
    fn drop(&mut self) {
        if let Store::Lru(pool) = &self.store {
            pool.forget(self.identity);
        }
    }
}
