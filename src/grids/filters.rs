//! Compressions of HDF5 chunks that the reader lacks: LZF, which h5py writes, and Zstandard, which netCDF writes.

use hdf5_reader::FilterRegistry;
use hdf5_reader::error::Error;
use std::io::Read;

const LZF: u16 = 32_000;
const ZSTANDARD: u16 = 32_015;

/// Names of filters by the numbers that the HDF Group gave them.
const NAMES: &[(u16, &str)] = &[
    (305, "LZO"),
    (307, "bzip2"),
    (32_001, "Blosc"),
    (32_002, "MAFISC"),
    (32_003, "Snappy"),
    (32_004, "LZ4"),
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
