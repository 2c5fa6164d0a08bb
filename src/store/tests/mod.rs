//! Tests of the whole store on a made-up study.

mod damage;
mod failures;
mod files;
#[cfg(feature = "netcdf")]
mod netcdf_library;
mod packing;
mod rows;
mod salvage;

use super::synthetic::{Synthetic, axis};
use super::*;
use crate::results::{FailureRow, FinishedUnit, Ledger, UnitState};
use crate::stats::{IntervalMethod, Summary, UnitStatistics};
use crate::sweep::{CoordinateValues, PointIndex, UnitIndex};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn made(study: &Synthetic) -> (TempDir, PathBuf) {
    made_in(study, SchemaVersion::CURRENT)
}

/// A new file of a version.
fn made_in(study: &Synthetic, version: SchemaVersion) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.h5");
    let layout = Layout::of_version(study.shape(), version);
    create(&path, study, &layout, &Provenance::here("test")).unwrap();
    (folder, path)
}

fn writer(path: &Path, study: &Synthetic) -> Writer {
    Writer::open(path, study, Layout::new(study)).unwrap()
}

/// Records a run, as every one does before it commits.
fn begin(writer: &mut Writer, id: &str) {
    let record = SessionRecord {
        correlation_id: id.to_owned(),
        ..SessionRecord::default()
    };
    writer.record_session(&record).unwrap();
}

fn commit(writer: &mut Writer, study: &Synthetic, units: Range<u64>) {
    let encoder = writer.encoder();
    let mut run = encoder.begin(UnitIndex(units.start));
    units.for_each(|unit| encoder.push(&mut run, Some(study.finished(&study.values(unit)))));
    writer.commit(&[run]).unwrap();
}

/// Replaces the seal of a file by zeros.
fn unseal(path: &Path) {
    use std::os::unix::fs::FileExt;
    let file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let (start, length) = seal_of(path);
    file.write_all_at(&vec![0; (length - start) as usize], start).unwrap();
}

/// Where the seal of a file begins, and where the file ends.
fn seal_of(path: &Path) -> (u64, u64) {
    let bytes = fs::read(path).unwrap();
    let head = b"plume-nav-sim seal 1\n";
    let start = bytes.windows(head.len()).rposition(|window| window == head).unwrap();
    (start as u64, bytes.len() as u64)
}

/// Flips bits of one byte.
fn flip(path: &Path, at: u64, bits: u8) {
    use std::os::unix::fs::FileExt;
    let file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ bits], at).unwrap();
}

/// A finished file: all units committed, two of them quarantined.
fn finished(study: &Synthetic) -> (TempDir, PathBuf) {
    finished_in(study, SchemaVersion::CURRENT)
}

/// A finished file of a version.
fn finished_in(study: &Synthetic, version: SchemaVersion) -> (TempDir, PathBuf) {
    let (folder, path) = made_in(study, version);
    let mut open = writer(&path, study);
    let encoder = open.encoder();
    for unit in 0..30 {
        let mut run = encoder.begin(UnitIndex(unit));
        if unit == 7 || unit == 11 {
            encoder.push(&mut run, None);
            open.record_failure(FailureRow {
                unit: UnitIndex(unit),
                attempts: 2,
                seed: unit * 3,
                message: format!("unit {unit} failed"),
            })
            .unwrap();
        } else {
            encoder.push(&mut run, Some(study.finished(&study.values(unit))));
        }
        open.commit(&[run]).unwrap();
    }
    open.sort_failures().unwrap();
    begin(&mut open, "first");
    open.set_summary_written(true).unwrap();
    open.set_finished(true).unwrap();
    open.close().unwrap();
    (folder, path)
}

