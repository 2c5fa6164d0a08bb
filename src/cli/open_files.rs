//! How many files this process may have open.

use super::CommandError;
use rustix::process::{Resource, getrlimit, setrlimit};

/// What the program takes without MPI: the results, its lock, the log, input files, pipes, and some more.
const NEEDED: u64 = 32;

/// What makes many ranks and many input files no problem.
const PLENTY: u64 = 4096;

/// Raises the number to what this process may take, if it is low.
///
/// # Errors
/// If it isn't enough even so.
pub fn allow_enough() -> Result<(), CommandError> {
    let mut limit = getrlimit(Resource::Nofile);
    let highest = limit.maximum.unwrap_or(PLENTY).min(PLENTY);
    if limit.current.is_some_and(|current| current < highest) {
        limit.current = Some(highest);
        // What can't be raised stays, and is told if it is too low.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    match getrlimit(Resource::Nofile).current {
        Some(allowed) if allowed < NEEDED => Err(CommandError::OpenFiles {
            allowed,
            needed: NEEDED,
        }),
        _ => Ok(()),
    }
}
