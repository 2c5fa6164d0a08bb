//! Stopping early: everything finished is committed, everything else remains.

use super::*;
use std::time::Instant;

fn slow(time: Duration) -> Lab {
    Lab::new(move |_| {
        std::thread::sleep(time);
        Ok(0.0)
    })
}

fn check_partition(job: &Job, outcome: &Outcome, units: u64) {
    let shelf = job.shelf();
    assert!(shelf.written_twice.is_empty());
    assert_eq!(shelf.units.len() as u64, outcome.done + outcome.quarantined);
    assert_eq!(outcome.done + outcome.quarantined + outcome.remaining, units);
}

#[test]
fn a_signal_on_any_rank_drains_all_of_them() {
    for (ranks, signalled) in [(1, 0), (3, 0), (3, 2)] {
        let mut job = Job::new(ranks, 2, slow(Duration::from_millis(1)));
        let flag = DrainFlag::new();
        job.drain = (signalled, flag.clone());
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(60));
                flag.request(DrainReason::Signal(10));
            });
            job.outcome(std::slice::from_ref(&(0..100_000)))
        });
        assert_eq!(outcome.drained, Some(DrainReason::Signal(10)));
        assert!(outcome.done > 0 && outcome.remaining > 0 && outcome.abandoned == 0);
        check_partition(&job, &outcome, 100_000);
        // What remains is what a resumed run does.
        let rest: Vec<_> = (0..100_000)
            .filter(|unit| !job.shelf().units.contains_key(unit))
            .take(500)
            .map(|unit| unit..unit + 1)
            .collect();
        job.drain.1 = DrainFlag::new();
        job.lab = Lab::calm();
        assert_eq!(job.outcome(&rest).done, 500);
        assert!(job.shelf().written_twice.is_empty());
    }
}

#[test]
fn a_request_that_comes_first_runs_nothing() {
    let job = Job::new(2, 1, slow(Duration::from_millis(1)));
    job.drain.1.request(DrainReason::Signal(15));
    let outcome = job.outcome(std::slice::from_ref(&(0..1000)));
    assert_eq!(outcome.drained, Some(DrainReason::Signal(15)));
    assert!(outcome.done < 1000);
    check_partition(&job, &outcome, 1000);
}

#[test]
fn units_stop_in_time_for_the_deadline() {
    for ranks in [1, 3] {
        let mut job = Job::new(ranks, 1, slow(Duration::from_millis(10)));
        let begin = Instant::now();
        job.options.deadline = Some(Deadline {
            at: begin + Duration::from_millis(400),
            reserve: Duration::from_millis(150),
        });
        let outcome = job.outcome(std::slice::from_ref(&(0..100_000)));
        assert_eq!(outcome.drained, Some(DrainReason::Walltime));
        assert!(outcome.done > 0);
        check_partition(&job, &outcome, 100_000);
        assert!(begin.elapsed() < Duration::from_millis(400), "{:?}", begin.elapsed());
    }
}

#[test]
fn units_that_run_into_the_deadline_are_abandoned() {
    let mut job = Job::new(
        2,
        2,
        Lab::new(|unit| {
            if unit >= 20 {
                std::thread::sleep(Duration::from_secs(8));
            }
            Ok(0.0)
        }),
    );
    let begin = Instant::now();
    job.options.deadline = Some(Deadline {
        at: begin + Duration::from_millis(2000),
        reserve: Duration::from_millis(1000),
    });
    let outcome = job.outcome(std::slice::from_ref(&(0..30)));
    assert!(begin.elapsed() < Duration::from_millis(2000), "{:?}", begin.elapsed());
    assert_eq!(outcome.drained, Some(DrainReason::Walltime));
    assert!((1..=outcome.remaining).contains(&outcome.abandoned), "{outcome:?}");
    assert!(outcome.done > 0 && outcome.done <= 20, "{outcome:?}");
    check_partition(&job, &outcome, 30);
}

#[test]
fn a_run_that_ends_before_its_deadline_is_complete() {
    let mut job = Job::new(2, 1, Lab::calm());
    job.options.deadline = Some(Deadline {
        at: Instant::now() + Duration::from_secs(3600),
        reserve: Duration::from_secs(5),
    });
    let outcome = job.outcome(std::slice::from_ref(&(0..100)));
    assert_eq!((outcome.done, outcome.drained), (100, None));
}

#[test]
fn a_deadline_that_is_over_runs_nothing() {
    let mut job = Job::new(2, 1, Lab::calm());
    job.options.deadline = Some(Deadline {
        at: Instant::now(),
        reserve: Duration::from_secs(5),
    });
    let outcome = job.outcome(std::slice::from_ref(&(0..100)));
    assert_eq!((outcome.done, outcome.remaining), (0, 100));
    assert_eq!(outcome.drained, Some(DrainReason::Walltime));
}
