//! The record of every run of the program on a file.

use super::columns::Table;
use super::failures::cut;
use super::layout::{SESSION_BYTES, SESSION_ROWS};
use super::{SchemaVersion, StoreError};
use crate::results::CounterSummary;
use serde::{Deserialize, Serialize};

/// One run of the program on a results file: written when it starts and again when it ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionRecord {
    /// Correlation id of the run, as in its logs.
    pub correlation_id: String,
    /// Start, RFC 3339.
    pub started: String,
    /// End, RFC 3339; empty while it runs, and for ever if it was killed.
    pub ended: String,
    /// How it ended: `finished`, `drained`, `quarantined`, …; empty while it runs.
    pub outcome: String,
    /// Ranks.
    pub ranks: u32,
    /// Threads per rank that simulate.
    pub threads: u32,
    /// Host of each node.
    pub hosts: Vec<String>,
    /// Identity in the batch system, if any.
    pub job: String,
    /// How the values got into the file: `posix`; earlier versions knew `serial` and `mpi-io`.
    pub driver: String,
    /// Units that were committed when this run began.
    pub units_before: u64,
    /// Units that this run has taken over from other files, and from which: path, hash of its configuration, units. Those that
    /// don't fit are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reused: Vec<(String, String, u64)>,
    /// Units committed by this run.
    pub units_done: u64,
    /// Units quarantined by this run.
    pub units_quarantined: u64,
    /// Version of this program.
    pub software_version: String,
    /// Git revision it was built from.
    pub git_revision: String,
    /// Libraries and their versions.
    pub libraries: Vec<(String, String)>,
    /// Hosts that didn't fit into the record.
    pub hosts_left_out: u64,
    /// Whether the record of a later run follows, which may not be missing then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub followed: bool,
    /// What the scenario counted in this run, over all ranks; empty while it runs. Those that don't fit are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<CounterSummary>,
}

impl SessionRecord {
    /// The start of its id, which tells runs apart by the millisecond: enough to find the folder of its logs.
    #[must_use]
    pub fn short_id(&self) -> &str {
        self.correlation_id.get(..13).unwrap_or(&self.correlation_id)
    }

    /// The record as JSON of exactly [`SESSION_BYTES`] bytes, filled up with zero bytes. Hosts that don't fit are
    /// counted instead of named.
    pub(super) fn to_row(&self) -> Vec<u8> {
        let mut record = self.clone();
        loop {
            let mut row = serde_json::to_vec(&record).expect("a session record is plain data");
            seal(&mut row);
            if row.len() <= SESSION_BYTES {
                row.resize(SESSION_BYTES, 0);
                return row;
            }
            // Files that were taken over may have long names; nothing depends on them.
            if record.reused.pop().is_some() {
                continue;
            }
            if record.hosts.is_empty() {
                // Nothing that grows with the job is left: some single text is absurdly long.
                for text in [
                    &mut record.correlation_id,
                    &mut record.outcome,
                    &mut record.job,
                    &mut record.driver,
                ] {
                    *text = cut(text, 64).to_owned();
                }
                record.libraries.clear();
                record.counters.truncate(record.counters.len() / 2);
                (record.software_version, record.git_revision) = (String::new(), String::new());
            }
            let kept = record.hosts.len() / 2;
            record.hosts_left_out += (record.hosts.len() - kept) as u64;
            record.hosts.truncate(kept);
        }
    }

    fn from_row(row: &[u8]) -> Option<Self> {
        let end = row.iter().position(|byte| *byte == 0).unwrap_or(row.len());
        serde_json::from_slice(&row[..end]).ok()
    }
}

/// The key of a record's checksum, its last.
const CHECKSUM_KEY: &[u8] = b",\"crc32c\":\"";

/// Puts the checksum of a JSON object at its end, as one more key.
fn seal(row: &mut Vec<u8>) {
    let checksum = crc32c::crc32c(row);
    if row.pop() == Some(b'}') {
        row.extend_from_slice(CHECKSUM_KEY);
        row.extend_from_slice(format!("{checksum:08x}\"}}").as_bytes());
    }
}

/// What a row of the table holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    Free,
    Record(Box<SessionRecord>),
    Damaged,
}

impl Row {
    /// Reads a row; only from schema version 2 on it has a checksum.
    fn of(bytes: &[u8], version: SchemaVersion) -> Self {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let (text, padding) = bytes.split_at(end);
        if padding.iter().any(|byte| *byte != 0) || (version.is_sealed() && !text.is_empty() && !holds(text)) {
            return Self::Damaged;
        }
        match SessionRecord::from_row(text) {
            Some(record) => Self::Record(Box::new(record)),
            None if text.is_empty() => Self::Free,
            None => Self::Damaged,
        }
    }
}

