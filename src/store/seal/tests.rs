//! Seals that hold, that don't, and that aren't there.

use super::*;
use std::fs::File;

/// A file of 200 000 bytes: structures, values, changing values, text references, more structures, and its seal.
fn sealed() -> (NewFile, u64) {
    let place = |path: &str, offset, bytes, role| Place {
        path: path.to_owned(),
        offset,
        bytes,
        role,
    };
    let places = vec![
        place("/a/text \"odd\"\n", 180_000, 100, Role::Structure),
        place("/a/values", 1000, 150_000, Role::Values),
        place("/a/changing", 151_000, 20_000, Role::Changes),
    ];
    let offset = 200_000;
    let bytes = text_bytes(offset, &places);
    let folder = tempfile::tempdir().unwrap();
    let new = NewFile::begin(&folder.path().join("sealed")).unwrap();
    let contents: Vec<u8> = (0..offset + bytes).map(|i| (i * i % 251) as u8).collect();
    new.file().write_all_at(&contents, 0).unwrap();
    let at = place("/provenance/seal", offset, bytes, Role::Structure);
    affix(&new, places, &at, [7; 32]).unwrap();
    (new, offset)
}

fn found(file: &File) -> Found {
    find(file, file.metadata().unwrap().len()).unwrap()
}

fn flip(file: &File, at: u64) {
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 4], at).unwrap();
}

#[test]
fn what_changed_is_named_and_what_may_change_is_not() {
    let (new, _) = sealed();
    let file = new.file();
    let Found::Seal(seal) = found(file) else {
        panic!("{:?}", found(file));
    };
    assert_eq!(seal.configuration_hash(), [7; 32]);
    assert_eq!(seal.places()[2].path, "/a/text \"odd\"\n");
    for depth in [Depth::Structure, Depth::Whole] {
        assert!(seal.broken(file, depth).unwrap().is_empty());
    }
    let structure = "the structure or an attribute of the file";
    let texts = "texts of an axis, or references between datasets";
    for (at, expected) in [
        (0, Some(structure)),
        (999, Some(structure)),
        (1000, Some("/a/values")),
        (150_999, Some("/a/values")),
        (151_000, None),
        (170_999, None),
        (171_000, Some(texts)),
        (180_050, Some("/a/text \"odd\"\n")),
        (199_999, Some(texts)),
    ] {
        flip(file, at);
        let broken = seal.broken(file, Depth::Whole).unwrap();
        assert_eq!(broken.first().map(String::as_str), expected, "byte {at}");
        assert!(broken.len() < 2, "byte {at}: {broken:?}");
        let quickly = seal.broken(file, Depth::Structure).unwrap();
        assert_eq!(quickly.is_empty(), expected.is_none_or(|word| word == "/a/values"));
        flip(file, at);
    }
}

#[test]
fn every_byte_of_the_seal_counts() {
    let (new, offset) = sealed();
    let file = new.file();
    for at in offset..file.metadata().unwrap().len() {
        for bit in [1_u8, 32, 128] {
            let mut byte = [0];
            file.read_exact_at(&mut byte, at).unwrap();
            file.write_all_at(&[byte[0] ^ bit], at).unwrap();
            assert!(matches!(found(file), Found::Broken), "byte {at}");
            file.write_all_at(&byte, at).unwrap();
        }
    }
    assert!(matches!(found(file), Found::Seal(_)));
}

#[test]
fn a_cut_or_longer_file_has_no_whole_seal() {
    let (new, offset) = sealed();
    let file = new.file();
    let length = file.metadata().unwrap().len();
    file.set_len(length + 1).unwrap();
    assert!(matches!(found(file), Found::Broken));
    file.set_len(length - 1).unwrap();
    assert!(matches!(found(file), Found::Broken));
    file.set_len(offset).unwrap();
    assert!(matches!(found(file), Found::Nothing));
    file.set_len(10).unwrap();
    assert!(matches!(found(file), Found::Nothing));
}

#[test]
fn a_file_laid_out_otherwise_is_not_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let new = NewFile::begin(&folder.path().join("sealed")).unwrap();
    new.file().set_len(5000).unwrap();
    let at = Place {
        path: "/provenance/seal".to_owned(),
        offset: 1000,
        bytes: text_bytes(1000, &[]),
        role: Role::Structure,
    };
    let refused = affix(&new, Vec::new(), &at, [0; 32]);
    assert!(matches!(refused, Err(StoreError::Hdf { .. })), "{refused:?}");
}
