//! One work unit: agent-steps per second of whole episodes, at every SIMD level, beside a plain scalar program that does
//! the same work agent by agent.
//!
//! Agents that are done would make a step cheaper than it looks, so all of them run the full episode here: finding the
//! source doesn't end it, and the edges reflect.

mod scalar;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plume_nav_sim::lanes::SimdLevel;
use plume_nav_sim::random::{PointKey, Streams, StudySeed};
use plume_nav_sim::scenario::plume::episode::Observer;
use plume_nav_sim::scenario::plume::{PlumeConfig, PlumeNavigation};
use plume_nav_sim::scenario::{Scenario, Unit, UnitOutput};
use plume_nav_sim::sweep::{PointIndex, Replicate, UnitIndex};
use std::hint::black_box;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STEPS: u64 = 1_000;

const BINARY: &str = r#"{"kind": "binary", "threshold": 1e-7, "release_fraction": 0.6, "noise_sd": 2e-8}"#;

/// Reactive navigators, each with its kind, the sensor that it needs, and the numbers of agents to run.
const NAVIGATORS: [(&str, &str, &str, &[u32]); 10] = [
    ("surge_cast", "surge_cast", BINARY, &[10, 104, 1_000, 10_000]),
    (
        "correlated_random_walk",
        "correlated_random_walk",
        BINARY,
        &[10, 104, 1_000, 10_000],
    ),
    ("random_walk", "random_walk", BINARY, &[104, 1_000]),
    ("levy_walk", "levy_walk", BINARY, &[104, 1_000]),
    ("upwind", "upwind", BINARY, &[104, 1_000]),
    ("counterturning", "counterturning", BINARY, &[104, 1_000]),
    ("walking_fly", "walking_fly", BINARY, &[104, 1_000]),
    (
        "chemotaxis_by_antennae",
        "chemotaxis",
        r#"{"kind": "bilateral"}"#,
        &[104, 1_000],
    ),
    (
        "chemotaxis_by_slope",
        "chemotaxis",
        r#"{"kind": "gradient"}"#,
        &[104, 1_000],
    ),
    (
        "run_and_tumble",
        "run_and_tumble",
        r#"{"kind": "concentration"}"#,
        &[104, 1_000],
    ),
];

fn config(count: u32, navigator: &str, sensor: &str) -> PlumeConfig {
    let text = format!(
        r#"{{"agents": {{"count": {count}}},
            "sensor": {sensor},
            "navigator": {{"kind": "{navigator}"}},
            "boundary": {{"kind": "reflect"}},
            "episode": {{"dt_s": 0.02, "duration_s": {}, "end_at_source": false}}}}"#,
        STEPS as f64 * 0.02
    );
    serde_json::from_str(&text).expect("a configuration of the plume scenario")
}

fn unit() -> Unit {
    replicate(0)
}

fn replicate(replicate: u32) -> Unit {
    Unit {
        index: UnitIndex(u64::from(replicate)),
        point: PointIndex(0),
        replicate: Replicate(replicate),
        streams: Streams::new(StudySeed(1), PointKey::COMMON, Replicate(replicate)),
    }
}

fn whole_units(criterion: &mut Criterion) {
    let unit = unit();
    for (name, navigator, sensor, counts) in NAVIGATORS {
        let mut group = criterion.benchmark_group(format!("unit/{name}"));
        for &count in counts {
            let config = config(count, navigator, sensor);
            let columns = PlumeNavigation::default().metrics(&config).len();
            let mut values = vec![0.0; columns * count as usize];
            let steps = if count > 1_000 { STEPS / 10 } else { STEPS };
            let config = PlumeConfig {
                episode: plume_nav_sim::scenario::plume::episode::EpisodeConfig {
                    duration_s: steps as f64 * 0.02,
                    ..config.episode.clone()
                },
                ..config
            };
            group.throughput(Throughput::Elements(steps * u64::from(count)));
            for simd in SimdLevel::available() {
                let scenario = PlumeNavigation::with_simd(simd);
                group.bench_function(BenchmarkId::new(simd.name(), count), |bencher| {
                    bencher.iter(|| {
                        let mut output = UnitOutput::new(&mut values, count as usize);
                        scenario
                            .simulate(black_box(&config), &unit, &mut output)
                            .expect("a unit without failures");
                    });
                });
            }
        }
        group.finish();
    }
}

