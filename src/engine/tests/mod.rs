//! The engine in one process: ranks are threads, the results file is memory, units do what a test tells them.

mod exactly_once;
mod failures;
mod groups;
mod long_units;
mod stops;

use super::*;
use crate::comm::{Solo, ThreadRank};
use crate::random::{PointKey, Streams, StudySeed};
use crate::results::{
    Encode, EncodedRun, FailureRow, FinishedUnit, Ledger, LedgerError, MetricColumn, MetricKind, UnitState,
};
use crate::scenario::{GroupKey, GroupResults, PointMember, PreparedPoint, Unit, UnitFailure, UnitOutput};
use crate::sweep::{PointIndex, UnitIndex, UnitPlan};
use rand_core::Rng;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const MEMBERS: usize = 3;
const REPLICATES: u32 = 4;

/// What a unit does, by its index.
type Script = Arc<dyn Fn(u64) -> Result<f64, UnitFailure> + Send + Sync>;

#[derive(Clone)]
struct Lab {
    script: Script,
    columns: Arc<Vec<MetricColumn>>,
    /// Whether units share anything, and with whom.
    sharing: Option<groups::Sharing>,
}

impl Lab {
    fn new(script: impl Fn(u64) -> Result<f64, UnitFailure> + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            columns: Arc::new(vec![
                MetricColumn::new("draw", MetricKind::Real, "1", "a random number"),
                MetricColumn::new("member", MetricKind::Count, "1", "number of the member"),
            ]),
            sharing: None,
        }
    }

    fn calm() -> Self {
        Self::new(|_| Ok(0.0))
    }
}

struct Point(Lab);

impl PreparedPoint for Point {
    fn members(&self) -> usize {
        MEMBERS
    }

    fn simulate(&self, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let extra = (self.0.script)(unit.index.0)?;
        for member in 0..MEMBERS {
            let draw = unit.streams.generator("agent", member as u64).next_u64() as f64;
            output.set(0, member, draw + extra);
            output.set(1, member, member as f64);
        }
        Ok(())
    }

    fn group_key(&self, unit: &Unit) -> Option<GroupKey> {
        self.0.sharing.as_ref()?.key(unit)
    }

    fn max_group_units(&self) -> usize {
        self.0.sharing.as_ref().map_or(1, |sharing| sharing.max_units)
    }

    fn simulate_group(&self, group: &mut [PointMember<'_, '_>]) -> GroupResults {
        if let Some(sharing) = &self.0.sharing {
            sharing.meet(group);
        }
        (group.iter_mut())
            .map(|member| member.point.simulate(member.unit, member.output))
            .collect()
    }
}

impl Workload for Lab {
    fn unit(&self, index: UnitIndex) -> Unit {
        let plan = UnitPlan {
            points: u64::MAX / u64::from(REPLICATES),
            replicates: REPLICATES,
        };
        let (point, replicate) = plan.locate(index);
        let mut key = [0; 16];
        key[..8].copy_from_slice(&point.0.to_le_bytes());
        Unit {
            index,
            point,
            replicate,
            streams: Streams::new(StudySeed(1), PointKey(key), replicate),
        }
    }

    fn prepare(&self, point: PointIndex) -> Result<Box<dyn PreparedPoint>, String> {
        match point.0 {
            1_000_001 => Err("no such point".to_owned()),
            1_000_002 => panic!("this point hurts"),
            _ => Ok(Box::new(Point(self.clone()))),
        }
    }

    fn metrics(&self) -> &[MetricColumn] {
        &self.columns
    }

    fn schedule(&self) -> Option<Arc<dyn Schedule>> {
        Some(self.sharing.as_ref()?.schedule())
    }

    fn members(&self) -> usize {
        MEMBERS
    }
}

/// The results of a job: what each unit left, and how often it was written.
#[derive(Debug, Default)]
struct Shelf {
    units: BTreeMap<u64, (u8, Vec<u8>)>,
    failures: BTreeMap<u64, FailureRow>,
    written_twice: Vec<u64>,
    commits: u64,
}

struct ShelfEncoder;

impl Encode for ShelfEncoder {
    fn values_per_unit(&self) -> usize {
        2 * MEMBERS
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
        let missing = [f64::NAN; 2 * MEMBERS];
        run.states.push(state as u8);
        run.checksums.push(0);
        for value in unit.map_or(&missing[..], |unit| unit.values) {
            run.columns[0].extend(value.to_le_bytes());
        }
    }
}

/// A rank's way to the shelf. The disk is full at commit `full_at`.
#[derive(Clone, Default)]
struct ShelfLedger {
    shelf: Arc<Mutex<Shelf>>,
    commits: u64,
    full_at: Option<u64>,
    no_failure_rows: bool,
    gone: bool,
}

