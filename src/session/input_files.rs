//! What is in the files that a study reads, on rank 0 and on the others.

use super::{Observer, SessionError, path_bytes, provenance};
use crate::comm::Communicator;
use crate::config;
use crate::engine::DrainFlag;
use crate::scenario::InputFile;
use crate::study::{InputRecord, Study};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 1 << 20;

/// Bytes at each end of a file that every rank reads.
const END_BYTES: u64 = 64 << 10;

/// What is quickly known of a file: its place, its size, and BLAKE3 of its first and last 64 KiB.
///
/// Reading all of a large file on every rank would cost more than the study. That another node holds another file under
/// the same name shows in its size or, headers and last records being at the ends, there; a copy that differs in its
/// middle alone isn't noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Glance {
    name: String,
    #[serde(with = "path_bytes")]
    path: PathBuf,
    bytes: u64,
    ends: String,
}

/// Reads all input files of `study` as a whole.
///
/// # Errors
/// If one can't be read, or a signal came meanwhile.
pub(super) fn fingerprint(
    study: &Study,
    drain: &DrainFlag,
    observer: &mut dyn Observer,
) -> Result<(Vec<InputRecord>, Vec<Glance>), SessionError> {
    let files = config::input_files(study)?;
    let (mut records, mut glances) = (Vec::new(), Vec::new());
    let size = |file: &InputFile| file.path.metadata().map_or(0, |metadata| metadata.len());
    let total: u64 = files.iter().map(size).sum();
    let mut done = 0;
    // Two names can lead to one file.
    let mut known: BTreeMap<PathBuf, (u64, String)> = BTreeMap::new();
    for file in &files {
        let unreadable = |error: io::Error| {
            config::refuse_file(study, file, &format!("{} can't be read: {error}", file.path.display()))
        };
        let place = file.path.canonicalize().map_err(unreadable)?;
        let (bytes, blake3) = match known.get(&place) {
            Some(found) => found.clone(),
            None => {
                let found = hash(&place, &mut |bytes| {
                    done += bytes;
                    observer.reading_inputs(done, total);
                    drain.requested().is_none()
                });
                let found = found.map_err(unreadable)?.ok_or(SessionError::Interrupted)?;
                known.entry(place).or_insert(found).clone()
            }
        };
        records.push(InputRecord {
            name: file.name.clone(),
            bytes,
            blake3,
        });
        // Other ranks may have been started in another folder.
        let absolute = std::path::absolute(&file.path).map_err(unreadable)?;
        glances.push(glance(&file.name, &absolute).map_err(unreadable)?);
    }
    Ok((records, glances))
}

/// Size and BLAKE3 of a file; `None` if `goes_on`, which hears of every block, said no.
fn hash(path: &Path, goes_on: &mut dyn FnMut(u64) -> bool) -> io::Result<Option<(u64, String)>> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; BLOCK_BYTES];
    let mut size = 0;
    loop {
        let count = match file.read(&mut block) {
            Ok(0) => return Ok(Some((size, hasher.finalize().to_hex().to_string()))),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&block[..count]);
        size += count as u64;
        if !goes_on(count as u64) {
            return Ok(None);
        }
    }
}

fn glance(name: &str, path: &Path) -> io::Result<Glance> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    let mut end = Vec::new();
    for start in [0, bytes.saturating_sub(END_BYTES)] {
        end.clear();
        file.seek(SeekFrom::Start(start))?;
        (&mut file).take(END_BYTES).read_to_end(&mut end)?;
        hasher.update(&end);
    }
    Ok(Glance {
        name: name.to_owned(),
        path: path.to_owned(),
        bytes,
        ends: hasher.finalize().to_hex().to_string(),
    })
}

