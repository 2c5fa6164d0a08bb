//! Files made anew from the study, with all that holds.

use super::*;
use crate::store::checksum::Checksum;

fn make_anew(path: &Path, study: &Synthetic) -> Result<Salvage, StoreError> {
    salvage(path, study, &Layout::new(study), &Provenance::here("second"))
}

/// What a resume does after a salvage of a file in which no unit is lost.
fn finish(path: &Path, study: &Synthetic) {
    let mut open = writer(path, study);
    assert!(open.not_committed(0..30).unwrap().is_empty());
    open.sort_failures().unwrap();
    open.set_summary_written(true).unwrap();
    open.set_finished(true).unwrap();
    open.close().unwrap();
}

fn digest_of(path: &Path) -> Digest {
    digest(path, &mut |_, _| {}).unwrap()
}

#[test]
fn damage_anywhere_but_in_units_loses_nothing() {
    for study in [Synthetic::small(), Synthetic::small().statistics()] {
        let (folder, path) = finished(&study);
        let expected = digest_of(&path);
        let sound = fs::read(&path).unwrap();
        let (seal, length) = seal_of(&path);
        // The superblock, a header, a text, the seal and its end.
        let label = sound.windows(10).position(|window| window == b"surge_cast").unwrap() as u64;
        for at in [0, 45, 2000, label, seal, seal + 500, length - 1] {
            fs::write(&path, &sound).unwrap();
            flip(&path, at, 1);
            assert!(Reader::open(&path).is_err(), "byte {at}");
            let found = make_anew(&path, &study).unwrap();
            let all = Salvage {
                units: 30,
                failures: 2,
                sessions: 1,
                ..Salvage::default()
            };
            assert_eq!(found, all, "byte {at}");
            finish(&path, &study);
            assert_eq!(digest_of(&path), expected, "byte {at}");
            assert_eq!(
                Reader::open(&path).unwrap().sessions().unwrap()[0].correlation_id,
                "first"
            );
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }
}

#[test]
fn what_is_damaged_or_cut_off_runs_again() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let expected = digest_of(&path);
    let sound = fs::read(&path).unwrap();
    // A unit and the structure.
    let value: Vec<u8> = 56.25_f64.to_le_bytes().to_vec();
    let at = sound.windows(8).position(|window| window == value).unwrap() as u64;
    flip(&path, at, 1);
    flip(&path, 45, 1);
    let found = make_anew(&path, &study).unwrap();
    assert_eq!((found.units, found.lost_units), (29, 1));
    let mut open = writer(&path, &study);
    let missing: Vec<Range<u64>> = open.not_committed(0..30).unwrap();
    assert_eq!(missing.len(), 1);
    commit(&mut open, &study, missing[0].clone());
    open.close().unwrap();
    finish(&path, &study);
    assert_eq!(digest_of(&path), expected);
    // Cut in the middle of /failures: all units are before it.
    let reason = sound.windows(13).position(|window| window == b"unit 7 failed").unwrap();
    fs::write(&path, &sound[..reason]).unwrap();
    let found = make_anew(&path, &study).unwrap();
    assert_eq!((found.units, found.failures, found.sessions), (30, 0, 0));
    // Quarantined units whose reasons are lost run again.
    assert_eq!(writer(&path, &study).not_committed(0..30).unwrap(), [7..8, 11..12]);
    // Cut in the middle of /episodes: no unit is whole, and nobody knows whose file it is.
    fs::write(&path, &sound[..at as usize]).unwrap();
    let refused = make_anew(&path, &study);
    assert!(matches!(refused, Err(StoreError::NothingHolds { .. })), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), sound[..at as usize], "it stays as it is");
}

