//! The input files of a study on one rank.

use super::configuration::CacheConfig;
use super::container::Container;
use super::error::GridError;
use super::frames::FrameCache;
use super::movie::{Choice, Movie, Request, unit_of_amount};
use super::parsed::ParsedFiles;
use super::pool::Pool;
use super::statistics::{CacheStatistics, Counters};
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Movies that stay open while no unit uses them. A sweep over thousands of files would run out of file descriptors.
const MAX_OPEN: usize = 64;

/// The input files of a study, opened once per rank and shared by its threads.
#[derive(Debug, Default)]
pub struct Inputs {
    folder: PathBuf,
    parsed: ParsedFiles,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    clock: u64,
    containers: HashMap<PathBuf, Slot<Weak<Container>>>,
    movies: HashMap<String, Open>,
    pools: HashMap<u64, Arc<Pool>>,
    counters: BTreeMap<PathBuf, Arc<Counters>>,
}

/// Filled by the first thread that comes, while others wait. A failure isn't kept: the next one tries again.
type Slot<T> = Arc<Mutex<Option<T>>>;

struct Open {
    used_at: u64,
    slot: Slot<Arc<FrameCache>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} movies", self.movies.len())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inputs {
    /// Files whose relative paths start at `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            ..Self::default()
        }
    }

    /// The place of the file that a study calls `path`.
    #[must_use]
    pub fn locate(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The frames of the variable that `request` wants from the file that the study calls `path`.
    ///
    /// # Errors
    /// If the file can't be used, or its frames don't fit into `cache`.
    pub fn frames(&self, path: &str, request: &Request, cache: &CacheConfig) -> Result<Arc<FrameCache>, GridError> {
        let path = self.locate(path);
        let slot = self.movie_slot(format!("{}\n{request:?}\n{cache:?}", path.display()));
        let mut slot = lock(&slot);
        if let Some(frames) = slot.as_ref() {
            return Ok(frames.clone());
        }
        let counters = lock(&self.state).counters.entry(path.clone()).or_default().clone();
        let movie = Movie::open(self.container(&path, &counters)?, request)?;
        let pool = |capacity| {
            let mut state = lock(&self.state);
            let pool = state.pools.entry(capacity);
            pool.or_insert_with(|| Arc::new(Pool::new(capacity))).clone()
        };
        // Movies that no unit uses any more must not decide whether this one fits.
        let make_room = || self.drop_unused();
        let frames = Arc::new(FrameCache::new(movie, cache, pool, make_room, counters)?);
        *slot = Some(frames.clone());
        Ok(frames)
    }

    /// The unit of the amounts that `choice` finds in the file that the study calls `path`. Looks at the header only, so
    /// that it is known whatever becomes of the frames.
    ///
    /// # Errors
    /// If the header can't be read, or there is no such variable.
    pub fn unit(&self, path: &str, choice: &Choice) -> Result<String, GridError> {
        let path = self.locate(path);
        let counters = lock(&self.state).counters.entry(path.clone()).or_default().clone();
        unit_of_amount(self.container(&path, &counters)?.as_ref(), choice)
    }

    /// What each file's frames took so far, in the order of the paths.
    #[must_use]
    pub fn statistics(&self) -> Vec<CacheStatistics> {
        let state = lock(&self.state);
        let counters = state.counters.iter();
        counters
            .map(|(path, counters)| counters.statistics(path.clone()))
            .collect()
    }

    fn movie_slot(&self, key: String) -> Slot<Arc<FrameCache>> {
        let mut state = lock(&self.state);
        state.clock += 1;
        let used_at = state.clock;
        if !state.movies.contains_key(&key) && state.movies.len() >= MAX_OPEN {
            let oldest = state.movies.iter().min_by_key(|(_, open)| open.used_at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                state.movies.remove(&oldest);
            }
            state.containers.retain(|_, slot| {
                // One that is being opened is locked.
                slot.try_lock()
                    .is_ok_and(|file| file.as_ref().is_some_and(|file| file.strong_count() > 0))
            });
        }
        let open = state.movies.entry(key).or_insert_with(|| Open {
            used_at,
            slot: Slot::default(),
        });
        open.used_at = used_at;
        open.slot.clone()
    }

    /// Drops the movies that nobody uses.
    fn drop_unused(&self) {
        lock(&self.state).movies.retain(|_, open| {
            // One that is being opened is locked; one that couldn't be opened is empty.
            open.slot.try_lock().map_or(true, |slot| {
                slot.as_ref().is_none_or(|frames| Arc::strong_count(frames) > 1)
            })
        });
    }

    fn container(&self, path: &Path, counters: &Arc<Counters>) -> Result<Arc<Container>, GridError> {
        let slot = lock(&self.state).containers.entry(path.to_owned()).or_default().clone();
        let mut slot = lock(&slot);
        if let Some(file) = slot.as_ref().and_then(Weak::upgrade) {
            return Ok(file);
        }
        let file = Arc::new(Container::open(path, counters.clone())?);
        *slot = Some(Arc::downgrade(&file));
        Ok(file)
    }

    /// What `parse` makes of the small file that a study calls `path`: parsed once per rank, then shared.
    ///
    /// # Errors
    /// The errors of `parse`.
    pub fn parsed<T: Any + Send + Sync, E>(
        &self,
        path: &str,
        parse: impl FnOnce(&Path) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        self.parsed.get(&self.locate(path), parse)
    }
}

#[cfg(test)]
mod tests {
    use super::super::configuration::PreloadConfig;
    use super::super::tests::fixture::{Classic, Folder, request};
    use super::*;

    #[test]
    fn only_movies_that_nobody_uses_make_room() {
        let folder = Folder::new();
        let cache = CacheConfig::Preload(PreloadConfig {});
        for name in ["used.nc", "unused.nc"] {
            folder.write(name, &Classic::standard().encoded());
        }
        let open = |name| folder.open(name, &request(), &cache).unwrap();
        let used = open("used.nc");
        let unused = Arc::downgrade(&open("unused.nc"));
        assert!(unused.upgrade().is_some());
        folder.inputs.drop_unused();
        assert!(unused.upgrade().is_none());
        assert!(Arc::ptr_eq(&used, &open("used.nc")));
    }
}
