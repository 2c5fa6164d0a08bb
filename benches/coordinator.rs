//! What the engine costs: round trips between coordinator and worker, and the overhead per unit that does nothing.
//!
//! `cargo bench --bench coordinator` measures in one process. Started by an MPI launcher, the same program measures the
//! overhead per empty unit over the ranks, and the CPU time of a rank that waits:
//! `mpirun -n 2 target/release/deps/coordinator-…`.

use criterion::{Criterion, Throughput, criterion_group};
use plume_nav_sim::comm::{Communicator, MESSAGE_BYTES, Rank, Solo, ThreadRank, World, launched_by_mpi};
use plume_nav_sim::engine::{DrainFlag, EngineOptions, Workload, run_workload};
use plume_nav_sim::random::{PointKey, Streams, StudySeed};
use plume_nav_sim::results::{Encode, EncodedRun, FailureRow, FinishedUnit, Ledger, LedgerError, UnitState};
use plume_nav_sim::scenario::{MetricColumn, MetricKind, PreparedPoint, Unit, UnitFailure, UnitOutput};
use plume_nav_sim::sweep::{PointIndex, Replicate, UnitIndex};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Units that do nothing: what remains is the engine.
struct Nothing(Vec<MetricColumn>);

impl Nothing {
    fn new() -> Self {
        Self(vec![MetricColumn::new("zero", MetricKind::Real, "1", "nothing")])
    }
}

struct NothingAtAll;

impl PreparedPoint for NothingAtAll {
    fn members(&self) -> usize {
        1
    }

    fn simulate(&self, _unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        output.set(0, 0, 0.0);
        Ok(())
    }
}

impl Workload for Nothing {
    fn unit(&self, index: UnitIndex) -> Unit {
        let (point, replicate) = (PointIndex(index.0 / 100), Replicate((index.0 % 100) as u32));
        Unit {
            index,
            point,
            replicate,
            streams: Streams::new(StudySeed(0), PointKey::COMMON, replicate),
        }
    }

    fn prepare(&self, _point: PointIndex) -> Result<Box<dyn PreparedPoint>, String> {
        Ok(Box::new(NothingAtAll))
    }

    fn metrics(&self) -> &[MetricColumn] {
        &self.0
    }

    fn members(&self) -> usize {
        1
    }
}

/// A ledger that forgets.
struct Oblivion;

impl Encode for Oblivion {
    fn values_per_unit(&self) -> usize {
        1
    }

    fn begin(&self, first: UnitIndex) -> EncodedRun {
        EncodedRun {
            first,
            columns: vec![Vec::new()],
            ..EncodedRun::default()
        }
    }

    fn push(&self, run: &mut EncodedRun, unit: Option<FinishedUnit<'_>>) {
        run.states.push(UnitState::Done as u8);
        run.checksums.push(0);
        run.columns[0].extend(unit.map_or(f64::NAN, |unit| unit.values[0]).to_le_bytes());
    }
}

impl Ledger for Oblivion {
    fn encoder(&self) -> Arc<dyn Encode> {
        Arc::new(Self)
    }

    fn commit(&mut self, _runs: &[EncodedRun]) -> Result<(), LedgerError> {
        Ok(())
    }

    fn record_failure(&mut self, _row: FailureRow) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// Runs `units` empty units on all ranks of `comm`; the time that took.
fn run_empty(comm: &dyn Communicator, units: u64) -> Duration {
    let options = EngineOptions {
        threads: 1,
        ..EngineOptions::default()
    };
    let pending = std::iter::once(0..units).collect();
    let begin = Instant::now();
    let outcome = run_workload(
        comm,
        Arc::new(Nothing::new()),
        &mut Oblivion,
        pending,
        &options,
        &DrainFlag::new(),
        &mut |_| {},
    );
    assert_eq!(outcome.expect("nothing can go wrong").done, units);
    begin.elapsed()
}

fn round_trips(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("coordinator");
    group.throughput(Throughput::Elements(1));
    group.bench_function("round trip between two ranks", |bencher| {
        let mut ranks = ThreadRank::job(2);
        let (echo, root) = (ranks.pop(), ranks.pop());
        let (Some(echo), Some(root)) = (echo, root) else {
            unreachable!("a job of two ranks has two ranks")
        };
        std::thread::scope(|scope| {
            scope.spawn(move || {
                loop {
                    let (from, message) = echo.receive();
                    if message[0] == 1 {
                        break;
                    }
                    echo.send(from, &message);
                }
            });
            bencher.iter(|| {
                root.send(Rank(1), &[0; MESSAGE_BYTES]);
                root.receive()
            });
            root.send(Rank(1), &[1; MESSAGE_BYTES]);
        });
    });
    group.finish();
}

fn empty_units(criterion: &mut Criterion) {
    const UNITS: u64 = 200_000;
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).throughput(Throughput::Elements(UNITS));
    group.bench_function("empty units on one rank", |bencher| {
        bencher.iter(|| run_empty(&Solo, UNITS));
    });
    group.finish();
}

/// CPU time of this process so far, from `/proc` (100 ticks a second).
fn cpu_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(10 * ticks))
}

/// The measurement over the ranks of an MPI job.
fn over_ranks(comm: &dyn Communicator) {
    let is_root = comm.rank() == Rank::ROOT;
    run_empty(comm, 100_000);
    for units in [1_000_000, 4_000_000] {
        let time = run_empty(comm, units);
        if is_root {
            let per_unit_us = time.as_secs_f64() * 1e6 / units as f64;
            println!(
                "{} ranks, {units} empty units: {per_unit_us:.3} µs per unit ({time:?})",
                comm.size()
            );
        }
    }
    // Rank 0 is busy elsewhere; the others wait for it.
    let before = cpu_time();
    let begin = Instant::now();
    if is_root {
        std::thread::sleep(Duration::from_secs(5));
    }
    comm.barrier();
    if let (1, Some(before), Some(after)) = (comm.rank().0, before, cpu_time()) {
        let share = (after - before).as_secs_f64() / begin.elapsed().as_secs_f64();
        println!("CPU use of a rank that waits in a barrier: {:.1} %", 100.0 * share);
    }
}

criterion_group!(benches, round_trips, empty_units);

fn main() {
    if launched_by_mpi() {
        match World::connect() {
            Ok(world) => over_ranks(world.communicator()),
            Err(error) => {
                eprintln!("{error}");
                std::process::exit(1);
            }
        }
    } else {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
}
