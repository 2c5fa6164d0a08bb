//! The input files of a study on one rank.

use std::path::{Path, PathBuf};

/// The input files of a study, opened once per rank and shared by its threads.
#[derive(Debug, Default)]
pub struct Inputs {
    folder: PathBuf,
}

impl Inputs {
    /// Files whose relative paths start at `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The place of the file that a study calls `path`.
    #[must_use]
    pub fn locate(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}
