//! TIFF files, with one page or many (stacks).

use super::images::buffered;
use super::picture::MAX_PIXELS;
use super::tiff_stack::{Announced, By, PageShape, announced};
use super::tiff_tags::{announced_by_tags, end_of_pictures};
use super::{ImportError, Picture, PictureSize, orientation};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::{ByteOrder, Tag};
use tiff::{ColorType, TiffError};

/// What to do about pixels of a sort that isn't read.
const CONVERT: &str = "convert it to grey or RGB of 8 or 16 bits, unsigned";

/// The pages of a file, one after the other.
pub(super) struct TiffPages {
    path: PathBuf,
    decoder: Decoder<BufReader<File>>,
    page: u64,
    announced: Option<Announced>,
    /// ImageJ's large stacks, and some of tifffile's, have one directory: further pictures lie behind the first one.
    behind: Option<Behind>,
    done: bool,
}

/// Uncompressed pictures that lie one behind the other.
#[derive(Clone, Copy, Debug)]
struct Behind {
    first: u64,
    picture_bytes: u64,
    size: PictureSize,
    is_wide: bool,
    order: ByteOrder,
    is_white_zero: bool,
    count: u64,
}

impl TiffPages {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = 8 * MAX_PIXELS as usize;
        limits.intermediate_buffer_size = 8 * MAX_PIXELS as usize;
        let mut file = buffered(path)?;
        let by_tags = announced_by_tags(&mut file).map_err(|(found, hint)| ImportError::Unsupported {
            path: path.to_owned(),
            found,
            hint,
        })?;
        let read = |source| ImportError::Read {
            path: path.to_owned(),
            source,
        };
        file.rewind().map_err(read)?;
        let decoder = Decoder::new(file).map_err(|error| problem(path, &error))?;
        let mut pages = Self {
            path: path.to_owned(),
            decoder: decoder.with_limits(limits),
            page: 0,
            announced: None,
            behind: None,
            done: false,
        };
        pages.announced = match by_tags {
            None => pages.described()?,
            by_tags => by_tags,
        };
        let more = pages.decoder.more_images();
        pages.behind = match pages.announced {
            Some(found @ Announced { by, pictures }) if by.has_pictures_behind() && pictures > 1 && !more => {
                Some(pages.find_behind(found)?)
            }
            _ => None,
        };
        Ok(pages)
    }

    /// What the description of this page says.
    fn described(&mut self) -> Result<Option<Announced>, ImportError> {
        let description = self.decoder.find_tag(Tag::ImageDescription).ok().flatten();
        let Some(description) = description.and_then(|value| value.into_string().ok()) else {
            return Ok(None);
        };
        let (width, height) = self.decoder.dimensions().map_err(|error| problem(&self.path, &error))?;
        let samples = self
            .decoder
            .find_tag_unsigned::<u64>(Tag::SamplesPerPixel)
            .ok()
            .flatten();
        let page = PageShape {
            width: width.into(),
            height: height.into(),
            samples: samples.unwrap_or(1),
        };
        announced(&description, page).map_err(|(found, hint)| self.unsupported(found, hint))
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
        let picture = match self.behind {
            Some(behind) => self.read_behind(behind)?,
            None => self.read()?,
        };
        self.page += 1;
        if let Some(behind) = self.behind {
            self.done = self.page == behind.count;
        } else if self.decoder.more_images() {
            (self.decoder.next_image()).map_err(|error| problem(&self.path, &error))?;
            self.add_described()?;
        } else {
            self.done = true;
            self.check_count()?;
        }
        Ok(Some((name, picture)))
    }

    /// tifffile describes each array that it adds to a file.
    fn add_described(&mut self) -> Result<(), ImportError> {
        let Some(Announced {
            by: By::Tifffile,
            pictures,
        }) = self.announced
        else {
            return Ok(());
        };
        if let Some(Announced {
            by: By::Tifffile,
            pictures: more,
        }) = self.described()?
        {
            self.announced = Some(Announced {
                by: By::Tifffile,
                pictures: pictures.saturating_add(more),
            });
        }
        Ok(())
    }

    /// Whether all pictures were there that the file says it has. Those without a description may be more.
    fn check_count(&self) -> Result<(), ImportError> {
        match self.announced {
            Some(found) if found.pictures > self.page || found.pictures != self.page && found.by != By::Tifffile => {
                Err(self.incomplete(found, self.page))
            }
            _ => Ok(()),
        }
    }

    fn incomplete(&self, Announced { by, pictures }: Announced, there: u64) -> ImportError {
        ImportError::Incomplete {
            path: self.path.clone(),
            by: by.name(),
            announced: pictures,
            there,
            hint: match by {
                By::Ome => {
                    "restore it if it was cut off; if it has one directory for all pictures, open it in the program that wrote \
                     it, or in ImageJ by Bio-Formats, and save it with one for each"
                }
                By::ImageJ | By::Tifffile => "restore it, or save again what is there, with a description that is true",
                By::MetaMorph | By::IpLab | By::NihImage | By::FluoView => {
                    "restore it if it was cut off; or open it in the program that wrote it, or in ImageJ by Bio-Formats, and \
                     save it with a directory for each picture"
                }
            },
        }
    }

    fn unsupported(&self, found: String, hint: &'static str) -> ImportError {
        ImportError::Unsupported {
            path: self.path.clone(),
            found,
            hint,
        }
    }

    /// Size and channels of the page.
    fn shape(&mut self) -> Result<(PictureSize, ColorType, usize), ImportError> {
        let problem = |error: TiffError| problem(&self.path, &error);
        let (width, height) = self.decoder.dimensions().map_err(problem)?;
        let size = PictureSize { width, height }.check(&self.path)?;
        let colour = self.decoder.colortype().map_err(problem)?;
        let channels = match colour {
            ColorType::Gray(8 | 16) => 1,
            ColorType::GrayA(8 | 16) => 2,
            ColorType::RGB(8 | 16) => 3,
            ColorType::RGBA(8 | 16) => 4,
            _ => return Err(self.unsupported(format!("pixels of the sort {colour:?}"), CONVERT)),
        };
        Ok((size, colour, channels))
    }

    fn read(&mut self) -> Result<Picture, ImportError> {
        let (size, colour, channels) = self.shape()?;
        let decoded = self.decoder.read_image().map_err(|error| problem(&self.path, &error))?;
        let (white, samples) = match decoded {
            DecodingResult::U8(values) => (255, values.into_iter().map(u16::from).collect()),
            DecodingResult::U16(values) => (u16::MAX, values),
            _ => return Err(self.unsupported("pixels that are signed or have fractions".to_owned(), CONVERT)),
        };
        if (samples.len() as u64) < size.pixels() * channels as u64 {
            return Err(self.unsupported(format!("the colours of {colour:?} in separate planes"), CONVERT));
        }
        let orientation = self
            .decoder
            .find_tag_unsigned::<u16>(Tag::Unknown(orientation::TAG))
            .ok()
            .flatten();
        Ok(Picture::from_samples(size, white, channels, &samples).upright(orientation.unwrap_or(1)))
    }

    /// Where the pictures of a stack with one directory are.
    fn find_behind(&mut self, announced: Announced) -> Result<Behind, ImportError> {
        const HINT: &str = "open it in ImageJ and save it as a TIFF of grey pictures of 8 or 16 bits";
        let count = announced.pictures;
        let (size, colour, _) = self.shape()?;
        let tag =
            |decoder: &mut Decoder<BufReader<File>>, tag| decoder.find_tag_unsigned_vec::<u64>(tag).ok().flatten();
        let offsets = tag(&mut self.decoder, Tag::StripOffsets).unwrap_or_default();
        let lengths = tag(&mut self.decoder, Tag::StripByteCounts).unwrap_or_default();
        let compression = tag(&mut self.decoder, Tag::Compression).unwrap_or_else(|| vec![1]);
        let format = tag(&mut self.decoder, Tag::SampleFormat).unwrap_or_else(|| vec![1]);
        let photometric = tag(&mut self.decoder, Tag::PhotometricInterpretation).unwrap_or_default();
        let is_plain = matches!(colour, ColorType::Gray(8 | 16)) && compression == [1] && format == [1];
        let is_dense = (offsets.iter().zip(&lengths).zip(offsets.iter().skip(1)))
            .all(|((offset, length), next)| offset.checked_add(*length) == Some(*next));
        let is_wide = matches!(colour, ColorType::Gray(16));
        let picture_bytes = size.pixels() * (1 + u64::from(is_wide));
        // Where MetaMorph's pictures begin follows from their strips.
        let is_dense = is_dense
            && (announced.by != By::MetaMorph
                || offsets.len() == lengths.len() && sum(&lengths) == Some(picture_bytes));
        let (true, true, Some(&first)) = (is_plain, is_dense, offsets.first()) else {
            return Err(self.unsupported(
                format!("{count} pictures behind one directory, not plain grey ones"),
                HINT,
            ));
        };
        let read = |source| ImportError::Read {
            path: self.path.clone(),
            source,
        };
        let length = self.decoder.inner().seek(SeekFrom::End(0)).map_err(read)?;
        let end = end_of_pictures(self.decoder.inner(), first).map_or(length, |end| end.min(length));
        let room = end.saturating_sub(first) / picture_bytes;
        if room < count {
            return Err(self.incomplete(announced, room));
        }
        Ok(Behind {
            first,
            picture_bytes,
            size,
            is_wide,
            order: self.decoder.byte_order(),
            is_white_zero: photometric == [0],
            count,
        })
    }

    fn read_behind(&mut self, behind: Behind) -> Result<Picture, ImportError> {
        let mut bytes = vec![0; behind.picture_bytes as usize];
        let begin = behind.first + self.page * behind.picture_bytes;
        let file = self.decoder.inner();
        let read = (file.seek(SeekFrom::Start(begin))).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|source: io::Error| ImportError::Read {
            path: self.path.clone(),
            source,
        })?;
        let (white, mut levels): (u16, Vec<u16>) = if behind.is_wide {
            let pairs = bytes.as_chunks::<2>().0.iter();
            let level = |&pair: &[u8; 2]| match behind.order {
                ByteOrder::LittleEndian => u16::from_le_bytes(pair),
                ByteOrder::BigEndian => u16::from_be_bytes(pair),
            };
            (u16::MAX, pairs.map(level).collect())
        } else {
            (255, bytes.into_iter().map(u16::from).collect())
        };
        if behind.is_white_zero {
            levels.iter_mut().for_each(|level| *level = white - *level);
        }
        Ok(Picture::from_samples(behind.size, white, 1, &levels))
    }
}

fn sum(lengths: &[u64]) -> Option<u64> {
    lengths.iter().try_fold(0_u64, |sum, &length| sum.checked_add(length))
}

/// What is wrong: something that the decoder lacks, or damage.
fn problem(path: &Path, error: &TiffError) -> ImportError {
    match error {
        TiffError::UnsupportedError(unsupported) => ImportError::Unsupported {
            path: path.to_owned(),
            found: format!("what isn't read: {unsupported}"),
            hint: "write it uncompressed, grey or RGB of 8 or 16 bits: `pip install tifffile imagecodecs`, then `python3 -c \
                   'import tifffile; tifffile.imwrite(\"out.tif\", tifffile.imread(\"in.tif\"))'`; LZW, deflate, PackBits and \
                   JPEG are read",
        },
        _ => ImportError::Damaged {
            path: path.to_owned(),
            format: "TIFF",
            reason: error.to_string(),
        },
    }
}
