//! Units that outlast their job, but can save their state.

use super::*;
use crate::results::{SavedState, StateShelf, UnitFeatures};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const STEPS: u64 = 60;

/// Units of 60 steps, after each of which they may make way.
struct Long {
    features: UnitFeatures,
    columns: Vec<MetricColumn>,
    /// Steps made by all units in all sessions.
    steps: Arc<AtomicU64>,
    /// Time of a step.
    step: Duration,
    /// Makes way without being asked.
    shy: bool,
}

struct LongPoint {
    steps: Arc<AtomicU64>,
    step: Duration,
    shy: bool,
}

impl PreparedPoint for LongPoint {
    fn members(&self) -> usize {
        1
    }

    fn simulate(&self, _unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let mut step = (output.saved_state())
            .and_then(|state| state.first_chunk().copied())
            .map_or(0, u64::from_le_bytes);
        if step > STEPS {
            return Err(UnitFailure::Scenario("that state is none of mine".to_owned()));
        }
        while step < STEPS {
            if output.save_due() {
                output.save(&step.to_le_bytes());
            }
            if output.stop_requested() || self.shy {
                return Err(UnitFailure::Interrupted);
            }
            std::thread::sleep(self.step);
            step += 1;
            self.steps.fetch_add(1, Ordering::Relaxed);
        }
        output.set(0, 0, step as f64);
        Ok(())
    }
}

impl Workload for Long {
    fn unit(&self, index: UnitIndex) -> Unit {
        Lab::calm().unit(index)
    }

    fn prepare(&self, _point: PointIndex) -> Result<Box<dyn PreparedPoint>, String> {
        Ok(Box::new(LongPoint {
            steps: Arc::clone(&self.steps),
            step: self.step,
            shy: self.shy,
        }))
    }

    fn metrics(&self) -> &[MetricColumn] {
        &self.columns
    }

    fn features(&self) -> &UnitFeatures {
        &self.features
    }

    fn members(&self) -> usize {
        1
    }
}

/// Results and states in memory.
#[derive(Clone, Default)]
struct Store {
    states: Arc<Mutex<BTreeMap<u64, SavedState>>>,
    done: Arc<Mutex<BTreeMap<u64, f64>>>,
    failures: Arc<Mutex<Vec<FailureRow>>>,
}

impl StateShelf for Store {
    fn load(&self, unit: UnitIndex) -> Option<SavedState> {
        self.states.lock().unwrap().get(&unit.0).cloned()
    }

    fn save(&self, unit: UnitIndex, state: &SavedState) {
        self.states.lock().unwrap().insert(unit.0, state.clone());
    }
}

impl Encode for Store {
    fn values_per_unit(&self) -> usize {
        1
    }

    fn state_shelf(&self) -> Option<Arc<dyn StateShelf>> {
        Some(Arc::new(self.clone()))
    }

    fn begin(&self, first: UnitIndex) -> EncodedRun {
        EncodedRun {
            first,
            columns: vec![Vec::new()],
            ..EncodedRun::default()
        }
    }

    fn push(&self, run: &mut EncodedRun, unit: Option<FinishedUnit<'_>>) {
        let state = if unit.is_some() {
            UnitState::Done
        } else {
            UnitState::Quarantined
        };
        run.states.push(state as u8);
        run.checksums.push(0);
        run.columns[0].extend(unit.map_or(f64::NAN, |unit| unit.values[0]).to_le_bytes());
    }
}

impl Ledger for Store {
    fn encoder(&self) -> Arc<dyn Encode> {
        Arc::new(self.clone())
    }

    fn commit(&mut self, runs: &[EncodedRun]) -> Result<(), LedgerError> {
        for run in runs {
            let values = run.columns[0]
                .as_chunks::<8>()
                .0
                .iter()
                .copied()
                .map(f64::from_le_bytes);
            self.done.lock().unwrap().extend(run.units().zip(values));
        }
        Ok(())
    }

    fn record_failure(&mut self, row: FailureRow) -> Result<(), LedgerError> {
        self.failures.lock().unwrap().push(row);
        Ok(())
    }
}

