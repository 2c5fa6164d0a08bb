//! TIFF files, with one page or many (stacks).

use super::images::buffered;
use super::picture::MAX_PIXELS;
use super::{ImportError, Picture, PictureSize};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

/// The pages of a file, one after the other.
pub(super) struct TiffPages {
    path: PathBuf,
    decoder: Decoder<BufReader<File>>,
    page: usize,
    done: bool,
}

impl TiffPages {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = 8 * MAX_PIXELS as usize;
        limits.intermediate_buffer_size = 8 * MAX_PIXELS as usize;
        let decoder = Decoder::new(buffered(path)?).map_err(|error| damaged(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            decoder: decoder.with_limits(limits),
            page: 0,
            done: false,
        })
    }

    /// The next page with its name.
    pub fn next(&mut self) -> Result<Option<(String, Picture)>, ImportError> {
        if self.done {
            return Ok(None);
        }
        let name = match self.page {
            0 => self.path.display().to_string(),
            page => format!("page {} of {}", page + 1, self.path.display()),
        };
        let picture = self.read()?;
        self.page += 1;
        if self.decoder.more_images() {
            self.decoder.next_image().map_err(|error| damaged(&self.path, &error))?;
        } else {
            self.done = true;
        }
        Ok(Some((name, picture)))
    }

    fn read(&mut self) -> Result<Picture, ImportError> {
        let damaged = |error: tiff::TiffError| damaged(&self.path, &error);
        let (width, height) = self.decoder.dimensions().map_err(damaged)?;
        let size = PictureSize { width, height }.check(&self.path)?;
        let colour = self.decoder.colortype().map_err(damaged)?;
        let unsupported = || ImportError::Unsupported {
            path: self.path.clone(),
            found: format!("pixels of the sort {colour:?}"),
            hint: "convert it to grey or RGB of 8 or 16 bits, unsigned",
        };
        let channels = match colour {
            ColorType::Gray(8 | 16) => 1,
            ColorType::GrayA(8 | 16) => 2,
            ColorType::RGB(8 | 16) => 3,
            ColorType::RGBA(8 | 16) => 4,
            _ => return Err(unsupported()),
        };
        let (white, samples) = match self.decoder.read_image().map_err(damaged)? {
            DecodingResult::U8(values) => (255, values.into_iter().map(u16::from).collect()),
            DecodingResult::U16(values) => (u16::MAX, values),
            _ => return Err(unsupported()),
        };
        if (samples.len() as u64) < size.pixels() * channels as u64 {
            // Colours in separate planes.
            return Err(unsupported());
        }
        Ok(Picture::from_samples(size, white, channels, &samples))
    }
}

fn damaged(path: &Path, error: &tiff::TiffError) -> ImportError {
    ImportError::Damaged {
        path: path.to_owned(),
        format: "TIFF",
        reason: error.to_string(),
    }
}
