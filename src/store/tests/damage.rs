//! What changes after creation has checksums of its own, down to the last byte.

use super::*;
use crate::store::seal::{self, Found, Role};

/// Whether `verify` says that all is well.
fn is_well(path: &Path) -> bool {
    verify(path, &mut |_| {}).is_ok_and(|report| report.is_sound() && report.pending == 0 && report.finished)
}

#[test]
fn every_byte_that_changes_counts_in_a_finished_file() {
    for study in [Synthetic::small(), Synthetic::small().statistics()] {
        let (_folder, path) = finished(&study);
        assert!(is_well(&path));
        let file = fs::File::open(&path).unwrap();
        let length = file.metadata().unwrap().len();
        let Found::Seal(seal) = seal::find(&file, length).unwrap() else {
            panic!("no seal");
        };
        let changing = seal.places().iter().filter(|place| place.role == Role::Changes);
        let mut looked_at = 0;
        // Summaries are held against the units, which is not the store's business.
        for place in changing.filter(|place| !place.path.starts_with("/summary/")) {
            // Of sessions the test beside the code looks at each byte.
            let step = place.bytes.div_ceil(9);
            for at in (place.offset..place.offset + place.bytes).step_by(step as usize) {
                let bits = 1 << (at % 8);
                flip(&path, at, bits);
                assert!(!is_well(&path), "byte {} of {}", at - place.offset, place.path);
                flip(&path, at, bits);
                looked_at += 1;
            }
        }
        assert!(looked_at > 90, "{looked_at}");
        assert!(is_well(&path));
    }
}

#[test]
fn what_never_changes_is_named_when_it_did() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let bytes = fs::read(&path).unwrap();
    let axis: Vec<u8> = [0.5_f64, 1.0, 2.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let places: Vec<u64> = (bytes.windows(axis.len()).zip(0..))
        .filter_map(|(window, at)| (window == axis).then_some(at))
        .collect();
    assert_eq!(places.len(), 3, "in /episodes, /units and /summary");
    for (at, group) in places.into_iter().zip(["episodes", "units", "summary"]) {
        // 0.5 becomes 1.0: only its exponent differs.
        flip(&path, at + 6, 0x10);
        let error = verify(&path, &mut |_| {}).unwrap_err();
        let StoreError::Corrupt { parts, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(*parts, [format!("/{group}/speed_m_s")]);
        assert!(digest(&path, &mut |_, _| {}).is_err());
        // A glance is at the structure alone.
        assert!(Reader::glance(&path).is_ok());
        flip(&path, at + 6, 0x10);
    }
    let label = bytes.windows(10).position(|window| window == b"surge_cast").unwrap() as u64;
    flip(&path, label, 1);
    assert!(matches!(Reader::glance(&path), Err(StoreError::Corrupt { .. })));
    flip(&path, label, 1);
    assert!(is_well(&path));
}

#[test]
fn flags_that_contradict_the_file_are_damage() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    begin(&mut open, "first");
    commit(&mut open, &study, 0..29);
    assert!(verify(&path, &mut |_| {}).unwrap().is_sound());
    open.set_finished(true).unwrap();
    let objects = verify(&path, &mut |_| {}).unwrap().objects;
    let named: Vec<&str> = objects.iter().map(|object| object.object.as_str()).collect();
    assert_eq!(named, ["/provenance/summary_written", "/units/state or /failures"]);
    assert!(!open.finished_and_whole().unwrap());
}

#[test]
fn a_unit_whose_reason_is_damaged_runs_again() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(13).position(|window| window == b"unit 7 failed").unwrap() as u64;
    flip(&path, at, 2);
    let mut open = writer(&path, &study);
    assert_eq!(open.not_committed(0..30).unwrap(), one(7..8));
    let report = verify(&path, &mut |_| {}).unwrap();
    assert_eq!(report.objects[0].object, "/failures");
    commit(&mut open, &study, 7..8);
    open.sort_failures().unwrap();
    assert!(open.finished_and_whole().unwrap());
    assert!(is_well(&path));
}

