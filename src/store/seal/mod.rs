//! The seal at the end of a results file: checksums of every byte that never changes after creation.
//!
//! It is the last dataset of the file, and text: where each dataset lies, which of them change while units are
//! committed, and a hash of each block of all other bytes: HDF5's own structures, attributes, axes, points, provenance. It is
//! found from the end of the file by plain reads, so that HDF5 needn't be trusted with bytes that don't hold.
//!
//! What it says is here, its text in `format`, the hashes in `hashing`, and how it is found in `finding`.

mod finding;
mod format;
mod hashing;
mod places;
#[cfg(test)]
mod tests;

use super::StoreError;
use crate::netcdf4::NewFile;
pub(super) use hashing::BLOCK_BYTES;
use hashing::HASH_BYTES;
pub(super) use hashing::hash as hash_of_piece;

/// The hash of a piece.
pub(super) type PieceHash = [u8; HASH_BYTES];
use std::os::unix::fs::FileExt;

pub(super) use finding::{Found, contains, find};
pub(super) use format::{read, text_bytes};
pub(super) use places::{places, predicted_bytes};

/// Name of the dataset in `/provenance`.
pub(super) const NAME: &str = "seal";

/// What HDF5 makes of the bytes of a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Written while units are committed; has checksums of its own.
    Changes,
    /// Never changes; plain values.
    Values,
    /// Never changes; what every reader needs (provenance), or what HDF5 follows (references to texts).
    Structure,
}

/// Where a dataset lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub path: String,
    pub offset: u64,
    pub bytes: u64,
    pub role: Role,
}

impl Place {
    fn end(&self) -> u64 {
        self.offset.saturating_add(self.bytes)
    }
}

/// How much of a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// What HDF5 follows, and provenance: quick however many points there are.
    Structure,
    /// All that never changes.
    Whole,
}

/// What a seal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    offset: u64,
    configuration_hash: [u8; 32],
    /// By offset.
    places: Vec<Place>,
    hashes: Vec<[u8; HASH_BYTES]>,
}

impl Seal {
    /// An empty seal for a file with these datasets; `offset` is where the seal will be.
    fn blank(offset: u64, configuration_hash: [u8; 32], mut places: Vec<Place>) -> Self {
        places.sort_by_key(|place| place.offset);
        let mut seal = Self {
            offset,
            configuration_hash,
            places,
            hashes: Vec::new(),
        };
        seal.hashes = vec![[0; HASH_BYTES]; seal.pieces().len()];
        seal
    }

    /// Hash of the configuration of the file.
    pub fn configuration_hash(&self) -> [u8; 32] {
        self.configuration_hash
    }

    /// Where the datasets lie.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Whether it is the seal of a packed file: of all its bytes, since none of them ever changes.
    pub fn is_of_packed(&self) -> bool {
        self.places.is_empty()
    }

    /// The hashes of the pieces of each dataset of values that never change, by path.
    pub fn values(&self) -> Vec<(&str, Vec<PieceHash>)> {
        let pieces = self.pieces();
        (self.places.iter().enumerate())
            .filter(|(_, place)| place.role != Role::Changes)
            .map(|(index, place)| {
                let own = pieces.iter().zip(&self.hashes);
                let hashes = own
                    .filter(|(piece, _)| piece.place == Some(index))
                    .map(|(_, hash)| *hash);
                (place.path.as_str(), hashes.collect())
            })
            .collect()
    }

    /// Whether the datasets lie side by side and before the seal.
    fn is_orderly(&self) -> bool {
        let ends = self.places.iter().map(Place::end);
        let starts = self
            .places
            .iter()
            .map(|place| place.offset)
            .skip(1)
            .chain([self.offset]);
        ends.zip(starts).all(|(end, start)| end <= start)
    }
}

/// Writes the seal of a file that is complete but for it, at its place, which must be the end of the file.
///
/// # Errors
/// If the file can't be read or written, or HDF5 has laid it out in another way.
pub(super) fn affix(
    new: &NewFile,
    places: Vec<Place>,
    at: &Place,
    configuration_hash: [u8; 32],
) -> Result<(), StoreError> {
    let (file, path) = (new.file(), new.path());
    let io = |action: &'static str| move |error| StoreError::io(action, path, error);
    let length = file.metadata().map_err(io("looking at"))?.len();
    let mut seal = Seal::blank(at.offset, configuration_hash, places);
    let laid_out = seal.is_orderly() && at.end() == length && seal.text(0).len() as u64 <= at.bytes;
    if !laid_out {
        return Err(StoreError::Hdf {
            action: format!("making {}", path.display()),
            reason: format!(
                "HDF5 {} has put the seal at {} of {length} bytes, not at the end of the file",
                crate::netcdf4::version(),
                at.offset
            ),
        });
    }
    seal.compute(file).map_err(io("reading back"))?;
    let text = seal.text(at.bytes).into_bytes();
    file.write_all_at(&text, at.offset).map_err(io("writing"))?;
    file.sync_all().map_err(io("syncing"))?;
    let mut found = vec![0; text.len()];
    file.read_exact_at(&mut found, at.offset).map_err(io("reading back"))?;
    match text.iter().zip(&found).position(|(written, read)| written != read) {
        None => Ok(()),
        Some(byte) => Err(StoreError::NotKept {
            path: path.to_owned(),
            place: at.offset + byte as u64,
            found: found[byte],
            expected: text[byte],
        }),
    }
}
