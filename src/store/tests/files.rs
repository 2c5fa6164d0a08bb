//! Files that can't be made, aren't ours, or aren't as we left them.

use super::*;
use crate::netcdf4::FileError;

#[test]
fn what_cannot_be_made_is_refused_and_leaves_nothing() {
    let study = Synthetic::small();
    let layout = Layout::new(&study);
    let (folder, path) = made(&study);
    let make = |path: &Path, study: &Synthetic| create(path, study, &layout, &Provenance::default());
    assert!(matches!(make(&path, &study), Err(StoreError::Exists { .. })));
    let missing = folder.path().join("no/results.h5");
    assert!(matches!(
        make(&missing, &study),
        Err(StoreError::File(FileError::MissingFolder { .. }))
    ));
    let below_file = path.join("results.h5");
    assert!(matches!(
        make(&below_file, &study),
        Err(StoreError::File(FileError::NotAFolder { .. }))
    ));
    let mut twice = study.clone();
    twice.dimensions[0].name = "replicate".to_owned();
    let other = folder.path().join("other.h5");
    let twice_layout = Layout::new(&twice);
    let refused = create(&other, &twice, &twice_layout, &Provenance::default());
    assert!(matches!(refused, Err(StoreError::Unfit { .. })), "{refused:?}");
    let mut huge = study.clone();
    huge.replicates = 1_000_000_000;
    huge.members = 10_000;
    let refused = create(&other, &huge, &Layout::new(&huge), &Provenance::default());
    assert!(matches!(refused, Err(StoreError::NoSpace { .. })), "{refused:?}");
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["results.h5"], "only the first file is there");
}

#[test]
fn a_file_that_a_dead_process_left_half_made_is_removed() {
    let study = Synthetic::small();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.h5");
    let stale = folder.path().join(".results.h5.creating-dead");
    let foreign = folder.path().join(".other.h5.creating-dead");
    let busy = folder.path().join(".results.h5.creating-alive");
    for file in [&stale, &foreign, &busy] {
        fs::write(file, "half").unwrap();
    }
    let held = fs::File::open(&busy).unwrap();
    held.lock().unwrap();
    create(&path, &study, &Layout::new(&study), &Provenance::default()).unwrap();
    assert!(!stale.exists() && foreign.exists() && busy.exists() && path.exists());
}

#[test]
fn replacing_takes_the_name_at_once() {
    let study = Synthetic::small();
    let (folder, path) = made(&study);
    let mut open = writer(&path, &study);
    commit(&mut open, &study, 0..30);
    open.close().unwrap();
    replace(&path, &study, &Layout::new(&study), &Provenance::default()).unwrap();
    assert_eq!(Reader::open(&path).unwrap().state_counts().unwrap().pending, 30);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn another_study_is_refused() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let other = Synthetic { seed: 43, ..study };
    let refused = Writer::open(&path, &other, Layout::new(&other));
    assert!(matches!(refused, Err(StoreError::OtherStudy { .. })));
}

#[test]
fn foreign_newer_and_damaged_files_are_named_as_such() {
    let study = Synthetic::small();
    let (folder, path) = made(&study);
    let other = folder.path().join("other.h5");
    assert!(matches!(Reader::open(&other), Err(StoreError::Missing { .. })));
    assert!(matches!(Reader::open(folder.path()), Err(StoreError::Foreign { .. })));
    fs::write(&other, "no HDF5").unwrap();
    assert!(matches!(Reader::open(&other), Err(StoreError::Foreign { .. })));
    hdf5::File::create(&other).unwrap().close().unwrap();
    assert!(matches!(Reader::open(&other), Err(StoreError::Foreign { .. })));

    let change = |edit: &dyn Fn(&hdf5::File)| {
        fs::copy(&path, &other).unwrap();
        // Sealed, it would be called damaged whatever is changed.
        unseal(&other);
        let file = hdf5::File::open_rw(&other).unwrap();
        edit(&file);
        file.close().unwrap();
        Reader::open(&other).map(drop)
    };
    let unsealed = change(&|_| ());
    assert!(matches!(unsealed, Err(StoreError::Corrupt { .. })), "{unsealed:?}");
    let newer = change(&|file| file.attr("schema_version").unwrap().write_scalar(&9_u32).unwrap());
    assert!(matches!(newer, Err(StoreError::Schema { .. })), "{newer:?}");
    let gone = change(&|file| file.unlink("units/state").unwrap());
    assert!(matches!(gone, Err(StoreError::Damaged { .. })), "{gone:?}");
    let reshaped = change(&|file| {
        file.unlink("units/state").unwrap();
        file.new_dataset::<i8>().shape([3, 2, 6]).create("units/state").unwrap();
    });
    assert!(matches!(reshaped, Err(StoreError::Damaged { .. })), "{reshaped:?}");
    let retyped = change(&|file| {
        file.unlink("units/state").unwrap();
        file.new_dataset::<i16>()
            .shape([3, 2, 5])
            .create("units/state")
            .unwrap();
    });
    assert!(matches!(retyped, Err(StoreError::Damaged { .. })), "{retyped:?}");
    let absurd = change(&|file| {
        file.unlink("provenance/layout").unwrap();
        file.new_dataset::<u8>().shape(()).create("provenance/layout").unwrap();
    });
    assert!(matches!(absurd, Err(StoreError::Damaged { .. })), "{absurd:?}");
}

#[test]
fn a_file_cut_anywhere_gives_an_error_and_no_panic() {
    let study = Synthetic::small();
    let (folder, path) = made(&study);
    let bytes = fs::read(&path).unwrap();
    let cut = folder.path().join("cut.h5");
    for part in 0..12 {
        fs::write(&cut, &bytes[..bytes.len() * part / 12]).unwrap();
        let error = Reader::open(&cut).expect_err("a file that is too short");
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(!error.is_user_error());
    }
    for length in [1, 7, 8, 50, 95, 200, bytes.len() - 1] {
        fs::write(&cut, &bytes[..length]).unwrap();
        let error = Reader::open(&cut).expect_err("a file that is too short");
        assert!(matches!(error, StoreError::Corrupt { .. }), "{length} bytes: {error}");
    }
}

#[test]
fn zeros_are_damage_and_texts_about_results_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, [0; 10_000]).unwrap();
    let error = Reader::open(&path).expect_err("zeros");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(!is_ours(&path).unwrap());
    fs::write(&path, format!("{FILE_TYPE}, file_type, plume-nav-sim seal 1")).unwrap();
    let error = Reader::open(&path).expect_err("a text");
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert!(!is_ours(&path).unwrap());
}
