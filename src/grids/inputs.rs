//! The input files of a study on one rank.

use super::parsed::ParsedFiles;
use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The input files of a study, opened once per rank and shared by its threads.
#[derive(Debug, Default)]
pub struct Inputs {
    folder: PathBuf,
    parsed: ParsedFiles,
}

impl Inputs {
    /// Files whose relative paths start at `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            ..Self::default()
        }
    }

    /// The place of the file that a study calls `path`.
    #[must_use]
    pub fn locate(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// What `parse` makes of the small file that a study calls `path`: parsed once per rank, then shared.
    ///
    /// # Errors
    /// Those of `parse`.
    pub fn parsed<T: Any + Send + Sync, E>(
        &self,
        path: &str,
        parse: impl FnOnce(&Path) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        self.parsed.get(&self.locate(path), parse)
    }
}
