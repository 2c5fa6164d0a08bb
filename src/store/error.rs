//! What can go wrong with a results file.

use super::SchemaVersion;
use crate::netcdf4::{FileError, hdf, remedy};
use crate::quantity;
use crate::sweep::UnitIndex;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A results file that can't be made, opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is a file already.
    #[error("{path} exists (hint: `sweep --resume` continues results, `--overwrite` replaces what the command makes)")]
    Exists {
        /// The results file.
        path: PathBuf,
    },
    /// There are rows of a results file that isn't there.
    #[error(
        "{folder} holds rows of other results (hint: move it to its results file, or remove it with `rm -r` if that file is gone for good)"
    )]
    RowsLeft {
        /// The folder of rows.
        folder: PathBuf,
    },
    /// The folder of rows isn't there.
    #[error(
        "{folder} is missing: the rows of {path} are in it (hint: move it there, if it was left behind; to have its units run again, make an empty folder of this name)"
    )]
    RowsMissing {
        /// The results file.
        path: PathBuf,
        /// The folder of rows.
        folder: PathBuf,
    },
    /// The rows of a unit aren't what the results file says.
    #[error(
        "the rows of {unit} in {folder} are missing or damaged (hint: results with tables are a file and a folder, which move together; `sweep --resume` runs such units again)"
    )]
    Rows {
        /// The unit.
        unit: UnitIndex,
        /// The folder of rows.
        folder: PathBuf,
    },
    /// A folder of products is there without the results file that it belongs to.
    #[error(
        "{folder} holds files made from other results (hint: move it to the results file that it belongs to, or remove it)"
    )]
    ProductsLeft {
        /// The folder of products.
        folder: PathBuf,
    },
    /// A product can't be made.
    #[error("can't make {path}: {reason} (hint: all units are committed; `sweep --resume` tries again)")]
    Product {
        /// The file.
        path: PathBuf,
        /// What the scenario said.
        reason: String,
    },
    /// The results file isn't there.
    #[error("results file {path} does not exist (hint: check the path; a run creates its file when it starts)")]
    Missing {
        /// The results file.
        path: PathBuf,
    },
    /// The results would not fit.
    #[error(
        "{folder} has {available} free, but the results file needs {file} and {margin} more must stay free (hint: free some space, choose another folder, or keep less with `output.members = \"statistics\"`)",
        available = quantity::bytes(*available_bytes),
        file = quantity::bytes(*file_bytes),
        margin = quantity::bytes(*margin_bytes)
    )]
    NoSpace {
        /// The folder.
        folder: PathBuf,
        /// Planned size of the file, bytes.
        file_bytes: u64,
        /// What must stay free beside it, bytes.
        margin_bytes: u64,
        /// Free space (or what is left of a quota), bytes.
        available_bytes: u64,
    },
    /// A file or folder that the operating system refuses.
    #[error(transparent)]
    File(FileError),
    /// The operating system refused to write or read the values of a results file.
    #[error("{action} {path}: {source}{hint}", hint = remedy(.source, "then start again with --resume"))]
    Transfer {
        /// What was tried: `writing units 5..9 to`.
        action: String,
        /// The results file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A new file isn't what was written to it.
    #[error(
        "{path}: byte {place} of the new file came back from the disk as {found}, not as {expected} (hint: check the disk and its file system, or write elsewhere)"
    )]
    NotKept {
        /// The results file.
        path: PathBuf,
        /// Where the first wrong byte is.
        place: u64,
        /// What was read.
        found: u8,
        /// What was written.
        expected: u8,
    },
    /// The results file is gone while it is written.
    #[error(
        "{path} was removed while it was written, and all its results with it (hint: start again; keep clean-up scripts away from the folder of a running job)"
    )]
    Removed {
        /// The results file.
        path: PathBuf,
    },
    /// The results file lies elsewhere, or something else has its place.
    #[error(
        "{path} was moved or replaced while it was written (hint: what was committed is in the moved file; put it back and start again with --resume)"
    )]
    Moved {
        /// The results file.
        path: PathBuf,
    },
    /// HDF5 refused.
    #[error("{action}: {reason} (hint: check the disk, and the file system or its server, then start again)")]
    Hdf {
        /// What was tried, and on which file.
        action: String,
        /// HDF5's words.
        reason: String,
    },
    /// The file was not made by this program.
    #[error("{path} is not a results file of plume-nav-sim: {reason} (hint: check the path)")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was made by another version of this program.
    #[error(
        "{path} has schema version {found}, this program reads up to {known} (hint: use the version of plume-nav-sim that made the file)"
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: SchemaVersion,
        /// Ours.
        known: SchemaVersion,
    },
    /// The file is ours, but isn't as we left it.
    #[error(
        "{path} is damaged: {object} is {found}, expected {expected} (hint: restore the file, or run the study again)"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Dataset or attribute.
        object: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: String,
    },
    /// The file is ours, but so damaged that it isn't opened.
    #[error(
        "{path} is damaged: {reason} (hint: `sweep STUDY -o {path} --resume` recreates it from the study and keeps the units that are known to be intact, if there are any; or restore the file)"
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong, in words.
        reason: String,
        /// What doesn't hold: datasets, or parts in words.
        parts: Vec<String>,
    },
    /// The file is so damaged that nothing in it can be told to belong to the study.
    #[error(
        "{path} is damaged, and nothing in it is known to belong to this study (hint: `--overwrite` starts afresh; or restore the file)"
    )]
    NothingHolds {
        /// The file.
        path: PathBuf,
    },
    /// The file is packed, and so never written again.
    #[error(
        "{path} is packed: it is read, never continued (hint: resume the file that it was packed from, or run the study into another file with -o)"
    )]
    Packed {
        /// The file.
        path: PathBuf,
    },
    /// Units are to be taken over from a file that is packed, or that another program has written anew.
    #[error(
        "{path} is packed, or another program has written it anew: no units are taken over from it (hint: name the file that it was made of)"
    )]
    PackedDonor {
        /// The file.
        path: PathBuf,
    },
    /// A file that isn't finished, or doesn't hold, is to be packed.
    #[error("{path} can't be packed: {reason} (hint: {hint})")]
    NotPackable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
    /// A signal, before all was packed.
    #[error("stopped; {path} was not made, and nothing else was changed")]
    PackingStopped {
        /// The file that was to be made.
        path: PathBuf,
    },
    /// What is in a new file isn't what was written to it.
    #[error(
        "{path}: {object} is not what was written to it (hint: check the disk, and the file system or its server, then start again); the new file was removed"
    )]
    PackedOtherwise {
        /// The file.
        path: PathBuf,
        /// Dataset.
        object: String,
    },
    /// The file holds another study.
    #[error(
        "{path} holds the results of another configuration: its hash is {found}, this study's is {expected} (hint: compare `config show`, or write to another file)"
    )]
    OtherStudy {
        /// The file.
        path: PathBuf,
        /// Hash in the file.
        found: String,
        /// Hash of the study.
        expected: String,
    },
    /// Two files have other results for the same unit.
    #[error(
        "{unit} has other results in {other} than in {one}, though both belong to the same study (hint: `plume-nav-sim run --unit {index}` says which is right; leave the other file out)",
        index = unit.0
    )]
    Conflict {
        /// The unit.
        unit: UnitIndex,
        /// A file that has it.
        one: PathBuf,
        /// The file that has it otherwise.
        other: PathBuf,
    },
    /// The file hasn't all that units of this study have.
    #[error(
        "{path} lacks {what} (hint: only a file that keeps all that this study keeps can be reused: run the study into a file of its own)"
    )]
    LacksColumn {
        /// The file.
        path: PathBuf,
        /// What isn't there.
        what: String,
    },
    /// The study doesn't fit the format.
    #[error("the study does not fit a results file: {reason} (hint: {hint})")]
    Unfit {
        /// What is too many, too long, or twice there.
        reason: String,
        /// What to change.
        hint: &'static str,
    },
    /// The file keeps other data than asked for.
    #[error("{path} has no values of single members (hint: the study kept only `output.members = \"statistics\"`)")]
    NoMembers {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else works on the file.
    #[error("{path} is in use by {holder} (hint: wait for it, or end it; the lock goes when that job ends)")]
    Locked {
        /// The results file.
        path: PathBuf,
        /// What the holder wrote: host, process, job, time.
        holder: String,
    },
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Exists { path } => Self::Exists { path },
            error => Self::File(error),
        }
    }
}

