//! The thread of a rank that writes rows, and what waits for it.

use rustix::fs::{Advice, fadvise};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::num::NonZeroU64;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Buffers that are kept to be filled again.
const SPARE_BUFFERS: usize = 4;

/// Bytes after which the operating system is asked to begin with bringing what was written to the disk.
///
/// A commit needs them there, and would otherwise wait for all of them at once while the disk had nothing to do before.
const WRITE_OUT_BYTES: u64 = 8 << 20;

/// Blocks on their way to a file, in the hands of a thread of their own.
///
/// Whoever brings a block goes on at once, unless the blocks under way come to more bytes than are allowed.
pub(super) struct RowWriter {
    lane: Arc<Lane>,
    bound_bytes: AtomicUsize,
}

/// How it went so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowWriterCounts {
    /// Time that the thread spent in writes.
    pub writing: Duration,
    /// How often somebody had to wait because the memory was full.
    pub waits: u64,
    /// For how long, over all threads.
    pub waited: Duration,
}

struct Lane {
    state: Mutex<State>,
    /// Told when there is something to write, or nothing will come any more.
    work: Condvar,
    /// Told when something was written.
    progress: Condvar,
}

#[derive(Default)]
struct State {
    blocks: VecDeque<(u64, Vec<u8>)>,
    /// Bytes of all blocks that aren't written, the one in the thread's hands included.
    bytes: usize,
    brought: u64,
    written: u64,
    closed: bool,
    error: Option<io::Error>,
    failed: bool,
    spare: Vec<Vec<u8>>,
    counts: RowWriterCounts,
}

impl Lane {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes blocks until nothing comes any more.
    fn work_off(&self, file: &File) {
        let mut state = self.lock();
        let mut fresh = Fresh::default();
        loop {
            let Some((offset, block)) = state.blocks.pop_front() else {
                if state.closed {
                    return;
                }
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let skip = state.failed;
            drop(state);
            let begin = Instant::now();
            // After an error nothing is worth writing: no unit may name it.
            let result = if skip {
                Ok(())
            } else {
                file.write_all_at(&block, offset)
            };
            if result.is_ok() && !skip {
                fresh.grow(file, offset, block.len() as u64);
            }
            let writing = begin.elapsed();
            state = self.lock();
            state.counts.writing += writing;
            state.bytes -= block.len();
            state.written += 1;
            if state.spare.len() < SPARE_BUFFERS {
                state.spare.push(block);
            }
            if let Err(error) = result {
                state.failed = true;
                state.error = Some(error);
            }
            self.progress.notify_all();
        }
    }
}

/// The range of the file that was written since the disk was last given something to do.
#[derive(Default)]
struct Fresh {
    range: Option<Range<u64>>,
    bytes: u64,
}

impl Fresh {
    /// Adds a block. If there are many by now, their way to the disk begins, and nobody waits for it.
    fn grow(&mut self, file: &File, offset: u64, bytes: u64) {
        let range = self.range.get_or_insert(offset..offset);
        range.start = range.start.min(offset);
        range.end = range.end.max(offset + bytes);
        self.bytes += bytes;
        if self.bytes < WRITE_OUT_BYTES {
            return;
        }
        // "Not needed any more" is what makes Linux begin with pages that are to be written; those stay in memory till they are. It is
        // advice: an error of it means nothing, and one of the writing comes with the commit's own sync.
        let length = NonZeroU64::new(range.end - range.start);
        let _ = fadvise(file, range.start, length, Advice::DontNeed);
        *self = Self::default();
    }
}

impl RowWriter {
    /// Starts the thread, which writes to `file`.
    ///
    /// # Errors
    /// If the operating system refuses it.
    pub fn start(file: File, bound_bytes: usize) -> io::Result<Self> {
        let lane = Arc::new(Lane {
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
        });
        let of_thread = Arc::clone(&lane);
        std::thread::Builder::new()
            .name("rows".to_owned())
            .spawn(move || of_thread.work_off(&file))?;
        Ok(Self {
            lane,
            bound_bytes: AtomicUsize::new(bound_bytes),
        })
    }

