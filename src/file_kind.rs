//! What a path leads to, found out without opening it: opening a pipe waits for somebody at its other end.

use rustix::io::Errno;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing, not even a link.
    Nothing,
    /// A regular file, perhaps through links.
    File,
    /// A folder, perhaps through links.
    Folder,
    /// A named or nameless pipe.
    Pipe,
    /// A terminal, `/dev/null` and the like.
    CharacterDevice,
    /// A disk and the like.
    BlockDevice,
    /// A socket.
    Socket,
    /// A link to a place where nothing is.
    DanglingLink(PathBuf),
    /// A link that leads to itself, by way of others perhaps.
    CircularLink,
}

impl FileKind {
    /// Looks at `path`.
    ///
    /// # Errors
    /// If a folder on the way isn't one, or can't be searched.
    pub fn of(path: &Path) -> io::Result<Self> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => return Ok(Self::CircularLink),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(fs::read_link(path).map_or(Self::Nothing, Self::DanglingLink));
            }
            Err(error) => return Err(error),
        };
        let kind = metadata.file_type();
        Ok(if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_fifo() {
            Self::Pipe
        } else if kind.is_socket() {
            Self::Socket
        } else if kind.is_block_device() {
            Self::BlockDevice
        } else {
            Self::CharacterDevice
        })
    }

    /// How a regular file begins, up to eight bytes; nothing for anything else. What a pipe gives can be read once only, and is
    /// left to whoever it is for.
    #[must_use]
    pub fn beginning(path: &Path) -> Vec<u8> {
        let mut start = Vec::new();
        if Self::of(path).is_ok_and(|kind| kind == Self::File) {
            // Of what can't be read nothing is known.
            let _ = fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
        }
        start
    }

    /// Whether a path leads to an HDF5 file, as results and most NetCDF files are.
    #[must_use]
    pub fn is_hdf5(path: &Path) -> bool {
        Self::beginning(path) == *b"\x89HDF\r\n\x1a\n"
    }

    /// Why there is no file to read or to replace here, although there is something: `is a pipe`.
    #[must_use]
    pub fn obstacle(path: &Path) -> Option<Self> {
        // What can't be looked at is told by whoever tries to open it.
        Self::of(path)
            .ok()
            .filter(|kind| !matches!(kind, Self::Nothing | Self::File))
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "does not exist",
            Self::File => "is a file",
            Self::Folder => "is a folder",
            Self::Pipe => "is a pipe",
            Self::CharacterDevice => "is a device",
            Self::BlockDevice => "is a block device",
            Self::Socket => "is a socket",
            Self::DanglingLink(target) => return write!(f, "is a link to {}, which does not exist", target.display()),
            Self::CircularLink => "is a link that leads back to itself",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn every_kind_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "x").unwrap();
        symlink("file", at("link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        symlink("dangling", at("dangling-too")).unwrap();
        symlink("round", at("about")).unwrap();
        symlink("about", at("round")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RUSR).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (path, words) in [
            (at("none"), "does not exist"),
            (at("file"), "is a file"),
            (at("link"), "is a file"),
            (folder.path().to_owned(), "is a folder"),
            (at("pipe"), "is a pipe"),
            (at("socket"), "is a socket"),
            (PathBuf::from("/dev/null"), "is a device"),
            (at("dangling"), "is a link to nowhere, which does not exist"),
            (at("dangling-too"), "is a link to dangling, which does not exist"),
            (at("about"), "is a link that leads back to itself"),
        ] {
            assert_eq!(FileKind::of(&path).unwrap().to_string(), words, "{}", path.display());
        }
        fs::write(at("hdf5"), b"\x89HDF\r\n\x1a\nand more").unwrap();
        assert!(FileKind::is_hdf5(&at("hdf5")) && !FileKind::is_hdf5(&at("file")) && !FileKind::is_hdf5(&at("pipe")));
        assert!(FileKind::of(&at("file/below")).is_err());
        assert_eq!(FileKind::obstacle(&at("none")), None);
        assert_eq!(FileKind::obstacle(&at("link")), None);
        assert_eq!(FileKind::obstacle(&at("pipe")), Some(FileKind::Pipe));
    }
}
