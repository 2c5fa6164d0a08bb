//! The seal at the end of a results file: checksums of every byte that never changes after creation.
//!
//! It is the last dataset of the file, and text: where each dataset lies, which of them change while units are
//! committed, and a hash of each block of all other bytes: HDF5's own structures, attributes, axes, points, provenance. It is
//! found from the end of the file by plain reads, so that HDF5 needn't be trusted with bytes that don't hold.

use super::StoreError;
use super::extent::Extent;
use super::fill::hex;
use super::layout::Layout;
use crate::netcdf4::{Group, NewFile, StoredType, Variable};
use rayon::prelude::*;
use std::fmt::Write;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// Name of the dataset in `/provenance`.
pub(super) const NAME: &str = "seal";

/// Longest piece that has a hash of its own, bytes.
const BLOCK_BYTES: u64 = 64 << 10;

/// Pieces from which on starting threads gains more than it costs.
const PIECES_WORTH_THREADS: usize = 1000;

/// Bytes of a hash that are kept, of BLAKE3's 32: accidents need no more.
const HASH_BYTES: usize = 16;

/// How the seal begins, up to its version.
const HEAD: &str = "plume-nav-sim seal ";

/// How this program's seals begin.
const FIRST_LINE: &str = "plume-nav-sim seal 1\n";

/// How the seal, and with it the file, ends.
const LAST_WORDS: &str = " end of seal\n";

/// Bytes of the last line: offset and length of the seal, a hash of all of the seal before the hash, and the last words.
const FOOT_BYTES: u64 = "sealed ".len() as u64 + 2 * 21 + 64 + LAST_WORDS.len() as u64;

/// How far from its end a file is searched for a seal whose last line is broken.
const SEARCH_BYTES: u64 = 16 << 20;

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

/// A run of bytes with a hash of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    range: Range<u64>,
    /// The dataset that it belongs to; none for HDF5's structures.
    place: Option<usize>,
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

/// Whether a file has a seal.
#[derive(Debug)]
pub(super) enum Found {
    /// One that holds.
    Seal(Seal),
    /// One that doesn't.
    Broken,
    /// None, or one of a later version.
    Nothing,
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

    /// The bytes that never change, in pieces.
    fn pieces(&self) -> Vec<Piece> {
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

    /// Reads all pieces and keeps their hashes.
    fn compute(&mut self, file: &File) -> io::Result<()> {
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
                None if piece.range.start < self.places.first().map_or(u64::MAX, |place| place.offset) => {
                    "the structure or an attribute of the file".to_owned()
                }
                None => "texts of an axis, or references between datasets".to_owned(),
            };
            if words.last() != Some(&word) {
                words.push(word);
            }
        }
        words.dedup();
        Ok(words)
    }

    /// The text of the seal: it depends in length on the places and the offset alone.
    fn text(&self) -> String {
        let mut text = FIRST_LINE.to_owned();
        // Writing to a text can't fail.
        let _ = writeln!(text, "configuration {}", hex(&self.configuration_hash));
        let _ = writeln!(text, "{:020} datasets: offset, bytes, role, name", self.places.len());
        for place in &self.places {
            let role = match place.role {
                Role::Changes => "changes",
                Role::Values => "values",
                Role::Structure => "structure",
            };
            let name = serde_json::Value::from(place.path.as_str());
            let _ = writeln!(text, "{:020} {:020} {role} {name}", place.offset, place.bytes);
        }
        let _ = writeln!(
            text,
            "{:020} hashes: BLAKE3, {HASH_BYTES} bytes each, of {BLOCK_BYTES} bytes of what never changes",
            self.hashes.len()
        );
        for hash in &self.hashes {
            let _ = writeln!(text, "{}", hex(hash));
        }
        let bytes = text.len() as u64 + FOOT_BYTES;
        let _ = write!(text, "sealed {:020} {bytes:020} ", self.offset);
        let hash = blake3::hash(text.as_bytes()).to_hex();
        text.push_str(&hash);
        text.push_str(LAST_WORDS);
        text
    }

    fn parse(text: &str, offset: u64) -> Option<Self> {
        let mut lines = text.strip_prefix(FIRST_LINE)?.lines();
        let configuration_hash = unhex(lines.next()?.strip_prefix("configuration ")?)?;
        let count = |line: &str| line.get(..20)?.parse::<usize>().ok();
        let datasets = count(lines.next()?)?;
        let mut places = Vec::new();
        for _ in 0..datasets {
            let mut words = lines.next()?.splitn(4, ' ');
            places.push(Place {
                offset: words.next()?.parse().ok()?,
                bytes: words.next()?.parse().ok()?,
                role: match words.next()? {
                    "changes" => Role::Changes,
                    "values" => Role::Values,
                    "structure" => Role::Structure,
                    _ => return None,
                },
                path: serde_json::from_str(words.next()?).ok()?,
            });
        }
        let hashes = count(lines.next()?)?;
        let hashes = (0..hashes).map(|_| unhex(lines.next()?)).collect::<Option<Vec<_>>>()?;
        let seal = Self {
            offset,
            configuration_hash,
            places,
            hashes,
        };
        seal.is_orderly().then_some(seal)
    }
}