#[test]
fn records_of_runs_that_do_not_hold_are_cleared() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let bytes = fs::read(&path).unwrap();
    let at = bytes
        .windows(16)
        .position(|window| window == b"\"correlation_id\"")
        .unwrap() as u64;
    flip(&path, at, 1);
    let mut open = writer(&path, &study);
    assert!(!open.finished_and_whole().unwrap());
    assert_eq!(open.clear_damaged_sessions().unwrap(), 1);
    assert!(Reader::open(&path).unwrap().sessions().unwrap().is_empty());
    begin(&mut open, "second");
    assert!(open.finished_and_whole().unwrap());
}

/// A kill while records were moved together can leave one of them twice.
#[test]
fn a_record_that_is_there_twice_is_kept_once() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    for id in ["second", "second"] {
        begin(&mut writer(&path, &study), id);
    }
    let ids = || -> Vec<String> {
        let records = Reader::open(&path).unwrap().sessions().unwrap();
        records.into_iter().map(|record| record.correlation_id).collect()
    };
    assert_eq!(ids(), ["first", "second", "second"]);
    assert_eq!(writer(&path, &study).clear_damaged_sessions().unwrap(), 0);
    assert_eq!(ids(), ["first", "second"]);
    assert!(is_well(&path));
}

#[test]
fn records_of_runs_that_are_gone_are_missed() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    for id in ["second", "third"] {
        begin(&mut writer(&path, &study), id);
    }
    assert!(is_well(&path));
    let sound = fs::read(&path).unwrap();
    let record = b"{\"correlation_id\":";
    let first = sound.windows(record.len()).position(|window| window == record).unwrap();
    let ids = || -> Vec<String> {
        let records = Reader::open(&path).unwrap().sessions().unwrap();
        records.into_iter().map(|record| record.correlation_id).collect()
    };
    assert_eq!(ids(), ["first", "second", "third"]);
    for (gone, lost, left) in [
        (&[0][..], 1, &["second", "third"][..]),
        (&[1], 1, &["first", "third"]),
        (&[2], 1, &["first", "second"]),
        (&[0, 1], 2, &["third"]),
        (&[1, 2], 1, &["first"]),
        (&[0, 1, 2], 1, &[]),
    ] {
        let mut bytes = sound.clone();
        for row in gone {
            bytes[first + row * SESSION_BYTES..][..SESSION_BYTES].fill(0);
        }
        fs::write(&path, bytes).unwrap();
        let objects = verify(&path, &mut |_| {}).unwrap().objects;
        assert_eq!(objects.len(), lost, "{gone:?}: {objects:?}");
        assert!(objects.iter().all(|object| object.object == "/provenance/sessions"));
        let mut open = writer(&path, &study);
        assert!(!open.finished_and_whole().unwrap());
        assert_eq!(open.clear_damaged_sessions().unwrap(), lost as u64);
        assert_eq!(ids(), left);
        begin(&mut open, "fourth");
        assert!(open.finished_and_whole().unwrap() && is_well(&path), "{gone:?}");
        assert_eq!(ids(), [left, &["fourth"]].concat());
    }
}

#[test]
fn a_file_that_another_program_wrote_to_is_missed_at_the_end_of_a_run() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let sound = fs::read(&path).unwrap();
    let open = writer(&path, &study);
    open.check_seal().unwrap();
    type Change<'a> = &'a dyn Fn(&mut Vec<u8>);
    let changes: [Change<'_>; 4] = [
        &|bytes| bytes[..80].fill(0),
        &|bytes| bytes.extend(b"hello\n"),
        &|bytes| bytes.truncate(bytes.len() - 1),
        &|bytes| *bytes.last_mut().unwrap() ^= 1,
    ];
    for change in changes {
        let mut bytes = sound.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        assert!(matches!(open.check_seal(), Err(StoreError::Corrupt { .. })));
    }
    fs::write(&path, sound).unwrap();
    open.check_seal().unwrap();
}
