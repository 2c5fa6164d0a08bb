//! Expansion of sweeps: planning and random access in designs of a billion points, against a materialised product.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use plume_nav_sim::sweep::{Design, PointIndex};
use serde_json::{Value, json};
use std::hint::black_box;

/// Points visited per iteration, spread over the design by a stride that is prime to its size.
const VISITED: u64 = 1_000;
const STRIDE: u64 = 982_451_653;

fn axis(key: &str, length: u64) -> Value {
    json!({"key": key, "range": {"start": 0, "stop": length - 1, "step": 1}})
}

/// A billion points: three axes of a thousand values.
fn billion() -> Value {
    json!({"axes": [axis("plume.a", 1000), axis("wind.b", 1000), axis("agents.c", 1000)]})
}

/// The same with three rules, which leave nine tenths.
fn billion_with_exclusions() -> Value {
    let mut sweep = billion();
    sweep["exclude"] = json!([
        {"plume.a": {"below": 500}, "wind.b": {"min": 900}},
        {"wind.b": {"max": 50}, "agents.c": {"above": 100}},
        {"plume.a": [7, 11, 13], "agents.c": 3},
    ]);
    sweep
}

/// A million points: what a materialised product can still hold.
fn million() -> Value {
    json!({"axes": [axis("plume.a", 100), axis("wind.b", 100), axis("agents.c", 100)]})
}

fn base() -> Value {
    json!({
        "plume": {"kind": "gaussian", "a": 0, "source_x_m": 0.0, "source_y_m": 0.0},
        "wind": {"kind": "constant", "b": 0, "direction_rad": 0.0},
        "agents": {"c": 0, "spread_m": 1.0},
        "navigator": {"kind": "surge_cast", "speed_m_s": 0.5, "cast_s": 1.0},
    })
}

fn planning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("expansion/plan");
    for (name, sweep) in [
        ("billion", billion()),
        ("billion_exclusions", billion_with_exclusions()),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| Design::parse(black_box(&sweep)).map(|design| design.point_count()));
        });
    }
    // The comparison needs a thousandth of the size: a billion materialised points don't fit into memory.
    group.sample_size(10).bench_function("million_materialised", |bencher| {
        bencher.iter(|| materialise(black_box([100, 100, 100])).len());
    });
    group.finish();
}

fn access(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("expansion/point");
    group.throughput(Throughput::Elements(VISITED));
    for (name, sweep) in [
        ("million", million()),
        ("billion", billion()),
        ("billion_exclusions", billion_with_exclusions()),
    ] {
        let design = Design::parse(&sweep).expect("a valid sweep");
        let points = design.point_count();
        let visited = move || (0..VISITED).map(move |visit| PointIndex(visit * STRIDE % points));
        group.bench_function(format!("assignments/{name}"), |bencher| {
            bencher.iter(|| visited().for_each(|point| drop(black_box(design.assignments(point)))));
        });
        group.bench_function(format!("key/{name}"), |bencher| {
            bencher.iter(|| {
                for point in visited() {
                    black_box(design.point_key(point));
                }
            });
        });
        let base = base();
        group.bench_function(format!("configuration/{name}"), |bencher| {
            bencher.iter(|| visited().for_each(|point| drop(black_box(design.configuration(&base, point)))));
        });
    }
    let points = materialise([100, 100, 100]);
    let base = base();
    group.bench_function("configuration/million_materialised", |bencher| {
        bencher.iter_batched(
            || base.clone(),
            |base| {
                for visit in 0..VISITED {
                    let point = &points[(visit * STRIDE % 1_000_000) as usize];
                    let mut configuration = base.clone();
                    for ((component, field), value) in KEYS.iter().zip(point) {
                        configuration[component][field] = value.clone();
                    }
                    black_box(configuration);
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

const KEYS: [(&str, &str); 3] = [("plume", "a"), ("wind", "b"), ("agents", "c")];

/// What a program without lazy expansion does: all points in a vector.
fn materialise(lengths: [u64; 3]) -> Vec<[Value; 3]> {
    let mut points = Vec::new();
    for a in 0..lengths[0] {
        for b in 0..lengths[1] {
            for c in 0..lengths[2] {
                points.push([Value::from(a), Value::from(b), Value::from(c)]);
            }
        }
    }
    points
}

criterion_group!(benches, planning, access);
criterion_main!(benches);
