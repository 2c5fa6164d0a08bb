//! Lane functions and single stages: lanes per second at every SIMD level.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plume_nav_sim::grids::Inputs;
use plume_nav_sim::lanes::{F64x8, Kernel, LANES, Random8, SimdLevel, normal_pair};
use plume_nav_sim::random::StreamSeed;
use plume_nav_sim::scenario::plume::field::{FieldConfig, Plume};
use plume_nav_sim::scenario::plume::wind::{FarrellWind, FarrellWindConfig, Wind, WindConfig, WindSample};
use std::hint::black_box;

const BLOCKS: usize = 64;

struct Map<'a, F> {
    values: &'a mut [F64x8],
    function: F,
}

impl<F: Fn(F64x8) -> F64x8> Kernel for Map<'_, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for value in self.values {
            *value = (self.function)(*value);
        }
    }
}

struct Normals<'a> {
    random: &'a mut Random8,
    values: &'a mut [F64x8],
}

impl Kernel for Normals<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for pair in self.values.chunks_exact_mut(2) {
            (pair[0], pair[1]) = normal_pair(self.random);
        }
    }
}

/// Times a function of one number at every level, and the standard library's.
fn bench(criterion: &mut Criterion, name: &str, lanes: fn(SimdLevel, &mut [F64x8]), scalar: fn(f64) -> f64) {
    let inputs: Vec<F64x8> = (0..BLOCKS * LANES)
        .map(|i| 0.1 + i as f64 * 0.005)
        .collect::<Vec<_>>()
        .chunks(LANES)
        .map(|lanes| F64x8(lanes.try_into().expect("a whole block")))
        .collect();
    let mut group = criterion.benchmark_group(format!("kernels/{name}"));
    group.throughput(Throughput::Elements((BLOCKS * LANES) as u64));
    let mut values = inputs.clone();
    for simd in SimdLevel::available() {
        group.bench_function(simd.name(), |bencher| {
            bencher.iter(|| {
                values.copy_from_slice(&inputs);
                lanes(simd, black_box(&mut values));
            });
        });
    }
    group.bench_function("standard_library", |bencher| {
        bencher.iter(|| {
            values.copy_from_slice(&inputs);
            for value in black_box(&mut values).iter_mut().flat_map(|block| &mut block.0) {
                *value = scalar(*value);
            }
        });
    });
    group.finish();
}

fn run(simd: SimdLevel, values: &mut [F64x8], function: impl Fn(F64x8) -> F64x8) {
    simd.run(Map { values, function });
}

fn functions(criterion: &mut Criterion) {
    bench(
        criterion,
        "exp",
        |l, v| {
            run(
                l,
                v,
                #[inline(always)]
                |x| (-x).exp(),
            )
        },
        |x| (-x).exp(),
    );
    bench(
        criterion,
        "ln",
        |l, v| {
            run(
                l,
                v,
                #[inline(always)]
                |x| x.ln(),
            )
        },
        f64::ln,
    );
    bench(
        criterion,
        "sin",
        |l, v| {
            run(
                l,
                v,
                #[inline(always)]
                |x| x.sin_cos().0,
            )
        },
        f64::sin,
    );
    bench(
        criterion,
        "atan2",
        |l, v| {
            run(
                l,
                v,
                #[inline(always)]
                |x| x.atan2(F64x8::ONE),
            )
        },
        |x| x.atan2(1.0),
    );
}

fn normals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels/normal");
    group.throughput(Throughput::Elements((BLOCKS * LANES) as u64));
    let mut random = Random8::new(StreamSeed(1), 0);
    let mut values = vec![F64x8::ZERO; BLOCKS];
    for simd in SimdLevel::available() {
        group.bench_function(simd.name(), |bencher| {
            bencher.iter(|| {
                simd.run(Normals {
                    random: &mut random,
                    values: black_box(&mut values),
                });
            });
        });
    }
    group.finish();
}

