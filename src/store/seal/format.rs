//! The text of a seal: what it says, and a last line from which it is found.

use super::hashing::{BLOCK_BYTES, HASH_BYTES};
use super::{Place, Role, Seal};
use crate::store::fill::hex;
use std::fmt::Write;

/// How the seal begins, up to its version.
pub(super) const HEAD: &str = "plume-nav-sim seal ";

/// How this program's seals begin.
const FIRST_LINE: &str = "plume-nav-sim seal 1\n";

/// How the seal, and with it the file, ends.
pub(super) const LAST_WORDS: &str = " end of seal\n";

/// Bytes of the last line: offset and length of the seal, a hash of all of the seal before the hash, and the last words.
pub(super) const FOOT_BYTES: u64 = "sealed ".len() as u64 + 2 * 21 + 64 + LAST_WORDS.len() as u64;

impl Seal {
    /// The text of the seal: it depends in length on the places and the offset alone, and is filled up with spaces to `bytes`.
    pub(super) fn text(&self, bytes: u64) -> String {
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
        let room = bytes.saturating_sub(text.len() as u64 + FOOT_BYTES) as usize;
        if room > 0 {
            text.push_str(&" ".repeat(room - 1));
            text.push('\n');
        }
        let bytes = text.len() as u64 + FOOT_BYTES;
        let _ = write!(text, "sealed {:020} {bytes:020} ", self.offset);
        let hash = blake3::hash(text.as_bytes()).to_hex();
        text.push_str(&hash);
        text.push_str(LAST_WORDS);
        text
    }

    /// The seal with this text, which begins at `offset`.
    pub(super) fn parse(text: &str, offset: u64) -> Option<Self> {
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

/// The seal with this text, wherever it is now, if it is whole.
pub(in crate::store) fn read(text: &str) -> Option<Seal> {
    let seal = is_whole(text).then(|| Seal::parse(text, offset_in(text)?));
    seal.flatten()
}

/// Bytes of the seal of a file with these datasets.
pub(in crate::store) fn text_bytes(offset: u64, places: &[Place]) -> u64 {
    Seal::blank(offset, [0; 32], places.to_vec()).text(0).len() as u64
}

/// Where the last line of a file says that its seal is.
pub(super) fn offset_of(foot: &[u8], length: u64) -> Option<u64> {
    let foot = std::str::from_utf8(foot).ok()?.strip_prefix("sealed ")?;
    let foot = foot.strip_suffix(LAST_WORDS)?;
    let mut words = foot.split(' ');
    let offset: u64 = words.next()?.parse().ok()?;
    let bytes: u64 = words.next()?.parse().ok()?;
    (offset.checked_add(bytes) == Some(length) && bytes >= FOOT_BYTES).then_some(offset)
}

/// Where a seal says that it begins.
pub(super) fn offset_in(text: &str) -> Option<u64> {
    let foot = text.get(text.len().checked_sub(FOOT_BYTES as usize)?..)?;
    foot.strip_prefix("sealed ")?.split(' ').next()?.parse().ok()
}

/// Whether the hash at the end of a seal is that of what is before it.
pub(super) fn is_whole(text: &str) -> bool {
    (text.strip_suffix(LAST_WORDS))
        .and_then(|text| text.split_at_checked(text.len().checked_sub(64)?))
        .is_some_and(|(sealed, hash)| blake3::hash(sealed.as_bytes()).to_hex().as_str() == hash)
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
