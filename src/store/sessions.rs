//! The record of every run of the program on a file.

use super::columns::Table;
use super::failures::cut;
use super::hdf::Raw;
use super::layout::{SESSION_BYTES, SESSION_ROWS};
use super::{Slab, StoreError};
use crate::scenario::CounterSummary;
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
    /// `serial` or `mpi-io`.
    pub driver: String,
    /// Units that were committed when this run began.
    pub units_before: u64,
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
    /// What the scenario counted in this run, over all ranks; empty while it runs. Those that don't fit are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<CounterSummary>,
}

impl SessionRecord {
    /// The record as JSON of exactly [`SESSION_BYTES`] bytes, filled up with zero bytes. Hosts that don't fit are
    /// counted instead of named.
    pub(super) fn to_row(&self) -> Vec<u8> {
        let mut record = self.clone();
        loop {
            let mut row = serde_json::to_vec(&record).expect("a session record is plain data");
            if row.len() <= SESSION_BYTES {
                row.resize(SESSION_BYTES, 0);
                return row;
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

fn row_slab(row: u64) -> Slab {
    Slab {
        start: vec![row],
        count: vec![1],
    }
}

/// Reads the records; rows that hold none are left out.
pub(super) fn read(table: &Table) -> Result<Vec<SessionRecord>, StoreError> {
    let mut bytes = vec![0; SESSION_BYTES * SESSION_ROWS as usize];
    table.guard(
        "reading the sessions of",
        table.sessions.read(&Slab::whole(&[SESSION_ROWS]), &mut bytes),
    )?;
    Ok(bytes
        .chunks_exact(SESSION_BYTES)
        .filter_map(SessionRecord::from_row)
        .collect())
}

/// The first row that holds nothing; the last one if all hold something.
pub(super) fn free_row(table: &Table) -> Result<u64, StoreError> {
    let mut bytes = vec![0; SESSION_BYTES * SESSION_ROWS as usize];
    table.guard(
        "reading the sessions of",
        table.sessions.read(&Slab::whole(&[SESSION_ROWS]), &mut bytes),
    )?;
    let free = bytes.chunks_exact(SESSION_BYTES).position(|row| row[0] == 0);
    Ok(free.map_or(SESSION_ROWS - 1, |row| row as u64))
}

/// Writes one row.
pub(super) fn write(sessions: &Raw, row: u64, record: &SessionRecord) -> hdf5::Result<()> {
    sessions.write(&row_slab(row), &record.to_row())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::CounterNumbers;

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
        record.job = "j".repeat(3 * SESSION_BYTES);
        assert_eq!(record.to_row().len(), SESSION_BYTES);
        assert!(SessionRecord::from_row(&record.to_row()).is_some());
    }
}
