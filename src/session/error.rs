//! Why a run on a results file did not come to an orderly end.

use crate::config::ConfigError;
use crate::engine::EngineError;
use crate::file_kind::FileKind;
use crate::quantity;
use crate::rows::RowsError;
use crate::store::StoreError;
use crate::study::Part;
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
    /// The results file belongs to a smaller or larger version of the study.
    #[error("{path} holds this study in another size; these keys differ:{}\n(hint: a results file keeps its size; this takes \
             over what both have and runs the rest: `{command}`)", list(.differences))]
    OtherSize {
        /// The results file.
        path: PathBuf,
        /// Key, value in this study, value in the file.
        differences: Vec<(String, String, String)>,
        /// What to type.
        command: String,
    },
    /// A file that is to be reused has nothing of the study.
    #[error("{path} has no unit of this study; these keys differ:{}{}\n(hint: {})", list(.differences), changes(.files), hint_at_sharing(*.is_latin))]
    NothingShared {
        /// The file.
        path: PathBuf,
        /// Key, value in this study, value in the file.
        differences: Vec<(String, String, String)>,
        /// Input files that differ: name, what it is here, what it was.
        files: Vec<(String, String, String)>,
        /// Whether both draw Latin hypercubes.
        is_latin: bool,
    },
    /// A file that is to be reused was computed by another version.
    #[error(
        "{path} was computed by version {found} of this program, this is {}: the same unit may have other results in it (hint: use version {found}, or leave out --reuse)",
        crate::version::SOFTWARE_VERSION
    )]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The version.
        found: String,
    },
    /// A file is to be reused in itself.
    #[error("{path} is the results file itself (hint: name another file with -o; {path} stays as it is)")]
    ReusesItself {
        /// The file.
        path: PathBuf,
    },
    /// The results file is another part of the study.
    #[error("{path} is part {found} of the study, not part {wanted} (hint: each part has a file of its own: -o part-{}.h5)", .wanted.number())]
    OtherPart {
        /// The results file.
        path: PathBuf,
        /// What it is.
        found: Part,
        /// What is asked for.
        wanted: Part,
    },
    /// There is a file where results are to be merged to.
    #[error(
        "{path} exists already, and merge replaces nothing (hint: -o names another file; what it has is taken along if you name it among the files to be joined)"
    )]
    MergeExists {
        /// The new file.
        path: PathBuf,
    },
    /// A signal came while files were joined.
    #[error("stopped while files were joined; nothing was made, and the files are as they were (hint: start it again)")]
    MergeStopped,
    /// Files of several studies.
    #[error("{other} belongs to another study than {one}; these keys differ:{}\n(hint: merge joins results of one study; \
             `sweep STUDY -o NEW.h5 --reuse {one} {other}` takes what both have into a study of another size)", list(.differences))]
    MergesStudies {
        /// The first file.
        one: PathBuf,
        /// The file of another study.
        other: PathBuf,
        /// Key, value in the first, value in the other.
        differences: Vec<(String, String, String)>,
    },
    /// Files of several versions.
    #[error(
        "{one} was computed by version {first} of this program, {other} by version {second}: the same unit may have other results in them (hint: run one of them again)"
    )]
    MixedVersions {
        /// A file.
        one: PathBuf,
        /// Its version.
        first: String,
        /// Another file.
        other: PathBuf,
        /// Its version.
        second: String,
    },
    /// A file of an older schema.
    #[error("{path} has an older schema (hint: `sweep STUDY -o {path} --resume` brings it up to date; then merge)")]
    MergeOutdated {
        /// The file.
        path: PathBuf,
    },
    /// Units that no file has.
    #[error("{} of {} are in none of the files:{}\n(hint: run what is missing; or --partial makes the file all the same, and `sweep STUDY -o FILE --resume` runs the rest in it)", quantity::count(*.missing), quantity::counted(*.units, "unit"), indented(.lines))]
    MergeLacks {
        /// How many.
        missing: u64,
        /// Of how many.
        units: u64,
        /// What is missing.
        lines: Vec<String>,
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
    /// Rows would have no place in the form that the study asks for; nothing has begun.
    #[error(transparent)]
    RowsPlace(RowsError),
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
            Self::Interrupted | Self::MergeStopped | Self::Rows(RowsError::Interrupted { .. }) => 75,
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
            | Self::MergeExists { .. }
            | Self::MergesStudies { .. }
            | Self::MixedVersions { .. }
            | Self::MergeOutdated { .. }
            | Self::MergeLacks { .. }
            | Self::OtherSize { .. }
            | Self::NothingShared { .. }
            | Self::OtherVersion { .. }
            | Self::ReusesItself { .. }
            | Self::OtherPart { .. }
            | Self::RowsPlace(RowsError::NotRows { .. })
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

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

fn hint_at_sharing(is_latin: bool) -> &'static str {
    if is_latin {
        "a Latin hypercube can't grow: with another number of points, each of them is another; the methods `sobol` and `random` keep their first points"
    } else {
        "only units of the same scenario, configuration, seed and input files can be reused; axes and replicates may differ"
    }
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
