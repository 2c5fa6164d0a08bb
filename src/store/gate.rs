//! Before HDF5 opens a file: is it ours, and as we left it?
//!
//! The HDF5 library is no judge of damaged files: it can crash on them, or read one number for another. So a file is first
//! looked at by plain reads, and HDF5 gets only what its seal vouches for. A file without a seal (of schema version 1,
//! or not ours) is first read by another process, see [`super::examination`].

use super::seal::{self, Depth, Found, Seal};
use super::{FILE_TYPE, StoreError, examination};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// How every HDF5 file without a user block begins.
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

/// No HDF5 file is shorter.
const MIN_BYTES: u64 = 96;

/// How much of a file is searched for our name, from its start: the attributes of the root are among the first things.
const NAME_BYTES: u64 = 1 << 20;

/// Looks at a file that is about to be opened through HDF5: its seal, if it has one.
///
/// # Errors
/// If it isn't there, can't be read, isn't ours, or is damaged.
pub(super) fn enter(path: &Path, depth: Depth) -> Result<Option<Seal>, StoreError> {
    let file = open(path)?;
    let io = |error| StoreError::io("read", path, error);
    let look = Look::at(&file).map_err(io)?;
    let damaged = |reason: String, parts: Vec<String>| StoreError::Corrupt {
        path: path.to_owned(),
        reason,
        parts,
    };
    match look.found {
        Found::Seal(seal) => {
            let broken = seal.broken(&file, depth).map_err(io)?;
            if broken.is_empty() {
                return Ok(Some(seal));
            }
            Err(damaged(
                format!(
                    "it has changed since it was made (another program may have written to it): {}",
                    list(&broken)
                ),
                broken,
            ))
        }
        _ if look.length == 0 => Err(damaged("it is empty".to_owned(), whole())),
        _ if look.length < look.expected => Err(damaged(
            format!("it was cut: it has {} of at least {} bytes", look.length, look.expected),
            whole(),
        )),
        Found::Broken if look.is_hdf5 || look.is_ours => Err(damaged(
            "its seal, the checksum of all that never changes, doesn't hold: another program may have written to it"
                .to_owned(),
            vec!["/provenance/seal".to_owned()],
        )),
        _ if !look.is_hdf5 => {
            if look.is_ours {
                return Err(damaged("it doesn't begin as an HDF5 file".to_owned(), whole()));
            }
            if look.is_blank {
                return Err(damaged(
                    format!("it has {} bytes, of which the first are all zero", look.length),
                    whole(),
                ));
            }
            Err(StoreError::Foreign {
                path: path.to_owned(),
                reason: "it is not an HDF5 file".to_owned(),
            })
        }
        _ => {
            examination::survives(path)
                .map_err(|end| damaged(format!("it has no seal, and HDF5 can't read it: {end}"), whole()))
                .map_err(|error| if look.is_ours { error } else { foreign(path, &error) })?;
            Ok(None)
        }
    }
}

/// Whether a file is one of ours, sound or not: only those are ours to replace. An empty one is nobody's loss.
///
/// # Errors
/// If it can't be read.
pub fn is_ours(path: &Path) -> Result<bool, StoreError> {
    let look = Look::at(&open(path)?).map_err(|error| StoreError::io("read", path, error))?;
    Ok(look.length == 0 || look.is_ours)
}

/// A file of a version that is sealed, without a seal.
pub(super) fn unsealed(path: &Path) -> StoreError {
    StoreError::Corrupt {
        path: path.to_owned(),
        reason: "its seal, the checksum of all that never changes, is gone: another program has rewritten or cut it"
            .to_owned(),
        parts: vec!["/provenance/seal".to_owned()],
    }
}

/// A file that HDF5 doesn't open, though it isn't cut.
pub(super) fn not_opened(path: &Path, error: &hdf5::Error) -> StoreError {
    let reason = crate::netcdf4::hdf::describe(error);
    if is_ours(path).unwrap_or(false) {
        StoreError::Corrupt {
            path: path.to_owned(),
            reason: format!("HDF5 can't open it: {reason}"),
            parts: whole(),
        }
    } else {
        StoreError::Foreign {
            path: path.to_owned(),
            reason,
        }
    }
}

/// The file, open for reading; tells a missing or unreadable file from a broken one.
pub(super) fn open(path: &Path) -> Result<File, StoreError> {
    match File::open(path).and_then(|file| Ok((file.metadata()?, file))) {
        Ok((metadata, file)) if metadata.is_file() => Ok(file),
        Ok(_) => Err(StoreError::Foreign {
            path: path.to_owned(),
            reason: "it is not a file".to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing { path: path.to_owned() }),
        Err(error) => Err(StoreError::io("read", path, error)),
    }
}

/// What a reader of plain bytes sees.
struct Look {
    length: u64,
    /// Length that HDF5's first block says, or that of any HDF5 file; 0 for another file.
    expected: u64,
    found: Found,
    is_hdf5: bool,
    /// It has a seal, or our name in an attribute.
    is_ours: bool,
    /// It begins with zeros.
    is_blank: bool,
}

impl Look {
    fn at(file: &File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let found = seal::find(file, length)?;
        if matches!(found, Found::Seal(_)) {
            return Ok(Self {
                length,
                expected: length,
                found,
                is_hdf5: true,
                is_ours: true,
                is_blank: false,
            });
        }
        let mut start = vec![0; length.min(NAME_BYTES) as usize];
        file.read_exact_at(&mut start, 0)?;
        let is_hdf5 = start.starts_with(SIGNATURE);
        Ok(Self {
            length,
            expected: match is_hdf5 {
                true => end_of_file(&start).unwrap_or(0).max(MIN_BYTES),
                // Cut in the middle of the signature.
                false if SIGNATURE.starts_with(&start) => MIN_BYTES,
                false => 0,
            },
            is_hdf5,
            // The zero byte keeps texts about results from passing for results.
            is_ours: seal::contains(&start, FILE_TYPE.as_bytes()) && seal::contains(&start, b"file_type\0"),
            is_blank: start.iter().take(4096).all(|byte| *byte == 0),
            found,
        })
    }
}

/// The length of the file as HDF5's superblock has it.
fn end_of_file(start: &[u8]) -> Option<u64> {
    let (offset_bytes_at, base_at, end_at) = match start.get(8)? {
        0 => (13, 24, 40),
        1 => (13, 28, 44),
        2 | 3 => (9, 12, 28),
        _ => return None,
    };
    let number = |at: usize| Some(u64::from_le_bytes(start.get(at..at + 8)?.try_into().ok()?));
    (*start.get(offset_bytes_at)? == 8).then_some(())?;
    number(base_at)?.checked_add(number(end_at)?)
}

/// A broken file that nothing says is ours.
fn foreign(path: &Path, error: &StoreError) -> StoreError {
    let reason = match error {
        StoreError::Corrupt { reason, .. } => reason.clone(),
        other => other.to_string(),
    };
    StoreError::Foreign {
        path: path.to_owned(),
        reason,
    }
}

fn whole() -> Vec<String> {
    vec!["the file".to_owned()]
}

/// A few of many.
fn list(parts: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = parts[..parts.len().min(SHOWN)].join(", ");
    if parts.len() > SHOWN {
        text.push_str(&format!(" and {} more", parts.len() - SHOWN));
    }
    text
}
