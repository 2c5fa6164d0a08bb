//! The compute threads of a rank.

use super::attempt::{self, Desk, guarded, run_unit};
use super::group_desk::{GroupDesk, MemberEnding};
use super::pending::Lot;
use super::work_queue::WorkQueue;
use super::{EngineOptions, Schedule, Workload};
use crate::numerics::DurationHistogram;
use crate::quantity::readable;
use crate::results::{Encode, EncodedRun, FailureRow, FinishedUnit, NoRows, UnitRows};
use crate::scenario::{PreparedPoint, Unit, UnitCourse, UnitFailure};
use crate::sweep::{PointIndex, UnitIndex};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most units and bytes of values in a chunk.
const MAX_UNITS: u64 = 8192;
const MAX_BYTES: u64 = 1 << 20;

/// Most units and bytes of values of a group that a thread simulates at once.
const MAX_GROUP_UNITS: u64 = 1024;
const MAX_GROUP_BYTES: u64 = 16 << 20;

/// A chunk that takes longer than this gives the rest of its units back to the other threads.
const GIVE_BACK: Duration = Duration::from_millis(16);

/// Chunks that may wait for the main thread, per compute thread: then the threads wait for it.
const PIECES_PER_THREAD: usize = 8;

/// Bytes of rows at least, and at most, that a thread gathers before it hands them over.
const MIN_ROW_BYTES: usize = 1 << 16;
const MAX_ROW_BYTES: usize = 1 << 20;

/// What a compute thread hands to the main thread: finished units.
pub(super) struct Piece {
    /// Each of contiguous units.
    pub runs: Vec<EncodedRun>,
    pub failures: Vec<FailureRow>,
    pub retried: u64,
    /// Units of the chunk that were not started, because the queue was stopped, or that made way for the end of the job.
    pub skipped: u64,
    pub times: DurationHistogram,
}

impl Piece {
    fn new() -> Self {
        Self {
            runs: Vec::new(),
            failures: Vec::new(),
            retried: 0,
            skipped: 0,
            times: DurationHistogram::default(),
        }
    }

    /// Finished units.
    pub(super) fn units(&self) -> u64 {
        self.runs.iter().map(|run| run.states.len() as u64).sum()
    }

    /// Adds the next unit; `None` for a quarantined one.
    fn push(&mut self, encoder: &dyn Encode, index: UnitIndex, unit: Option<FinishedUnit<'_>>) {
        if self.runs.last().is_none_or(|run| run.units().end != index.0) {
            self.runs.push(encoder.begin(index));
        }
        if let Some(run) = self.runs.last_mut() {
            encoder.push(run, unit);
        }
    }
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
    schedule: Option<Arc<dyn Schedule>>,
    max_group_units: u64,
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
        schedule: Option<Arc<dyn Schedule>>,
        encoder: Arc<dyn Encode>,
        options: &EngineOptions,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        attempt::catch_panics_of_units();
        let bytes_per_unit = (encoder.values_per_unit() * size_of::<f64>()).max(1) as u64;
        let queue = Arc::new(WorkQueue::new(threads, MAX_UNITS.min(MAX_BYTES / bytes_per_unit)));
        let max_group_units = max_group_units(bytes_per_unit);
        let (sender, pieces) = bounded(PIECES_PER_THREAD * threads);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("compute-{index}"))
            .build()?;
        let saves = workload.features().saves && encoder.state_shelf().is_some();
        let tools = Tools {
            queue: Arc::clone(&queue),
            workload,
            schedule: schedule.clone(),
            encoder,
            retries: options.retries,
            row_bytes: (options.row_buffer_bytes / threads.max(1)).clamp(MIN_ROW_BYTES, MAX_ROW_BYTES),
            save_interval: options.save_interval,
        };
        pool.spawn_broadcast(move |_thread| ComputeThread::new(&tools).work_off(&sender));
        Ok(Self {
            queue,
            pieces,
            threads,
            saves,
            schedule,
            max_group_units,
            _pool: pool,
        })
    }

    /// Adds work. Groups stay whole, unless threads would be left without.
    pub(super) fn push(&self, ranges: &[Range<u64>]) {
        let Some(schedule) = &self.schedule else {
            let lots = ranges.iter().map(|units| Lot {
                units: units.clone(),
                together: false,
            });
            return self.queue.push(lots);
        };
        let units: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        let most = units.div_ceil(self.threads as u64).clamp(1, self.max_group_units);
        let lots = ranges.iter().flat_map(|range| lots_of(range, schedule.as_ref(), most));
        self.queue.push(lots.collect::<Vec<_>>());
    }
}

