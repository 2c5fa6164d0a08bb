//! Rows of units: in files beside the results, block by block.

use super::{begin, made, one, writer};
use crate::results::{CellColumn, Cells, EncodedRun, FinishedUnit, Ledger, TableRows, UnitRows};
use crate::store::synthetic::Synthetic;
use crate::store::{Layout, Provenance, Reader, StoreError, Writer, create, digest, replace, verify};
use crate::sweep::UnitIndex;
use std::fs;
use std::ops::Range;

/// Rows of a unit: as many hundreds as its index, so that the first has none.
pub(super) fn expected(unit: u64) -> TableRows {
    let rows = 0..100 * unit as i32;
    TableRows {
        rows: 100 * unit,
        columns: vec![
            CellColumn::I32(rows.clone().collect()),
            CellColumn::F64(rows.clone().map(|row| f64::from(row) / 7.0).collect()),
            CellColumn::Text(
                rows.map(|row| ["glad", "", "müde"][row as usize % 3].to_owned())
                    .collect(),
            ),
        ],
    }
}

/// Runs units that append ten rows at a time, with blocks of at most so many bytes.
pub(super) fn run(writer: &Writer, study: &Synthetic, units: Range<u64>, block_bytes: usize) -> EncodedRun {
    let encoder = writer.encoder();
    let sink = encoder.row_sink().expect("a study with tables");
    let mut rows = UnitRows::new(&study.features.tables, block_bytes, sink.clone());
    let mut run = encoder.begin(UnitIndex(units.start));
    for unit in units {
        rows.begin(UnitIndex(unit));
        let TableRows { columns, .. } = expected(unit);
        let [
            CellColumn::I32(agents),
            CellColumn::F64(places),
            CellColumn::Text(moods),
        ] = &columns[..]
        else {
            panic!("three columns");
        };
        let moods: Vec<&str> = moods.iter().map(String::as_str).collect();
        for ((agents, places), moods) in agents.chunks(10).zip(places.chunks(10)).zip(moods.chunks(10)) {
            rows.append(0, &[Cells::I32(agents), Cells::F64(places), Cells::Text(moods)]);
        }
        rows.finish();
        let values = study.values(unit);
        let finished = FinishedUnit {
            rows: Some(&rows),
            ..study.finished(&values)
        };
        encoder.push(&mut run, Some(finished));
    }
    sink.settle();
    run
}

#[test]
fn rows_come_back_wherever_their_blocks_end() {
    let study = Synthetic::small().with_rows();
    let digests = [1, 1000, 1 << 20].map(|block_bytes| {
        let (_folder, path) = made(&study);
        let mut writer = writer(&path, &study);
        begin(&mut writer, "first");
        // Begun in one session and gone on with in another, which has a file of its own.
        let first = run(&writer, &study, 2..4, block_bytes);
        writer.commit(&[first]).unwrap();
        drop(writer);
        let mut writer = self::writer(&path, &study);
        assert_eq!(writer.not_committed(0..30).unwrap(), [0..2, 4..30]);
        let rest = [
            run(&writer, &study, 0..2, block_bytes),
            run(&writer, &study, 4..30, block_bytes),
        ];
        writer.commit(&rest).unwrap();
        writer.remove_leftovers().unwrap();
        let reader = Reader::open(&path).unwrap();
        for unit in [0, 1, 2, 3, 4, 29] {
            let rows = reader.rows(UnitIndex(unit), 0).unwrap().unwrap();
            assert_eq!(rows, expected(unit), "unit {unit} in blocks of {block_bytes} bytes");
        }
        assert!(verify(&path, &mut |_| {}).unwrap().is_sound());
        assert_eq!(
            fs::read_dir(path.with_file_name("results.h5.tables")).unwrap().count(),
            2
        );
        digest(&path, &mut |_, _| {}).unwrap()
    });
    assert!(
        digests.windows(2).all(|pair| pair[0] == pair[1]),
        "blocks are no result"
    );
}

