//! Stopping early: everything finished is committed, everything else remains.

use super::*;
use std::sync::Condvar;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// The reserve begins a moment after the start; the job's end is far off, so that a busy machine changes nothing.
fn reserve_after(begin: Instant, time: Duration) -> Deadline {
    const RESERVE: Duration = Duration::from_secs(600);
    Deadline {
        at: begin + time + RESERVE,
        reserve: RESERVE,
    }
}

#[test]
fn units_stop_in_time_for_the_deadline() {
    for ranks in [1, 3] {
        let last_start = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&last_start);
        let lab = Lab::new(move |_| {
            let now = Instant::now();
            let mut last_start = seen.lock().expect("no unit panics");
            *last_start = (*last_start).max(Some(now));
            drop(last_start);
            std::thread::sleep(Duration::from_millis(10));
            Ok(0.0)
        });
        let mut job = Job::new(ranks, 1, lab);
        let begin = Instant::now();
        job.options.deadline = Some(reserve_after(begin, Duration::from_millis(250)));
        let outcome = job.outcome(std::slice::from_ref(&(0..100_000)));
        assert_eq!(outcome.drained, Some(DrainReason::Walltime));
        assert!(outcome.done > 0);
        check_partition(&job, &outcome, 100_000);
        // A thread may lose its core between the look at the clock and the unit. All units would take minutes.
        let last_start = last_start.lock().expect("no unit panics").expect("units ran");
        assert!(last_start < begin + Duration::from_secs(5), "{:?}", last_start - begin);
    }
}

/// Units that wait until the test lets them go: a job that waited for them would never end.
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    /// Units that gave up waiting.
    late: AtomicU64,
}

impl Gate {
    /// Long enough that the job has ended before, on any machine; short enough that a job that waits ends the test.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn pass(&self) {
        let open = self.open.lock().expect("nobody panics");
        let (open, waited) = (self.opened)
            .wait_timeout_while(open, Self::PATIENCE, |open| !*open)
            .expect("nobody panics");
        drop(open);
        if waited.timed_out() {
            self.late.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn open(&self) {
        *self.open.lock().expect("nobody panics") = true;
        self.opened.notify_all();
    }
}

#[test]
fn units_that_run_into_the_deadline_are_abandoned() {
    let gate = Arc::new(Gate {
        open: Mutex::new(false),
        opened: Condvar::new(),
        late: AtomicU64::new(0),
    });
    let held = Arc::clone(&gate);
    let lab = Lab::new(move |unit| {
        if unit >= 20 {
            held.pass();
        }
        Ok(0.0)
    });
    let mut job = Job::new(2, 2, lab);
    job.options.deadline = Some(reserve_after(Instant::now(), Duration::from_secs(1)));
    let outcome = job.outcome(std::slice::from_ref(&(0..30)));
    assert_eq!(gate.late.load(Ordering::Relaxed), 0, "the job waited for its units");
    gate.open();
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