/// Whether the checksum at the end of a record is that of the rest.
fn holds(text: &[u8]) -> bool {
    let Some(at) = text.len().checked_sub(CHECKSUM_KEY.len() + 10) else {
        return false;
    };
    let mut record = text[..at].to_vec();
    record.push(b'}');
    seal(&mut record);
    record == text
}

/// Reads all rows.
pub(super) fn rows(table: &Table) -> Result<Vec<Row>, StoreError> {
    let sessions = &table.sessions;
    let version = table.layout.version();
    let bytes = table.values.read("reading the sessions of", sessions, sessions.all())?;
    Ok(bytes
        .chunks_exact(SESSION_BYTES)
        .map(|row| Row::of(row, version))
        .collect())
}

/// Reads the records; rows that hold none are left out.
pub(super) fn read(table: &Table) -> Result<Vec<SessionRecord>, StoreError> {
    Ok(records(&rows(table)?))
}

fn records(rows: &[Row]) -> Vec<SessionRecord> {
    (rows.iter())
        .filter_map(|row| match row {
            Row::Record(record) => Some((**record).clone()),
            Row::Free | Row::Damaged => None,
        })
        .collect()
}

/// Rows that don't hold the record that was there. `used` says whether units are committed: then a run committed them.
/// In `finished` results no record may stand behind one that says that none follows.
pub(super) fn damaged(table: &Table, used: bool, finished: bool) -> Result<Vec<u64>, StoreError> {
    let rows = rows(table)?;
    let mut damaged = lost(&rows, table, used);
    if finished && table.layout.version().is_sealed() {
        damaged.extend(unannounced(&rows));
        damaged.sort_unstable();
        damaged.dedup();
    }
    Ok(damaged)
}

/// Records behind one that says that none follows. A kill may leave one: the record before is told last.
fn unannounced(rows: &[Row]) -> Vec<u64> {
    let says_no = |row: &Row| matches!(row, Row::Record(record) if !record.followed);
    let pairs = rows.windows(2).zip(1..);
    pairs
        .filter(|(pair, _)| says_no(&pair[0]) && matches!(pair[1], Row::Record(_)))
        .map(|(_, index)| index)
        .collect()
}

fn lost(rows: &[Row], table: &Table, used: bool) -> Vec<u64> {
    let records = expected_records(rows, used && table.layout.version().is_sealed());
    (rows.iter().zip(0..))
        .filter(|(row, index)| **row == Row::Damaged || (**row == Row::Free && *index < records))
        .map(|(_, index)| index)
        .collect()
}

/// How many records there have been, as far as the others tell: rows are taken one after the other, and each says whether
/// another one follows.
fn expected_records(rows: &[Row], used: bool) -> u64 {
    let last = rows.iter().rposition(|row| *row != Row::Free);
    let known = last.map_or(0, |last| match &rows[last] {
        Row::Record(record) if record.followed => last + 2,
        _ => last + 1,
    });
    known.max(usize::from(used)).min(rows.len()) as u64
}

/// Moves the records together, if some between them were lost, and says how many.
pub(super) fn close_gaps(table: &Table, used: bool) -> Result<u64, StoreError> {
    let rows = rows(table)?;
    let lost = lost(&rows, table, used).len() as u64;
    let mut records = records(&rows);
    // A kill may have come between the copy of a record and the end of the old one.
    let count = records.len();
    records.dedup_by(|later, earlier| later.correlation_id == earlier.correlation_id);
    if lost == 0 && records.len() == count && unannounced(&rows).is_empty() {
        return Ok(0);
    }
    write_all(table, &records)?;
    for (row, index) in rows.iter().zip(0..).skip(records.len()) {
        if *row != Row::Free {
            clear(table, index)?;
        }
    }
    Ok(lost)
}

/// Writes records into the first rows.
pub(super) fn write_all(table: &Table, records: &[SessionRecord]) -> Result<(), StoreError> {
    for (index, record) in records.iter().enumerate() {
        let followed = index + 1 < records.len();
        write(
            table,
            index as u64,
            &SessionRecord {
                followed,
                ..record.clone()
            },
        )?;
    }
    Ok(())
}

/// Says in the record before a row that this one follows.
pub(super) fn follow(table: &Table, row: u64) -> Result<(), StoreError> {
    let Some(before) = row.checked_sub(1) else {
        return Ok(());
    };
    match &rows(table)?[before as usize] {
        Row::Record(record) if !record.followed => {
            let followed = SessionRecord {
                followed: true,
                ..(**record).clone()
            };
            write(table, before, &followed)
        }
        _ => Ok(()),
    }
}

/// The first row that holds nothing whole; the last one if all hold something.
pub(super) fn free_row(table: &Table) -> Result<u64, StoreError> {
    let free = rows(table)?.iter().position(|row| !matches!(row, Row::Record(_)));
    Ok(free.map_or(SESSION_ROWS - 1, |row| row as u64))
}

