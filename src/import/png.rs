//! PNG files.

use super::images::buffered;
use super::picture::MAX_PIXELS;
use super::{ImportError, Picture, PictureSize, orientation};
use png::{BitDepth, Decoder, Limits, Transformations};
use std::path::Path;

/// Reads a picture of 8 or 16 bits; fewer bits and palettes become 8 bits.
pub(super) fn read(path: &Path) -> Result<Picture, ImportError> {
    let damaged = |reason: String| ImportError::Damaged {
        path: path.to_owned(),
        format: "PNG",
        reason,
    };
    let mut decoder = Decoder::new_with_limits(
        buffered(path)?,
        Limits {
            bytes: 8 * MAX_PIXELS as usize,
        },
    );
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|error| damaged(error.to_string()))?;
    let info = reader.info();
    let size = PictureSize {
        width: info.width,
        height: info.height,
    }
    .check(path)?;
    if (info.animation_control).is_some_and(|animation| animation.num_frames > 1) {
        return Err(ImportError::Unsupported {
            path: path.to_owned(),
            found: "an animation".to_owned(),
            hint: "turn it into one file per frame",
        });
    }
    let orientation = info.exif_metadata.as_ref().map_or(1, |exif| orientation::of_exif(exif));
    let bytes = (reader.output_buffer_size()).ok_or_else(|| damaged("its size overflows".to_owned()))?;
    let mut buffer = vec![0; bytes];
    let frame = reader
        .next_frame(&mut buffer)
        .map_err(|error| damaged(error.to_string()))?;
    let bytes = &buffer[..frame.buffer_size()];
    let (white, samples): (u16, Vec<u16>) = match frame.bit_depth {
        BitDepth::Sixteen => (
            u16::MAX,
            bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&pair| u16::from_be_bytes(pair))
                .collect(),
        ),
        _ => (255, bytes.iter().map(|&byte| u16::from(byte)).collect()),
    };
    Ok(Picture::from_samples(size, white, frame.color_type.samples(), &samples).upright(orientation))
}
