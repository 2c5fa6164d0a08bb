//! The loop over points and metrics.

use super::{GatherPlan, SummaryStore, UnitValues};
use crate::comm::Communicator;
use crate::results::MemberDetail;
use crate::stats::Summary;
use crate::study::Study;
use crate::sweep::PointIndex;
use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use std::ops::{ControlFlow, Range};

/// Summarises this rank's share of the design points of `study` and writes the summaries.
///
/// Which rank and thread summarises a point changes nothing about its summary. Every rank calls this, after all units
/// are committed and visible to it; it contains no collective call, so a rank that fails leaves none waiting, and the
/// caller decides how ranks agree afterwards. Reading and writing are done by the calling thread, the estimating by
/// `pool`. `progress` is told after each block how many of this rank's points are done, and
/// may break off: what is written so far is right, but not all.
///
/// # Errors
/// The first value that can't be read or written.
pub fn run<S: SummaryStore>(
    comm: &dyn Communicator,
    study: &Study,
    store: &mut S,
    pool: &ThreadPool,
    progress: &dyn Fn(u64) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, S::Error> {
    run_plan(comm, &GatherPlan::of(study), store, pool, progress)
}

/// [`run`] for a plan.
///
/// # Errors
/// As [`run`].
pub fn run_plan<S: SummaryStore>(
    comm: &dyn Communicator,
    plan: &GatherPlan,
    store: &mut S,
    pool: &ThreadPool,
    progress: &dyn Fn(u64) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, S::Error> {
    let slice = plan.slice(comm.rank().0, comm.size());
    let mut first = slice.start;
    while first < slice.end {
        let block = first..slice.end.min(first + plan.block_points());
        for metric in 0..plan.measures.len() {
            let summaries = summarise(plan, store, pool, metric, &block)?;
            store.write_summaries(metric, PointIndex(first), &summaries)?;
        }
        first = block.end;
        if progress(first - slice.start).is_break() && first < slice.end {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Summaries of one metric at some points, from what their units have now: those that have no values yet count as missing.
///
/// # Errors
/// If a value can't be read.
pub fn summaries_at<S: UnitValues>(
    plan: &GatherPlan,
    store: &S,
    pool: &ThreadPool,
    metric: usize,
    points: Range<u64>,
) -> Result<Vec<Summary>, S::Error> {
    let mut all = Vec::with_capacity((points.end - points.start) as usize);
    for first in points.clone().step_by(plan.block_points() as usize) {
        let block = first..points.end.min(first + plan.block_points());
        all.extend(summarise(plan, store, pool, metric, &block)?);
    }
    Ok(all)
}

/// Summaries of one metric for a block of points, in order.
fn summarise<S: UnitValues>(
    plan: &GatherPlan,
    store: &S,
    pool: &ThreadPool,
    metric: usize,
    points: &Range<u64>,
) -> Result<Vec<Summary>, S::Error> {
    let units = plan.units.units_of(PointIndex(points.start)).start..plan.units.units_of(PointIndex(points.end)).start;
    let (measure, confidence) = (plan.measures[metric], plan.confidence);
    let replicates = plan.units.replicates as usize;
    Ok(match plan.detail {
        MemberDetail::All => {
            let members = plan.members as usize;
            let values = store.member_values(metric, units)?;
            per_point(pool, &values, replicates * members, |point| {
                Summary::of_members(point, members, measure, confidence)
            })
        }
        MemberDetail::Statistics => {
            let statistics = store.unit_statistics(metric, units)?;
            per_point(pool, &statistics, replicates, |point| {
                Summary::of_units(point, measure, confidence)
            })
        }
    })
}

/// Points below which handing them to threads costs more than it gains.
const POINTS_WORTH_THREADS: usize = 8;

fn per_point<T: Sync>(
    pool: &ThreadPool,
    values: &[T],
    per_point: usize,
    summarise: impl Fn(&[T]) -> Summary + Sync,
) -> Vec<Summary> {
    let points = values.len() / per_point;
    if pool.current_num_threads() == 1 || points < POINTS_WORTH_THREADS {
        return values.chunks_exact(per_point).map(summarise).collect();
    }
    pool.install(|| {
        values
            .par_chunks_exact(per_point)
            .with_min_len(POINTS_WORTH_THREADS / 2)
            .map(&summarise)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{Message, Rank, Solo};
    use crate::random::Xoshiro256PlusPlus;
    use crate::results::{Measure, MetricKind};
    use crate::stats::UnitStatistics;
    use crate::sweep::UnitPlan;
    use std::cell::RefCell;

    const POINTS: u64 = 23;
    const REPLICATES: u32 = 7;
    const MEMBERS: u32 = 3;

    /// Values in memory, `[metric][unit][member]`.
    struct Memory {
        values: Vec<Vec<f64>>,
        summaries: Vec<Vec<Option<Summary>>>,
        writes: usize,
    }

    impl Memory {
        fn new() -> Self {
            let mut generator = Xoshiro256PlusPlus::from_seed_and_member(7, 0);
            let length = (POINTS * u64::from(REPLICATES * MEMBERS)) as usize;
            let real = (0..length).map(|_| 1e3 + generator.uniform()).collect();
            let flag = (0..length).map(|_| f64::from(generator.uniform() < 0.3)).collect();
            let conditional = (0..length)
                .map(|_| {
                    if generator.uniform() < 0.4 {
                        f64::NAN
                    } else {
                        generator.uniform()
                    }
                })
                .collect();
            Self {
                values: vec![real, flag, conditional],
                summaries: vec![vec![None; POINTS as usize]; 3],
                writes: 0,
            }
        }
    }

    impl UnitValues for Memory {
        type Error = String;

        fn member_values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, String> {
            let members = u64::from(MEMBERS);
            let range = (units.start * members) as usize..(units.end * members) as usize;
            Ok(self.values.get(metric).ok_or("no such metric")?[range].to_vec())
        }

        fn unit_statistics(&self, metric: usize, units: Range<u64>) -> Result<Vec<UnitStatistics>, String> {
            let values = self.member_values(metric, units)?;
            Ok(values.chunks(MEMBERS as usize).map(UnitStatistics::of).collect())
        }
    }

    impl SummaryStore for Memory {
        fn write_summaries(&mut self, metric: usize, first: PointIndex, summaries: &[Summary]) -> Result<(), String> {
            self.writes += 1;
            for (i, summary) in summaries.iter().enumerate() {
                let before = self.summaries[metric][first.0 as usize + i].replace(*summary);
                assert!(
                    before.is_none(),
                    "point {} of metric {metric} is written twice",
                    first.0 + i as u64
                );
            }
            Ok(())
        }
    }

    /// One of several ranks; gathering may only ask who it is.
    struct Lane(u32, u32);

    impl Communicator for Lane {
        fn rank(&self) -> Rank {
            Rank(self.0)
        }
        fn size(&self) -> u32 {
            self.1
        }
        fn cores(&self) -> usize {
            panic!("gathering is given its threads")
        }
        fn send(&self, _: Rank, _: &Message) {
            panic!("gathering sends nothing")
        }
        fn try_receive(&self) -> Option<(Rank, Message)> {
            panic!("gathering receives nothing")
        }
        fn barrier(&self) {
            panic!("gathering isn't collective")
        }
        fn broadcast(&self, _: &mut Vec<u8>) {
            panic!("gathering isn't collective")
        }
        fn gather(&self, _: &[u8]) -> Option<Vec<Vec<u8>>> {
            panic!("gathering isn't collective")
        }
        fn abort(&self, _: i32) -> ! {
            panic!("gathering aborts nobody")
        }
    }

    fn plan(detail: MemberDetail, block_values: u64) -> GatherPlan {
        GatherPlan {
            units: UnitPlan {
                points: POINTS,
                replicates: REPLICATES,
            },
            members: MEMBERS,
            measures: [MetricKind::Real, MetricKind::Flag, MetricKind::Real]
                .map(Measure::from)
                .to_vec(),
            detail,
            confidence: 0.95,
            block_values,
        }
    }

    fn pool(threads: usize) -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
    }

    /// Bits of all summaries, in order.
    fn bits(store: &Memory) -> Vec<u64> {
        let summaries = store.summaries.iter().flatten();
        summaries
            .flat_map(|summary| {
                let s = summary.expect("every point is written");
                [
                    s.mean,
                    s.sd,
                    s.standard_error,
                    s.interval_low,
                    s.interval_high,
                    s.median,
                    s.lower_quartile,
                    s.min,
                ]
            })
            .map(f64::to_bits)
            .collect()
    }

    fn whole(comm: &dyn Communicator, plan: &GatherPlan, store: &mut Memory, threads: usize) {
        let end = run_plan(comm, plan, store, &pool(threads), &|_| ControlFlow::Continue(()));
        assert_eq!(end, Ok(ControlFlow::Continue(())));
    }

    #[test]
    fn ranks_threads_and_block_sizes_leave_the_same_bits() {
        for detail in [MemberDetail::All, MemberDetail::Statistics] {
            let mut alone = Memory::new();
            whole(&Solo, &plan(detail, 1 << 20), &mut alone, 1);
            for (ranks, threads, block_values) in [(1, 3, 1 << 20), (2, 1, 100), (3, 2, 1), (5, 2, 1000), (40, 1, 1)] {
                let mut together = Memory::new();
                for rank in 0..ranks {
                    let lane = Lane(rank, ranks);
                    whole(&lane, &plan(detail, block_values), &mut together, threads);
                }
                assert_eq!(
                    bits(&together),
                    bits(&alone),
                    "{ranks} ranks, {threads} threads, {detail:?}"
                );
            }
        }
    }

    #[test]
    fn summaries_are_those_of_their_point_and_metric() {
        let mut store = Memory::new();
        whole(&Solo, &plan(MemberDetail::All, 1 << 20), &mut store, 2);
        let per_point = (REPLICATES * MEMBERS) as usize;
        for (metric, kind) in [MetricKind::Real, MetricKind::Flag, MetricKind::Real]
            .into_iter()
            .enumerate()
        {
            for point in 0..POINTS as usize {
                let values = &store.values[metric][point * per_point..][..per_point];
                let expected = Summary::of_members(values, MEMBERS as usize, kind, 0.95);
                assert_eq!(store.summaries[metric][point], Some(expected));
            }
        }
        assert_eq!(store.writes, 3, "one contiguous write per metric");
    }

    #[test]
    fn progress_counts_up_to_the_slice_and_errors_come_through() {
        let told = RefCell::new(Vec::new());
        // Ten points of 21 values fit into a block.
        let plan_of_blocks = plan(MemberDetail::All, 210);
        let mut store = Memory::new();
        let end = run_plan(&Solo, &plan_of_blocks, &mut store, &pool(1), &|done| {
            told.borrow_mut().push(done);
            ControlFlow::Continue(())
        });
        assert_eq!(end, Ok(ControlFlow::Continue(())));
        assert_eq!(*told.borrow(), [10, 20, 23]);

        let mut store = Memory::new();
        let broken = run_plan(
            &Solo,
            &plan_of_blocks,
            &mut store,
            &pool(1),
            &|_| ControlFlow::Break(()),
        );
        assert_eq!(broken, Ok(ControlFlow::Break(())));
        assert_eq!(
            store.summaries[0].iter().flatten().count(),
            10,
            "one block, and no more"
        );

        let mut store = Memory::new();
        store.values.truncate(1);
        let result = run_plan(&Solo, &plan_of_blocks, &mut store, &pool(1), &|_| {
            ControlFlow::Continue(())
        });
        assert_eq!(result, Err("no such metric".to_owned()));
    }
}
