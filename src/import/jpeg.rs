//! JPEG files.

use super::images::buffered;
use super::{ImportError, Picture, PictureSize, orientation};
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
    decoder.decode_headers().map_err(|error| damaged(error.to_string()))?;
    let info = decoder.info().ok_or_else(|| damaged("it has no header".to_owned()))?;
    let size = PictureSize {
        width: u32::from(info.width),
        height: u32::from(info.height),
    }
    .check(path)?;
    let orientation = decoder.exif().map_or(1, |exif| orientation::of_exif(exif));
    let (output, channels) = match decoder.input_colorspace() {
        Some(ColorSpace::Luma | ColorSpace::YCbCr) => (ColorSpace::Luma, 1),
        _ => (ColorSpace::RGB, 3),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let bytes = decoder.decode().map_err(|error| damaged(error.to_string()))?;
    if (bytes.len() as u64) < size.pixels() * channels as u64 {
        return Err(damaged("it has fewer pixels than it says".to_owned()));
    }
    let samples: Vec<u16> = bytes.into_iter().map(u16::from).collect();
    Ok(Picture::from_samples(size, 255, channels, &samples).upright(orientation))
}
