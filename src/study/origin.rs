//! Where a value came from.

use crate::printable::{printable, short};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};

/// Characters of an argument that are shown.
const MAX_SHOWN: usize = 200;

/// The layer, and the place in it, that gave a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Built-in default.
    Default,
    /// A file, with 1-based line and column (in characters).
    File {
        /// Path as given.
        #[serde(serialize_with = "as_text")]
        path: PathBuf,
        /// Line, from 1; 0 is the file as a whole.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
    /// `--set key=value`.
    CommandLine {
        /// The argument as typed.
        argument: String,
    },
}

/// A path that isn't Unicode as it is shown: an origin is for people.
fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |path: &Path| printable(&path.to_string_lossy()).into_owned();
        match self {
            Self::Default => f.write_str("default"),
            Self::File {
                path: file, line: 0, ..
            } => f.write_str(&path(file)),
            Self::File {
                path: file,
                line,
                column,
            } => write!(f, "{}:{line}:{column}", path(file)),
            Self::Environment { variable } => write!(f, "environment {}", short(variable, MAX_SHOWN)),
            Self::CommandLine { argument } => write!(f, "--set {}", short(argument, MAX_SHOWN)),
        }
    }
}
