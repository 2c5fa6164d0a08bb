//! Why pictures were not imported.

use super::picture::{MAX_PIXELS, PictureSize};
use crate::quantity;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Pictures that can't be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is no such file.
    #[error("{path} does not exist (hint: check the path; quote a pattern like 'frames/*.png')")]
    Missing {
        /// What was given.
        path: PathBuf,
    },
    /// A folder or pattern without pictures.
    #[error(
        "{path} has no image files (hint: PNG, TIFF, JPEG and PGM files are recognised as images by their extensions)"
    )]
    NoImages {
        /// The folder or pattern.
        path: PathBuf,
    },
    /// A pattern that nothing fits.
    #[error(
        "no image file fits the pattern {pattern} (hint: see `ls {folder}`; PNG, TIFF, JPEG and PGM files are images, told by their endings)"
    )]
    NoMatch {
        /// The pattern.
        pattern: PathBuf,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Names of pictures where no file can be read.
    #[error(
        "not all of {path} can be read: {found} (hint: mend or remove them, or name the files that you mean: without them \
         the frames behind would have other times)"
    )]
    Unusable {
        /// The folder or pattern.
        path: PathBuf,
        /// Their names, and what they are.
        found: String,
    },
    /// Names that say no order, or two.
    #[error(
        "which frame comes first, {first} or {second}, isn't clear: {reason} (hint: copy the files under names whose numbers have \
         equally many digits: `mkdir ordered; i=0; for f in FILES IN ORDER; do cp \"$f\" \"ordered/$(printf frame_%04d \
         $i).${{f##*.}}\"; i=$((i + 1)); done`)"
    )]
    Order {
        /// A file.
        first: PathBuf,
        /// Another one.
        second: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// Fewer pictures, or more, than a file says that it has.
    #[error(
        "{path} differs from its description: by {by} it has {announced} pictures, and {there} can be found (hint: {hint})"
    )]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// Whose description.
        by: &'static str,
        /// What it says.
        announced: u64,
        /// What there is.
        there: u64,
        /// What to do.
        hint: &'static str,
    },
    /// Files that don't belong together.
    #[error("{first} and {other} are of different kinds (hint: {hint})")]
    Mixed {
        /// A file.
        first: PathBuf,
        /// Another one.
        other: PathBuf,
        /// What to do.
        hint: &'static str,
    },
    /// The operating system refused.
    #[error("reading {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is broken.
    #[error("{path} is damaged or no {format} file: {reason} (hint: restore it, or leave it out)")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What it should be.
        format: &'static str,
        /// The decoder's words.
        reason: String,
    },
    /// The file is fine, but of a sort that isn't read.
    #[error("{path} has {found} (hint: {hint})")]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it has.
        found: String,
        /// What to do.
        hint: &'static str,
    },
    /// More pixels than allowed.
    #[error(
        "{path} says that it has {size} pixels, more than the {limit} that are read (hint: cut or scale the pictures before)",
        limit = quantity::count(MAX_PIXELS)
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        size: PictureSize,
    },
    /// A picture without pixels.
    #[error("{path} says that it has {size} pixels (hint: leave it out)")]
    Empty {
        /// The file.
        path: PathBuf,
        /// Its size.
        size: PictureSize,
    },
    /// A picture that doesn't fit to the first one.
    #[error(
        "{path} has {found}, but the first picture has {expected} (hint: all must be alike; leave it out or convert it)"
    )]
    Differs {
        /// The file, perhaps with a page.
        path: String,
        /// What it has.
        found: String,
        /// What the first has.
        expected: String,
    },
    /// A cut that isn't in the picture.
    #[error(
        "--crop {crop} reaches beyond the picture of {size} pixels (hint: it is X:Y:WIDTH:HEIGHT in pixels, from the upper left corner)"
    )]
    Crop {
        /// The cut.
        crop: String,
        /// The picture.
        size: PictureSize,
    },
    /// Levels that don't span a range.
    #[error(
        "grey levels from --black {black} to --white {white} aren't a valid range within 0 to {full_scale} (hint: levels are counted as in the pictures)"
    )]
    Levels {
        /// Black.
        black: f64,
        /// White.
        white: f64,
        /// Largest level.
        full_scale: u16,
    },
    /// A program that isn't there.
    #[error(
        "video is read with the programs ffmpeg and ffprobe, but {program} can't be started: {source} (hint: `apt install ffmpeg`, `conda install ffmpeg` or your cluster's module; or turn the video into images elsewhere and import these)"
    )]
    Program {
        /// Its name.
        program: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// `ffmpeg` can't make sense of the video.
    #[error(
        "{path} can't be decoded as video: {reason} (hint: `ffprobe FILE` shows what is in it; `ffmpeg -fflags +discardcorrupt -i FILE -an -c:v ffv1 OUT.mkv` keeps what can be decoded)"
    )]
    Video {
        /// The file.
        path: PathBuf,
        /// The program's words.
        reason: String,
    },
}

impl ImportError {
    /// Whether other arguments or files mend it.
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        !matches!(self, Self::Program { .. })
    }
}