/// How many units of a group a thread simulates at once, of so many bytes of values each.
pub(super) fn max_group_units(bytes_per_unit: u64) -> u64 {
    (MAX_GROUP_BYTES / bytes_per_unit.max(1)).clamp(1, MAX_GROUP_UNITS)
}

/// The groups in a range of positions, in parts of at most `most` units and about the same size.
fn lots_of(range: &Range<u64>, schedule: &dyn Schedule, most: u64) -> Vec<Lot> {
    let mut lots: Vec<Lot> = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let Some(group) = schedule.group_at(start) else {
            match lots.last_mut() {
                Some(last) if !last.together => last.units.end += 1,
                _ => lots.push(Lot {
                    units: start..start + 1,
                    together: false,
                }),
            }
            start += 1;
            continue;
        };
        let end = group.end.min(range.end);
        let parts = (end - start).div_ceil(most);
        let part = (end - start).div_ceil(parts);
        while start < end {
            let units = start..end.min(start + part);
            start = units.end;
            lots.push(Lot { units, together: true });
        }
    }
    lots
}

impl Drop for Compute {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// A design point, or why it can't be prepared.
pub(super) type Preparation = Result<Box<dyn PreparedPoint>, UnitFailure>;

/// What all threads of a rank work with.
pub(super) struct Tools {
    pub queue: Arc<WorkQueue>,
    pub workload: Arc<dyn Workload>,
    pub schedule: Option<Arc<dyn Schedule>>,
    pub encoder: Arc<dyn Encode>,
    pub retries: u32,
    /// Bytes of rows that a thread gathers before it writes them.
    pub row_bytes: usize,
    pub save_interval: Duration,
}

impl Tools {
    fn unit_at(&self, position: u64) -> UnitIndex {
        match &self.schedule {
            Some(schedule) => schedule.unit_at(position),
            None => UnitIndex(position),
        }
    }

    pub(super) fn prepare(&self, unit: &Unit) -> Preparation {
        guarded(|| self.workload.prepare(unit.point).map_err(UnitFailure::Scenario))
    }

    /// Where rows are gathered in blocks of so many bytes, if there are any.
    pub(super) fn rows(&self, row_bytes: usize) -> Option<UnitRows> {
        let tables = &self.workload.features().tables;
        (!tables.is_empty()).then(|| {
            let sink = self.encoder.row_sink().unwrap_or_else(|| Arc::new(NoRows));
            UnitRows::new(tables, row_bytes, sink)
        })
    }

    /// How units stand in the job, if they can save their state.
    pub(super) fn course(&self) -> Option<UnitCourse> {
        let saves = self.workload.features().saves;
        let shelf = self.encoder.state_shelf().filter(|_| saves)?;
        let queue = Arc::clone(&self.queue);
        let job_ends = Box::new(move || queue.is_stopped());
        Some(UnitCourse::new(job_ends, shelf, self.save_interval))
    }
}

struct ComputeThread<'a> {
    tools: &'a Tools,
    /// Values of the unit at hand, `[metrics, members]`.
    values: Vec<f64>,
    /// Its rows; none if the scenario declares no tables.
    rows: Option<UnitRows>,
    /// Its course; none if units can't save their state.
    course: Option<UnitCourse>,
    /// The point of the last unit: consecutive units mostly share it.
    point: Option<(PointIndex, Preparation)>,
    /// Where units of a group are simulated together.
    group: GroupDesk,
}

impl<'a> ComputeThread<'a> {
    fn new(tools: &'a Tools) -> Self {
        Self {
            tools,
            values: vec![f64::NAN; tools.encoder.values_per_unit()],
            rows: tools.rows(tools.row_bytes),
            course: tools.course(),
            point: None,
            group: GroupDesk::default(),
        }
    }

    fn work_off(&mut self, sender: &Sender<Piece>) {
        let mut last = None;
        while let Some(lot) = self.tools.queue.take(last) {
            let begin = Instant::now();
            let piece = if lot.together {
                self.run_group(lot.units, begin)
            } else {
                self.run_chunk(lot.units, begin)
            };
            last = Some((piece.units(), begin.elapsed()));
            if sender.send(piece).is_err() {
                // The main thread has given up waiting for us.
                return;
            }
        }
    }

