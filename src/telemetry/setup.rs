//! Puts the log layers together.

use super::CorrelationId;
use super::console::ConsoleWriter;
use super::json_lines::JsonLines;
use super::log_file::LogFile;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How much the console says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Warnings and errors.
    #[default]
    Normal,
    /// Everything of interest.
    Verbose,
}

impl Verbosity {
    fn filter(self) -> LevelFilter {
        match self {
            Self::Quiet => LevelFilter::ERROR,
            Self::Normal => LevelFilter::WARN,
            Self::Verbose => LevelFilter::INFO,
        }
    }
}

/// The folder of log files that belongs to one run on a results file: `<results>.run/<correlation id>/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFolder(PathBuf);

impl LogFolder {
    /// The folder for a run on `results` (not created yet).
    #[must_use]
    pub fn beside(results: &Path, correlation_id: CorrelationId) -> Self {
        Self(results.with_extension("run").join(correlation_id.to_string()))
    }

    /// Removes the folder again, when there was nothing to log after all. Best effort.
    pub fn discard(&self) {
        // What can't be removed tells whoever finds it that a run was tried.
        let _ = fs::remove_dir_all(&self.0);
        if let Some(parent) = self.0.parent() {
            // Fails, as it should, when other runs have their logs there.
            let _ = fs::remove_dir(parent);
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Starts logging in this process: the console on rank 0, and `rank-NNNNN.jsonl` in `folder` on every rank. A log file that
/// can't be written is a warning.
///
/// Later calls in the same process leave the first one's logging in place.
pub fn install(folder: &LogFolder, correlation_id: CorrelationId, rank: u32, verbosity: Verbosity) {
    let file = LogFile::create(&folder.path().join(format!("rank-{rank:05}.jsonl")));
    let host = hostname::get().map_or_else(|_| "unknown".to_owned(), |name| name.to_string_lossy().into_owned());
    let lines = tracing_subscriber::fmt::layer()
        .event_format(JsonLines {
            correlation_id,
            rank,
            host,
        })
        .with_writer(Mutex::new(file))
        .with_filter(LevelFilter::INFO);
    let console = (rank == 0).then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(ConsoleWriter)
            .with_target(false)
            .without_time()
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_filter(verbosity.filter())
    });
    // Tests run several sessions in one process; the first subscriber stays.
    let _ = tracing_subscriber::registry().with(lines).with(console).try_init();
}
