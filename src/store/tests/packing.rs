//! Packed results, and results that another program has written anew.

use super::*;
use crate::store::tests::rows;

const OPTIONS: PackOptions = PackOptions {
    compression: Compression::Deflate,
    level: 6,
    partial: false,
    replace: false,
};

fn packed(path: &Path, options: &PackOptions) -> (PathBuf, Packed) {
    let target = path.with_file_name("packed.h5");
    let packed = pack(&Reader::open(path).unwrap(), &target, options, &mut |_, _| true).unwrap();
    (target, packed)
}

fn digest_of(path: &Path) -> Digest {
    digest(path, &mut |_, _| {}).unwrap()
}

#[test]
fn packed_results_are_the_same_results() {
    let zstd = PackOptions {
        compression: Compression::Zstd,
        level: 3,
        ..OPTIONS
    };
    for (study, version, options) in [
        (Synthetic::small(), SchemaVersion(3), OPTIONS),
        (Synthetic::small().statistics(), SchemaVersion(3), OPTIONS),
        (Synthetic::small().ragged(), SchemaVersion(3), zstd),
        (Synthetic::small(), SchemaVersion(2), OPTIONS),
    ] {
        let (_folder, path) = finished_in(&study, version);
        let before = fs::read(&path).unwrap();
        let (target, told) = packed(&path, &options);
        assert_eq!(fs::read(&path).unwrap(), before, "the original stays as it is");
        assert_eq!(told.bytes, fs::metadata(&target).unwrap().len());
        assert!(told.bytes < told.bytes_before / 2, "{told:?}");
        assert_eq!(digest_of(&target), digest_of(&path));
        let report = verify(&target, &mut |_| {}).unwrap();
        assert!(report.is_sound() && report.finished, "{report:?}");
        let [plain, other] = [&path, &target].map(|path| Reader::open(path).unwrap());
        assert_eq!([plain.form(), other.form()], [Form::Plain, Form::Packed]);
        assert_eq!(other.layout().version(), SchemaVersion::CURRENT);
        assert_eq!(plain.failures().unwrap(), other.failures().unwrap());
        assert_eq!(plain.sessions().unwrap(), other.sessions().unwrap());
        assert_eq!(plain.configuration_toml().unwrap(), other.configuration_toml().unwrap());
        drop((plain, other));
        let refused = Writer::open(&target, &study, Layout::new(&study));
        assert!(matches!(refused, Err(StoreError::Packed { .. })));
        // Packed again, from the packed file.
        let again = target.with_file_name("again.h5");
        pack(&Reader::open(&target).unwrap(), &again, &OPTIONS, &mut |_, _| true).unwrap();
        assert_eq!(digest_of(&again), digest_of(&path));
    }
}

#[test]
fn rows_are_packed_in_the_order_of_members_and_read_in_that_of_units() {
    let study = Synthetic::small().with_rows();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    begin(&mut open, "first");
    let committed = rows::run(&open, &study, 0..30, 1000);
    open.commit(&[committed]).unwrap();
    open.set_summary_written(true).unwrap();
    open.set_finished(true).unwrap();
    open.close().unwrap();
    let (target, told) = packed(&path, &OPTIONS);
    assert_eq!(told.rows, 100 * 29 * 30 / 2);
    let away = target.with_file_name("elsewhere");
    fs::create_dir(&away).unwrap();
    let target = {
        let moved = away.join("packed.h5");
        fs::rename(&target, &moved).unwrap();
        moved
    };
    assert_eq!(digest_of(&target), digest_of(&path));
    assert!(verify(&target, &mut |_| {}).unwrap().is_sound());
    let reader = Reader::open(&target).unwrap();
    for unit in [0, 1, 2, 17, 29] {
        assert_eq!(
            reader.rows(UnitIndex(unit), 0).unwrap().unwrap(),
            rows::expected(unit),
            "unit {unit}"
        );
    }
}

#[test]
fn every_byte_of_a_packed_file_counts() {
    let study = Synthetic::small();
    let (_folder, path) = finished(&study);
    let (target, told) = packed(&path, &OPTIONS);
    for at in (0..told.bytes).step_by(told.bytes as usize / 97) {
        flip(&target, at, 16);
        let refused = Reader::open(&target).map(drop);
        assert!(
            matches!(refused, Err(StoreError::Corrupt { .. } | StoreError::Foreign { .. })),
            "byte {at}: {refused:?}"
        );
        flip(&target, at, 16);
    }
    Reader::open(&target).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&target).unwrap();
    file.set_len(told.bytes - 1).unwrap();
    assert!(matches!(Reader::open(&target), Err(StoreError::Corrupt { .. })));
}

#[test]
fn only_finished_and_intact_results_are_packed_and_nothing_is_left_of_the_attempt() {
    let study = Synthetic::small();
    let (folder, path) = made(&study);
    let mut open = writer(&path, &study);
    begin(&mut open, "first");
    commit(&mut open, &study, 0..20);
    let target = path.with_file_name("packed.h5");
    let attempt = |options: &PackOptions, go_on: bool| {
        let reader = Reader::open(&path).unwrap();
        let result = pack(&reader, &target, options, &mut |_, _| go_on);
        let left = fs::read_dir(folder.path()).unwrap().count();
        result.map(|packed| (packed, left))
    };
    let alone = || assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let refused = attempt(&OPTIONS, true).unwrap_err().to_string();
    assert!(
        refused.contains("isn't finished") && refused.contains("--partial"),
        "{refused}"
    );
    alone();
    let partial = PackOptions {
        partial: true,
        ..OPTIONS
    };
    assert!(matches!(
        attempt(&partial, false),
        Err(StoreError::PackingStopped { .. })
    ));
    alone();
    attempt(&partial, true).unwrap();
    assert_eq!(digest_of(&target), digest_of(&path));
    assert_eq!(Reader::open(&target).unwrap().state_counts().unwrap().pending, 10);
    assert!(matches!(attempt(&partial, true), Err(StoreError::Exists { .. })));
    attempt(
        &PackOptions {
            replace: true,
            ..partial
        },
        true,
    )
    .unwrap();
    fs::remove_file(&target).unwrap();
    flip(&path, open.table.columns[0].offset, 1);
    let refused = attempt(&partial, true).unwrap_err().to_string();
    assert!(refused.contains("it is damaged"), "{refused}");
    alone();
}
