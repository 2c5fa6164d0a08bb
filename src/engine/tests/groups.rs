//! Units that share something come out as they would alone, and are kept together.

use super::*;
use crate::comm::Rank;
use crate::engine::batching::BatchBounds;
use crate::engine::coordinator::Coordinator;
use crate::engine::schedule::tests::by_remainder;
use crate::engine::wire::{ToCoordinator, ToWorker};
use std::sync::atomic::{AtomicU64, Ordering};

/// Points that share with those of the same remainder; every fifth shares nothing.
#[derive(Clone)]
pub(super) struct Sharing {
    points: u64,
    classes: u64,
    pub max_units: usize,
    /// Panics in company.
    shy: bool,
    met: Arc<Met>,
}

/// Who was simulated together.
#[derive(Default)]
struct Met {
    groups: AtomicU64,
    units: AtomicU64,
    largest: AtomicU64,
}

impl Sharing {
    fn new(points: u64, classes: u64) -> Self {
        Self {
            points,
            classes,
            max_units: 64,
            shy: false,
            met: Arc::default(),
        }
    }

    pub(super) fn key(&self, unit: &Unit) -> Option<GroupKey> {
        let mut shared = [0; 16];
        shared[0] = (unit.point.0 % self.classes) as u8;
        (unit.point.0 % 5 != 4).then(|| GroupKey::of_replicate(&shared, unit.replicate))
    }

    pub(super) fn schedule(&self) -> Arc<dyn Schedule> {
        let plan = UnitPlan {
            points: self.points,
            replicates: REPLICATES,
        };
        Arc::new(by_remainder(plan, self.classes, 50))
    }

    pub(super) fn meet(&self, group: &[PointMember<'_, '_>]) {
        let key = self.key(group[0].unit).expect("what shares nothing is alone");
        assert!(group.iter().all(|member| self.key(member.unit) == Some(key)));
        assert!(!self.shy, "not in front of the others");
        let units = group.len() as u64;
        self.met.groups.fetch_add(1, Ordering::Relaxed);
        self.met.units.fetch_add(units, Ordering::Relaxed);
        self.met.largest.fetch_max(units, Ordering::Relaxed);
    }

    fn numbers(&self) -> [u64; 3] {
        [&self.met.groups, &self.met.units, &self.met.largest].map(|number| number.load(Ordering::Relaxed))
    }

    /// Groups, and units in them, of those that are not alone in theirs.
    fn expected(&self, pending: &[Range<u64>]) -> [u64; 2] {
        let mut sizes = BTreeMap::<(u64, GroupKey), u64>::new();
        for index in indices(pending) {
            let unit = Lab::calm().unit(UnitIndex(index));
            if let Some(key) = self.key(&unit) {
                *sizes.entry((unit.point.0 / 50, key)).or_default() += 1;
            }
        }
        let sizes: Vec<u64> = sizes.into_values().filter(|size| *size > 1).collect();
        [sizes.len() as u64, sizes.iter().sum()]
    }
}

fn job(ranks: u32, threads: usize, lab: Lab, sharing: Option<&Sharing>) -> Job {
    let sharing = sharing.cloned();
    Job::new(ranks, threads, Lab { sharing, ..lab })
}

const POINTS: u64 = 120;
const ALL: [Range<u64>; 1] = [0..POINTS * REPLICATES as u64];

#[test]
fn the_bytes_do_not_depend_on_who_is_together() {
    let alone = job(1, 1, Lab::calm(), None);
    alone.outcome(&ALL);
    for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (3, 2)] {
        let sharing = Sharing::new(POINTS, 3);
        let job = job(ranks, threads, Lab::calm(), Some(&sharing));
        let outcome = job.outcome(&ALL);
        assert_eq!((outcome.done, outcome.remaining), (ALL[0].end, 0));
        assert!(job.shelf().written_twice.is_empty());
        assert_eq!(
            job.shelf().units,
            alone.shelf().units,
            "{ranks} ranks, {threads} threads"
        );
        let ([groups, units, _], [expected, in_groups]) = (sharing.numbers(), sharing.expected(&ALL));
        assert_eq!(units, in_groups, "each was in company");
        assert!(groups >= expected);
        if ranks == 1 && threads == 1 {
            assert_eq!(groups, expected, "a lone thread splits no group");
        } else {
            // Only where somebody would be left without work.
            assert!(groups <= expected + expected / 2 + 12, "{groups} for {expected}");
        }
    }
}

#[test]
fn a_lone_group_is_shared_out_among_all_threads() {
    let pending = [0..1, 4..5, 8..9, 12..13, 20..21, 24..25, 28..29, 32..33];
    for (ranks, threads, largest) in [(1, 1, 8), (1, 2, 4), (2, 1, 4), (2, 2, 2)] {
        let sharing = Sharing::new(9, 1);
        let job = job(ranks, threads, Lab::calm(), Some(&sharing));
        assert_eq!(job.outcome(&pending).done, 8);
        let [_, units, found] = sharing.numbers();
        assert!(
            units <= 8 && found <= largest,
            "{ranks} ranks, {threads} threads: {found}"
        );
        if ranks == 1 {
            assert_eq!((units, found), (8, largest));
        }
    }
}