/// A list of one run.
fn one(run: Range<u64>) -> Vec<Range<u64>> {
    vec![run]
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn committed_values_come_back() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    assert_eq!(writer.not_committed(0..30).unwrap(), one(0..30));
    let encoder = writer.encoder();
    let mut runs = Vec::new();
    // Two adjacent runs (written as one) and a third.
    for units in [3..8, 8..11, 20..22] {
        let mut run = encoder.begin(UnitIndex(units.start));
        units.for_each(|unit| encoder.push(&mut run, Some(study.finished(&study.values(unit)))));
        runs.push(run);
    }
    writer.commit(&runs).unwrap();
    assert_eq!(writer.not_committed(0..30).unwrap(), [0..3, 11..20, 22..30]);
    assert_eq!(writer.not_committed(5..21).unwrap(), one(11..20));
    writer.close().unwrap();

    let reader = Reader::open(&path).unwrap();
    for metric in 0..3 {
        let expected: Vec<f64> = (3..11)
            .flat_map(|unit| study.values(unit)[metric * 4..][..4].to_vec())
            .collect();
        assert_eq!(bits(&reader.member_values(metric, 3..11).unwrap()), bits(&expected));
    }
    assert!(
        reader
            .member_values(2, 0..3)
            .unwrap()
            .iter()
            .all(|value| value.is_nan()),
        "pending units are missing"
    );
    let statistics = reader.unit_statistics(2, 9..10).unwrap();
    assert_eq!(statistics, [UnitStatistics::of(&study.values(9)[8..12])]);
    let counts = reader.state_counts().unwrap();
    assert_eq!((counts.pending, counts.done, counts.quarantined), (20, 10, 0));
    assert_eq!(reader.seeds(20..21).unwrap(), [study.unit_seed(UnitIndex(20))]);
    assert!(!reader.finished().unwrap());
}

#[test]
fn ranks_share_a_file_by_its_addresses() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut first = writer(&path, &study);
    let sent = serde_json::to_string(&first.addresses().unwrap()).unwrap();
    let addresses: Addresses = serde_json::from_str(&sent).unwrap();
    let join = || Writer::join(&path, &study, Layout::new(&study), &addresses);
    let mut second = join().unwrap();
    commit(&mut second, &study, 14..30);
    commit(&mut first, &study, 0..14);
    second.synchronise().unwrap();
    first.reopen().unwrap();
    assert!(first.not_committed(0..30).unwrap().is_empty());
    assert_eq!(
        bits(&first.member_values(2, 29..30).unwrap()),
        bits(&second.member_values(2, 29..30).unwrap())
    );

    // Another study's file of the same length takes its place.
    let other = Synthetic {
        seed: 43,
        ..study.clone()
    };
    replace(&path, &other, &Layout::new(&other), &Provenance::here("test")).unwrap();
    assert!(matches!(join(), Err(StoreError::Moved { .. })));
    assert!(matches!(first.check_place(), Err(StoreError::Removed { .. })));
    assert!(matches!(first.reopen(), Err(StoreError::Removed { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(join(), Err(StoreError::Missing { .. })));
}

#[test]
fn statistics_come_back_instead_of_members() {
    let study = Synthetic::small().statistics();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    commit(&mut writer, &study, 0..30);
    assert!(writer.not_committed(0..30).unwrap().is_empty());
    let values = study.values(17);
    let found = writer.unit_statistics(1, 17..18).unwrap()[0];
    let expected = UnitStatistics::of(&values[4..8]);
    assert_eq!(
        (found.count, found.min, found.max),
        (expected.count, expected.min, expected.max)
    );
    assert_eq!(bits(&[found.mean, found.sd]), bits(&[expected.mean, expected.sd]));
    assert!(matches!(
        writer.member_values(1, 0..1),
        Err(StoreError::NoMembers { .. })
    ));
}

#[test]
fn the_size_is_predicted_within_a_hundredth() {
    let long = |count: u32| (0..count).map(|i| format!("label number {i}")).collect::<Vec<_>>();
    let mut studies = vec![Synthetic::small(), Synthetic::small().statistics()];
    let mut one = Synthetic::small();
    one.dimensions.clear();
    one.replicates = 1;
    one.metrics.truncate(1);
    studies.push(one);
    let mut texts = Synthetic::small();
    texts.dimensions = vec![
        axis("a", "x.a", CoordinateValues::Text(long(40))),
        axis("b", "x.b", CoordinateValues::Text(long(60))),
    ];
    studies.push(texts);
    let mut many = Synthetic::small();
    let columns = 0..60;
    many.metrics = columns
        .map(|i| {
            crate::results::MetricColumn::new(
                &format!("metric_{i}_m"),
                crate::results::MetricKind::Real,
                "m",
                "a length",
            )
        })
        .collect();
    studies.push(many);
    for (i, study) in studies.iter().enumerate() {
        let (_folder, path) = made(study);
        let (planned, real) = (
            Layout::new(study).file_bytes() as f64,
            fs::metadata(&path).unwrap().len() as f64,
        );
        assert!(
            (planned / real - 1.0).abs() < 0.01,
            "study {i}: planned {planned}, real {real}"
        );
    }
}

#[test]
fn a_commit_changes_no_length() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let before = fs::metadata(&path).unwrap().len();
    let mut writer = writer(&path, &study);
    commit(&mut writer, &study, 0..30);
    writer.set_finished(true).unwrap();
    writer.close().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), before);
}

