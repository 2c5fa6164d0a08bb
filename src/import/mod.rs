//! Pictures of a plume of the real world, as frames of concentration: image files, and video through `ffmpeg`.
//!
//! [`open`] gives [`Pictures`], one after the other; a [`Crop`] and a [`Scale`] make concentrations of their grey
//! levels. Files may be hostile: sizes are checked before memory is taken for them, and whatever isn't a whole picture
//! is an error.

mod crop;
mod decimal;
mod error;
mod files;
mod frame_order;
mod images;
mod jpeg;
mod natural_order;
mod orientation;
mod pgm;
mod picture;
mod png;
mod scale;
#[cfg(test)]
mod tests;
mod tiff;
mod tiff_stack;
mod tiff_tags;
mod video;
mod video_probe;

pub use crop::{Crop, Flip};
pub use error::ImportError;
pub use picture::{MAX_PIXELS, Picture, PictureSize, Pictures};
pub use scale::{Levels, Scale};

use files::Kind;
use std::path::PathBuf;

/// Opens image files, a folder of them, or one video. Of several image files each is a frame (or, a TIFF file with
/// several pages, several), in the order of the numbers in their names.
///
/// # Errors
/// If there are none, they are of several kinds, or the first can't be read.
pub fn open(inputs: &[PathBuf]) -> Result<Box<dyn Pictures>, ImportError> {
    let files = files::expand(inputs)?;
    match files::kind_of_all(&files)? {
        Kind::Video => Ok(Box::new(video::Video::open(&files[0])?)),
        Kind::Image(format) => Ok(Box::new(images::Images::open(files, format)?)),
    }
}
