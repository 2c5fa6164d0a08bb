//! Logs: a console for people on rank 0, JSON lines per rank for machines, one correlation id through all of it.

mod console;
mod correlation;
mod json_lines;
mod log_file;
mod setup;

pub use console::{ConsoleWriter, print_line, set_live_display};
pub use correlation::CorrelationId;
pub use setup::{LogFolder, Verbosity, finish, install};