#[test]
fn a_flipped_byte_is_found_and_its_unit_is_run_again() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    commit(&mut open, &study, 0..30);
    open.close().unwrap();
    let offset = {
        let file = hdf5::File::open(&path).unwrap();
        file.dataset("episodes/steps").unwrap().offset().unwrap()
    };
    let mut bytes = fs::read(&path).unwrap();
    bytes[offset as usize + 4 * 4 * 12 + 2] ^= 0x40;
    fs::write(&path, bytes).unwrap();
    let mut open = writer(&path, &study);
    assert_eq!(open.not_committed(0..30).unwrap(), one(12..13));
    commit(&mut open, &study, 12..13);
    assert!(open.not_committed(0..30).unwrap().is_empty());
}

#[test]
fn quarantined_units_need_their_reason() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    commit(&mut writer, &study, 0..30);
    let encoder = writer.encoder();
    for unit in [9, 4] {
        let mut run = encoder.begin(UnitIndex(unit));
        encoder.push(&mut run, None);
        writer.commit(&[run]).unwrap();
    }
    assert_eq!(writer.not_committed(0..30).unwrap(), [4..5, 9..10]);
    for unit in [9, 4, 25] {
        let row = FailureRow {
            unit: UnitIndex(unit),
            attempts: 2,
            seed: 7,
            message: "x became NaN".repeat(100),
        };
        writer.record_failure(row).unwrap();
    }
    assert!(writer.not_committed(0..30).unwrap().is_empty());
    writer.sort_failures().unwrap();
    writer.close().unwrap();
    let reader = Reader::open(&path).unwrap();
    let failures = reader.failures().unwrap();
    assert_eq!(
        failures.iter().map(|row| row.unit.0).collect::<Vec<_>>(),
        [4, 9],
        "unit 25 succeeded"
    );
    assert!(failures[0].message.starts_with("x became NaN") && failures[0].message.len() <= MESSAGE_BYTES);
    assert_eq!(reader.states(4..6).unwrap(), [UnitState::Quarantined, UnitState::Done]);
    assert!(
        reader
            .member_values(0, 4..5)
            .unwrap()
            .iter()
            .all(|value| value.is_nan())
    );
}

#[test]
fn summaries_sessions_and_coordinates_come_back() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    let summaries: Vec<Summary> = (0..4)
        .map(|i| Summary {
            count: i + 1,
            replicates: 5,
            mean: i as f64,
            method: IntervalMethod::ClusterT,
            ..Summary::MISSING
        })
        .collect();
    writer.write_summaries(1, PointIndex(1), &summaries).unwrap();
    let mut record = SessionRecord {
        correlation_id: "first".to_owned(),
        ..SessionRecord::default()
    };
    writer.record_session(&record).unwrap();
    record.outcome = "finished".to_owned();
    writer.record_session(&record).unwrap();
    writer.set_summary_written(true).unwrap();
    writer.close().unwrap();
    let reader = Reader::open(&path).unwrap();
    let found = reader.summaries(1, PointIndex(1)..PointIndex(5)).unwrap();
    assert_eq!(
        found.iter().map(|s| (s.count, s.mean, s.method)).collect::<Vec<_>>(),
        summaries
            .iter()
            .map(|s| (s.count, s.mean, s.method))
            .collect::<Vec<_>>()
    );
    assert!(found[0].sd.is_nan());
    assert_eq!(reader.sessions().unwrap(), [record]);
    assert!(reader.summary_written().unwrap());
    let dimensions = reader.dimensions().unwrap();
    for (found, expected) in dimensions.iter().zip(&study.dimensions) {
        assert_eq!(found.coordinates[0].values, expected.coordinates[0].values);
    }
    assert_eq!(reader.configuration_toml().unwrap(), study.toml());
}

