//! A unit that fails hurts nobody else, and what happened is recorded.

use super::*;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

fn mischief() -> Lab {
    Lab::new(|unit| match unit {
        3 => Err(UnitFailure::Scenario("the plume is gone".to_owned())),
        5 => panic!("unit {unit} trips"),
        7 => Ok(f64::NAN),
        11 => Ok(f64::INFINITY),
        _ => Ok(0.0),
    })
}

#[test]
fn failures_are_data() {
    for ranks in [1, 3] {
        let job = Job::new(ranks, 2, mischief());
        let outcome = job.outcome(std::slice::from_ref(&(0..40)));
        assert_eq!((outcome.done, outcome.quarantined, outcome.retried), (36, 4, 4));
        let shelf = job.shelf();
        for (unit, words) in [
            (3, "the plume is gone"),
            (5, "unit 5 trips"),
            (7, "draw of member 0 is NaN"),
            (11, "draw of member 0 is inf"),
        ] {
            let row = &shelf.failures[&unit];
            assert!(row.message.contains(words), "{}", row.message);
            assert_eq!(row.attempts, 2);
            assert_eq!(row.seed, job.lab.unit(UnitIndex(unit)).streams.seed("unit").0);
            assert_eq!(shelf.units[&unit].0, UnitState::Quarantined as u8);
        }
        assert!(
            shelf.failures[&5].message.contains("failures.rs:"),
            "the place of the panic"
        );
        assert_eq!(shelf.failures.len(), 4);
        assert_eq!(shelf.units.len(), 40);
    }
}

#[test]
fn a_unit_that_recovers_is_done() {
    let tries = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&tries);
    let mut job = Job::new(
        1,
        1,
        Lab::new(move |unit| {
            if unit == 2 && count.fetch_add(1, Ordering::Relaxed) < 2 {
                panic!("not yet");
            }
            Ok(0.0)
        }),
    );
    job.options.retries = 2;
    let outcome = job.outcome(std::slice::from_ref(&(0..5)));
    assert_eq!((outcome.done, outcome.quarantined, outcome.retried), (5, 0, 2));
    assert_eq!(tries.load(Ordering::Relaxed), 3);
}

#[test]
fn without_retries_there_is_one_attempt() {
    let mut job = Job::new(1, 1, mischief());
    job.options.retries = 0;
    let outcome = job.outcome(std::slice::from_ref(&(5..6)));
    assert_eq!((outcome.quarantined, outcome.retried), (1, 0));
    assert_eq!(job.shelf().failures[&5].attempts, 1);
}

#[test]
fn a_point_that_cannot_be_prepared_fails_with_all_its_units() {
    let job = Job::new(2, 1, Lab::calm());
    let first = 1_000_001 * u64::from(REPLICATES);
    let outcome = job.outcome(std::slice::from_ref(&(first - 4..first + 12)));
    assert_eq!((outcome.done, outcome.quarantined), (8, 8));
    let shelf = job.shelf();
    assert_eq!(shelf.failures[&first].message, "no such point");
    assert!(shelf.failures[&(first + 7)].message.contains("this point hurts"));
}

#[test]
fn a_study_in_which_everything_fails_does_not_flood_rank_0() {
    let mut job = Job::new(3, 2, Lab::new(|_| Err(UnitFailure::Scenario("no".to_owned()))));
    job.options.retries = 0;
    let outcome = job.outcome(std::slice::from_ref(&(0..5000)));
    assert_eq!((outcome.done, outcome.quarantined), (0, 5000));
    assert_eq!(job.shelf().failures.len(), 5000);
}

#[test]
fn a_full_disk_stops_all_ranks_with_the_reason() {
    for (ranks, full) in [(1, 0), (3, 0), (3, 2)] {
        let mut job = Job::new(
            ranks,
            1,
            Lab::new(|_| {
                std::thread::sleep(Duration::from_micros(200));
                Ok(0.0)
            }),
        );
        job.full_disk_of = Some(full);
        for result in job.run(std::slice::from_ref(&(0..3000))) {
            let error = result.expect_err("the disk is full").to_string();
            assert_eq!(error, format!("rank {full}: writing units: no space left on device"));
        }
        let shelf = job.shelf();
        assert!(shelf.written_twice.is_empty() && shelf.units.len() < 3000);
    }
}

#[test]
fn a_failure_that_cannot_be_recorded_stops_all_ranks() {
    let mut job = Job::new(2, 1, mischief());
    job.ledger.no_failure_rows = true;
    for result in job.run(std::slice::from_ref(&(0..2000))) {
        let error = result.expect_err("the disk is full").to_string();
        assert_eq!(error, "rank 0: recording a failure: no space left on device");
    }
}

/// Units that take far longer than a test, but for the first that is run.
fn endless_but_for_the_first() -> Lab {
    let runs = AtomicU64::new(0);
    Lab::new(move |_| {
        if runs.fetch_add(1, Ordering::Relaxed) > 0 {
            std::thread::sleep(Duration::from_secs(300));
        }
        Ok(0.0)
    })
}

#[test]
fn nobody_waits_for_units_that_run_when_results_cannot_be_written() {
    for ranks in [1, 3] {
        let begin = Instant::now();
        let mut job = Job::new(ranks, 2, endless_but_for_the_first());
        job.ledger.full_at = Some(1);
        for result in job.run(std::slice::from_ref(&(0..100))) {
            let error = result.expect_err("the disk is full").to_string();
            assert!(error.ends_with("no space left on device"), "{error}");
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    }
}

#[test]
fn results_that_are_gone_are_missed_while_units_run() {
    for ranks in [1, 3] {
        let begin = Instant::now();
        let mut job = Job::new(ranks, 1, endless_but_for_the_first());
        job.ledger.gone = true;
        for result in job.run(std::slice::from_ref(&(0..100))) {
            let error = result.expect_err("nothing can be kept").to_string();
            assert!(error.ends_with("looking at the shelf: it is gone"), "{error}");
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    }
}
