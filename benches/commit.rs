//! Committing units to a results file against a plain `write_at` of the same bytes.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use plume_nav_sim::random::PointKey;
use plume_nav_sim::results::{
    AxisShape, CoordinateKind, CoordinateShape, EncodedRun, FinishedUnit, Ledger, MemberDetail, Shape,
};
use plume_nav_sim::scenario::{MemberAxis, MetricColumn, MetricKind, UnitFeatures};
use plume_nav_sim::store::{Layout, Provenance, Subject, Writer, create};
use plume_nav_sim::sweep::{Coordinate, CoordinateValues, Dimension, PointIndex, UnitIndex};
use std::hint::black_box;
use std::os::unix::fs::FileExt;

const POINTS: u64 = 64;
const REPLICATES: u32 = 1024;
const MEMBERS: u32 = 10;
const METRICS: usize = 12;

/// A study of 64 × 1024 units of 10 members with 12 metrics: 960 bytes of values a unit.
#[derive(Clone)]
struct Bench;

impl Subject for Bench {
    fn title(&self) -> String {
        "bench".to_owned()
    }
    fn scenario(&self) -> String {
        "none".to_owned()
    }
    fn seed(&self) -> u64 {
        1
    }
    fn shape(&self) -> Shape {
        let coordinate = CoordinateShape {
            name: "x".to_owned(),
            key: "x".to_owned(),
            kind: CoordinateKind::Integer,
            text_bytes: 0,
        };
        Shape {
            axes: vec![AxisShape {
                name: "x".to_owned(),
                length: POINTS,
                coordinates: vec![coordinate],
            }],
            replicates: REPLICATES,
            member_axis: MemberAxis {
                name: "member".to_owned(),
                count: MEMBERS,
            },
            metrics: (0..METRICS)
                .map(|i| MetricColumn::new(&format!("metric_{i}"), MetricKind::Real, "1", "a number"))
                .collect(),
            members: MemberDetail::All,
            points_are_dependent: false,
            configuration_bytes: [0, 0],
            inputs_bytes: 0,
            features: UnitFeatures::PLAIN,
        }
    }
    fn dimensions(&self) -> Vec<Dimension> {
        vec![Dimension {
            name: "x".to_owned(),
            length: POINTS,
            coordinates: vec![Coordinate {
                name: "x".to_owned(),
                key: "x".to_owned(),
                values: CoordinateValues::Integer((0..POINTS as i64).collect()),
            }],
        }]
    }
    fn point_key(&self, _: PointIndex) -> PointKey {
        PointKey::COMMON
    }
    fn unit_seed(&self, unit: UnitIndex) -> u64 {
        unit.0
    }
    fn hash(&self) -> [u8; 32] {
        [0; 32]
    }
    fn toml(&self) -> String {
        String::new()
    }
    fn json(&self) -> String {
        String::new()
    }
}

fn encoded(writer: &Writer, first: u64, units: u64) -> EncodedRun {
    let encoder = writer.encoder();
    let values: Vec<f64> = (0..encoder.values_per_unit()).map(|i| i as f64).collect();
    let mut run = encoder.begin(UnitIndex(first));
    let unit = FinishedUnit {
        values: &values,
        members: writer.layout().shape().member_axis.count,
        end: 0,
        rows: None,
    };
    (0..units).for_each(|_| encoder.push(&mut run, Some(unit)));
    run
}

fn commit(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("results.h5");
    let layout = Layout::new(&Bench);
    create(&path, &Bench, &layout, &Provenance::default()).expect("a new results file");
    let slab_bytes = layout.slab_bytes();
    let mut writer = Writer::open(&path, &Bench, layout).expect("an open results file");
    let plain = std::fs::File::create(folder.path().join("plain")).expect("a plain file");
    plain
        .set_len(POINTS * u64::from(REPLICATES) * slab_bytes)
        .expect("room");

    let mut group = criterion.benchmark_group("commit");
    for units in [1, 64, 1024, 8192] {
        group.throughput(Throughput::Bytes(units * slab_bytes));
        // Starts within a row, so that a run is more than one box.
        let run = [encoded(&writer, 512, units)];
        group.bench_function(BenchmarkId::new("results_file", units), |bencher| {
            bencher.iter(|| writer.commit(black_box(&run)).expect("a commit"));
        });
        let bytes = vec![1_u8; (units * slab_bytes) as usize];
        group.bench_function(BenchmarkId::new("plain_write_at", units), |bencher| {
            bencher.iter(|| {
                plain
                    .write_all_at(black_box(&bytes), 512 * slab_bytes)
                    .expect("a write")
            });
        });
        group.bench_function(BenchmarkId::new("encode", units), |bencher| {
            bencher.iter(|| encoded(&writer, 512, units));
        });
    }
    group.finish();
}

criterion_group!(benches, commit);
criterion_main!(benches);
