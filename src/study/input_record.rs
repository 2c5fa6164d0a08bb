//! What was in the files that a study reads.

use serde::{Deserialize, Serialize};

/// What an input file held when a run looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// The path as typed in the study.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// BLAKE3 of its contents, hexadecimal.
    pub blake3: String,
}
