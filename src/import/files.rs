//! Which files a user means, and what they are.

use super::{ImportError, frame_order, natural_order};
use crate::file_kind::FileKind;
use rustix::fs::{Access, access};
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
        // MetaMorph's and Zeiss's own endings.
        "tif" | "tiff" | "stk" | "lsm" => Kind::Image(ImageFormat::Tiff),
        "pgm" => Kind::Image(ImageFormat::Pgm),
        _ => Kind::Video,
    }
}

/// The files that are meant by paths of files, folders and patterns, in the order of frames; at least one.
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
    files.sort();
    files.dedup();
    frame_order::in_order(files)
}

/// Folder and pattern of a path whose last part has `*` or `?`.
fn pattern(path: &Path) -> Option<(&Path, &str)> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    name.contains(['*', '?'])
        .then_some((folder.unwrap_or(Path::new(".")), name))
}

/// Image files of a folder whose names fit, without hidden ones. What has the name of one and can't be read is refused:
/// without it all frames behind it would have the wrong times.
fn images_in(input: &Path, folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, ImportError> {
    let refused = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ImportError::Missing { path: input.to_owned() },
        _ => ImportError::Read {
            path: folder.to_owned(),
            source,
        },
    };
    let (mut files, mut unusable) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || !fits(pattern.as_bytes(), name.as_bytes()) {
            continue;
        }
        let is_image = matches!(kind(&path), Kind::Image(_));
        match obstacle(&path) {
            None if is_image => files.push(path),
            // A shell would hand a folder over that fits a pattern, and its pictures would count.
            Some((why, is_folder)) if is_image || is_folder && pattern != "*" => unusable.push((path, why)),
            _ => {}
        }
    }
    if !unusable.is_empty() {
        unusable.sort_by(|(a, _), (b, _)| natural_order::compare(a, b));
        return Err(ImportError::Unusable {
            path: input.to_owned(),
            found: list(&unusable),
        });
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

/// Why there is no file to read at `path`, and whether that is because it is a folder.
fn obstacle(path: &Path) -> Option<(String, bool)> {
    match FileKind::of(path) {
        Ok(FileKind::File) => match access(path, Access::READ_OK) {
            Ok(()) => None,
            Err(errno) => Some((format!("can't be read: {}", io::Error::from(errno)), false)),
        },
        Ok(kind) => Some((kind.to_string(), kind == FileKind::Folder)),
        Err(error) => Some((format!("can't be looked at: {error}"), false)),
    }
}

/// The first names of files, with what is wrong with them.
fn list(unusable: &[(PathBuf, String)]) -> String {
    const LISTED: usize = 5;
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut parts: Vec<String> = (unusable.iter().take(LISTED))
        .map(|(path, why)| format!("{} {why}", name(path)))
        .collect();
    if unusable.len() > LISTED {
        parts.push(format!("and {} more", unusable.len() - LISTED));
    }
    parts.join("; ")
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
    use std::os::unix::fs::symlink;

    /// Whatever has the name of a picture and is no file: links, pipes, folders; of a folder and of a pattern.
    #[test]
    fn nothing_with_the_name_of_a_picture_is_left_out() {
        type Make = fn(&Path);
        let cases: [(&str, Make); 4] = [
            ("is a link to gone.png", |path| symlink("gone.png", path).unwrap()),
            ("is a link that leads back", |path| {
                symlink(path.file_name().unwrap(), path).unwrap();
            }),
            ("is a pipe", |path| {
                rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR).unwrap();
            }),
            ("is a folder", |path| fs::create_dir(path).unwrap()),
        ];
        for (says, make) in cases {
            let folder = tempfile::tempdir().unwrap();
            for frame in [0, 1, 2, 3] {
                fs::write(folder.path().join(format!("f{frame}.png")), "").unwrap();
            }
            symlink("f0.png", folder.path().join("f4.png")).unwrap();
            // Neighbours that are no pictures, and hidden files.
            symlink("gone", folder.path().join("notes")).unwrap();
            symlink("gone", folder.path().join(".f9.png")).unwrap();
            fs::create_dir(folder.path().join("raw")).unwrap();
            let inputs = [folder.path().to_owned(), folder.path().join("f*.png")];
            for input in &inputs {
                assert_eq!(expand(std::slice::from_ref(input)).unwrap().len(), 5);
            }
            make(&folder.path().join("f10.png"));
            make(&folder.path().join("f9.png"));
            for input in &inputs {
                let message = expand(std::slice::from_ref(input)).unwrap_err().to_string();
                assert!(message.contains(&format!("f9.png {says}")), "{message}");
                assert!(message.find("f9.png") < message.find("f10.png"), "{message}");
            }
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f0.png"), "").unwrap();
        fs::create_dir(folder.path().join("f1")).unwrap();
        let message = expand(&[folder.path().join("f*")]).unwrap_err().to_string();
        assert!(message.contains("f1 is a folder"), "{message}");
    }

    #[test]
    fn long_lists_are_cut() {
        let unusable: Vec<_> = (0..7)
            .map(|i| (PathBuf::from(format!("{i}.png")), "is a pipe".to_owned()))
            .collect();
        assert!(
            list(&unusable).ends_with("4.png is a pipe; and 2 more"),
            "{}",
            list(&unusable)
        );
    }

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