/// Bytes of the seal of a file with these datasets.
pub(super) fn text_bytes(offset: u64, places: &[Place]) -> u64 {
    Seal::blank(offset, [0; 32], places.to_vec()).text().len() as u64
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
    let laid_out = seal.is_orderly() && at.end() == length && seal.text().len() as u64 == at.bytes;
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
    let text = seal.text().into_bytes();
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

/// The places of the datasets of a layout, of which `extents` has those of each group.
pub(super) fn places(layout: &Layout, extents: &[Vec<Extent>]) -> Vec<Place> {
    (layout.groups().iter().zip(extents))
        .flat_map(|(group, extents)| {
            (group.variables.iter().zip(extents)).map(|(variable, extent)| {
                let bytes = extent.bytes();
                Place {
                    path: extent.object.clone(),
                    offset: bytes.start,
                    bytes: bytes.end - bytes.start,
                    role: role(layout, group, variable),
                }
            })
        })
        .collect()
}

fn role(layout: &Layout, group: &Group, variable: &Variable) -> Role {
    let name = variable.name.as_str();
    let changes = match group.name {
        "tables" if ["part", "offset", "bytes", "crc32c"].contains(&name) => true,
        "units" if ["state", "crc32c", "seed"].contains(&name) => true,
        "episodes" | "units" | "tables" => {
            (layout.columns().iter()).any(|column| column.group() == group.name && column.name == name)
        }
        "summary" => !is_coordinate(layout, name),
        "failures" => name != "failure",
        "provenance" => ["sessions", "summary_written", "finished", "products"].contains(&name),
        _ => false,
    };
    match changes {
        true => Role::Changes,
        false if group.name == "provenance" || variable.stored == StoredType::Text => Role::Structure,
        false => Role::Values,
    }
}

/// Whether a dataset of `/summary` shows an axis.
fn is_coordinate(layout: &Layout, name: &str) -> bool {
    (layout.shape().axes.iter())
        .any(|axis| axis.name == name || axis.coordinates.iter().any(|coordinate| coordinate.name == name))
}

/// Bytes of the seal of a file whose other bytes are as many as `before`, but for the few that a prediction misses.
pub(super) fn predicted_bytes(before: u64, layout: &Layout) -> u64 {
    let mut next = 0;
    let places: Vec<Place> = (layout.groups().iter())
        .flat_map(|group| group.variables.iter().map(move |variable| (group, variable)))
        .map(|(group, variable)| {
            let bytes = group.shape_of(variable).iter().product::<u64>() * variable.stored.bytes();
            let place = Place {
                path: format!("/{}/{}", group.name, variable.name),
                offset: next,
                bytes,
                role: role(layout, group, variable),
            };
            next += bytes;
            place
        })
        .collect();
    text_bytes(before.max(next), &places)
}

/// Looks for the seal of a file of `length` bytes.
pub(super) fn find(file: &File, length: u64) -> io::Result<Found> {
    let Some(foot_at) = length.checked_sub(FOOT_BYTES) else {
        return Ok(Found::Nothing);
    };
    let mut foot = vec![0; FOOT_BYTES as usize];
    file.read_exact_at(&mut foot, foot_at)?;
    if let Some(offset) = offset_of(&foot, length) {
        let mut bytes = vec![0; (length - offset) as usize];
        file.read_exact_at(&mut bytes, offset)?;
        return Ok(match std::str::from_utf8(&bytes) {
            Ok(text) if is_whole(text) => match Seal::parse(text, offset) {
                Some(seal) => Found::Seal(seal),
                // Whole, but not as this program writes it: of a later version.
                None => Found::Nothing,
            },
            _ => Found::Broken,
        });
    }
    Ok(if has_head(file, length)? {
        Found::Broken
    } else {
        Found::Nothing
    })
}

/// Where the last line of a file says that its seal is.
fn offset_of(foot: &[u8], length: u64) -> Option<u64> {
    let foot = std::str::from_utf8(foot).ok()?.strip_prefix("sealed ")?;
    let foot = foot.strip_suffix(LAST_WORDS)?;
    let mut words = foot.split(' ');
    let offset: u64 = words.next()?.parse().ok()?;
    let bytes: u64 = words.next()?.parse().ok()?;
    (offset.checked_add(bytes) == Some(length) && bytes >= FOOT_BYTES).then_some(offset)
}

/// Whether the hash at the end of a seal is that of what is before it.
fn is_whole(text: &str) -> bool {
    (text.strip_suffix(LAST_WORDS))
        .and_then(|text| text.split_at_checked(text.len().checked_sub(64)?))
        .is_some_and(|(sealed, hash)| blake3::hash(sealed.as_bytes()).to_hex().as_str() == hash)
}

/// Whether the start of a seal is anywhere near the end of the file.
fn has_head(file: &File, length: u64) -> io::Result<bool> {
    const STEP: u64 = 1 << 20;
    let overlap = HEAD.len() as u64;
    let mut end = length;
    let least = length.saturating_sub(SEARCH_BYTES);
    while end > least {
        let start = end.saturating_sub(STEP).max(least);
        let mut bytes = vec![0; (length.min(end + overlap) - start) as usize];
        file.read_exact_at(&mut bytes, start)?;
        if contains(&bytes, HEAD.as_bytes()) {
            return Ok(true);
        }
        end = start;
    }
    Ok(false)
}

/// Whether `bytes` have `words` in them.
pub(super) fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window[0] == words[0] && window == words)
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
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&blake3::hash(buffer).as_bytes()[..HASH_BYTES]);
    Ok(hash)
}

/// Bytes from lower-case hexadecimal.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
