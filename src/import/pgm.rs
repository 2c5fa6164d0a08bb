//! PGM ("portable grey map", raw): files, and the stream in which `ffmpeg` hands over frames.

use super::images::{begins_with, buffered};
use super::{ImportError, Picture, PictureSize};
use std::io::{BufRead, ErrorKind, Read};
use std::path::Path;

/// Longest number or comment in a header, bytes.
const MAX_TOKEN_BYTES: u64 = 1024;

/// Reads a file of one picture.
pub(super) fn read_file(path: &Path) -> Result<Picture, ImportError> {
    let mut file = buffered(path)?;
    let plain = begins_with(&mut file, b"P2").map_err(|source| ImportError::Read {
        path: path.to_owned(),
        source,
    })?;
    if plain {
        return Err(ImportError::Unsupported {
            path: path.to_owned(),
            found: "its pixels as text (P2)".to_owned(),
            hint: "convert it to raw PGM (P5)",
        });
    }
    read(&mut file, path)?.ok_or_else(|| damaged(path, "it is empty"))
}

/// Reads the next picture of a stream; `None` at its end. `path` is what errors name.
pub(super) fn read(stream: &mut impl BufRead, path: &Path) -> Result<Option<Picture>, ImportError> {
    let broken = |source: std::io::Error| match source.kind() {
        ErrorKind::UnexpectedEof => damaged(path, "it ends in the middle of a picture"),
        _ => ImportError::Read {
            path: path.to_owned(),
            source,
        },
    };
    if stream.fill_buf().map_err(broken)?.is_empty() {
        return Ok(None);
    }
    let mut magic = [0; 2];
    stream.read_exact(&mut magic).map_err(broken)?;
    if magic != *b"P5" {
        return Err(damaged(path, "it doesn't begin with P5"));
    }
    let mut number = || match header_number(stream) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => Err(damaged(path, "its header has no number where one belongs")),
        Err(error) => Err(broken(error)),
    };
    let (width, height, white) = (number()?, number()?, number()?);
    let size = PictureSize { width, height }.check(path)?;
    let count = size.pixels() as usize;
    let levels: Vec<u16> = match white {
        255 => {
            let mut bytes = vec![0; count];
            stream.read_exact(&mut bytes).map_err(broken)?;
            bytes.into_iter().map(u16::from).collect()
        }
        256..=65535 => {
            let mut bytes = vec![0; 2 * count];
            stream.read_exact(&mut bytes).map_err(broken)?;
            bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&pair| u16::from_be_bytes(pair))
                .collect()
        }
        _ => {
            return Err(ImportError::Unsupported {
                path: path.to_owned(),
                found: format!("{white} as its largest level"),
                hint: "convert it to 8 bits (255) or 16 bits (up to 65535)",
            });
        }
    };
    let white = white as u16;
    if levels.iter().any(|&level| level > white) {
        return Err(damaged(path, "it has levels above the largest one that it names"));
    }
    Ok(Some(Picture { size, white, levels }))
}

/// The next number of a header, with the one blank that ends it. Before it there may be blanks and comments.
fn header_number(stream: &mut impl BufRead) -> std::io::Result<Option<u32>> {
    let mut digits = 0;
    let mut value: u32 = 0;
    let mut bytes = stream.take(MAX_TOKEN_BYTES).bytes();
    while let Some(byte) = bytes.next() {
        match byte? {
            byte @ b'0'..=b'9' => {
                digits += 1;
                let next = value
                    .checked_mul(10)
                    .and_then(|ten| ten.checked_add(u32::from(byte - b'0')));
                match next {
                    Some(next) => value = next,
                    None => return Ok(None),
                }
            }
            b'#' if digits == 0 => {
                for byte in bytes.by_ref() {
                    if byte? == b'\n' {
                        break;
                    }
                }
            }
            b' ' | b'\t' | b'\n' | b'\r' if digits == 0 => {}
            b' ' | b'\t' | b'\n' | b'\r' => return Ok(Some(value)),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn damaged(path: &Path, reason: &str) -> ImportError {
    ImportError::Damaged {
        path: path.to_owned(),
        format: "PGM",
        reason: reason.to_owned(),
    }
}