    fn run_chunk(&mut self, chunk: Range<u64>, begin: Instant) -> Piece {
        let tools = self.tools;
        let queue = &tools.queue;
        let mut piece = Piece::new();
        let mut now = begin;
        for position in chunk.clone() {
            if !queue.may_start(now) {
                piece.skipped = chunk.end - position;
                break;
            }
            if position > chunk.start && now - begin > GIVE_BACK {
                if !queue.give_back(position..chunk.end) {
                    piece.skipped = chunk.end - position;
                }
                break;
            }
            // Outside the guard: which unit an index is, is the engine's own business, and a panic there is a bug.
            let unit = tools.workload.unit(tools.unit_at(position));
            if !self.run_unit(&unit, false, &mut piece) {
                piece.skipped = chunk.end - position;
                break;
            }
            let end = Instant::now();
            piece.times.record((end - now).as_secs_f64());
            now = end;
        }
        piece
    }

    /// Simulates units of a group together, and those alone that fail so.
    fn run_group(&mut self, positions: Range<u64>, begin: Instant) -> Piece {
        let tools = self.tools;
        let mut piece = Piece::new();
        if !tools.queue.may_start(begin) {
            piece.skipped = positions.end - positions.start;
            return piece;
        }
        let units: Vec<Unit> = positions
            .map(|position| tools.workload.unit(tools.unit_at(position)))
            .collect();
        let endings = self.group.simulate(tools, &units);
        for (place, (unit, ending)) in units.iter().zip(endings).enumerate() {
            let kept = match ending {
                MemberEnding::Done(ending) => {
                    let finished = self.group.finished(place, ending);
                    piece.push(tools.encoder.as_ref(), unit.index, Some(finished));
                    true
                }
                MemberEnding::Interrupted => false,
                // Its turn comes in the next session.
                MemberEnding::Alone { .. } if !tools.queue.may_start(Instant::now()) => false,
                MemberEnding::Alone { afresh } => self.run_unit(unit, afresh, &mut piece),
            };
            piece.skipped += u64::from(!kept);
            if kept {
                // From the first to the last of them: so long before the end of a job none may start.
                piece.times.record(begin.elapsed().as_secs_f64());
            }
        }
        tools.queue.note_save(self.group.longest_save());
        piece
    }

    /// Runs a unit; `false` if it made way for the end of the job. It goes on from a saved state unless it starts `afresh`.
    fn run_unit(&mut self, unit: &Unit, afresh: bool, piece: &mut Piece) -> bool {
        let tools = self.tools;
        if self.point.as_ref().is_none_or(|(point, _)| *point != unit.point) {
            self.point = Some((unit.point, tools.prepare(unit)));
        }
        let attempts = match &self.point {
            Some((_, Ok(point))) => {
                let desk = Desk {
                    values: &mut self.values,
                    rows: self.rows.as_mut(),
                    course: self.course.as_mut(),
                    afresh,
                };
                run_unit(tools.workload.as_ref(), point.as_ref(), unit, tools.retries, desk)
            }
            Some((_, Err(failure))) => attempt::Attempts {
                count: 1,
                result: Err(failure.clone()),
            },
            None => unreachable!("the point was prepared above"),
        };
        piece.retried += u64::from(attempts.count - 1);
        if let Some(course) = &self.course {
            tools.queue.note_save(course.longest_save());
        }
        match attempts.result {
            Err(UnitFailure::Interrupted) => return false,
            Ok(ending) => {
                let finished = FinishedUnit {
                    values: &self.values,
                    members: ending.members as u32,
                    end: ending.end,
                    rows: self.rows.as_ref(),
                };
                piece.push(tools.encoder.as_ref(), unit.index, Some(finished));
            }
            Err(failure) => {
                piece.push(tools.encoder.as_ref(), unit.index, None);
                piece.failures.push(FailureRow {
                    unit: unit.index,
                    attempts: attempts.count,
                    // The unit's seed by convention: the one of its stream named "unit".
                    seed: unit.streams.seed("unit").0,
                    message: readable(&failure.to_string()).into_owned(),
                });
            }
        }
        true
    }
}
