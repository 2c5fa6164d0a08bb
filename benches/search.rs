//! Belief-based searches: one decision of each policy, one update, whole trajectories, and agents in a plume.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plume_nav_sim::grids::Inputs;
use plume_nav_sim::lanes::SimdLevel;
use plume_nav_sim::random::{PointKey, Streams, StudySeed, Xoshiro256PlusPlus};
use plume_nav_sim::scenario::inference::belief::{Belief, Cell};
use plume_nav_sim::scenario::inference::policy::{Policy, PolicyConfig, Situation};
use plume_nav_sim::scenario::plume::{PlumeConfig, PlumeNavigation};
use plume_nav_sim::scenario::source_tracking::{SearchModel, SourceTracking, SourceTrackingConfig};
use plume_nav_sim::scenario::{Scenario, Unit, UnitOutput};
use plume_nav_sim::sweep::{PointIndex, Replicate, UnitIndex};
use std::hint::black_box;

const POLICIES: [&str; 8] = [
    "infotaxis",
    "space_aware_infotaxis",
    "greedy",
    "mean_distance",
    "most_likely_state",
    "voting",
    "probability_over_distance",
    "random_walk",
];

fn config(text: &str) -> SourceTrackingConfig {
    serde_json::from_str(text).expect("a configuration of the scenario source_tracking")
}

fn policy(text: &str) -> PolicyConfig {
    serde_json::from_str(text).expect("a configuration of a policy")
}

fn build(policy: &PolicyConfig) -> Box<dyn Policy> {
    let random = Xoshiro256PlusPlus::from_seed_and_member(1, 0);
    (policy.build(2, random, &Inputs::default())).expect("a policy that reads no file")
}

/// A searcher that has gone `steps` steps of infotaxis from one hit without meeting another.
fn on_the_way(model: &SearchModel, steps: u32) -> (Belief, Cell) {
    let (simd, tables, grid) = (SimdLevel::detect(), model.tables(), model.grid());
    let mut infotaxis = build(&PolicyConfig::default());
    let mut cell = model.start();
    let mut belief = Belief::uniform_except(grid, cell);
    belief.observe(simd, tables, cell, 1);
    for _ in 0..steps {
        let situation = Situation {
            simd,
            tables,
            belief: &belief,
            cell,
        };
        cell = grid.after(cell, infotaxis.choose(situation)).expect("an allowed move");
        belief.observe(simd, tables, cell, 0);
    }
    (belief, cell)
}

/// 37 × 37 cells, four hit levels.
fn decisions(criterion: &mut Criterion) {
    let model = SearchModel::new(&config("{}"));
    let tables = model.tables();
    let (belief, cell) = on_the_way(&model, 10);
    let mut group = criterion.benchmark_group("search/decision_37x37");
    let mut bench = |name: &str, policy: &PolicyConfig| {
        for simd in SimdLevel::available() {
            let mut policy = build(policy);
            group.bench_function(BenchmarkId::new(name, simd.name()), |bencher| {
                bencher.iter(|| {
                    policy.choose(Situation {
                        simd,
                        tables,
                        belief: black_box(&belief),
                        cell,
                    })
                });
            });
        }
    };
    for name in POLICIES {
        bench(name, &policy(&format!(r#"{{"kind": "{name}"}}"#)));
    }
    bench(
        "infotaxis_two_steps",
        &policy(r#"{"kind": "infotaxis", "steps_ahead": 2}"#),
    );
    group.finish();
}

fn updates(criterion: &mut Criterion) {
    let model = SearchModel::new(&config("{}"));
    let (mut belief, cell) = on_the_way(&model, 10);
    let mut group = criterion.benchmark_group("search/update_37x37");
    for simd in SimdLevel::available() {
        group.bench_function(simd.name(), |bencher| {
            bencher.iter(|| {
                // Observations that undo each other on average, so that the belief stays broad.
                belief.observe(simd, model.tables(), black_box(cell), 0);
                belief.observe(simd, model.tables(), black_box(cell), 1)
            });
        });
    }
    group.finish();
}

fn unit() -> Unit {
    Unit {
        index: UnitIndex(0),
        point: PointIndex(0),
        replicate: Replicate(0),
        streams: Streams::new(StudySeed(1), PointKey::COMMON, Replicate(0)),
    }
}

/// Units of the shipped study: twenty searches.
fn units(criterion: &mut Criterion) {
    let unit = unit();
    let scenario = SourceTracking::default();
    let mut group = criterion.benchmark_group("search/unit");
    group.sample_size(10);
    for name in ["infotaxis", "space_aware_infotaxis", "greedy", "voting"] {
        for (dimensions, length) in [(1, 2.0), (2, 1.0), (2, 2.0), (2, 3.0)] {
            let config = config(&format!(
                r#"{{"medium": {{"dimensions": {dimensions}, "dispersion_length": {length:?}}},
                    "policy": {{"kind": "{name}"}}}}"#
            ));
            let members = config.search.searches as usize;
            let mut values = vec![0.0; scenario.metrics(&config).len() * members];
            group.throughput(Throughput::Elements(members as u64));
            group.bench_function(BenchmarkId::new(name, format!("{dimensions}d_{length}")), |bencher| {
                bencher.iter(|| {
                    let mut output = UnitOutput::new(&mut values, members);
                    scenario
                        .simulate(black_box(&config), &unit, &mut output)
                        .expect("a unit without failures");
                });
            });
        }
    }
    group.finish();
}

/// Ten agents in the default Gaussian plume for 60 s: 48 decisions each on 50 × 32 cells, in 3000 steps.
fn agents_in_a_plume(criterion: &mut Criterion) {
    let unit = unit();
    let scenario = PlumeNavigation::default();
    let mut group = criterion.benchmark_group("search/agents_in_a_plume");
    group.sample_size(10);
    for name in ["infotaxis", "space_aware_infotaxis", "voting", "surge_cast"] {
        let config: PlumeConfig = serde_json::from_str(&format!(r#"{{"navigator": {{"kind": "{name}"}}}}"#))
            .expect("a configuration of the scenario plume");
        let members = config.agents.count as usize;
        let mut values = vec![0.0; scenario.metrics(&config).len() * members];
        group.throughput(Throughput::Elements(members as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut output = UnitOutput::new(&mut values, members);
                scenario
                    .simulate(black_box(&config), &unit, &mut output)
                    .expect("a unit without failures");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decisions, updates, units, agents_in_a_plume);
criterion_main!(benches);
