//! Hashes of all that never changes, piece by piece.

use super::{Depth, Role, Seal};
use rayon::prelude::*;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// Longest piece that has a hash of its own, bytes.
pub(in crate::store) const BLOCK_BYTES: u64 = 64 << 10;

/// Pieces from which on starting threads gains more than it costs.
const PIECES_WORTH_THREADS: usize = 1000;

/// Bytes of a hash that are kept, of BLAKE3's 32: accidents need no more.
pub(super) const HASH_BYTES: usize = 16;

/// A run of bytes with a hash of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    range: Range<u64>,
    /// The dataset that it belongs to; none for HDF5's structures.
    pub(super) place: Option<usize>,
}

impl Seal {
    /// The bytes that never change, in pieces.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut add = |range: Range<u64>, place: Option<usize>| {
            let mut start = range.start;
            while start < range.end {
                let end = range.end.min(start + BLOCK_BYTES);
                pieces.push(Piece {
                    range: start..end,
                    place,
                });
                start = end;
            }
        };
        let mut next = 0;
        for (index, place) in self.places.iter().enumerate() {
            add(next..place.offset, None);
            if place.role != Role::Changes {
                add(place.offset.max(next)..place.end(), Some(index));
            }
            next = next.max(place.end());
        }
        add(next..self.offset, None);
        pieces
    }

    /// Reads all pieces and keeps their hashes.
    pub(super) fn compute(&mut self, file: &File) -> io::Result<()> {
        self.hashes = each(&self.pieces(), |_, piece, buffer| hash_of(file, piece, buffer))?;
        Ok(())
    }

    /// What doesn't hold, in words; nothing if all does.
    pub fn broken(&self, file: &File, depth: Depth) -> io::Result<Vec<String>> {
        let pieces = self.pieces();
        if pieces.len() != self.hashes.len() {
            return Ok(vec!["the seal".to_owned()]);
        }
        let holds = each(&pieces, |index, piece, buffer| {
            let role = piece.place.map_or(Role::Structure, |place| self.places[place].role);
            if depth == Depth::Structure && role != Role::Structure {
                return Ok(true);
            }
            match hash_of(file, piece, buffer) {
                Ok(found) => Ok(found == self.hashes[index]),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
                Err(error) => Err(error),
            }
        })?;
        let mut words: Vec<String> = Vec::new();
        for (piece, _) in pieces.iter().zip(holds).filter(|(_, holds)| !holds) {
            let word = match piece.place {
                Some(place) => self.places[place].path.clone(),
                None if !self.is_of_packed()
                    && piece.range.start < self.places.first().map_or(u64::MAX, |place| place.offset) =>
                {
                    "the structure or an attribute of the file".to_owned()
                }
                None if self.is_of_packed() => "the packed data".to_owned(),
                None => "texts of an axis, or references between datasets".to_owned(),
            };
            if words.last() != Some(&word) {
                words.push(word);
            }
        }
        words.dedup();
        Ok(words)
    }
}

/// Looks at every piece, with a buffer to read it into; many by all cores.
fn each<T: Send>(
    pieces: &[Piece],
    look: impl Fn(usize, &Piece, &mut Vec<u8>) -> io::Result<T> + Sync,
) -> io::Result<Vec<T>> {
    if pieces.len() < PIECES_WORTH_THREADS {
        let mut buffer = Vec::new();
        let pieces = pieces.iter().enumerate();
        return pieces.map(|(index, piece)| look(index, piece, &mut buffer)).collect();
    }
    (pieces.par_iter().enumerate())
        .map_init(Vec::new, |buffer, (index, piece)| look(index, piece, buffer))
        .collect()
}

fn hash_of(file: &File, piece: &Piece, buffer: &mut Vec<u8>) -> io::Result<[u8; HASH_BYTES]> {
    buffer.resize((piece.range.end - piece.range.start) as usize, 0);
    file.read_exact_at(buffer, piece.range.start)?;
    Ok(hash(buffer))
}

/// The hash of the bytes of a piece.
pub(in crate::store) fn hash(bytes: &[u8]) -> [u8; HASH_BYTES] {
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..HASH_BYTES]);
    hash
}
