//! One picture: grey levels.

use super::ImportError;
use std::fmt;
use std::path::Path;

/// Most pixels of a picture: 8192 × 16384. What a file claims beyond that is refused before memory is taken for it.
pub const MAX_PIXELS: u64 = 1 << 27;

/// Pixels across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl PictureSize {
    /// Pixels.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Refuses empty and absurd sizes.
    pub(super) fn check(self, path: &Path) -> Result<Self, ImportError> {
        let path = || path.to_owned();
        match self.pixels() {
            0 => Err(ImportError::Empty {
                path: path(),
                size: self,
            }),
            pixels if pixels > MAX_PIXELS => Err(ImportError::TooLarge {
                path: path(),
                size: self,
            }),
            _ => Ok(self),
        }
    }
}

impl fmt::Display for PictureSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.width, self.height)
    }
}

/// A grey picture, row 0 at the top. Colours became luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Columns and rows.
    pub size: PictureSize,
    /// The level of white: 255 or 65535.
    pub white: u16,
    /// Levels, row by row.
    pub levels: Vec<u16>,
}

impl Picture {
    /// From samples with 1 to 4 channels: grey, grey and alpha, RGB, RGB and alpha. Alpha is left out.
    ///
    /// # Panics
    /// If there are fewer samples than the size says.
    pub(super) fn from_samples(size: PictureSize, white: u16, channels: usize, samples: &[u16]) -> Self {
        let samples = &samples[..size.pixels() as usize * channels];
        let levels = match channels {
            1 => samples.to_vec(),
            2 => samples.chunks_exact(2).map(|pixel| pixel[0]).collect(),
            _ => (samples.chunks_exact(channels))
                .map(|pixel| luma(pixel[0], pixel[1], pixel[2]))
                .collect(),
        };
        Self { size, white, levels }
    }
}

fn luma(red: u16, green: u16, blue: u16) -> u16 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    // At most 65535 again: the weights add up to 1000.
    ((sum + 500) / 1000) as u16
}

/// Pictures one after the other, all of one size.
pub trait Pictures {
    /// Size of all of them.
    fn size(&self) -> PictureSize;

    /// The level of white in the pictures themselves; users count levels up to this one.
    fn full_scale(&self) -> u16;

    /// How many there are, if that is known.
    fn count(&self) -> Option<u64>;

    /// Frames per second, if the file says so.
    fn frame_rate_hz(&self) -> Option<f64> {
        None
    }

    /// Times of the frames after the first one, s, if they don't come evenly and the file says when.
    fn frame_times_s(&self) -> Option<&[f64]> {
        None
    }

    /// Why nobody can tell the times of frames that don't come evenly, if that is so.
    fn why_untimed(&self) -> Option<&str> {
        None
    }

    /// What a user should know about these pictures.
    fn warnings(&self) -> &[String] {
        &[]
    }

    /// The next one; `None` after the last.
    ///
    /// # Errors
    /// If it can't be read, or differs from the first in size or depth.
    fn next(&mut self) -> Result<Option<Picture>, ImportError>;

    /// Passes over the next one; `false` after the last.
    ///
    /// # Errors
    /// As for [`Pictures::next`], though a picture that isn't looked at may be anything.
    fn skip(&mut self) -> Result<bool, ImportError> {
        Ok(self.next()?.is_some())
    }
}