#[test]
fn the_file_of_another_study_stays_as_it_is() {
    let study = Synthetic::small();
    let (folder, path) = finished(&study);
    let other = Synthetic { seed: 43, ..study };
    flip(&path, 45, 1);
    let before = fs::read(&path).unwrap();
    let refused = make_anew(&path, &other);
    assert!(matches!(refused, Err(StoreError::OtherStudy { .. })), "{refused:?}");
    // Without a seal nobody knows whose it is, and no unit holds.
    unseal(&path);
    let refused = make_anew(&path, &other);
    assert!(matches!(refused, Err(StoreError::NothingHolds { .. })), "{refused:?}");
    unseal_like(&before, &path);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Checks that only the seal of a file differs from `before`.
fn unseal_like(before: &[u8], path: &Path) {
    let after = fs::read(path).unwrap();
    let head = b"plume-nav-sim seal 1\n";
    let start = before.windows(head.len()).rposition(|window| window == head).unwrap();
    assert_eq!(after[..start], before[..start]);
}

/// Makes a file of schema version 1 of one of version 2.
fn downgrade(path: &Path, study: &Synthetic) {
    use std::os::unix::fs::FileExt;
    let first = Checksum::of_version(&study.hash(), SchemaVersion(1));
    let table = writer(path, study).table;
    let states = table.states(0..30).unwrap();
    let checksums: Vec<u8> = (0..30)
        .flat_map(|unit| {
            let slab: Vec<Vec<u8>> = (table.layout.columns().iter().zip(&table.columns))
                .map(|(column, extent)| table.read_units(extent, Some(column), unit..unit + 1).unwrap())
                .collect();
            let slab = slab.iter().map(Vec::as_slice);
            let crc = first.of_unit(UnitIndex(unit), states[unit as usize], [0; 8], slab);
            crc.to_le_bytes()
        })
        .collect();
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(&checksums, table.crc32c.offset).unwrap();
    unseal(path);
    let file = hdf5::File::open_rw(path).unwrap();
    file.unlink("failures/crc32c").unwrap();
    file.unlink("provenance/seal").unwrap();
    file.attr("schema_version").unwrap().write_scalar(&1_u32).unwrap();
    file.close().unwrap();
}

#[test]
fn files_of_the_first_version_are_read_and_made_anew_before_they_are_written() {
    let study = Synthetic::small();
    let (_folder, path) = finished_in(&study, SchemaVersion(2));
    let expected = digest_of(&path);
    downgrade(&path, &study);
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.layout().version(), SchemaVersion(1));
    assert_eq!(reader.failures().unwrap().len(), 2);
    assert_eq!(reader.sessions().unwrap().len(), 1);
    drop(reader);
    let report = verify(&path, &mut |_| {}).unwrap();
    assert!(report.is_sound() && report.finished, "{report:?}");
    assert_eq!((report.done, report.quarantined), (28, 2));
    assert_ne!(digest_of(&path).total, expected.total);
    let refused = Writer::open(&path, &study, Layout::new(&study));
    assert!(matches!(refused, Err(StoreError::Schema { .. })), "{refused:?}");
    let found = make_anew(&path, &study).unwrap();
    assert_eq!((found.units, found.failures, found.sessions), (30, 2, 1));
    finish(&path, &study);
    assert_eq!(digest_of(&path), expected);
}

#[test]
fn files_of_the_second_version_are_continued_as_they_are() {
    let study = Synthetic::small();
    let (_folder, path) = made_in(&study, SchemaVersion(2));
    let mut open = writer(&path, &study);
    commit(&mut open, &study, 0..30);
    let failure = FailureRow {
        unit: UnitIndex(7),
        attempts: 2,
        seed: 21,
        message: "größer als erlaubt".to_owned(),
    };
    open.record_failure(failure).unwrap();
    begin(&mut open, "first");
    open.close().unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.layout().version(), SchemaVersion(2));
    assert_eq!(reader.sessions().unwrap()[0].correlation_id, "first");
    drop(reader);
    assert!(verify(&path, &mut |_| {}).unwrap().is_sound());
}

#[test]
fn how_texts_are_stored_is_no_part_of_the_digest() {
    for study in [Synthetic::small(), Synthetic::small().ragged()] {
        let (_first, of_second_version) = finished_in(&study, SchemaVersion(2));
        let (_second, of_third_version) = finished_in(&study, SchemaVersion(3));
        assert_ne!(
            fs::read(&of_second_version).unwrap(),
            fs::read(&of_third_version).unwrap()
        );
        assert_eq!(digest_of(&of_second_version), digest_of(&of_third_version));
    }
}

#[test]
fn a_broken_file_of_the_second_version_loses_nothing() {
    let study = Synthetic::small();
    let (_folder, path) = finished_in(&study, SchemaVersion(2));
    let expected = digest_of(&path);
    unseal(&path);
    flip(&path, 45, 1);
    let found = make_anew(&path, &study).unwrap();
    assert_eq!((found.units, found.lost_units), (30, 0));
    assert_eq!((found.failures, found.sessions), (2, 1));
    finish(&path, &study);
    assert_eq!(Reader::open(&path).unwrap().layout().version(), SchemaVersion::CURRENT);
    assert_eq!(digest_of(&path), expected);
}
