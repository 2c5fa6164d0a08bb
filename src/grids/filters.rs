//! Compressions of HDF5 chunks that the reader lacks: LZF, which h5py writes, Zstandard, which netCDF writes, and LZ4 in
//! several blocks.

use hdf5_reader::FilterRegistry;
use hdf5_reader::error::Error;
use std::io::Read;

const LZF: u16 = 32_000;
const LZ4: u16 = 32_004;
const ZSTANDARD: u16 = 32_015;

/// Names of filters by the numbers that the HDF Group gave them.
const NAMES: &[(u16, &str)] = &[
    (305, "LZO"),
    (307, "bzip2"),
    (32_001, "Blosc"),
    (32_002, "MAFISC"),
    (32_003, "Snappy"),
    (32_005, "APAX"),
    (32_008, "bitshuffle"),
    (32_013, "ZFP"),
    (32_014, "FPZIP"),
    (32_016, "B³D"),
    (32_017, "SZ"),
    (32_018, "FCIDECOMP"),
    (32_019, "JPEG"),
    (32_021, "granular bit rounding"),
    (32_023, "bit grooming"),
    (32_024, "SZ3"),
    (32_026, "Blosc2"),
    (32_028, "SPERR"),
];

/// The built-in filters and ours. No chunk becomes longer than `highest` bytes.
pub(super) fn registry(highest: usize) -> FilterRegistry {
    let mut registry = FilterRegistry::new();
    registry.register(
        LZF,
        Box::new(move |filter, data, _| {
            // What the writer says about the chunk's length is a promise, not a limit.
            let promised = filter.client_data.get(2).map_or(0, |&length| length as usize);
            decode_lzf(data, promised.min(highest), highest)
        }),
    );
    registry.register(LZ4, Box::new(move |_, data, _| decode_lz4(data, highest)));
    registry.register(ZSTANDARD, Box::new(move |_, data, _| decode_zstandard(data, highest)));
    registry
}

/// The name of the filter that the reader's complaint is about.
pub(super) fn name(complaint: &str) -> String {
    let digits = complaint.rsplit(' ').next().unwrap_or_default();
    let number: Option<u16> = digits.parse().ok();
    match number.and_then(|number| NAMES.iter().find(|(known, _)| *known == number)) {
        Some((number, name)) => format!("{name} (HDF5 filter {number})"),
        None => complaint.to_owned(),
    }
}

fn broken(what: &str) -> Error {
    Error::DecompressionError(what.to_owned())
}

/// LZF: runs of literal bytes, and copies from what came before.
fn decode_lzf(data: &[u8], expected: usize, highest: usize) -> Result<Vec<u8>, Error> {
    const WHAT: &str = "an LZF chunk is damaged";
    let mut output = Vec::with_capacity(expected);
    let mut rest = data.iter().copied();
    while let Some(control) = rest.next() {
        let control = usize::from(control);
        if control < 32 {
            let before = output.len();
            output.extend(rest.by_ref().take(control + 1));
            if output.len() != before + control + 1 {
                return Err(broken(WHAT));
            }
        } else {
            let mut length = (control >> 5) + 2;
            if length == 9 {
                length += usize::from(rest.next().ok_or_else(|| broken(WHAT))?);
            }
            let low = usize::from(rest.next().ok_or_else(|| broken(WHAT))?);
            let distance = ((control & 0x1f) << 8 | low) + 1;
            let from = output.len().checked_sub(distance).ok_or_else(|| broken(WHAT))?;
            // What is copied may overlap with what it becomes.
            for place in from..from + length {
                output.push(output[place]);
            }
        }
        if output.len() > highest {
            return Err(Error::ResourceLimit(format!("a chunk of more than {highest} bytes")));
        }
    }
    Ok(output)
}

/// LZ4 as the HDF Group's plug-in has it: the bytes in all (eight of them, the highest first), those of a block (four);
/// then for each block its packed bytes (four), and these. A block that didn't become shorter isn't packed.
fn decode_lz4(data: &[u8], highest: usize) -> Result<Vec<u8>, Error> {
    const WHAT: &str = "an LZ4 chunk is damaged";
    let damaged = || broken(WHAT);
    let mut rest = data;
    let length = usize::try_from(u64::from_be_bytes(*take(&mut rest).ok_or_else(damaged)?)).unwrap_or(usize::MAX);
    if length > highest {
        return Err(Error::ResourceLimit(format!("a chunk of more than {highest} bytes")));
    }
    let number = |rest: &mut &[u8]| take(rest).map(|bytes| u32::from_be_bytes(*bytes) as usize);
    let block = number(&mut rest).filter(|&block| block > 0 || length == 0);
    let block = block.ok_or_else(damaged)?;
    let mut output = Vec::new();
    while output.len() < length {
        let expected = block.min(length - output.len());
        let packed = number(&mut rest).ok_or_else(damaged)?;
        let (packed, behind) = rest.split_at_checked(packed).ok_or_else(damaged)?;
        rest = behind;
        if packed.len() == expected {
            output.extend_from_slice(packed);
        } else {
            // A short block can't stand for more than 255 times its bytes.
            if expected / 255 > packed.len() {
                return Err(damaged());
            }
            let unpacked = lz4_flex::block::decompress(packed, expected);
            let unpacked = unpacked.map_err(|error| broken(&format!("{WHAT}: {error}")))?;
            if unpacked.len() != expected {
                return Err(damaged());
            }
            output.extend(unpacked);
        }
    }
    Ok(output)
}

