//! What wind and plume need besides the units: caches of files, which a rank's threads share.

use crate::grids::{CacheConfig, FrameCache};
use std::sync::Arc;

/// Memory of a wind or a plume on each rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RankMemory {
    /// Its own, bytes.
    pub bytes: u64,
    /// Capacity of the cache that it uses, MiB: all that ask for the same capacity share one.
    pub shared_cache_mib: Option<u32>,
}

impl RankMemory {
    /// Memory of frames with a cache. Files that can't be used take none: they are refused elsewhere.
    pub(super) fn of_frames(cache: &CacheConfig, frames: impl FnOnce() -> Vec<Arc<FrameCache>>) -> Self {
        match cache {
            CacheConfig::None(_) => Self::default(),
            CacheConfig::Lru(lru) => Self {
                bytes: 0,
                shared_cache_mib: Some(lru.capacity_mib),
            },
            CacheConfig::Preload(_) => {
                let whole = |frames: &Arc<FrameCache>| {
                    let movie = frames.movie();
                    movie.frame_bytes().saturating_mul(movie.times_s().len() as u64)
                };
                Self {
                    bytes: frames().iter().map(whole).sum(),
                    shared_cache_mib: None,
                }
            }
        }
    }
}
