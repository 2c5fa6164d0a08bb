//! JPEG files.

use super::images::buffered;
use super::{ImportError, Picture, PictureSize, orientation};
use std::io::{self, BufRead, Read};
use std::path::Path;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Longest side; the format allows no more.
const MAX_SIDE: usize = 65_535;

/// Reads a picture of 8 bits.
pub(super) fn read(path: &Path) -> Result<Picture, ImportError> {
    let damaged = |reason: String| ImportError::Damaged {
        path: path.to_owned(),
        format: "JPEG",
        reason,
    };
    // Strict: otherwise a truncated file would give a picture that is grey where it was cut.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE);
    let mut decoder = JpegDecoder::new_with_options(buffered(path)?, options);
    decoder.decode_headers().map_err(|error| {
        let sort = buffered(path).ok().and_then(|mut file| unread_sort(&mut file));
        sort.map_or_else(
            || damaged(error.to_string()),
            |found| ImportError::Unsupported {
                path: path.to_owned(),
                found: found.to_owned(),
                hint: "convert it, with `ffmpeg -i IN.jpg OUT.png`",
            },
        )
    })?;
    let info = decoder.info().ok_or_else(|| damaged("it has no header".to_owned()))?;
    let size = PictureSize {
        width: u32::from(info.width),
        height: u32::from(info.height),
    }
    .check(path)?;
    let orientation = decoder.exif().map_or(1, |exif| orientation::of_exif(exif));
    // Grey is the first channel of YCbCr. Told to give that alone, the decoder reads on behind the last block of pictures
    // whose channels are all sampled 1 × 2, as ffmpeg writes them, and takes what is there for damage.
    let (output, stored, channels) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => (ColorSpace::Luma, 1, 1),
        Some(ColorSpace::YCbCr) => (ColorSpace::YCbCr, 3, 1),
        _ => (ColorSpace::RGB, 3, 3),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let bytes = decoder.decode().map_err(|error| damaged(error.to_string()))?;
    if (bytes.len() as u64) < size.pixels() * stored as u64 {
        return Err(damaged("it has fewer pixels than it says".to_owned()));
    }
    let samples: Vec<u16> = (bytes.chunks_exact(stored))
        .flat_map(|pixel| &pixel[..channels])
        .map(|&sample| u16::from(sample))
        .collect();
    Ok(Picture::from_samples(size, 255, channels, &samples).upright(orientation))
}

/// What sort of JPEG a file is, if it is one that isn't read: told by the marker of its frame.
fn unread_sort(file: &mut impl BufRead) -> Option<&'static str> {
    let mut marker = [0; 2];
    file.read_exact(&mut marker).ok()?;
    if marker != [0xff, 0xd8] {
        return None;
    }
    loop {
        file.read_exact(&mut marker).ok()?;
        // Segments may be filled up before they begin.
        while marker[1] == 0xff {
            file.read_exact(&mut marker[1..]).ok()?;
        }
        let mut length = [0; 2];
        file.read_exact(&mut length).ok()?;
        match (marker[0], marker[1]) {
            (0xff, 0xc0..=0xc2) => {
                let mut bits = [0];
                file.read_exact(&mut bits).ok()?;
                return (bits[0] > 8).then_some("samples of more than 8 bits in JPEG");
            }
            (0xff, 0xc3 | 0xc7 | 0xcb | 0xcf) => return Some("lossless JPEG compression"),
            (0xff, 0xf7) => return Some("JPEG-LS compression"),
            (0xff, 0xc9 | 0xca) => return Some("arithmetic coding"),
            (0xff, 0xc5 | 0xc6 | 0xcd | 0xce) => return Some("hierarchical JPEG compression"),
            // The picture without a frame, or no segment at all.
            (0xff, 0xd9 | 0xda) | (..=0xfe, _) => return None,
            _ => {}
        }
        let rest = u64::from(u16::from_be_bytes(length)).checked_sub(2)?;
        io::copy(&mut file.by_ref().take(rest), &mut io::sink()).ok()?;
    }
}