impl StoreError {
    /// Wraps an error of HDF5.
    pub(super) fn hdf(action: impl Into<String>, error: &hdf5::Error) -> Self {
        Self::Hdf {
            action: action.into(),
            reason: hdf::describe(error),
        }
    }

    /// Wraps an error of the operating system.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        FileError::io(action, path, source).into()
    }

    /// Whether it is the user's error (and not the machine's).
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        if let Self::File(error) = self {
            return error.is_user_error();
        }
        matches!(
            self,
            Self::Exists { .. }
                | Self::Missing { .. }
                | Self::Foreign { .. }
                | Self::Schema { .. }
                | Self::OtherStudy { .. }
                | Self::Packed { .. }
                | Self::PackedDonor { .. }
                | Self::NotPackable { .. }
                | Self::Unfit { .. }
                | Self::NoMembers { .. }
                | Self::Locked { .. }
                | Self::Conflict { .. }
                | Self::LacksColumn { .. }
                | Self::RowsLeft { .. }
                | Self::RowsMissing { .. }
                | Self::ProductsLeft { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn an_error_of_the_system_names_file_reason_and_remedy() {
        for (errno, words, what) in [
            (Errno::NOSPC, "No space left on device", "free some space"),
            (Errno::DQUOT, "quota", "your quota"),
            (Errno::IO, "Input/output error", "check the disk"),
            (Errno::ROFS, "Read-only file system", "mounted for writing"),
            (Errno::FBIG, "File too large", "ulimit -f"),
            (Errno::STALE, "Stale file handle", "still there"),
        ] {
            let error = StoreError::Transfer {
                action: "writing units 3..5 to".to_owned(),
                path: "/data/r.h5".into(),
                source: errno.into(),
            };
            let message = error.to_string();
            for part in ["writing units 3..5 to /data/r.h5", words, what, "--resume"] {
                assert!(message.contains(part), "{message}");
            }
        }
    }
}
