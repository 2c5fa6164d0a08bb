//! The command line: one file per command, exit codes, the progress display.

mod arguments;
mod config;
mod digest;
mod doctor;
mod error;
mod exit;
mod output;
mod plan;
mod program;
mod progress;
mod run;
mod status;
mod study_arguments;
mod summary;
mod sweep;
mod verify;

pub use error::CommandError;
pub use exit::ExitStatus;
pub use program::main;
