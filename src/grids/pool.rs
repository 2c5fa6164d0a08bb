//! Decoded frames of several movies in a bounded amount of memory.

use super::error::GridError;
use super::movie::Frame;
use super::statistics::Served;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Which movie, and which of its frames.
type Key = (u64, usize);

/// The frames used last, up to a number of bytes that frames being decoded count towards. Frames that units hold after
/// they were dropped here come on top: at most two per unit and movie.
#[derive(Debug)]
pub(super) struct Pool {
    capacity: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    clock: u64,
    frames: HashMap<Key, Held>,
    /// Decoded frames by when they were used last.
    order: BTreeMap<u64, Key>,
}

#[derive(Debug)]
enum Held {
    Decoded { frame: Frame, used_at: u64 },
    BeingDecoded,
}

fn bytes(frame: &Frame) -> u64 {
    size_of_val::<[f32]>(frame) as u64
}

impl State {
    fn use_frame(&mut self, key: Key) -> Option<Frame> {
        self.clock += 1;
        let clock = self.clock;
        let Some(Held::Decoded { frame, used_at }) = self.frames.get_mut(&key) else {
            return None;
        };
        let frame = frame.clone();
        self.order.remove(&std::mem::replace(used_at, clock));
        self.order.insert(clock, key);
        Some(frame)
    }

    /// Drops the frames used longest ago until `needed` bytes are free; whether that was possible.
    fn make_room(&mut self, needed: u64, capacity: u64) -> bool {
        while self.used + needed > capacity {
            let Some((_, key)) = self.order.pop_first() else {
                return false;
            };
            if let Some(Held::Decoded { frame, .. }) = self.frames.remove(&key) {
                self.used -= bytes(&frame);
            }
        }
        true
    }

    fn insert(&mut self, key: Key, frame: Frame) {
        self.clock += 1;
        self.order.insert(self.clock, key);
        self.frames.insert(
            key,
            Held::Decoded {
                frame,
                used_at: self.clock,
            },
        );
    }
}

/// Room that a thread took for the frames that it decodes; given back when dropped, even by a panic.
struct Reservation<'a> {
    pool: &'a Pool,
    keys: Vec<Key>,
    frame_bytes: u64,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        for key in &self.keys {
            if matches!(state.frames.get(key), Some(Held::BeingDecoded)) {
                state.frames.remove(key);
                state.used -= self.frame_bytes;
            }
        }
        drop(state);
        self.pool.changed.notify_all();
    }
}

impl Pool {
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frame `index` of `movie`. `neighbours` are the frames stored together with it, which are decoded and kept with
    /// it if they take no more than half of the pool. Each frame is decoded by one thread, while others wait for it.
    pub(super) fn get(
        &self,
        movie: u64,
        index: usize,
        neighbours: Range<usize>,
        frame_bytes: u64,
        read: impl FnOnce(Range<usize>) -> Result<Vec<Result<Frame, GridError>>, GridError>,
    ) -> Result<(Frame, Served), GridError> {
        let together = neighbours.len() as u64 * frame_bytes <= self.capacity / 2;
        let wanted = if together { neighbours } else { index..index + 1 };
        let mut waited = false;
        let mut state = self.lock();
        let reservation = loop {
            if let Some(frame) = state.use_frame((movie, index)) {
                return Ok((frame, if waited { Served::Wait } else { Served::Hit }));
            }
            if !state.frames.contains_key(&(movie, index)) {
                let absent: Vec<Key> = (wanted.clone().map(|index| (movie, index)))
                    .filter(|key| !state.frames.contains_key(key))
                    .collect();
                let needed = absent.len() as u64 * frame_bytes;
                if state.make_room(needed, self.capacity) {
                    state.used += needed;
                    for key in &absent {
                        state.frames.insert(*key, Held::BeingDecoded);
                    }
                    break Reservation {
                        pool: self,
                        keys: absent,
                        frame_bytes,
                    };
                }
                // All that is left is being decoded by others: it can be dropped as soon as that is over.
            }
            waited = true;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        };
        drop(state);

        let decoded = read(wanted.clone())?;
        let mut found = None;
        let mut state = self.lock();
        for (place, frame) in wanted.zip(decoded) {
            if place == index {
                found = Some(frame.clone());
            }
            // A frame that failed is left out: whoever needs it decodes it again and gets the error.
            if let (Ok(frame), true) = (frame, reservation.keys.contains(&(movie, place))) {
                state.insert((movie, place), frame);
            }
        }
        drop(state);
        drop(reservation);
        Ok((found.expect("the wanted frame is one of those read")?, Served::Miss))
    }