/// A hook that does nothing.
struct Idle;

impl Observer for Idle {}

/// What hooks cost: without any, which is what most programs are, and with one and ten that do nothing.
fn hooks(criterion: &mut Criterion) {
    let (unit, count) = (unit(), 104);
    let config = config(count, "surge_cast", BINARY);
    let columns = PlumeNavigation::default().metrics(&config).len();
    let mut values = vec![0.0; columns * count as usize];
    let mut group = criterion.benchmark_group("unit/hooks");
    group.throughput(Throughput::Elements(STEPS * u64::from(count)));
    for hooks in [0, 1, 10] {
        let scenario = (0..hooks).fold(PlumeNavigation::default(), |scenario, _| {
            scenario.with_hook(|_: &Unit| Idle)
        });
        group.bench_function(BenchmarkId::from_parameter(hooks), |bencher| {
            bencher.iter(|| {
                let mut output = UnitOutput::new(&mut values, count as usize);
                scenario
                    .simulate(black_box(&config), &unit, &mut output)
                    .expect("a unit without failures");
            });
        });
    }
    group.finish();
}

fn plain_scalar(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("unit/surge_cast");
    for count in [10, 104] {
        group.throughput(Throughput::Elements(STEPS * count));
        group.bench_function(BenchmarkId::new("plain_scalar", count), |bencher| {
            bencher.iter(|| scalar::simulate(black_box(count), STEPS));
        });
    }
    group.finish();
}

/// A crowd of discs that cover a tenth or a third of a torus, whatever the number of agents: cost per agent-step with and
/// without collisions. Without edges a small crowd differs from a large one in nothing but its size.
fn crowds(criterion: &mut Criterion) {
    const RADIUS_M: f64 = 0.05;
    /// The same for all, so that each step bears the same part of a unit's beginning and end.
    const STEPS: u64 = 200;
    for (name, collision, coverage) in [
        ("without_discs", r#"{"kind": "none"}"#.to_owned(), 0.1),
        (
            "discs_cover_0.1",
            format!(r#"{{"kind": "discs", "radius_m": {RADIUS_M}}}"#),
            0.1,
        ),
        (
            "discs_cover_0.3",
            format!(r#"{{"kind": "discs", "radius_m": {RADIUS_M}}}"#),
            0.3,
        ),
    ] {
        let mut group = criterion.benchmark_group(format!("unit/crowd/{name}"));
        group.sample_size(10);
        for count in [1_000u32, 10_000, 100_000] {
            let side_m = (f64::from(count) * std::f64::consts::PI * RADIUS_M * RADIUS_M / coverage).sqrt();
            let text = format!(
                r#"{{"agents": {{"count": {count}, "start": {{"kind": "region", "x_min_m": 0, "x_max_m": {side_m},
                        "y_min_m": 0, "y_max_m": {side_m}}}}},
                    "plume": {{"kind": "gaussian", "source_x_m": 1, "source_y_m": {}}},
                    "sensor": {{"kind": "binary", "noise_sd": 2e-8}}, "collision": {collision},
                    "boundary": {{"kind": "wrap"}},
                    "episode": {{"dt_s": 0.02, "duration_s": {}, "end_at_source": false,
                        "domain": {{"x_min_m": 0, "x_max_m": {side_m}, "y_min_m": 0, "y_max_m": {side_m}}}}}}}"#,
                0.5 * side_m,
                STEPS as f64 * 0.02
            );
            let config: PlumeConfig = serde_json::from_str(&text).expect("a configuration of the plume scenario");
            assert_eq!(PlumeNavigation::default().check(&config), []);
            let columns = PlumeNavigation::default().metrics(&config).len();
            let mut values = vec![0.0; columns * count as usize];
            group.throughput(Throughput::Elements(STEPS * u64::from(count)));
            let scenario = PlumeNavigation::default();
            let mut next = 0;
            group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
                bencher.iter(|| {
                    let mut output = UnitOutput::new(&mut values, count as usize);
                    next += 1;
                    scenario
                        .simulate(black_box(&config), &replicate(next), &mut output)
                        .expect("a unit without failures");
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, whole_units, plain_scalar, hooks, crowds);
criterion_main!(benches);
