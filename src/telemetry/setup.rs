//! Puts the log layers together.

use super::CorrelationId;
use super::console::ConsoleWriter;
use super::json_lines::JsonLines;
use super::log_file::LogFile;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
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

/// Lines that may wait for the disk. Whoever logs more than that waits, too: no line is lost.
const WAITING_LINES: usize = 16_384;

/// The thread that writes this process's log file, while there is one.
static LOG_THREAD: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Starts logging in this process: the console on rank 0, and `rank-NNNNN.jsonl` in `folder` on every rank, written by a
/// thread of its own, so that a slow disk keeps nobody from simulating. A log file that can't be written is a warning.
///
/// Later calls in the same process leave the first one's logging in place.
pub fn install(folder: &LogFolder, correlation_id: CorrelationId, rank: u32, verbosity: Verbosity) {
    let file = LogFile::create(&folder.path().join(format!("rank-{rank:05}.jsonl")));
    let (writer, thread) = NonBlockingBuilder::default()
        .lossy(false)
        .buffered_lines_limit(WAITING_LINES)
        .thread_name("log")
        .finish(file);
    let lines = JsonLines {
        correlation_id,
        rank,
        host: hostname::get().map_or_else(|_| "unknown".to_owned(), |name| name.to_string_lossy().into_owned()),
        writer,
    };
    let console = (rank == 0).then(|| {
        tracing_subscriber::fmt::layer()
            .with_writer(ConsoleWriter)
            .with_target(false)
            .without_time()
            // The console writes out what would control a terminal: colours, too.
            .with_ansi(false)
            .with_filter(verbosity.filter())
    });
    let layers = tracing_subscriber::registry()
        .with(lines.with_filter(LevelFilter::INFO))
        .with(console);
    // Tests run several sessions in one process; the first subscriber stays.
    if layers.try_init().is_ok() {
        *LOG_THREAD.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }
}

/// Waits until all lines are in the log file, a second at most. Before the process ends, in order or not; nothing is logged
/// to the file after it.
pub fn finish() {
    drop(LOG_THREAD.lock().unwrap_or_else(PoisonError::into_inner).take());
}
