//! States of long units beside the results: a file per unit, there from its first save until it is committed.

use super::{StoreError, beside};
use crate::results::{RowPlace, SavedState, StateShelf};
use crate::sweep::UnitIndex;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

/// How a file of a state begins.
const MAGIC: &[u8] = b"plume-nav-sim state of a unit, version 2\n";

/// The folder of the states of units of a results file.
fn folder_of(results: &Path) -> PathBuf {
    beside::folder(results, "saved")
}

/// Removes all states of units of a results file, and their folder if nothing else is in it. Best effort: none of them
/// means anything any more.
pub(super) fn remove_all(results: &Path) {
    let folder = folder_of(results);
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with("unit-")) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(&folder);
}

/// The states of units that this rank runs.
pub(super) struct SavedStates {
    folder: PathBuf,
    configuration_hash: [u8; 32],
    /// Units that have a file.
    kept: Mutex<BTreeSet<u64>>,
    /// Why a state that is there couldn't be read, the first time.
    unread: Mutex<Option<(PathBuf, io::Error)>>,
}

impl SavedStates {
    /// For the results at a path.
    pub fn of(results: &Path, configuration_hash: &[u8; 32]) -> Self {
        Self {
            folder: folder_of(results),
            configuration_hash: *configuration_hash,
            kept: Mutex::default(),
            unread: Mutex::default(),
        }
    }

    fn unread(&self) -> MutexGuard<'_, Option<(PathBuf, io::Error)>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that no state that is there was taken for none: hours of work may be in it.
    ///
    /// # Errors
    /// If one couldn't be read, for another reason than that it isn't there.
    pub fn check(&self) -> Result<(), StoreError> {
        match &*self.unread() {
            None => Ok(()),
            Some((path, error)) => Err(StoreError::Transfer {
                action: "reading the saved state".to_owned(),
                path: path.clone(),
                source: error.raw_os_error().map_or_else(
                    || io::Error::new(error.kind(), error.to_string()),
                    io::Error::from_raw_os_error,
                ),
            }),
        }
    }

    fn path(&self, unit: UnitIndex) -> PathBuf {
        self.folder.join(format!("unit-{}", unit.0))
    }

    fn kept(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the states of units that are committed.
    pub fn remove(&self, units: std::ops::Range<u64>) {
        // Files are removed without the lock: other threads load and save meanwhile.
        let gone = {
            let mut kept = self.kept();
            let gone: Vec<u64> = kept.range(units).copied().collect();
            gone.iter().for_each(|unit| {
                kept.remove(unit);
            });
            gone
        };
        for unit in gone {
            // One that stays is removed with the folder at the end.
            let _ = fs::remove_file(self.path(UnitIndex(unit)));
        }
    }

    fn write(&self, unit: UnitIndex, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(unit);
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        // The state before goes only when this one is certain.
        file.sync_data()?;
        fs::rename(new, path)?;
        File::open(&self.folder)?.sync_all()
    }
}

impl StateShelf for SavedStates {
    fn load(&self, unit: UnitIndex) -> Option<SavedState> {
        let path = self.path(unit);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                self.unread().get_or_insert((path, error));
                return None;
            }
        };
        self.kept().insert(unit.0);
        let state = decode(&self.configuration_hash, unit, &bytes);
        if state.is_none() {
            tracing::warn!(unit = unit.0, path = %path.display(), "a saved state is damaged, or of other results: the unit begins anew");
        }
        state
    }

    fn save(&self, unit: UnitIndex, state: &SavedState) {
        // It might be the one that couldn't be read; the run is about to end.
        if self.unread().is_some() {
            return;
        }
        match self.write(unit, &encode(&self.configuration_hash, unit, state)) {
            Ok(()) => {
                self.kept().insert(unit.0);
            }
            // Nothing is lost but time, if the job ends before the next save.
            Err(error) => tracing::warn!(unit = unit.0, reason = %error, "can't save the state of a unit"),
        }
    }
}

