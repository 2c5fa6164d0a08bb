//! A sequence of image files.

use super::files::ImageFormat;
use super::tiff::TiffPages;
use super::{ImportError, Picture, PictureSize, Pictures, jpeg, pgm, png};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Images in files, read one at a time.
pub(super) struct Images {
    format: ImageFormat,
    files: std::vec::IntoIter<PathBuf>,
    /// Of a TIFF file with several pages, those that are still to come.
    pages: Option<TiffPages>,
    /// The first picture, read to know the size.
    first: Option<Picture>,
    size: PictureSize,
    white: u16,
    count: Option<u64>,
}

impl Images {
    /// Files of one format, at least one.
    pub fn open(files: Vec<PathBuf>, format: ImageFormat) -> Result<Self, ImportError> {
        let name = files[0].clone();
        // How many pages TIFF files have is known when they are read.
        let count = (format != ImageFormat::Tiff).then_some(files.len() as u64);
        let mut images = Self {
            format,
            files: files.into_iter(),
            pages: None,
            first: None,
            size: PictureSize { width: 0, height: 0 },
            white: 0,
            count,
        };
        let Some((_, first)) = images.read()? else {
            return Err(ImportError::NoImages { path: name });
        };
        (images.size, images.white) = (first.size, first.white);
        images.first = Some(first);
        Ok(images)
    }

    /// The next picture with its name.
    fn read(&mut self) -> Result<Option<(String, Picture)>, ImportError> {
        loop {
            if let Some(pages) = &mut self.pages {
                match pages.next()? {
                    Some(found) => return Ok(Some(found)),
                    None => self.pages = None,
                }
            }
            let Some(path) = self.files.next() else { return Ok(None) };
            let picture = match self.format {
                ImageFormat::Tiff => {
                    self.pages = Some(TiffPages::open(&path)?);
                    continue;
                }
                ImageFormat::Png => png::read(&path),
                ImageFormat::Jpeg => jpeg::read(&path),
                ImageFormat::Pgm => pgm::read_file(&path),
            }?;
            return Ok(Some((path.display().to_string(), picture)));
        }
    }
}

impl Pictures for Images {
    fn size(&self) -> PictureSize {
        self.size
    }

    fn full_scale(&self) -> u16 {
        self.white
    }

    fn count(&self) -> Option<u64> {
        self.count
    }

    fn next(&mut self) -> Result<Option<Picture>, ImportError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let Some((path, picture)) = self.read()? else {
            return Ok(None);
        };
        if (picture.size, picture.white) == (self.size, self.white) {
            return Ok(Some(picture));
        }
        let describe = |size: PictureSize, white: u16| format!("{size} pixels with levels up to {white}");
        Err(ImportError::Differs {
            path,
            found: describe(picture.size, picture.white),
            expected: describe(self.size, self.white),
        })
    }

    fn skip(&mut self) -> Result<bool, ImportError> {
        if self.first.take().is_some() {
            return Ok(true);
        }
        if self.format == ImageFormat::Tiff {
            return Ok(self.read()?.is_some());
        }
        Ok(self.files.next().is_some())
    }
}

/// Opens a file for a decoder.
pub(super) fn buffered(path: &Path) -> Result<BufReader<File>, ImportError> {
    let read = |source| ImportError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(read)?;
    if !file.metadata().map_err(read)?.is_file() {
        return Err(ImportError::Unsupported {
            path: path.to_owned(),
            found: "nothing to read: it isn't a regular file".to_owned(),
            hint: "name image files, a folder of them, or a video",
        });
    }
    Ok(BufReader::with_capacity(1 << 16, file))
}

/// Reads the beginning of a file and goes back to it.
pub(super) fn begins_with(file: &mut (impl Read + Seek), magic: &[u8]) -> std::io::Result<bool> {
    let mut bytes = vec![0; magic.len()];
    let found = match file.read_exact(&mut bytes) {
        Ok(()) => bytes == magic,
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => false,
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(found)
}
