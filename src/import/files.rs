//! Which files a user means, and what they are.

use super::{ImportError, natural_order};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Formats of image files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageFormat {
    Png,
    Jpeg,
    Tiff,
    Pgm,
}

/// What a file is, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Image(ImageFormat),
    /// Whatever isn't an image is left to `ffmpeg`.
    Video,
}

fn kind(path: &Path) -> Kind {
    let ending = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    match ending.as_str() {
        "png" => Kind::Image(ImageFormat::Png),
        "jpg" | "jpeg" => Kind::Image(ImageFormat::Jpeg),
        "tif" | "tiff" => Kind::Image(ImageFormat::Tiff),
        "pgm" => Kind::Image(ImageFormat::Pgm),
        _ => Kind::Video,
    }
}

/// The files that are meant by paths of files, folders and patterns, in natural order; at least one.
pub(super) fn expand(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, ImportError> {
    let mut files = Vec::new();
    for input in inputs {
        match fs::metadata(input) {
            Ok(metadata) if metadata.is_dir() => files.extend(images_in(input, input, "*")?),
            Ok(_) => files.push(input.clone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match pattern(input) {
                Some((folder, pattern)) => files.extend(images_in(input, folder, pattern)?),
                None => return Err(ImportError::Missing { path: input.clone() }),
            },
            Err(source) => {
                return Err(ImportError::Read {
                    path: input.clone(),
                    source,
                });
            }
        }
    }
    files.sort_by(|a, b| natural_order::compare(a, b));
    files.dedup();
    Ok(files)
}

/// Folder and pattern of a path whose last part has `*` or `?`.
fn pattern(path: &Path) -> Option<(&Path, &str)> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    name.contains(['*', '?'])
        .then_some((folder.unwrap_or(Path::new(".")), name))
}

/// Image files of a folder whose names fit, without hidden ones.
fn images_in(input: &Path, folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, ImportError> {
    let refused = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ImportError::Missing { path: input.to_owned() },
        _ => ImportError::Read {
            path: folder.to_owned(),
            source,
        },
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let fits = !name.starts_with('.') && fits(pattern.as_bytes(), name.as_bytes());
        if fits && matches!(kind(&path), Kind::Image(_)) && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(match pattern {
            "*" => ImportError::NoImages { path: input.to_owned() },
            _ => ImportError::NoMatch {
                pattern: input.to_owned(),
                folder: folder.to_owned(),
            },
        });
    }
    Ok(files)
}

/// Whether a name fits a pattern in which `*` stands for anything and `?` for one byte.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    // Where to go on if the last `*` has to take one more.
    let (mut p, mut n, mut retry) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, taken)) => {
                    retry = Some((star, taken + 1));
                    (p, n) = (star + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

/// What files are: images of one format, or one video.
pub(super) fn kind_of_all(files: &[PathBuf]) -> Result<Kind, ImportError> {
    let first = kind(&files[0]);
    for other in &files[1..] {
        let hint = match (first, kind(other)) {
            (Kind::Image(a), Kind::Image(b)) if a == b => continue,
            (Kind::Image(_), Kind::Image(_)) => "name the files of one format, such as 'frames/*.png'",
            _ => "give image files, or one video at a time",
        };
        return Err(ImportError::Mixed {
            first: files[0].clone(),
            other: other.clone(),
            hint,
        });
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*", "a.png", true),
            ("*.png", "a.png", true),
            ("*.png", "a.tif", false),
            ("f?.png", "f1.png", true),
            ("f?.png", "f12.png", false),
            ("f*1*.png", "f_001_b.png", true),
            ("f*1*.png", "f_002_b.png", false),
            ("a*b*b", "abbb", true),
            ("a", "ab", false),
            ("ab*", "a", false),
            ("**", "", true),
        ] {
            assert_eq!(fits(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
    }

    /// A pattern that a simple recursion takes 2⁵⁰ steps for.
    #[test]
    fn a_pattern_of_many_stars_ends() {
        let pattern = format!("{}b", "*a".repeat(50));
        assert!(!fits(pattern.as_bytes(), "a".repeat(200).as_bytes()));
    }
}
