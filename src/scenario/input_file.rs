//! Files that a configuration names.

use std::path::PathBuf;

/// A file that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Dotted key that names it, to blame: `wind.file`.
    pub key: String,
    /// The path as typed: the file's identity in the study, wherever the study lies.
    pub name: String,
    /// Where it is on this machine.
    pub path: PathBuf,
}
