//! The log file of a rank: worth a warning when it can't be written, never the end of a run.

use super::print_line;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A log file that is given up with one warning when the disk is full, broken, or gone.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: Option<File>,
}

impl LogFile {
    /// Makes the file and the folders above it.
    pub fn create(path: &Path) -> Self {
        let mut log = Self {
            path: path.to_owned(),
            file: None,
        };
        let made = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| File::create(path));
        match made {
            Ok(file) => log.file = Some(file),
            Err(error) => log.give_up(&error),
        }
        log
    }

    fn give_up(&mut self, error: &io::Error) {
        self.file = None;
        print_line(&format!(
            "warning: can't write the log {}: {error}; the run goes on without it (hint: the results folder should be writable from every node and have some room)",
            self.path.display()
        ));
    }
}

impl Write for LogFile {
    /// Takes everything, whatever becomes of it: an error would only be printed once more, for every event.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(Err(error)) = self.file.as_mut().map(|file| file.write_all(bytes)) {
            self.give_up(&error);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_cannot_be_made_or_written_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.run/id/rank-00000.jsonl");
        let mut log = LogFile::create(&path);
        log.write_all(b"{}\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}\n");
        // A descriptor that takes nothing.
        log.file = Some(File::open(&path).unwrap());
        log.write_all(b"{}\n").unwrap();
        assert!(log.file.is_none());
        log.write_all(b"{}\n").unwrap();
        let mut below_a_file = LogFile::create(&path.join("log"));
        assert!(below_a_file.file.is_none());
        below_a_file.write_all(b"{}\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}\n");
    }
}