/// The next bytes, of which so many are wanted.
fn take<'a, const COUNT: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; COUNT]> {
    let (taken, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(taken)
}

fn decode_zstandard(data: &[u8], highest: usize) -> Result<Vec<u8>, Error> {
    let broken = |error: &dyn std::fmt::Display| broken(&format!("a Zstandard chunk is damaged: {error}"));
    let mut rest = data;
    let mut output = Vec::new();
    while !rest.is_empty() {
        let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(|error| broken(&error))?;
        let room = (highest - output.len()) as u64 + 1;
        decoder
            .by_ref()
            .take(room)
            .read_to_end(&mut output)
            .map_err(|error| broken(&error))?;
        if output.len() > highest {
            return Err(Error::ResourceLimit(format!("a chunk of more than {highest} bytes")));
        }
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lzf_by_hand() {
        // Three literals, a copy of eleven bytes (two more than the short form can say) from three before.
        let packed = [2, b'a', b'b', b'c', 0xe0, 2, 2];
        assert_eq!(decode_lzf(&packed, 0, 100).unwrap(), b"abcabcabcabcab");
        for damaged in [&packed[..3], &packed[..5], &packed[..6], &[0x20, 0]] {
            assert!(decode_lzf(damaged, 0, 100).is_err(), "{damaged:?}");
        }
        let bomb = [&packed[..4], &[0xe0, 0xff, 0].repeat(1000)].concat();
        assert!(matches!(decode_lzf(&bomb, 0, 5000), Err(Error::ResourceLimit(_))));
    }

    /// A chunk as the plug-in writes it.
    fn lz4(values: &[u8], block: usize) -> Vec<u8> {
        let mut chunk = (values.len() as u64).to_be_bytes().to_vec();
        chunk.extend((block as u32).to_be_bytes());
        for block in values.chunks(block) {
            let packed = lz4_flex::block::compress(block);
            let packed = if packed.len() < block.len() { &packed[..] } else { block };
            chunk.extend((packed.len() as u32).to_be_bytes());
            chunk.extend(packed);
        }
        chunk
    }

    #[test]
    fn lz4_in_one_block_and_in_many() {
        let values: Vec<u8> = (0..5000_u32).map(|i| (i / 7 * i % 11) as u8).collect();
        let noise: Vec<u8> = (0..999_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        for values in [&values, &noise, &[values.clone(), noise.clone()].concat()] {
            for block in [64, 1000, values.len(), 1 << 20] {
                let chunk = lz4(values, block);
                assert_eq!(&decode_lz4(&chunk, 1 << 20).unwrap(), values, "{block}");
                assert!(matches!(
                    decode_lz4(&chunk, values.len() - 1),
                    Err(Error::ResourceLimit(_))
                ));
                for length in [0, 7, 11, 13, chunk.len() - 1] {
                    assert!(decode_lz4(&chunk[..length], 1 << 20).is_err(), "{block} {length}");
                }
            }
        }
        assert_eq!(decode_lz4(&lz4(&[], 64), 100).unwrap(), b"");
        // A few bytes that promise very many.
        let mut bomb = (1_u64 << 28).to_be_bytes().to_vec();
        bomb.extend((1_u32 << 28).to_be_bytes());
        bomb.extend([0, 0, 0, 2, 0x10, 7]);
        assert!(decode_lz4(&bomb, 1 << 28).is_err());
        bomb[8..12].fill(0);
        assert!(decode_lz4(&bomb, 1 << 28).is_err());
    }

    #[test]
    fn zstandard_is_bounded() {
        // What the program zstd makes of one letter 100 000 times.
        let frame = b"\x28\xb5\x2f\xfd\x00\x58\x55\x00\x00\x10xx\x01\x00\x9b\x86\x39\xc0\x02";
        assert_eq!(decode_zstandard(frame, 1 << 20).unwrap(), vec![b'x'; 100_000]);
        assert!(matches!(decode_zstandard(frame, 99_999), Err(Error::ResourceLimit(_))));
        assert!(decode_zstandard(&frame[..9], 1 << 20).is_err());
        assert!(decode_zstandard(b"not a frame", 1 << 20).is_err());
    }

    #[test]
    fn filters_have_names() {
        assert_eq!(name("filter id 32001"), "Blosc (HDF5 filter 32001)");
        assert_eq!(name("filter id 4711"), "filter id 4711");
    }
}