fn plumes(criterion: &mut Criterion) {
    let spreads = [
        ("constant_diffusivity", r#"{"kind": "gaussian"}"#),
        ("power_law", r#"{"kind": "gaussian", "spread": {"kind": "power_law"}}"#),
        ("briggs", r#"{"kind": "gaussian", "spread": {"kind": "briggs"}}"#),
        ("isotropic", r#"{"kind": "gaussian_isotropic"}"#),
    ];
    let inputs = Inputs::default();
    let wind: WindConfig = serde_json::from_str(r#"{"kind": "constant", "speed_m_s": 1.0, "direction_rad": 0.3}"#)
        .expect("a wind's configuration");
    let mut wind = wind
        .realise(0.0, StreamSeed(1), &inputs)
        .expect("a constant wind reads no file");
    let mut group = criterion.benchmark_group("kernels/plume");
    group.throughput(Throughput::Elements((BLOCKS * LANES) as u64));
    let x: Vec<F64x8> = (0..BLOCKS).map(|i| F64x8::splat(i as f64 * 0.4)).collect();
    let y: Vec<F64x8> = (0..BLOCKS).map(|i| F64x8::splat((i as f64).sin())).collect();
    let blocks: Vec<usize> = (0..BLOCKS).collect();
    let mut concentration = vec![F64x8::ZERO; BLOCKS];
    for (name, text) in spreads {
        let config: FieldConfig = serde_json::from_str(text).expect("a plume's configuration");
        let plume: Box<dyn Plume> = config
            .realise(wind.as_mut(), StreamSeed(2), &inputs)
            .expect("a steady plume reads no file");
        for simd in SimdLevel::available() {
            group.bench_function(BenchmarkId::new(name, simd.name()), |bencher| {
                bencher.iter(|| plume.sample(simd, &blocks, black_box(&x), &y, 1.0, &mut concentration));
            });
        }
    }
    group.finish();
}

/// Farrell's wind on 21 × 21 nodes: per node and step without and with the spline, and per interpolated position.
fn farrell_wind(criterion: &mut Criterion) {
    const STEPS: u32 = 100;
    let config = FarrellWindConfig {
        spin_up_s: 1.0,
        ..FarrellWindConfig::default()
    };
    let realise =
        |simd| FarrellWind::new(&config, 0.0, StreamSeed(1), simd, &Inputs::default()).expect("a stable wind");
    let nodes = u64::from(config.n_x * config.n_y);
    for (name, steps) in [("step", STEPS), ("step_and_spline", 1)] {
        let mut group = criterion.benchmark_group(format!("kernels/farrell_{name}"));
        group.throughput(Throughput::Elements(nodes * u64::from(steps)));
        for simd in SimdLevel::available() {
            let mut wind = realise(simd);
            let mut step = 0.0;
            group.bench_function(simd.name(), |bencher| {
                bencher.iter(|| {
                    step += f64::from(steps);
                    wind.advance(step * config.dt_s).expect("a stable wind");
                });
            });
        }
        group.finish();
    }
    let spread = |low: f64, extent: f64, factor: f64| -> Vec<F64x8> {
        let position = |i: usize| low + extent * (i as f64 * factor).fract();
        (0..BLOCKS)
            .map(|block| F64x8(std::array::from_fn(|lane| position(block * LANES + lane))))
            .collect()
    };
    let (x, y) = (spread(0.0, 100.0, 0.618_034), spread(-50.0, 100.0, 0.754_878));
    let blocks: Vec<usize> = (0..BLOCKS).collect();
    let samples = [
        ("sample", WindSample::new(BLOCKS)),
        ("sample_velocities", WindSample::velocities(BLOCKS)),
    ];
    for (name, mut sample) in samples {
        let mut group = criterion.benchmark_group(format!("kernels/farrell_{name}"));
        group.throughput(Throughput::Elements((BLOCKS * LANES) as u64));
        for simd in SimdLevel::available() {
            let wind = realise(simd);
            group.bench_function(simd.name(), |bencher| {
                bencher.iter(|| wind.sample(simd, &blocks, black_box(&x), black_box(&y), &mut sample));
            });
        }
        group.finish();
    }
}

/// Plumes of puffs: one own step with some 450 puffs, and 100 positions among 1000 puffs, with the index built anew and
/// without.
fn puffs(criterion: &mut Criterion) {
    let inputs = Inputs::default();
    let wind: WindConfig = serde_json::from_str(r#"{"kind": "constant", "speed_m_s": 1.0}"#).expect("a wind");
    let realise = |text: &str| {
        let config: FieldConfig = serde_json::from_str(text).expect("a plume's configuration");
        let mut wind = wind
            .realise(-config.spin_up_s(), StreamSeed(1), &inputs)
            .expect("a constant wind reads no file");
        let plume = config
            .realise(wind.as_mut(), StreamSeed(2), &inputs)
            .expect("a plume of puffs reads no file");
        (plume, wind)
    };
    let mut group = criterion.benchmark_group("kernels/puffs");
    for kind in ["filament", "turbulent"] {
        let (mut plume, mut wind) = realise(&format!(r#"{{"kind": "{kind}", "when_full": "skip", "dt_s": 0.02}}"#));
        let mut step = 0;
        group.bench_function(BenchmarkId::new("step", kind), |bencher| {
            bencher.iter(|| {
                step += 1;
                plume
                    .advance(f64::from(step) * 0.02, wind.as_mut())
                    .expect("a full plume skips");
            });
        });
    }
    // About 1000 puffs: 21 per second stay for 48 s.
    let (plume, _) = realise(
        r#"{"kind": "filament", "release_rate_per_s": 21.0, "spin_up_s": 100.0, "puffs_max": 1200, "puffs_at_start": 0}"#,
    );
    let at = |i: usize, scale: f64| {
        F64x8(std::array::from_fn(|lane| {
            ((i * LANES + lane) as f64 * 0.618).fract() * scale
        }))
    };
    // 104 positions along and about the plume.
    let x: Vec<F64x8> = (0..13).map(|i| at(i, 40.0) + F64x8::splat(2.0)).collect();
    let y: Vec<F64x8> = (0..13).map(|i| at(i + 50, 4.0) - F64x8::splat(2.0)).collect();
    let blocks: Vec<usize> = (0..13).collect();
    let mut concentration = vec![F64x8::ZERO; 13];
    for simd in SimdLevel::available() {
        for (name, move_s) in [
            ("sample_104", 0.0),
            ("index_and_sample_104", 1e-9),
            ("index_and_sample_8", 1e-9),
        ] {
            let blocks = if name.ends_with("_8") { &blocks[..1] } else { &blocks };
            // Another height makes the index stale.
            let mut height_m = 1.0;
            group.bench_function(BenchmarkId::new(name, simd.name()), |bencher| {
                bencher.iter(|| {
                    height_m += move_s;
                    plume.sample(simd, blocks, black_box(&x), &y, height_m, &mut concentration);
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, functions, normals, plumes, farrell_wind, puffs);
criterion_main!(benches);
