//! Every unit is committed exactly once, with the same bytes, whoever runs it.

use super::*;
use proptest::prelude::*;

#[test]
fn the_bytes_do_not_depend_on_ranks_and_threads() {
    let pending = [0..1500, 1700..1701, 4000..4100];
    let mut reference = None;
    for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (3, 2), (5, 1)] {
        let job = Job::new(ranks, threads, Lab::calm());
        let outcome = job.outcome(&pending);
        assert_eq!(
            (outcome.done, outcome.remaining, outcome.drained),
            (1601, 0, None),
            "{ranks} ranks"
        );
        assert_eq!(outcome.threads, u64::from(ranks) * threads as u64);
        let shelf = job.shelf();
        assert!(shelf.written_twice.is_empty());
        assert!(shelf.units.keys().copied().eq(indices(&pending)));
        assert_eq!(*reference.get_or_insert(shelf.units.clone()), shelf.units);
    }
}

#[test]
fn no_work_is_no_problem() {
    let job = Job::new(3, 1, Lab::calm());
    let outcome = job.outcome(&[]);
    assert_eq!((outcome.done, outcome.remaining), (0, 0));
    assert_eq!(job.shelf().commits, 0);
}

#[test]
fn fewer_units_than_ranks_are_run() {
    let job = Job::new(4, 2, Lab::calm());
    assert_eq!(job.outcome(std::slice::from_ref(&(7..9))).done, 2);
}

#[test]
fn a_study_in_many_pieces_is_resumed() {
    let pending: Vec<_> = (0..700).map(|k| 3 * k..3 * k + 1).collect();
    let job = Job::new(2, 1, Lab::calm());
    assert_eq!(job.outcome(&pending).done, 700);
    assert!(job.shelf().units.keys().copied().eq(indices(&pending)));
}

#[test]
fn the_user_s_batch_size_is_kept() {
    let mut job = Job::new(2, 1, Lab::calm());
    job.options.batch_units = 3;
    assert_eq!(job.outcome(std::slice::from_ref(&(0..200))).done, 200);
    assert!(job.shelf().written_twice.is_empty());
}

#[test]
fn a_full_buffer_is_committed_before_its_time() {
    let mut job = Job::new(1, 1, Lab::calm());
    job.options.commit_interval = Duration::from_secs(3600);
    // Four units.
    job.options.buffer_bytes = 4 * 2 * MEMBERS * 8;
    assert_eq!(job.outcome(std::slice::from_ref(&(0..400))).done, 400);
    assert!(job.shelf().commits >= 10, "{}", job.shelf().commits);
}

#[test]
fn progress_comes_to_its_end() {
    let job = Job::new(2, 1, Lab::calm());
    job.outcome(std::slice::from_ref(&(0..300)));
    let progress = job.progress.lock().expect("no rank panics");
    let last = progress.last().expect("at least one report");
    assert_eq!((last.units_done, last.units_total, last.ranks), (300, 300, 2));
    assert!(progress.is_sorted_by_key(|report| report.units_done));
}

#[test]
fn two_runs_on_one_communicator_do_not_mix() {
    let shelf = ShelfLedger::default();
    std::thread::scope(|scope| {
        for comm in ThreadRank::job(3) {
            let mut ledger = shelf.clone();
            scope.spawn(move || {
                for first in [0, 1000] {
                    let outcome = run_workload(
                        &comm,
                        Arc::new(Lab::calm()),
                        &mut ledger,
                        std::iter::once(first..first + 200).collect(),
                        &EngineOptions {
                            threads: 1,
                            ..EngineOptions::default()
                        },
                        &DrainFlag::new(),
                        &mut |_| {},
                    );
                    assert_eq!(outcome.expect("the run ends well").done, 200);
                }
            });
        }
    });
    assert_eq!(shelf.shelf.lock().expect("no rank panics").units.len(), 400);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Units of random lengths (0 to 0.4 ms), some of which fail, on random machines.
    #[test]
    fn every_schedule_commits_every_unit_once(
        ranks in 1_u32..5,
        threads in 1_usize..4,
        units in 1_u64..300,
        salt in any::<u64>(),
        interval_ms in 1_u64..30,
    ) {
        let noise = move |unit: u64| (unit ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let fails = move |unit: u64| noise(unit).is_multiple_of(7);
        let mut job = Job::new(ranks, threads, Lab::new(move |unit| {
            if noise(unit).is_multiple_of(5) {
                std::thread::sleep(Duration::from_micros(noise(unit) % 400));
            }
            if fails(unit) { Err(UnitFailure::Scenario(format!("unit {unit}"))) } else { Ok(0.0) }
        }));
        job.options.commit_interval = Duration::from_millis(interval_ms);
        let pending = std::slice::from_ref(&(10..10 + units)).to_vec();
        let outcome = job.outcome(&pending);
        let failing: Vec<u64> = indices(&pending).into_iter().filter(|&unit| fails(unit)).collect();
        let shelf = job.shelf();
        prop_assert!(shelf.written_twice.is_empty());
        prop_assert!(shelf.units.keys().copied().eq(indices(&pending)));
        prop_assert!(shelf.failures.keys().copied().eq(failing.iter().copied()));
        prop_assert_eq!((outcome.done, outcome.quarantined), (units - failing.len() as u64, failing.len() as u64));
        prop_assert_eq!(outcome.retried, failing.len() as u64);
    }
}
