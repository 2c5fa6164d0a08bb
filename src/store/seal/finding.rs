//! From the end of a file to its seal, by plain reads.

use super::Seal;
use super::format::{FOOT_BYTES, HEAD, LAST_WORDS, is_whole, offset_in, offset_of};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How far from its end a file is searched for a seal whose last line is broken.
const SEARCH_BYTES: u64 = 16 << 20;

/// Whether a file has a seal.
#[derive(Debug)]
pub(in crate::store) enum Found {
    /// One that holds.
    Seal(Seal),
    /// One that doesn't.
    Broken,
    /// One that is whole, but not where it says: another program has written the file anew.
    Moved,
    /// None, or one of a later version.
    Nothing,
}

/// Looks for the seal of a file of `length` bytes.
pub(in crate::store) fn find(file: &File, length: u64) -> io::Result<Found> {
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
    Ok(match head(file, length)? {
        Some(place) if is_moved(file, place, length)? => Found::Moved,
        Some(_) => Found::Broken,
        None => Found::Nothing,
    })
}

/// Whether a seal that begins at `place` is whole, and says that it begins elsewhere.
fn is_moved(file: &File, place: u64, length: u64) -> io::Result<bool> {
    let mut bytes = vec![0; (length - place).min(SEARCH_BYTES) as usize];
    file.read_exact_at(&mut bytes, place)?;
    let words = LAST_WORDS.as_bytes();
    let end = bytes.windows(words.len()).position(|window| window == words);
    let text = end.and_then(|end| std::str::from_utf8(&bytes[..end + words.len()]).ok());
    Ok(text.is_some_and(|text| is_whole(text) && offset_in(text) != Some(place)))
}

/// Where the start of a seal is, if one is anywhere near the end of the file.
fn head(file: &File, length: u64) -> io::Result<Option<u64>> {
    const STEP: u64 = 1 << 20;
    let overlap = HEAD.len() as u64;
    let mut end = length;
    let least = length.saturating_sub(SEARCH_BYTES);
    while end > least {
        let start = end.saturating_sub(STEP).max(least);
        let mut bytes = vec![0; (length.min(end + overlap) - start) as usize];
        file.read_exact_at(&mut bytes, start)?;
        let head = HEAD.as_bytes();
        if let Some(at) = bytes.windows(head.len()).position(|window| window == head) {
            return Ok(Some(start + at as u64));
        }
        end = start;
    }
    Ok(None)
}

/// Whether `bytes` have `words` in them.
pub(in crate::store) fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window[0] == words[0] && window == words)
}