#[test]
fn verify_counts_and_names_what_is_damaged() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    commit(&mut open, &study, 0..10);
    let encoder = open.encoder();
    let mut run = encoder.begin(UnitIndex(10));
    encoder.push(&mut run, None);
    let mut wrong = encoder.begin(UnitIndex(20));
    (20..22).for_each(|unit| encoder.push(&mut wrong, Some(study.finished(&study.values(unit)))));
    wrong.checksums[1] ^= 1;
    open.commit(&[run, wrong]).unwrap();
    // Without its reason a quarantined unit counts as pending.
    assert_eq!(verify(&path, &mut |_| {}).unwrap().pending, 18);
    open.record_failure(FailureRow {
        unit: UnitIndex(10),
        attempts: 2,
        seed: 1,
        message: "no wind".to_owned(),
    })
    .unwrap();
    open.close().unwrap();
    let mut seen = 0;
    let report = verify(&path, &mut |units| seen = units).unwrap();
    assert_eq!(
        (report.done, report.quarantined, report.pending, report.damaged),
        (11, 1, 17, 1)
    );
    assert_eq!(report.damaged_runs, one(21..22));
    assert_eq!(report.committed(), 12);
    let counts = Reader::open(&path).unwrap().state_counts().unwrap();
    assert_eq!((counts.done, counts.quarantined, counts.committed()), (12, 1, 13));
    assert!(!report.is_sound());
    assert_eq!(seen, 30);
}

#[test]
fn the_digest_depends_on_results_only() {
    let study = Synthetic::small();
    let digest_of = |pieces: &[Range<u64>], id: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.h5");
        create(&path, &study, &Layout::new(&study), &Provenance::here(id)).unwrap();
        let mut open = writer(&path, &study);
        begin(&mut open, id);
        pieces.iter().for_each(|units| commit(&mut open, &study, units.clone()));
        open.close().unwrap();
        digest(&path, &mut |_, _| {}).unwrap()
    };
    let whole = digest_of(&one(0..30), "one");
    assert_eq!(whole, digest_of(&[20..30, 7..20, 0..7, 3..4], "two"));
    let part = digest_of(&one(0..29), "one");
    assert_ne!(whole.total, part.total);
    let differing: Vec<&str> = (whole.datasets.iter().zip(&part.datasets))
        .filter(|(a, b)| a.1 != b.1)
        .map(|(a, _)| a.0.as_str())
        .collect();
    let changed = [
        "/episodes/search_time_s",
        "/episodes/steps",
        "/episodes/success",
        "/units/crc32c",
        "/units/seed",
        "/units/state",
    ];
    assert_eq!(differing, changed);
    assert!(whole.to_string().lines().last().unwrap().ends_with("  total"));
}

#[test]
fn what_units_say_of_themselves_comes_back_and_counts() {
    let study = Synthetic::small().ragged();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    let encoder = writer.encoder();
    let mut run = encoder.begin(UnitIndex(0));
    for unit in 0..6_u64 {
        let mut values = study.values(unit);
        let members = (unit % 5) as u32;
        for row in values.chunks_exact_mut(4) {
            row[members as usize..].fill(f64::NAN);
        }
        let end = (unit % 3) as u8;
        let finished = study.finished(&values);
        encoder.push(
            &mut run,
            Some(FinishedUnit {
                members,
                end,
                ..finished
            }),
        );
    }
    encoder.push(&mut run, None);
    writer.commit(&[run]).unwrap();
    assert_eq!(
        writer.not_committed(0..7).unwrap(),
        one(6..7),
        "a failure without a reason"
    );
    writer.close().unwrap();

    let reader = Reader::open(&path).unwrap();
    assert_eq!(
        reader.members_taking_part(0..7).unwrap().unwrap(),
        [0, 1, 2, 3, 4, 0, -1]
    );
    let counts = reader.end_counts().unwrap();
    let expected = [("full_course", 2), ("extinct", 2), ("all_found", 2)];
    assert_eq!(counts, expected.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(reader.unit_statistics(2, 2..3).unwrap()[0].count, 2);
    assert_eq!(reader.unit_statistics(2, 5..6).unwrap()[0].count, 0);
    let before = digest(&path, &mut |_, _| {}).unwrap();

    // One bit of either is damage, and another digest.
    for name in ["members", "end"] {
        let bytes = fs::read(&path).unwrap();
        let places = {
            let table = reader.table();
            let mut columns = table.layout.columns().iter().zip(&table.columns);
            let (_, extent) = columns.find(|(column, _)| column.name == name).unwrap();
            extent.bytes()
        };
        let mut damaged = bytes.clone();
        damaged[places.start as usize] ^= 1;
        fs::write(&path, damaged).unwrap();
        let report = verify(&path, &mut |_| {}).unwrap();
        assert_eq!((report.damaged, report.damaged_runs), (1, one(0..1)), "{name}");
        assert_ne!(digest(&path, &mut |_, _| {}).unwrap(), before, "{name}");
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn plain_units_have_no_such_columns() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.members_taking_part(0..3).unwrap(), None);
    assert_eq!(reader.end_counts().unwrap(), []);
    let text = super::describe::layout_text(reader.layout().shape());
    assert!(!text.contains("features"), "{text}");
}