/// Makes sure that every rank sees the files that rank 0 has read, as far as their size and both ends tell.
///
/// # Collective
/// All ranks.
pub(super) fn agree(comm: &dyn Communicator, glances: &[Glance]) -> Result<(), SessionError> {
    if glances.is_empty() {
        return Ok(());
    }
    let line = differing(glances).map_or_else(String::new, |(file, reason)| {
        format!("{file}\t{} on {}\t{reason}", comm.rank().0, provenance::host())
    });
    let mut verdict = Vec::new();
    if let Some(lines) = comm.gather(line.as_bytes()) {
        let bad: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        verdict = bad.join(&b'\n');
    }
    comm.broadcast(&mut verdict);
    let text = String::from_utf8_lossy(&verdict).into_owned();
    let bad: Vec<Vec<&str>> = text.lines().map(|line| line.splitn(3, '\t').collect()).collect();
    let Some([name, _, reason]) = bad.first().map(Vec::as_slice) else {
        return Ok(());
    };
    Err(SessionError::InputNotShared {
        file: (*name).to_owned(),
        reason: (*reason).to_owned(),
        ranks: bad
            .iter()
            .filter_map(|line| line.get(1))
            .map(|rank| (*rank).to_owned())
            .collect(),
    })
}

/// The first file that isn't here what it is on rank 0, and why.
fn differing(glances: &[Glance]) -> Option<(String, String)> {
    glances.iter().find_map(|expected| {
        let place = expected.path.display();
        let reason = match glance(&expected.name, &expected.path) {
            Err(error) => format!("{place} can't be read: {error}"),
            Ok(found) if found == *expected => return None,
            Ok(found) if found.bytes != expected.bytes => {
                format!("{place} has {} bytes, on rank 0 {}", found.bytes, expected.bytes)
            }
            Ok(_) => format!("{place} has other contents than on rank 0"),
        };
        Some((expected.name.clone(), reason.replace(['\n', '\t'], " ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::ThreadRank;

    #[test]
    fn a_hash_is_of_the_whole_and_a_glance_of_both_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let mut data = vec![7_u8; 3 * BLOCK_BYTES + 5];
        let look = |data: &[u8]| {
            std::fs::write(&path, data).unwrap();
            let whole = hash(&path, &mut |_| true).unwrap().unwrap();
            assert_eq!(whole, (data.len() as u64, blake3::hash(data).to_hex().to_string()));
            glance("data", &path).unwrap()
        };
        let before = look(&data);
        data[2_000_000] ^= 1;
        assert_eq!(look(&data), before, "the middle is for rank 0's hash");
        for at in [
            0,
            END_BYTES as usize - 1,
            data.len() - END_BYTES as usize,
            data.len() - 1,
        ] {
            let mut changed = data.clone();
            changed[at] ^= 1;
            assert_ne!(look(&changed), before, "byte {at}");
        }
        assert_ne!(look(&data[..data.len() - 1]), before);
        assert_ne!(look(&[]), before);
    }

    #[test]
    fn a_rank_with_another_file_says_how_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        std::fs::write(&path, "abc").unwrap();
        let expected = [glance("data", &path).unwrap()];
        assert_eq!(differing(&expected), None);
        for (contents, words) in [
            ("abd", "has other contents than on rank 0"),
            ("ab", "has 2 bytes, on rank 0 3"),
        ] {
            std::fs::write(&path, contents).unwrap();
            let (name, reason) = differing(&expected).unwrap();
            assert!(name == "data" && reason.ends_with(words), "{reason}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(differing(&expected).unwrap().1.contains("can't be read"));
    }

    /// Threads as ranks: all of them hear of it, and of those that differ.
    #[test]
    fn all_ranks_refuse_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        std::fs::write(&path, "abc").unwrap();
        let right = glance("data", &path).unwrap();
        let wrong = Glance {
            bytes: 4,
            ..right.clone()
        };
        let ranks: Vec<_> = (ThreadRank::job(3).into_iter())
            .map(|comm| {
                // Rank 1 sees what isn't expected.
                let mine = if comm.rank().0 == 1 {
                    wrong.clone()
                } else {
                    right.clone()
                };
                std::thread::spawn(move || agree(&comm, &[mine]).map_err(|error| error.to_string()))
            })
            .collect();
        let verdicts = ranks.into_iter().map(|rank| rank.join().unwrap());
        for verdict in verdicts {
            let error = verdict.unwrap_err();
            assert!(
                error.starts_with("rank 1 on ") && error.contains("the input file data"),
                "{error}"
            );
        }
    }

    #[test]
    fn reading_stops_when_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        std::fs::write(&path, vec![0_u8; 2 * BLOCK_BYTES]).unwrap();
        let mut seen = 0;
        let stopped = hash(&path, &mut |bytes| {
            seen += bytes;
            false
        });
        assert_eq!(stopped.unwrap(), None);
        assert_eq!(seen, BLOCK_BYTES as u64);
    }
}