/// Runs the units that are not done on one rank with two threads.
fn session(store: &Store, steps: &Arc<AtomicU64>, shy: bool, options: &EngineOptions, drain: &DrainFlag) -> Outcome {
    let workload = Long {
        features: UnitFeatures {
            saves: true,
            ..UnitFeatures::PLAIN
        },
        columns: vec![MetricColumn::new("steps", MetricKind::Count, "1", "steps made")],
        steps: Arc::clone(steps),
        // With a deadline they outlast it.
        step: Duration::from_millis(if options.deadline.is_some() { 50 } else { 5 }),
        shy,
    };
    let pending = (0..3)
        .filter(|unit| !store.done.lock().unwrap().contains_key(unit))
        .map(|unit| unit..unit + 1)
        .collect();
    let mut ledger = store.clone();
    run_workload(
        &Solo,
        Arc::new(workload),
        &mut ledger,
        pending,
        options,
        drain,
        &mut |_| {},
    )
    .expect("it ends well")
}

fn options() -> EngineOptions {
    EngineOptions {
        threads: 2,
        retries: 1,
        save_interval: Duration::from_secs(3600),
        ..EngineOptions::default()
    }
}

#[test]
fn a_drain_waits_for_a_save_and_not_for_the_unit() {
    let (store, steps) = (Store::default(), Arc::default());
    let drain = DrainFlag::new();
    let outcome = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            drain.request(DrainReason::Signal(15));
        });
        session(&store, &steps, false, &options(), &drain)
    });
    assert_eq!((outcome.done, outcome.quarantined, outcome.remaining), (0, 0, 3));
    assert_eq!((outcome.abandoned, outcome.retried), (0, 0));
    assert_eq!(outcome.drained, Some(DrainReason::Signal(15)));
    let made = steps.load(Ordering::Relaxed);
    assert!((1..2 * STEPS).contains(&made), "{made} steps");
    assert_eq!(store.states.lock().unwrap().len(), 2);

    // The next session makes the steps that are left, and no more.
    let outcome = session(&store, &steps, false, &options(), &DrainFlag::new());
    assert_eq!((outcome.done, outcome.drained), (3, None));
    assert_eq!(steps.load(Ordering::Relaxed), 3 * STEPS);
    assert!(store.done.lock().unwrap().values().all(|value| *value == STEPS as f64));
}

#[test]
fn the_walltime_interrupts_units_that_would_be_given_up() {
    let (store, steps) = (Store::default(), Arc::default());
    let begin = Instant::now();
    let options = EngineOptions {
        deadline: Some(Deadline {
            at: begin + Duration::from_millis(2500),
            reserve: Duration::from_millis(500),
        }),
        ..options()
    };
    let outcome = session(&store, &steps, false, &options, &DrainFlag::new());
    assert_eq!((outcome.done, outcome.abandoned, outcome.remaining), (0, 0, 3));
    assert_eq!(outcome.drained, Some(DrainReason::Walltime));
    assert!(!store.states.lock().unwrap().is_empty());
}

#[test]
fn a_unit_that_makes_way_unasked_has_failed() {
    let (store, steps) = (Store::default(), Arc::default());
    let outcome = session(&store, &steps, true, &options(), &DrainFlag::new());
    assert_eq!((outcome.done, outcome.quarantined, outcome.remaining), (0, 3, 0));
    let failures = store.failures.lock().unwrap();
    assert!(failures[0].message.contains("isn't ending"), "{failures:?}");
}

#[test]
fn a_state_that_makes_a_unit_fail_is_no_attempt() {
    let (store, steps) = (Store::default(), Arc::default());
    let bad = SavedState {
        bytes: u64::MAX.to_le_bytes().to_vec(),
        ..SavedState::default()
    };
    store.states.lock().unwrap().insert(1, bad);
    let options = EngineOptions {
        retries: 0,
        ..options()
    };
    let outcome = session(&store, &steps, false, &options, &DrainFlag::new());
    assert_eq!((outcome.done, outcome.quarantined, outcome.retried), (3, 0, 0));
}
