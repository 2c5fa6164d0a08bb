//! Tags of microscopes' programs in the first directory of a TIFF file: stacks whose pictures have no directories of their
//! own, volumes, and small pictures between the others. Readers that don't know these tags see one picture.

use super::tiff_stack::{Announced, By, Refusal, one_axis};
use std::io::{Read, Seek, SeekFrom};

/// MetaMorph: planes by their distances and dates, by their wavelengths, and by their places.
const METAMORPH_PLANES: [u16; 3] = [33_629, 33_630, 33_631];
/// The first of MetaMorph's tags; before its version 2.5 a fraction for each plane.
const METAMORPH: u16 = 33_628;
const IPLAB: u16 = 34_122;
const FLUOVIEW: u16 = 34_361;
const ZEISS_LSM: u16 = 34_412;
const NIH_IMAGE: u16 = 43_314;
const IMAGE_DEPTH: u16 = 32_997;
const TILE_DEPTH: u16 = 32_998;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const LONG8: u16 = 16;

/// What to do about a file that has pictures where others have none.
const PAGES: &str = "write one directory for each picture: `pip install tifffile imagecodecs`, then `python3 -c 'import tifffile; \
                     tifffile.imwrite(\"out.tif\", tifffile.imread(\"in.tif\"), photometric=\"minisblack\")'`";

/// Directories with more entries aren't looked at.
const MAX_ENTRIES: u64 = 4096;

/// What an entry says: the type of its values, how many, and where they are; or themselves.
#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// As many bytes as an offset has.
    value: [u8; 8],
}

/// A file and the entries of its first directory.
struct Directory<'a, F> {
    file: &'a mut F,
    is_big_endian: bool,
    /// Bytes of an offset.
    wide: usize,
    begin: u64,
    entries: Vec<Entry>,
}

impl<'a, F: Read + Seek> Directory<'a, F> {
    /// `None` for what isn't TIFF.
    fn first(file: &'a mut F) -> Option<Self> {
        let mut found = Self {
            file,
            is_big_endian: false,
            wide: 4,
            begin: 0,
            entries: Vec::new(),
        };
        let magic = found.bytes_at(0, 4)?;
        found.is_big_endian = magic.starts_with(b"MM");
        let version = found.number(&magic[2..]);
        let is_big = version == 43;
        if !is_big && version != 42 || !matches!(&magic[..2], b"II" | b"MM") {
            return None;
        }
        let (entry_bytes, at) = if is_big { (20, 8) } else { (12, 4) };
        found.wide = if is_big { 8 } else { 4 };
        let begin = found.bytes_at(at, found.wide)?;
        let begin = found.number(&begin);
        found.begin = begin;
        let count_bytes = if is_big { 8 } else { 2 };
        let count = found.bytes_at(begin, count_bytes)?;
        let count = found.number(&count);
        if count > MAX_ENTRIES {
            return None;
        }
        let all = found.bytes_at(begin.checked_add(count_bytes as u64)?, count as usize * entry_bytes)?;
        for entry in all.chunks_exact(entry_bytes) {
            let mut value = [0; 8];
            value[..found.wide].copy_from_slice(&entry[entry_bytes - found.wide..]);
            found.entries.push(Entry {
                tag: found.number(&entry[..2]) as u16,
                kind: found.number(&entry[2..4]) as u16,
                count: found.number(&entry[4..entry_bytes - found.wide]),
                value,
            });
        }
        Some(found)
    }

    fn bytes_at(&mut self, place: u64, count: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.file.seek(SeekFrom::Start(place)).ok()?;
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A number of up to eight bytes.
    fn number(&self, bytes: &[u8]) -> u64 {
        let join = |number, &byte: &u8| number << 8 | u64::from(byte);
        if self.is_big_endian {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        }
    }

    fn entry(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.tag == tag).copied()
    }

    /// The only value of a tag that is an integer.
    fn integer(&self, tag: u16) -> Option<u64> {
        let entry = self.entry(tag)?;
        let bytes = match entry.kind {
            SHORT => 2,
            LONG => 4,
            LONG8 if self.wide == 8 => 8,
            _ => return None,
        };
        (entry.count == 1).then(|| self.number(&entry.value[..bytes]))
    }

    /// The first `count` bytes that a tag points to.
    fn value(&mut self, entry: Entry, count: usize) -> Option<Vec<u8>> {
        self.bytes_at(self.number(&entry.value[..self.wide]), count)
    }
}

