//! The argument that names a results file.

use super::CommandError;
use crate::file_kind::FileKind;
use clap::Args;
use std::path::{Path, PathBuf};

/// A results file that is there.
#[derive(Args, Clone, Debug)]
pub struct ResultsArgument {
    /// The results file
    #[arg(value_name = "RESULTS.H5")]
    results: PathBuf,
}

impl ResultsArgument {
    /// The path, which leads to a file or to nothing: a pipe or a device is never opened.
    ///
    /// # Errors
    /// If there is something else.
    pub fn path(&self) -> Result<&Path, CommandError> {
        check_results(&self.results)?;
        Ok(&self.results)
    }
}

/// Refuses what is there and no file.
///
/// # Errors
/// See [`ResultsArgument::path`].
pub fn check_results(path: &Path) -> Result<(), CommandError> {
    match FileKind::obstacle(path) {
        None => Ok(()),
        Some(kind) => Err(CommandError::usage(
            format!("{} {kind}: expected a results file", path.display()),
            "name the file that `sweep` wrote",
        )),
    }
}
