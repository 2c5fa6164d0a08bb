//! The compute threads of a rank.

use super::attempt::{self, Desk, guarded, run_unit};
use super::time_histogram::TimeHistogram;
use super::work_queue::WorkQueue;
use super::{Encode, EncodedRun, EngineOptions, FailureRow, FinishedUnit, Workload};
use crate::scenario::{NoRows, PreparedPoint, Unit, UnitCourse, UnitFailure, UnitRows};
use crate::sweep::{PointIndex, UnitIndex};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most units and bytes of values in a chunk.
const MOST_UNITS: u64 = 8192;
const MOST_BYTES: u64 = 1 << 20;

/// A chunk that takes longer than this gives the rest of its units back to the other threads.
const GIVE_BACK: Duration = Duration::from_millis(16);

/// Chunks that may wait for the main thread, per compute thread: then the threads wait for it.
const PIECES_PER_THREAD: usize = 8;

/// Bytes of rows at least, and at most, that a thread gathers before it hands them over.
const LEAST_ROW_BYTES: usize = 1 << 16;
const MAX_ROW_BYTES: usize = 1 << 20;

/// What a compute thread hands to the main thread: a contiguous run of finished units.
pub(super) struct Piece {
    pub run: EncodedRun,
    pub failures: Vec<FailureRow>,
    pub retried: u64,
    /// Units of the chunk that were not started, because the queue was stopped, or that made way for the end of the job.
    pub skipped: u64,
    pub times: TimeHistogram,
}

/// The compute threads: a pool of their own, in which each thread works off the queue.
///
/// Dropping it closes the queue and doesn't wait: a thread that is in the middle of a unit ends after it.
pub(super) struct Compute {
    pub queue: Arc<WorkQueue>,
    pub pieces: Receiver<Piece>,
    pub threads: usize,
    /// Whether units can save their state, so that a stop needn't wait for their end.
    pub saves: bool,
    /// Only kept alive. Parallel iterators inside a scenario stay on these threads.
    _pool: rayon::ThreadPool,
}

impl Compute {
    /// Starts `threads` threads, each of which works off the queue.
    ///
    /// # Errors
    /// If the operating system refuses them.
    pub(super) fn start(
        threads: usize,
        workload: Arc<dyn Workload>,
        encoder: Arc<dyn Encode>,
        options: &EngineOptions,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        attempt::catch_panics_of_units();
        let bytes_per_unit = (encoder.values_per_unit() * size_of::<f64>()).max(1) as u64;
        let queue = Arc::new(WorkQueue::new(threads, MOST_UNITS.min(MOST_BYTES / bytes_per_unit)));
        let (sender, pieces) = bounded(PIECES_PER_THREAD * threads);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("compute-{index}"))
            .build()?;
        let work = Arc::clone(&queue);
        let retries = options.retries;
        let save_interval = options.save_interval;
        let saves = workload.features().saves && encoder.state_shelf().is_some();
        let row_bytes = (options.row_buffer_bytes / threads.max(1)).clamp(LEAST_ROW_BYTES, MAX_ROW_BYTES);
        pool.spawn_broadcast(move |_thread| {
            let mut thread = ComputeThread {
                queue: &work,
                workload: workload.as_ref(),
                encoder: encoder.as_ref(),
                retries,
                values: vec![f64::NAN; encoder.values_per_unit()],
                rows: rows(workload.as_ref(), encoder.as_ref(), row_bytes),
                course: course(workload.as_ref(), encoder.as_ref(), &work, save_interval),
                point: None,
            };
            thread.work_off(&sender);
        });
        Ok(Self {
            queue,
            pieces,
            threads,
            saves,
            _pool: pool,
        })
    }
}

impl Drop for Compute {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A design point, or why it can't be prepared.
type Preparation = Result<Box<dyn PreparedPoint>, UnitFailure>;

struct ComputeThread<'a> {
    queue: &'a WorkQueue,
    workload: &'a dyn Workload,
    encoder: &'a dyn Encode,
    retries: u32,
    /// Values of the unit at hand, `[metrics, members]`.
    values: Vec<f64>,
    /// Its rows; none if the scenario declares no tables.
    rows: Option<UnitRows>,
    /// Its course; none if units can't save their state.
    course: Option<UnitCourse>,
    /// The point of the last unit: consecutive units mostly share it.
    point: Option<(PointIndex, Preparation)>,
}