/// Where pictures that begin at `first` end at the latest: the directory, or what its entries point to, may lie behind them.
pub(super) fn end_of_pictures(file: &mut (impl Read + Seek), first: u64) -> Option<u64> {
    let directory = Directory::first(file)?;
    let bytes_of = |kind: u16| match kind {
        SHORT | 8 => 2,
        LONG | 9 | 11 | 13 => 4,
        RATIONAL | 10 | 12 | LONG8 | 17 | 18 => 8,
        _ => 1,
    };
    let places = directory.entries.iter().filter_map(|entry| {
        let is_elsewhere = entry.count.saturating_mul(bytes_of(entry.kind)) > directory.wide as u64;
        is_elsewhere.then(|| directory.number(&entry.value[..directory.wide]))
    });
    places.chain([directory.begin]).filter(|&place| place > first).min()
}

/// How many pictures the tags of the first directory of `file` announce; an error if they aren't a series in time.
pub(super) fn announced_by_tags(file: &mut (impl Read + Seek)) -> Result<Option<Announced>, Refusal> {
    let Some(mut directory) = Directory::first(file) else {
        return Ok(None);
    };
    let depth = [IMAGE_DEPTH, TILE_DEPTH].map(|tag| directory.integer(tag).unwrap_or(1));
    let depth = depth[0].max(depth[1]);
    if depth > 1 {
        let found = format!("volumes of {depth} pictures (by its tag ImageDepth), not pictures");
        return Err((found, PAGES));
    }
    if directory.entry(ZEISS_LSM).is_some() {
        return Err(("small pictures between the others (Zeiss LSM)".to_owned(), PAGES));
    }
    let found = |by, pictures| Ok(Some(Announced { by, pictures }).filter(|_| pictures > 1));
    let planes = METAMORPH_PLANES.iter().filter_map(|&tag| directory.entry(tag));
    let old = (directory.entry(METAMORPH)).filter(|entry| entry.kind == RATIONAL);
    if let Some(pictures) = planes.chain(old).map(|entry| entry.count).max() {
        return found(By::MetaMorph, pictures);
    }
    if let Some(pictures) = directory.integer(IPLAB) {
        return found(By::IpLab, pictures);
    }
    if let Some(pictures) = by_nih_image(&mut directory) {
        return found(By::NihImage, pictures);
    }
    found(By::FluoView, by_fluoview(&mut directory)?.unwrap_or(1))
}

/// The header of NIH Image: 256 numbers of two bytes, of which one counts pictures.
fn by_nih_image<F: Read + Seek>(directory: &mut Directory<'_, F>) -> Option<u64> {
    const SLICES_AT: usize = 260;
    let entry = directory.entry(NIH_IMAGE).filter(|entry| entry.count == 256)?;
    let header = directory.value(entry, SLICES_AT + 2)?;
    Some(directory.number(&header[SLICES_AT..]))
}