#[test]
fn the_last_groups_go_to_whoever_is_free() {
    // Ten groups of four units on two ranks of one thread.
    let plan = UnitPlan {
        points: 4,
        replicates: 10,
    };
    let bounds = BatchBounds {
        commit_interval: Duration::from_secs(1),
        buffer_units: 1000,
        batch_units: 0,
    };
    let schedule: Arc<dyn Schedule> = Arc::new(by_remainder(plan, 1, 50));
    let mut coordinator = Coordinator::new(2, std::iter::once(0..40).collect(), Some(schedule), bounds);
    let mut batches = [0, 0];
    let mut tell = |rank: u32, message| {
        coordinator.handle(Rank(rank), message);
        let mut handed = Vec::new();
        for (to, message) in coordinator.take_outbox() {
            if let ToWorker::Work { ranges, .. } = message {
                assert_eq!(to, Rank(rank));
                batches[rank as usize] += 1;
                handed.extend(ranges.into_iter().flatten());
            }
        }
        (handed, batches[rank as usize])
    };
    let mut all = Vec::new();
    let mut received = [0, 0];
    for rank in [0, 1] {
        let (handed, batches) = tell(rank, ToCoordinator::Hello { threads: 1 });
        assert_eq!(handed.len(), 8, "a group, and another one ahead");
        all.extend(handed);
        received[rank as usize] = batches;
    }
    let mut sizes = Vec::new();
    for rank in [0, 1, 0, 1, 0, 1, 0, 1] {
        let want = ToCoordinator::Want {
            received: received[rank as usize],
            unstarted: 0,
            mean_ns: 1_000_000_000,
        };
        let (handed, batches) = tell(rank, want);
        received[rank as usize] = batches;
        sizes.push(handed.len());
        all.extend(handed);
    }
    assert!(all.into_iter().eq(0..40), "{sizes:?}");
    // One at a time in the end, and the very last is shared by both.
    let last: Vec<usize> = sizes.iter().copied().filter(|size| *size > 0).rev().take(3).collect();
    assert!(last.iter().all(|size| *size <= 4), "{sizes:?}");
}

#[test]
fn the_scenario_s_bound_is_kept() {
    let mut sharing = Sharing::new(POINTS, 1);
    sharing.max_units = 5;
    let job = job(1, 1, Lab::calm(), Some(&sharing));
    assert_eq!(job.outcome(&ALL).done, ALL[0].end);
    assert_eq!(sharing.numbers()[2], 5);
}

#[test]
fn a_study_in_pieces_is_resumed_group_by_group() {
    let pending: Vec<Range<u64>> = (0..POINTS * 4 / 7).map(|k| 7 * k..7 * k + 5).collect();
    let sharing = Sharing::new(POINTS, 2);
    let job = job(2, 2, Lab::calm(), Some(&sharing));
    let outcome = job.outcome(&pending);
    assert_eq!(outcome.done, indices(&pending).len() as u64);
    assert!(job.shelf().units.keys().copied().eq(indices(&pending)));
    assert!(sharing.numbers()[1] > outcome.done / 2);
}

#[test]
fn who_fails_in_company_is_tried_alone() {
    let lab = || {
        Lab::new(|unit| match unit % 10 {
            3 => Err(UnitFailure::Scenario("always".to_owned())),
            7 => panic!("always"),
            8 => Ok(f64::NAN),
            _ => Ok(0.0),
        })
    };
    let alone = job(1, 1, lab(), None);
    alone.outcome(&ALL);
    for shy in [false, true] {
        let sharing = Sharing {
            shy,
            ..Sharing::new(POINTS, 3)
        };
        let job = job(2, 2, lab(), Some(&sharing));
        let outcome = job.outcome(&ALL);
        assert_eq!(outcome.quarantined, 3 * ALL[0].end / 10);
        assert_eq!(
            outcome.retried, outcome.quarantined,
            "what fails in company is no attempt"
        );
        assert_eq!(job.shelf().units, alone.shelf().units);
        assert_eq!(job.shelf().failures, alone.shelf().failures);
    }
}

#[test]
fn a_drain_leaves_whole_units() {
    let lab = Lab::new(|_| {
        std::thread::sleep(Duration::from_millis(2));
        Ok(0.0)
    });
    let sharing = Sharing::new(POINTS, 3);
    let mut job = job(2, 2, lab, Some(&sharing));
    let flag = DrainFlag::new();
    job.drain = (1, flag.clone());
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(60));
            flag.request(DrainReason::Signal(10));
        });
        job.outcome(&ALL)
    });
    assert_eq!(outcome.drained, Some(DrainReason::Signal(10)));
    assert!(outcome.done > 0 && outcome.remaining > 0 && outcome.abandoned == 0);
    let rest: Vec<Range<u64>> = (0..ALL[0].end)
        .filter(|unit| !job.shelf().units.contains_key(unit))
        .map(|unit| unit..unit + 1)
        .collect();
    assert_eq!(rest.len() as u64, outcome.remaining);
    job.drain.1 = DrainFlag::new();
    assert_eq!(job.outcome(&rest).done, outcome.remaining);
    assert!(job.shelf().written_twice.is_empty());
    assert_eq!(job.shelf().units.len() as u64, ALL[0].end);
}