impl ComputeThread<'_> {
    fn work_off(&mut self, sender: &Sender<Piece>) {
        let mut last = None;
        while let Some(chunk) = self.queue.take(last) {
            let begin = Instant::now();
            let piece = self.run_chunk(chunk, begin);
            last = Some((piece.run.states.len() as u64, begin.elapsed()));
            if sender.send(piece).is_err() {
                // The main thread has given up waiting for us.
                return;
            }
        }
    }

    fn run_chunk(&mut self, chunk: Range<u64>, begin: Instant) -> Piece {
        let mut piece = Piece {
            run: self.encoder.begin(UnitIndex(chunk.start)),
            failures: Vec::new(),
            retried: 0,
            skipped: 0,
            times: TimeHistogram::new(),
        };
        let mut now = begin;
        for index in chunk.clone() {
            if !self.queue.may_start(now) {
                piece.skipped = chunk.end - index;
                break;
            }
            if index > chunk.start && now - begin > GIVE_BACK {
                if !self.queue.give_back(index..chunk.end) {
                    piece.skipped = chunk.end - index;
                }
                break;
            }
            if !self.run_unit(UnitIndex(index), &mut piece) {
                piece.skipped = chunk.end - index;
                break;
            }
            let end = Instant::now();
            piece.times.record(end - now);
            now = end;
        }
        piece
    }

    /// Runs a unit; `false` if it made way for the end of the job.
    fn run_unit(&mut self, index: UnitIndex, piece: &mut Piece) -> bool {
        // Outside the guard: which unit an index is, is the engine's own business, and a panic there is a bug.
        let unit = self.workload.unit(index);
        if self.point.as_ref().is_none_or(|(point, _)| *point != unit.point) {
            self.point = Some((unit.point, prepare(self.workload, &unit)));
        }
        let attempts = match &self.point {
            Some((_, Ok(point))) => {
                let desk = Desk {
                    values: &mut self.values,
                    rows: self.rows.as_mut(),
                    course: self.course.as_mut(),
                };
                run_unit(self.workload, point.as_ref(), &unit, self.retries, desk)
            }
            Some((_, Err(failure))) => attempt::Attempts {
                count: 1,
                result: Err(failure.clone()),
            },
            None => unreachable!("the point was prepared above"),
        };
        piece.retried += u64::from(attempts.count - 1);
        if let Some(course) = &self.course {
            self.queue.note_save(course.longest_save());
        }
        if attempts.result == Err(UnitFailure::Interrupted) {
            return false;
        }
        match attempts.result {
            Ok(ending) => {
                let unit = FinishedUnit {
                    values: &self.values,
                    members: ending.members as u32,
                    end: ending.end,
                    rows: self.rows.as_ref(),
                };
                self.encoder.push(&mut piece.run, Some(unit));
            }
            Err(failure) => {
                self.encoder.push(&mut piece.run, None);
                piece.failures.push(FailureRow {
                    unit: index,
                    attempts: attempts.count,
                    // The unit's seed by convention: the one of its stream named "unit".
                    seed: unit.streams.seed("unit").0,
                    message: failure.to_string(),
                });
            }
        }
        true
    }
}

/// Where a thread gathers rows, if there are any.
fn rows(workload: &dyn Workload, encoder: &dyn Encode, row_bytes: usize) -> Option<UnitRows> {
    let tables = &workload.features().tables;
    (!tables.is_empty()).then(|| {
        let sink = encoder.row_sink().unwrap_or_else(|| Arc::new(NoRows));
        UnitRows::new(tables, row_bytes, sink)
    })
}

/// How units of a thread stand in the job, if they can save their state.
fn course(
    workload: &dyn Workload,
    encoder: &dyn Encode,
    queue: &Arc<WorkQueue>,
    interval: Duration,
) -> Option<UnitCourse> {
    let shelf = encoder.state_shelf().filter(|_| workload.features().saves)?;
    let queue = Arc::clone(queue);
    Some(UnitCourse::new(Box::new(move || queue.is_stopped()), shelf, interval))
}

fn prepare(workload: &dyn Workload, unit: &Unit) -> Preparation {
    guarded(|| workload.prepare(unit.point).map_err(UnitFailure::Scenario))
}