/// The header of FluoView: ten dimensions, each with its name and its length.
fn by_fluoview<F: Read + Seek>(directory: &mut Directory<'_, F>) -> Result<Option<u64>, Refusal> {
    const DIMENSIONS_AT: usize = 2 + 1 + 257 + 6 * 4;
    const DIMENSION_BYTES: usize = 16 + 4 + 8 + 8 + 64;
    let entry = directory.entry(FLUOVIEW);
    let header = entry.and_then(|entry| directory.value(entry, DIMENSIONS_AT + 10 * DIMENSION_BYTES));
    let Some(header) = header else {
        return Ok(None);
    };
    let [mut channels, mut levels, mut frames] = [1_u64; 3];
    for dimension in header[DIMENSIONS_AT..].chunks_exact(DIMENSION_BYTES) {
        let name = String::from_utf8_lossy(&dimension[..16]).to_ascii_uppercase();
        let length = directory.number(&dimension[16..20]).max(1);
        let count = match name.trim_matches(['\0', ' ']) {
            "X" | "Y" => continue,
            "T" | "TIME" => &mut frames,
            "CH" | "WAVELENGTH" => &mut channels,
            _ => &mut levels,
        };
        *count = count.saturating_mul(length);
    }
    one_axis("FluoView", channels, levels, frames)?;
    Ok(Some(levels.saturating_mul(frames)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A TIFF file with one directory of these tags: type, count, and what the entry holds or points to.
    fn tiff(is_big_endian: bool, is_big: bool, tags: &[(u16, u16, u64, &[u8])]) -> Vec<u8> {
        let number = |value: u64, bytes: usize| -> Vec<u8> {
            if is_big_endian {
                value.to_be_bytes()[8 - bytes..].to_vec()
            } else {
                value.to_le_bytes()[..bytes].to_vec()
            }
        };
        let (wide, begin) = if is_big { (8, 16) } else { (4, 8) };
        let mut file = if is_big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        file.extend(number(if is_big { 43 } else { 42 }, 2));
        if is_big {
            file.extend(number(8, 2));
            file.extend(number(0, 2));
        }
        file.extend(number(begin, wide));
        file.extend(number(tags.len() as u64, if is_big { 8 } else { 2 }));
        let mut behind: Vec<u8> = Vec::new();
        let after = file.len() + tags.len() * (4 + 2 * wide) + wide;
        for &(tag, kind, count, value) in tags {
            file.extend(number(tag.into(), 2));
            file.extend(number(kind.into(), 2));
            file.extend(number(count, wide));
            if value.len() <= wide {
                file.extend(value);
                file.resize(file.len() + wide - value.len(), 0);
            } else {
                file.extend(number((after + behind.len()) as u64, wide));
                behind.extend(value);
            }
        }
        file.extend(number(0, wide));
        file.extend(behind);
        file
    }

    fn by(tags: &[(u16, u16, u64, &[u8])]) -> Result<Option<Announced>, Refusal> {
        let found: Vec<_> = [(false, false), (false, true)]
            .map(|(is_big_endian, is_big)| announced_by_tags(&mut Cursor::new(tiff(is_big_endian, is_big, tags))))
            .into();
        assert_eq!(found[0], found[1], "{tags:?}");
        found[0].clone()
    }

    fn fluoview(lengths: &[(&str, u32)]) -> Vec<u8> {
        let mut header = vec![7; 2 + 1 + 257 + 24];
        for index in 0..10 {
            let (name, length) = lengths.get(index).copied().unwrap_or(("", 0));
            let mut dimension = name.as_bytes().to_vec();
            dimension.resize(16, 0);
            dimension.extend(length.to_le_bytes());
            dimension.resize(100, 9);
            header.extend(dimension);
        }
        header
    }

    #[test]
    fn stacks_are_announced_by_tags() {
        let announced = |by, pictures| Ok(Some(Announced { by, pictures }));
        let dates = [0; 144];
        assert_eq!(
            by(&[(33_628, 4, 3, &dates[..24]), (33_629, 5, 6, &dates)]),
            announced(By::MetaMorph, 6)
        );
        assert_eq!(by(&[(33_628, 5, 4, &dates)]), announced(By::MetaMorph, 4));
        assert_eq!(by(&[(33_628, 4, 4, &dates[..32])]), Ok(None));
        assert_eq!(by(&[(33_629, 5, 1, &dates)]), Ok(None));
        assert_eq!(by(&[(34_122, 4, 1, &[5, 0, 0, 0])]), announced(By::IpLab, 5));
        let mut header = [0; 512];
        header[260] = 8;
        assert_eq!(by(&[(43_314, 3, 256, &header)]), announced(By::NihImage, 8));
        assert_eq!(by(&[(43_314, 1, 10, &header[..10])]), Ok(None));
        let frames = fluoview(&[("x", 32), ("Y", 20), ("Time", 7)]);
        assert_eq!(
            by(&[(34_361, 1, frames.len() as u64, &frames)]),
            announced(By::FluoView, 7)
        );
        let one = fluoview(&[("X", 32), ("Y", 20)]);
        assert_eq!(by(&[(34_361, 1, one.len() as u64, &one)]), Ok(None));
        let both = fluoview(&[("X", 32), ("Y", 20), ("Z", 2), ("T", 7)]);
        let (found, _) = by(&[(34_361, 1, both.len() as u64, &both)]).unwrap_err();
        assert!(found.contains("2 levels and 7 frames"), "{found}");
        assert_eq!(by(&[]), Ok(None));
    }

    #[test]
    fn volumes_and_small_pictures_are_refused() {
        for (tag, says) in [
            ((32_997, 3, 1, &[6, 0, 0, 0][..]), "volumes of 6 pictures"),
            ((32_998, 4, 1, &[6, 0, 0, 0][..]), "volumes"),
            ((34_412, 1, 500, &[0; 500]), "Zeiss LSM"),
        ] {
            let (found, _) = by(&[tag]).unwrap_err();
            assert!(found.contains(says), "{found}");
        }
        assert_eq!(by(&[(32_997, 3, 1, &[1, 0, 0, 0])]), Ok(None));
        let motorola = tiff(true, false, &[(32_997, 4, 1, &[0, 0, 0, 9])]);
        assert!(
            announced_by_tags(&mut Cursor::new(motorola))
                .unwrap_err()
                .0
                .contains("of 9")
        );
    }

    #[test]
    fn what_is_no_directory_announces_nothing() {
        let whole = tiff(false, false, &[(33_629, 5, 6, &[0; 144])]);
        for length in 0..22 {
            assert_eq!(
                announced_by_tags(&mut Cursor::new(&whole[..length])),
                Ok(None),
                "{length}"
            );
        }
        for bytes in [
            &b"II*\0\xff\xff\xff\xff"[..],
            b"II+\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
            b"PK\x03\x04",
        ] {
            assert_eq!(announced_by_tags(&mut Cursor::new(bytes)), Ok(None));
        }
    }
}