/// Frees one row.
fn clear(table: &Table, row: u64) -> Result<(), StoreError> {
    let action = "clearing a record of a session in";
    table.values.write(action, &table.sessions, row, &[0; SESSION_BYTES])
}

/// Writes one row.
pub(super) fn write(table: &Table, row: u64, record: &SessionRecord) -> Result<(), StoreError> {
    let action = "recording the session in";
    table.values.write(action, &table.sessions, row, &record.to_row())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::CounterNumbers;

    #[test]
    fn every_byte_of_a_row_counts() {
        let record = SessionRecord {
            correlation_id: "0198".to_owned(),
            hosts: vec!["node".to_owned()],
            ..SessionRecord::default()
        };
        let row = record.to_row();
        assert_eq!(Row::of(&row, SchemaVersion::CURRENT), Row::Record(Box::new(record)));
        let free = vec![0; SESSION_BYTES];
        assert_eq!(Row::of(&free, SchemaVersion::CURRENT), Row::Free);
        for good in [row, free] {
            for at in 0..SESSION_BYTES {
                for bit in [1_u8, 32, 128] {
                    let mut bad = good.clone();
                    bad[at] ^= bit;
                    assert_eq!(Row::of(&bad, SchemaVersion::CURRENT), Row::Damaged, "byte {at}");
                }
            }
        }
    }

    #[test]
    fn rows_are_taken_one_after_the_other() {
        let record = |followed| {
            Row::Record(Box::new(SessionRecord {
                followed,
                ..SessionRecord::default()
            }))
        };
        use Row::{Damaged, Free};
        for (rows, used, records) in [
            (&[Free, Free, Free][..], false, 0),
            (&[Free, Free, Free], true, 1),
            (&[record(false), Free, Free], true, 1),
            (&[record(true), Free, Free], true, 2),
            (&[Free, record(false), Free], false, 2),
            (&[record(true), Damaged, Free], false, 2),
            (&[record(true), record(true), record(true)], true, 3),
        ] {
            assert_eq!(expected_records(rows, used), records, "{rows:?}");
        }
        for (rows, unannounced_rows) in [
            (&[record(true), record(false), Free][..], &[][..]),
            (&[record(false), record(false), Free], &[1]),
            (&[record(true), record(false), record(false)], &[2]),
        ] {
            assert_eq!(unannounced(rows), unannounced_rows, "{rows:?}");
        }
    }

    #[test]
    fn records_of_the_first_version_have_no_checksum() {
        let mut row = b"{\"correlation_id\":\"0198\"}".to_vec();
        row.resize(SESSION_BYTES, 0);
        assert!(matches!(Row::of(&row, SchemaVersion(1)), Row::Record(_)));
        assert_eq!(Row::of(&row, SchemaVersion::CURRENT), Row::Damaged);
    }

    #[test]
    fn a_record_fits_its_row_whatever_its_size() {
        let mut record = SessionRecord {
            correlation_id: "0198".to_owned(),
            hosts: (0..10_000).map(|node| format!("node{node:05}")).collect(),
            ..SessionRecord::default()
        };
        let row = record.to_row();
        assert_eq!(row.len(), SESSION_BYTES);
        let back = SessionRecord::from_row(&row).unwrap();
        assert_eq!(back.hosts.len() as u64 + back.hosts_left_out, 10_000);
        assert!(back.hosts.len() > 100, "{} hosts kept", back.hosts.len());
        record.hosts = vec!["only".to_owned()];
        assert_eq!(SessionRecord::from_row(&record.to_row()), Some(record.clone()));
        let counter = |number: u64| CounterSummary {
            name: format!("counter_{number}"),
            long_name: format!("counter number {number}"),
            value: CounterNumbers::Share {
                share: Some(0.1),
                part: number,
                whole: 10 * number,
            },
        };
        record.counters = (0..20).map(counter).collect();
        assert_eq!(SessionRecord::from_row(&record.to_row()), Some(record.clone()));
        record.counters = (0..2000).map(counter).collect();
        let kept = SessionRecord::from_row(&record.to_row()).unwrap().counters;
        assert!(
            kept.len() > 20 && kept == record.counters[..kept.len()],
            "{}",
            kept.len()
        );
        record.counters.clear();
        record.reused = vec![("f".repeat(150), "0".repeat(64), 3); 40];
        record.software_version = "1.2".to_owned();
        let back = SessionRecord::from_row(&record.to_row()).unwrap();
        assert_eq!(
            (back.hosts, back.software_version.as_str()),
            (record.hosts.clone(), "1.2")
        );
        assert!((5..40).contains(&back.reused.len()), "{}", back.reused.len());
        record.reused.clear();
        record.job = "j".repeat(3 * SESSION_BYTES);
        assert_eq!(record.to_row().len(), SESSION_BYTES);
        assert!(SessionRecord::from_row(&record.to_row()).is_some());
    }
}