    /// Drops all frames of `movie`.
    pub(super) fn forget(&self, movie: u64) {
        let mut state = self.lock();
        let keys: Vec<(u64, Key)> = (state.order.iter())
            .filter(|(_, key)| key.0 == movie)
            .map(|(clock, key)| (*clock, *key))
            .collect();
        for (clock, key) in keys {
            state.order.remove(&clock);
            if let Some(Held::Decoded { frame, .. }) = state.frames.remove(&key) {
                state.used -= bytes(&frame);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grids::error::GridProblem;
    use std::path::Path;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    type Read = Result<Vec<Result<Frame, GridError>>, GridError>;

    /// Four bytes each.
    fn frames(range: Range<usize>) -> Read {
        Ok(range.map(|index| Ok(Frame::from([index as f32]))).collect())
    }

    fn served(pool: &Pool, index: usize, neighbours: Range<usize>) -> Served {
        let (frame, served) = pool.get(7, index, neighbours, 4, frames).unwrap();
        assert_eq!(frame[0], index as f32);
        served
    }

    #[test]
    fn the_frame_used_longest_ago_goes_first() {
        let pool = Pool::new(12);
        for index in 0..3 {
            assert_eq!(served(&pool, index, index..index + 1), Served::Miss);
        }
        assert_eq!(served(&pool, 0, 0..1), Served::Hit);
        assert_eq!(served(&pool, 3, 3..4), Served::Miss);
        assert_eq!(served(&pool, 0, 0..1), Served::Hit);
        assert_eq!(served(&pool, 1, 1..2), Served::Miss);
        assert_eq!(pool.lock().used, 12);
        pool.forget(7);
        assert_eq!(pool.lock().used, 0);
        assert!(pool.lock().frames.is_empty() && pool.lock().order.is_empty());
    }

    #[test]
    fn frames_stored_together_are_kept_if_they_take_half_at_most() {
        let pool = Pool::new(40);
        assert_eq!(served(&pool, 2, 0..5), Served::Miss);
        for index in 0..5 {
            assert_eq!(served(&pool, index, 0..5), Served::Hit);
        }
        assert_eq!(served(&pool, 7, 5..11), Served::Miss);
        assert_eq!(served(&pool, 8, 5..11), Served::Miss);
        assert_eq!(pool.lock().used, 28);
    }

    #[test]
    fn a_broken_neighbour_troubles_only_those_who_want_it() {
        let pool = Pool::new(40);
        let error = || GridProblem::CutOff("here".to_owned()).at(Path::new("a"));
        let read = |range: Range<usize>| -> Read {
            Ok(range
                .map(|index| {
                    if index == 1 {
                        Err(error())
                    } else {
                        Ok(Frame::from([index as f32]))
                    }
                })
                .collect())
        };
        assert!(pool.get(7, 0, 0..3, 4, read).is_ok());
        assert_eq!(pool.get(7, 1, 0..3, 4, read).unwrap_err(), error());
        assert_eq!(served(&pool, 2, 0..3), Served::Hit);
        assert_eq!(pool.get(7, 9, 9..10, 4, |_| Err(error())).unwrap_err(), error());
        assert_eq!(pool.lock().used, 8);
    }

    #[test]
    fn threads_share_one_decoding() {
        let pool = Pool::new(400);
        let (decodings, start) = (AtomicUsize::new(0), Barrier::new(8));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    for index in 0..40 {
                        let neighbours = index / 10 * 10..index / 10 * 10 + 10;
                        let read = |range| {
                            decodings.fetch_add(1, Ordering::Relaxed);
                            std::thread::yield_now();
                            frames(range)
                        };
                        let (frame, _) = pool.get(7, index, neighbours, 4, read).unwrap();
                        assert_eq!(frame[0], index as f32);
                    }
                });
            }
        });
        assert_eq!(decodings.into_inner(), 4);
    }

    /// Room for two frames only, and four threads that each want another one.
    #[test]
    fn who_finds_no_room_waits() {
        let pool = Pool::new(8);
        std::thread::scope(|scope| {
            for thread in 0..4_usize {
                let pool = &pool;
                scope.spawn(move || {
                    for round in 0..200 {
                        let index = (thread * 7 + round) % 23;
                        let read = |range| {
                            std::thread::yield_now();
                            frames(range)
                        };
                        assert_eq!(
                            pool.get(7, index, index..index + 1, 4, read).unwrap().0[0],
                            index as f32
                        );
                        assert!(pool.lock().used <= 8);
                    }
                });
            }
        });
    }

    #[test]
    fn a_panic_gives_its_room_back() {
        let pool = Pool::new(8);
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = pool.get(7, 0, 0..1, 4, |_| panic!("decoder"));
        }));
        assert!(broken.is_err());
        assert_eq!(served(&pool, 0, 0..1), Served::Miss);
        assert_eq!(pool.lock().used, 4);
    }
}