    /// A buffer to encode a block into.
    pub fn buffer(&self) -> Vec<u8> {
        self.lane.lock().spare.pop().unwrap_or_default()
    }

    /// Changes how many bytes may be under way.
    pub fn set_bound(&self, bound_bytes: usize) {
        self.bound_bytes.store(bound_bytes, Ordering::Relaxed);
    }

    /// Takes a block, for its place in the file. Waits while the memory for blocks is full.
    pub fn bring(&self, offset: u64, block: Vec<u8>) {
        let bound = self.bound_bytes.load(Ordering::Relaxed);
        let mut state = self.lane.lock();
        // One block is always allowed, however large.
        if state.bytes > 0 && state.bytes + block.len() > bound {
            let begin = Instant::now();
            state.counts.waits += 1;
            if state.counts.waits == 1 {
                tracing::warn!(
                    bound_bytes = bound,
                    "the disk is slower than the simulation: threads wait for rows to be written (hint: record less, or allow more memory with record.buffer_mib)"
                );
            }
            while state.bytes > 0 && state.bytes + block.len() > bound {
                state = self.lane.progress.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.counts.waited += begin.elapsed();
        }
        state.bytes += block.len();
        state.brought += 1;
        state.blocks.push_back((offset, block));
        drop(state);
        self.lane.work.notify_one();
    }

    /// Waits until all blocks that were brought before are in the hands of the operating system, or a write has failed.
    pub fn settle(&self) {
        let mut state = self.lane.lock();
        let goal = state.brought;
        while state.written < goal && !state.failed {
            state = self.lane.progress.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether a write has failed.
    pub fn failed(&self) -> bool {
        self.lane.lock().failed
    }

    /// The first error, once.
    pub fn take_error(&self) -> Option<io::Error> {
        self.lane.lock().error.take()
    }

    /// How it went so far.
    pub fn counts(&self) -> RowWriterCounts {
        self.lane.lock().counts
    }
}

impl Drop for RowWriter {
    fn drop(&mut self) {
        self.lane.lock().closed = true;
        self.lane.work.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::OpenOptions;

    #[test]
    fn blocks_come_to_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let writer = RowWriter::start(File::create(&path).unwrap(), 1 << 20).unwrap();
        for i in (0..50_u8).rev() {
            let mut block = writer.buffer();
            block.clear();
            block.resize(1000, i);
            writer.bring(u64::from(i) * 1000, block);
        }
        writer.settle();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 50_000);
        assert!((bytes.chunks(1000).enumerate()).all(|(i, block)| block.iter().all(|byte| usize::from(*byte) == i)));
        assert_eq!(writer.counts().waits, 0);
        assert!(!writer.failed());
    }

    #[test]
    fn memory_is_bounded_and_waiting_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let writer = RowWriter::start(File::create(folder.path().join("rows")).unwrap(), 2500).unwrap();
        let most = Mutex::new(0);
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let (writer, most) = (&writer, &most);
                scope.spawn(move || {
                    for i in 0..200 {
                        writer.bring((thread * 200 + i) * 1000, vec![1; 1000]);
                        let bytes = writer.lane.lock().bytes;
                        let mut most = most.lock().unwrap();
                        *most = bytes.max(*most);
                    }
                });
            }
        });
        writer.settle();
        assert!(*most.lock().unwrap() <= 2500);
        assert!(writer.counts().waits > 0 && writer.counts().waited > Duration::ZERO);
    }

    #[test]
    fn a_block_larger_than_the_bound_passes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let writer = RowWriter::start(File::create(&path).unwrap(), 10).unwrap();
        writer.bring(0, vec![1; 1000]);
        writer.bring(1000, vec![2; 1000]);
        writer.settle();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 2000);
    }

    #[test]
    fn an_error_is_told_once_and_nobody_waits_for_ever() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let writer = RowWriter::start(full, 1000).unwrap();
        for i in 0..10 {
            writer.bring(i * 600, vec![0; 600]);
        }
        writer.settle();
        assert!(writer.failed());
        assert!(writer.take_error().is_some());
        assert!(writer.take_error().is_none());
    }
}
