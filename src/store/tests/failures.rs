//! Kills while the table of failures is written: after each write, and in the middle of each.

use super::*;

fn failure(unit: u64) -> FailureRow {
    FailureRow {
        unit: UnitIndex(unit),
        attempts: 2,
        seed: unit * 11,
        message: format!("unit {unit} failed"),
    }
}

/// One session: runs what is not committed, from the last unit to the first, and sorts. The units of `failing` fail.
fn session(writer: &mut Writer, study: &Synthetic, failing: &[u64]) -> Result<(), String> {
    let pending: Vec<u64> = writer.not_committed(0..30).unwrap().into_iter().flatten().collect();
    for unit in pending.into_iter().rev() {
        if failing.contains(&unit) {
            writer.record_failure(failure(unit)).map_err(|error| error.reason)?;
            let encoder = writer.encoder();
            let mut run = encoder.begin(UnitIndex(unit));
            encoder.push(&mut run, None);
            writer.commit(&[run]).unwrap();
        } else {
            commit(writer, study, unit..unit + 1);
        }
    }
    writer.sort_failures().map_err(|error| error.to_string())?;
    assert!(writer.not_committed(0..30).unwrap().is_empty());
    Ok(())
}

/// Kills the first session at every write in turn, and resumes with one that is left alone.
fn kill_everywhere(failing: &[u64], rows: &[u64]) {
    const NEVER: u64 = 1 << 40;
    let study = Synthetic::small();
    let (folder, empty) = made(&study);
    let mut open = writer(&empty, &study);
    let mut next = 0;
    // What never fails is there already.
    for unit in (0..30).filter(|unit| failing.contains(unit)).chain([30]) {
        if next < unit {
            commit(&mut open, &study, next..unit);
        }
        next = unit + 1;
    }
    open.close().unwrap();

    let path = folder.path().join("killed.h5");
    let run = |death: u64, halfway: bool| {
        let mut open = writer(&path, &study);
        open.death.set(Some((death, halfway)));
        let end = session(&mut open, &study, failing);
        let writes = death - open.death.get().unwrap().0;
        open.close().unwrap();
        (end, writes)
    };
    fs::copy(&empty, &path).unwrap();
    let (end, writes) = run(NEVER, false);
    assert_eq!(end, Ok(()));
    assert!(writes > 5 * rows.len() as u64, "{writes}");
    let expected = digest(&path, &mut |_, _| {}).unwrap();
    let found = Reader::open(&path).unwrap().failures().unwrap();
    assert_eq!(found, rows.iter().copied().map(failure).collect::<Vec<_>>());

    for death in 0..writes {
        for halfway in [false, true] {
            fs::copy(&empty, &path).unwrap();
            let (end, _) = run(death, halfway);
            assert!(end.is_err(), "write {death} comes");
            for row in Reader::open(&path).unwrap().failures().unwrap() {
                assert_eq!(row, failure(row.unit.0), "after {death} writes, halfway {halfway}");
            }
            assert_eq!(run(NEVER, false).0, Ok(()));
            let digest = digest(&path, &mut |_, _| {}).unwrap();
            assert_eq!(digest, expected, "after {death} writes, halfway {halfway}");
        }
    }
}

#[test]
fn a_kill_at_any_write_leads_to_the_same_table() {
    let failing = [3, 7, 11, 20, 25];
    kill_everywhere(&failing, &failing);
}

#[test]
fn a_kill_at_any_write_to_a_full_table_leads_to_the_same_lowest_units() {
    let failing: Vec<u64> = (4..15).collect();
    kill_everywhere(&failing, &failing[..FAILURE_ROWS as usize]);
}

#[test]
fn a_sorted_table_is_not_written_again() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    session(&mut open, &study, &[9, 4]).unwrap();
    open.death.set(Some((0, false)));
    open.sort_failures().unwrap();
}

#[test]
fn rows_of_units_that_succeed_later_make_room() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    // All rows are taken by units whose commits a kill prevents.
    (0..FAILURE_ROWS).for_each(|unit| open.record_failure(failure(unit)).unwrap());
    open.close().unwrap();
    let mut open = writer(&path, &study);
    session(&mut open, &study, &[21, 29]).unwrap();
    open.close().unwrap();
    let rows = Reader::open(&path).unwrap().failures().unwrap();
    assert_eq!(rows, [failure(21), failure(29)]);
}

#[test]
fn in_a_full_table_only_higher_units_need_no_row() {
    let study = Synthetic::small();
    let (_folder, path) = made(&study);
    let mut open = writer(&path, &study);
    let failing: Vec<u64> = (10..20).collect();
    session(&mut open, &study, &failing).unwrap();
    let quarantine = |open: &mut Writer, unit| {
        let encoder = open.encoder();
        let mut run = encoder.begin(UnitIndex(unit));
        encoder.push(&mut run, None);
        open.commit(&[run]).unwrap();
    };
    quarantine(&mut open, 5);
    quarantine(&mut open, 25);
    assert_eq!(open.not_committed(0..30).unwrap(), one(5..6));
}