impl Ledger for ShelfLedger {
    fn encoder(&self) -> Arc<dyn Encode> {
        Arc::new(ShelfEncoder)
    }

    fn commit(&mut self, runs: &[EncodedRun]) -> Result<(), LedgerError> {
        self.commits += 1;
        if self.full_at.is_some_and(|full_at| self.commits >= full_at) {
            return Err(LedgerError {
                action: "writing units".to_owned(),
                reason: "no space left on device".to_owned(),
            });
        }
        assert!(
            runs.windows(2).all(|pair| pair[0].units().end < pair[1].units().start),
            "runs are sorted, and a gap is between any two"
        );
        let mut shelf = self.shelf.lock().expect("no rank panics");
        shelf.commits += 1;
        for run in runs {
            let slabs = run.columns[0].chunks_exact(2 * MEMBERS * 8);
            assert_eq!(slabs.len(), run.states.len());
            for ((unit, &state), slab) in run.units().zip(&run.states).zip(slabs) {
                if shelf.units.insert(unit, (state, slab.to_vec())).is_some() {
                    shelf.written_twice.push(unit);
                }
            }
        }
        Ok(())
    }

    fn record_failure(&mut self, row: FailureRow) -> Result<(), LedgerError> {
        if self.no_failure_rows {
            return Err(LedgerError {
                action: "recording a failure".to_owned(),
                reason: "no space left on device".to_owned(),
            });
        }
        let before = self
            .shelf
            .lock()
            .expect("no rank panics")
            .failures
            .insert(row.unit.0, row);
        assert_eq!(before, None, "a failure is recorded once");
        Ok(())
    }

    fn check(&mut self) -> Result<(), LedgerError> {
        if self.gone {
            return Err(LedgerError {
                action: "looking at the shelf".to_owned(),
                reason: "it is gone".to_owned(),
            });
        }
        Ok(())
    }
}

/// A job: where it runs and what may go wrong.
struct Job {
    ranks: u32,
    lab: Lab,
    options: EngineOptions,
    ledger: ShelfLedger,
    /// The rank whose disk is full at its first commit.
    full_disk_of: Option<u32>,
    /// The rank that is asked to stop, by this flag.
    drain: (u32, DrainFlag),
    progress: Arc<Mutex<Vec<Progress>>>,
}

impl Job {
    fn new(ranks: u32, threads: usize, lab: Lab) -> Self {
        Self {
            ranks,
            lab,
            options: EngineOptions {
                threads,
                commit_interval: Duration::from_millis(20),
                ..EngineOptions::default()
            },
            ledger: ShelfLedger::default(),
            full_disk_of: None,
            drain: (0, DrainFlag::new()),
            progress: Arc::default(),
        }
    }

    /// Runs the job; every rank's result.
    fn run(&self, pending: &[Range<u64>]) -> Vec<Result<Outcome, EngineError>> {
        let on_rank = |comm: &dyn crate::comm::Communicator| {
            let rank = comm.rank().0;
            let mut ledger = self.ledger.clone();
            if self.full_disk_of == Some(rank) {
                ledger.full_at = Some(1);
            }
            let flag = if self.drain.0 == rank {
                self.drain.1.clone()
            } else {
                DrainFlag::new()
            };
            run_workload(
                comm,
                Arc::new(self.lab.clone()),
                &mut ledger,
                if rank == 0 { pending.to_vec() } else { Vec::new() },
                &self.options,
                &flag,
                &mut |progress| self.progress.lock().expect("no rank panics").push(progress.clone()),
            )
        };
        if self.ranks == 1 {
            return vec![on_rank(&Solo)];
        }
        std::thread::scope(|scope| {
            let on_rank = &on_rank;
            let ranks: Vec<_> = ThreadRank::job(self.ranks)
                .into_iter()
                .map(|comm| scope.spawn(move || on_rank(&comm)))
                .collect();
            ranks.into_iter().map(|rank| rank.join().expect("a rank")).collect()
        })
    }

    /// Runs a job that must end well, with the same outcome everywhere.
    fn outcome(&self, pending: &[Range<u64>]) -> Outcome {
        let outcomes: Vec<Outcome> = self
            .run(pending)
            .into_iter()
            .map(|result| result.expect("the job ends well"))
            .collect();
        assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "{outcomes:?}");
        outcomes[0].clone()
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.ledger.shelf.lock().expect("no rank panics")
    }
}

fn indices(ranges: &[Range<u64>]) -> Vec<u64> {
    ranges.iter().cloned().flatten().collect()
}