fn encode(configuration_hash: &[u8; 32], unit: UnitIndex, state: &SavedState) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(configuration_hash);
    bytes.extend(unit.0.to_le_bytes());
    bytes.push(u8::from(state.stage.is_some()));
    bytes.extend(state.stage.unwrap_or(0).to_le_bytes());
    bytes.extend(state.rows.part.to_le_bytes());
    bytes.extend(state.rows.offset.to_le_bytes());
    bytes.extend(state.rows.bytes.to_le_bytes());
    bytes.extend((state.tables.len() as u64).to_le_bytes());
    for (rows, checksum) in &state.tables {
        bytes.extend(rows.to_le_bytes());
        bytes.extend(checksum.to_le_bytes());
    }
    bytes.extend_from_slice(&state.bytes);
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

fn decode(configuration_hash: &[u8; 32], unit: UnitIndex, bytes: &[u8]) -> Option<SavedState> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32c::crc32c(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let rest = &mut body.strip_prefix(MAGIC)?.strip_prefix(configuration_hash.as_slice())?;
    if u64::from_le_bytes(take(rest)?) != unit.0 {
        return None;
    }
    let has_stage = take::<1>(rest)? == [1];
    let stage = u64::from_le_bytes(take(rest)?);
    let rows = RowPlace {
        part: u32::from_le_bytes(take(rest)?),
        offset: u64::from_le_bytes(take(rest)?),
        bytes: u64::from_le_bytes(take(rest)?),
    };
    let count = u64::from_le_bytes(take(rest)?);
    let tables = (0..count)
        .map(|_| Some((u64::from_le_bytes(take(rest)?), u64::from_le_bytes(take(rest)?))))
        .collect::<Option<_>>()?;
    Some(SavedState {
        bytes: rest.to_vec(),
        stage: has_stage.then_some(stage),
        rows,
        tables,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> SavedState {
        SavedState {
            bytes: b"step 7".to_vec(),
            stage: Some(7),
            rows: RowPlace {
                part: 2,
                offset: 30,
                bytes: 4,
            },
            tables: vec![(3, 99), (0, 0)],
        }
    }

    #[test]
    fn a_state_comes_back_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("r.h5");
        let states = SavedStates::of(&results, &[1; 32]);
        assert_eq!(states.load(UnitIndex(5)), None);
        states.save(UnitIndex(5), &SavedState::default());
        states.save(UnitIndex(5), &state());
        assert_eq!(states.load(UnitIndex(5)), Some(state()));
        assert_eq!(states.load(UnitIndex(6)), None);
        assert_eq!(
            SavedStates::of(&results, &[2; 32]).load(UnitIndex(5)),
            None,
            "another study"
        );

        assert!(states.check().is_ok());
        let path = states.path(UnitIndex(5));
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(&[1; 32], UnitIndex(5), &damaged), None, "byte {at}");
            assert_eq!(decode(&[1; 32], UnitIndex(5), &bytes[..at]), None, "cut to {at}");
        }
        assert_eq!(decode(&[1; 32], UnitIndex(6), &bytes), None, "another unit");
    }

    /// A folder in its place is an error that even root meets.
    #[test]
    fn a_state_that_can_not_be_read_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let states = SavedStates::of(&folder.path().join("r.h5"), &[1; 32]);
        let path = states.path(UnitIndex(5));
        fs::create_dir_all(path.join("in the way")).unwrap();
        assert_eq!(states.load(UnitIndex(5)), None);
        let error = states.check().unwrap_err().to_string();
        assert!(error.contains("unit-5"), "{error}");
        states.save(UnitIndex(5), &state());
        states.save(UnitIndex(6), &state());
        assert!(path.is_dir() && !states.path(UnitIndex(6)).exists());
    }

    #[test]
    fn states_go_with_their_units_and_the_folder_with_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("r.h5");
        let states = SavedStates::of(&results, &[1; 32]);
        for unit in [3, 5, 8] {
            states.save(UnitIndex(unit), &state());
        }
        states.remove(4..6);
        assert_eq!(states.load(UnitIndex(5)), None);
        assert_eq!(states.load(UnitIndex(3)), Some(state()));
        remove_all(&results);
        assert!(!folder.path().join("r.h5.saved").exists());
    }
}
