//! The command line: one file per command, exit codes, the progress display.

mod arguments;
mod config;
mod digest;
mod doctor;
mod error;
mod examine_file;
mod exit;
mod failure;
mod field;
mod frame_clock;
mod frame_progress;
mod import;
mod merge;
mod number_arguments;
mod open_files;
mod output;
mod pack;
mod plan;
mod program;
mod progress;
mod results_argument;
mod rows;
mod run;
mod status;
mod study_arguments;
mod summary;
mod summary_check;
mod sweep;
mod unit_arguments;
mod verify;
mod written_field;

pub use error::CommandError;
pub use exit::ExitStatus;
pub use program::main;
