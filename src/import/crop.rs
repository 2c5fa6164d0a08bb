//! The part of a picture that counts, and which way it lies.

use super::{ImportError, Picture, PictureSize};
use std::fmt;
use std::str::FromStr;

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// Columns that are left out on the left.
    pub left: u32,
    /// Rows that are left out at the top.
    pub top: u32,
    /// What stays.
    pub size: PictureSize,
}

impl Crop {
    /// All of a picture.
    #[must_use]
    pub fn whole(size: PictureSize) -> Self {
        Self { left: 0, top: 0, size }
    }

    /// Makes sure that it lies in pictures of this size and isn't empty.
    ///
    /// # Errors
    /// If it doesn't.
    pub fn check(self, size: PictureSize) -> Result<Self, ImportError> {
        let inside = self.size.pixels() > 0
            && u64::from(self.left) + u64::from(self.size.width) <= u64::from(size.width)
            && u64::from(self.top) + u64::from(self.size.height) <= u64::from(size.height);
        if inside {
            return Ok(self);
        }
        Err(ImportError::Crop {
            crop: self.to_string(),
            size,
        })
    }
}

impl fmt::Display for Crop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.left, self.top, self.size.width, self.size.height)
    }
}

impl FromStr for Crop {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected X:Y:WIDTH:HEIGHT in pixels, from the upper left corner".to_owned();
        let numbers = (text.split(':'))
            .map(|part| part.parse().map_err(|_| wrong()))
            .collect::<Result<Vec<u32>, String>>()?;
        match numbers[..] {
            [left, top, width, height] => Ok(Self {
                left,
                top,
                size: PictureSize { width, height },
            }),
            _ => Err(wrong()),
        }
    }
}

/// Mirrorings of pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flip {
    /// Left and right change places.
    pub x: bool,
    /// Top and bottom change places.
    pub y: bool,
}

/// The cropped part of a picture through a table of values, rows upwards: the lowest row of the picture comes first,
/// because y grows upwards.
pub(super) fn lay_out(picture: &Picture, crop: Crop, flip: Flip, table: &[f32], values: &mut Vec<f32>) {
    values.clear();
    let (width, stride) = (crop.size.width as usize, picture.size.width as usize);
    for row in 0..crop.size.height as usize {
        let from_top = if flip.y {
            row
        } else {
            crop.size.height as usize - 1 - row
        };
        let begin = (crop.top as usize + from_top) * stride + crop.left as usize;
        let levels = picture.levels[begin..begin + width]
            .iter()
            .map(|&level| table[usize::from(level)]);
        if flip.x {
            values.extend(levels.rev());
        } else {
            values.extend(levels);
        }
    }
}
