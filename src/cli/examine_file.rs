//! `examine-file`: the process that other commands let read a doubtful file first.

use super::ExitStatus;
use super::error::CommandResult;
use crate::store;
use clap::Args;
use std::path::PathBuf;

/// How this program is told to examine a file; the path follows.
pub const WORD: &str = "examine-file";

/// Reads the structure of a file and says nothing: it comes back, or it doesn't.
#[derive(Args, Debug)]
pub struct ExamineFileArguments {
    /// The file
    file: PathBuf,
}

pub fn execute(arguments: &ExamineFileArguments) -> CommandResult {
    store::examine(&arguments.file);
    Ok(ExitStatus::Done)
}