#[test]
fn a_byte_in_any_block_is_missed_and_what_lies_between_is_not() {
    let study = Synthetic::small().with_rows();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    begin(&mut writer, "first");
    let committed = run(&writer, &study, 1..3, 500);
    writer.commit(&[committed]).unwrap();
    // Rows of a unit that is never committed, and a torn end.
    let _lost = run(&writer, &study, 7..8, 500);
    let part = path.with_file_name("results.h5.tables").join("part-000001");
    let whole = fs::read(&part).unwrap();
    fs::write(&part, [&whole[..whole.len() - 3], b"\0"].concat()).unwrap();
    assert_eq!(writer.not_committed(0..4).unwrap(), [0..1, 3..4]);

    let end_of_committed = {
        let reader = Reader::open(&path).unwrap();
        let last = reader.table().row_places(2..3).unwrap()[0];
        (last.offset + last.bytes) as usize
    };
    let blocks = {
        let table = crate::store::row_format::head(&crate::store::Subject::hash(&study), &study.features.tables);
        table.len()..end_of_committed
    };
    for at in [blocks.start, (blocks.start + blocks.end) / 2, blocks.end - 1] {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        fs::write(&part, damaged).unwrap();
        assert_eq!(
            verify(&path, &mut |_| {}).unwrap().damaged,
            1,
            "byte {at} of {blocks:?}"
        );
    }
    fs::write(&part, &whole).unwrap();
    assert!(verify(&path, &mut |_| {}).unwrap().is_sound());

    // Whose rows are gone has to be run again.
    fs::remove_file(&part).unwrap();
    assert_eq!(writer.not_committed(0..4).unwrap(), one(0..4));
    let removed = writer.commit(&[EncodedRun::default()]).unwrap_err();
    assert!(removed.to_string().contains("part-000001"), "{removed}");
    // Not even the folder is missed by a writer that has nothing in it that counts.
    fs::remove_dir(part.parent().unwrap()).unwrap();
    writer.synchronise().unwrap();
    let reader = Reader::open(&path).unwrap();
    let error = reader.rows(UnitIndex(2), 0).unwrap_err();
    assert!(matches!(error, StoreError::Rows { unit: UnitIndex(2), .. }), "{error}");
}

#[test]
fn rows_that_are_not_written_are_not_committed() {
    let study = Synthetic::small().with_rows();
    let (_folder, path) = made(&study);
    let mut writer = writer(&path, &study);
    // No folder can be made where a file is.
    fs::write(path.with_file_name("results.h5.tables"), "in the way").unwrap();
    let lost = run(&writer, &study, 1..3, 500);
    let error = writer.commit(&[lost]).unwrap_err();
    assert!(error.to_string().contains("results.h5.tables"), "{error}");
    assert!(writer.commit(&[EncodedRun::default()]).is_err(), "and never again");
    assert_eq!(Reader::open(&path).unwrap().state_counts().unwrap().pending, 30);
}

#[test]
fn rows_belong_to_their_results() {
    let study = Synthetic::small().with_rows();
    let (_folder, path) = made(&study);
    let folder = path.with_file_name("results.h5.tables");
    let mut writer = writer(&path, &study);
    let committed = run(&writer, &study, 1..3, 500);
    writer.commit(&[committed]).unwrap();
    drop(writer);
    replace(&path, &study, &Layout::new(&study), &Provenance::here("test")).unwrap();
    assert!(!folder.exists());

    // Their results were moved away.
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("part-000003"), "rows").unwrap();
    fs::remove_file(&path).unwrap();
    let refused = create(&path, &study, &Layout::new(&study), &Provenance::here("test"));
    assert!(matches!(refused, Err(StoreError::RowsLeft { .. })), "{refused:?}");
    assert!(folder.join("part-000003").exists() && !path.exists());
    // One without tables has nothing to do with them.
    let plain = Synthetic::small();
    create(&path, &plain, &Layout::new(&plain), &Provenance::here("test")).unwrap();
}
