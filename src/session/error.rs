//! Why a run on a results file did not come to an orderly end.

use crate::config::ConfigError;
use crate::engine::EngineError;
use crate::file_kind::FileKind;
use crate::quantity;
use crate::rows::RowsError;
use crate::store::StoreError;
use std::path::PathBuf;
use thiserror::Error;

/// Failures of a run on a results file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The results file is there already.
    #[error(
        "{path} exists already (hint: --resume runs what it lacks, --overwrite replaces it, -o names another file)"
    )]
    Exists {
        /// The results file.
        path: PathBuf,
    },
    /// The results file is a folder.
    #[error("{path} is a folder (hint: name a file with -o)")]
    IsAFolder {
        /// What was given as the results file.
        path: PathBuf,
    },
    /// A pipe, a device, a link that leads nowhere.
    #[error("{path} {kind}: results need a regular file (hint: name another file with -o)")]
    NotAFile {
        /// What was given as the results file.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },
    /// The results file would be larger than files may be.
    #[error(
        "{path} needs {needed}, but this process may write files of at most {limit} (hint: `ulimit -f unlimited` before the start, or keep less with `output.members = \"statistics\"`)",
        needed = quantity::bytes(*needed_bytes),
        limit = quantity::bytes(*limit_bytes)
    )]
    FileSizeLimit {
        /// The results file.
        path: PathBuf,
        /// Its size, bytes.
        needed_bytes: u64,
        /// The limit, bytes.
        limit_bytes: u64,
    },
    /// Something else would be overwritten.
    #[error(
        "{path} isn't a results file, and --overwrite replaces nothing else (hint: name another file with -o, or remove it yourself)"
    )]
    NotResults {
        /// The file.
        path: PathBuf,
    },
    /// Units are missing though every rank has reported them.
    #[error(
        "{path} lacks {units} units that were reported as committed (hint: the file system of the results lost writes; run `verify`, then again with --resume)"
    )]
    Incomplete {
        /// The results file.
        path: PathBuf,
        /// How many.
        units: u64,
    },
    /// Units were changed after they were committed.
    #[error(
        "{path}: {units} units aren't what was committed any more (another program may have written to it) (hint: the same command with --resume runs them again)"
    )]
    UnitsChanged {
        /// The results file.
        path: PathBuf,
        /// How many.
        units: u64,
    },
    /// The results file belongs to a study with other values.
    #[error("{path} holds the results of another study; these keys differ:{}\n(hint: resume with the study that it was \
             made from, kept in it: `plume-nav-sim config show {path}`; or name another file with -o)", list(.differences))]
    StudyChanged {
        /// The results file.
        path: PathBuf,
        /// Key, value in this study, value in the file.
        differences: Vec<(String, String, String)>,
    },
    /// The results file records something else.
    #[error("{path} records other things; these keys differ:{}\n(hint: half of its units would lack rows: resume with what it records, or record into another file with -o; its metrics will be the same)", list(.differences))]
    RecordedDifferently {
        /// The results file.
        path: PathBuf,
        /// Key, value in this study, value in the file.
        differences: Vec<(String, String, String)>,
    },
    /// The results file has other columns.
    #[error(
        "{path} holds this study with other columns, as another version of the program made it (hint: go on with that version, or start again into another file with -o)"
    )]
    OtherColumns {
        /// The results file.
        path: PathBuf,
    },
    /// Input files hold something else than when the results file was made.
    #[error("{path} was made from other input files:{}\n(hint: put the old ones back; or name another results file with -o)", changes(.files))]
    InputsChanged {
        /// The results file.
        path: PathBuf,
        /// Name, what it is here, what it was.
        files: Vec<(String, String, String)>,
    },
    /// Some rank reads another input file than rank 0.
    #[error("{} can't read the input file {file} that rank 0 reads: {reason} (hint: all nodes need the same files)", name(.ranks))]
    InputNotShared {
        /// The path as typed.
        file: String,
        /// The ranks with their hosts.
        ranks: Vec<String>,
        /// What the first of them met.
        reason: String,
    },
    /// A signal, or the end of the job, before the first unit.
    #[error("stopped while the study and its input files were read; nothing was run or written")]
    Interrupted,
    /// Some rank can't see the file that rank 0 opened.
    #[error("{} can't open {path}: {reason} (hint: all nodes need the same shared folder for the results)", name(.ranks))]
    NotShared {
        /// The results file.
        path: PathBuf,
        /// The ranks with their hosts.
        ranks: Vec<String>,
        /// What the first of them met.
        reason: String,
    },
    /// Problems that show when the study is expanded.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The results file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Rows in the form that the study asks for.
    #[error("all units are done, but {0}")]
    Rows(#[from] RowsError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The threads that summarise can't be started.
    #[error("can't start {threads} threads: {reason} (hint: check the limits of processes and memory)")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the operating system said.
        reason: String,
    },
    /// Signal handlers can't be put in place.
    #[error(
        "can't start to watch for signals: {0} (hint: the limits of processes and threads, `ulimit -u`, and of memory, `ulimit -v`, may be too low)"
    )]
    Signals(std::io::Error),
}

impl SessionError {
    /// The exit code: 75 if starting again is all it takes, 2 for what the user can mend, else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted | Self::Rows(RowsError::Interrupted { .. }) => 75,
            error if error.is_user_error() => 2,
            _ => 1,
        }
    }

    /// Whether the user can mend it by other arguments (exit code 2) rather than the machine's keeper (1).
    #[must_use]
    pub fn is_user_error(&self) -> bool {
        match self {
            Self::Exists { .. }
            | Self::IsAFolder { .. }
            | Self::NotAFile { .. }
            | Self::NotResults { .. }
            | Self::StudyChanged { .. }
            | Self::RecordedDifferently { .. }
            | Self::OtherColumns { .. }
            | Self::InputsChanged { .. }
            | Self::Config(_) => true,
            Self::Store(error) => error.is_user_error(),
            _ => false,
        }
    }
}

fn list(differences: &[(String, String, String)]) -> String {
    differences
        .iter()
        .map(|(key, ours, theirs)| format!("\n  `{key}` is {ours} here, {theirs} in the file"))
        .collect()
}

fn changes(files: &[(String, String, String)]) -> String {
    files
        .iter()
        .map(|(name, ours, theirs)| format!("\n  {name} is {ours} here, was {theirs}"))
        .collect()
}

fn name(ranks: &[String]) -> String {
    match ranks {
        [one] => format!("rank {one}"),
        [first, ..] => format!("{} ranks (first: rank {first})", ranks.len()),
        [] => "no rank".to_owned(),
    }
}
