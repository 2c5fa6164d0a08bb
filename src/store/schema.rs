//! What identifies a results file, and the program that made it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of the layout of a results file. It rises whenever a reader would have to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaVersion(pub u32);

impl SchemaVersion {
    /// What this program writes.
    pub const CURRENT: Self = Self(3);

    /// Whether this program reads it: 1 had no seal, no checksums of failures, and those of units left out the seed; 2 had
    /// texts that few netCDF tools read.
    #[must_use]
    pub fn is_known(self) -> bool {
        (1..=Self::CURRENT.0).contains(&self.0)
    }

    /// Whether a run continues files of this version as they are. Others are made anew first.
    #[must_use]
    pub fn is_continued(self) -> bool {
        (2..=Self::CURRENT.0).contains(&self.0)
    }

    /// Whether texts of fixed length are arrays of characters.
    #[must_use]
    pub fn has_characters(self) -> bool {
        self.0 >= 3
    }

    /// The version that counts in a digest: the same for all that hold the same values.
    #[must_use]
    pub(super) fn of_digest(self) -> u32 {
        self.0.min(2)
    }

    /// Whether files of this version end with a seal.
    #[must_use]
    pub fn is_sealed(self) -> bool {
        self.0 >= 2
    }
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Root attribute `file_type` of a file of rows.
pub(crate) const ROWS_FILE_TYPE: &str = "plume-nav-sim rows";

/// Root attribute `file_type`.
pub const FILE_TYPE: &str = "plume-nav-sim results";

/// Root attribute `Conventions`.
pub const CONVENTIONS: &str = "CF-1.10";
