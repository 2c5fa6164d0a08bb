//! Do all ranks see the same folder?

use super::{SessionError, provenance};
use crate::comm::Communicator;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a rank looks for what rank 0 has just written: network file systems show new files late.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a rank looks for it where the answer is an error that time alone rarely mends.
const PATIENCE_WITH_ERRORS: Duration = Duration::from_secs(2);

/// Makes sure that every rank sees the lock that rank 0 has just taken, with rank 0's own text in it. A rank with a
/// folder of its own under the same name would lose its results, or mix them with others.
///
/// # Collective
/// All ranks.
pub(super) fn agree(comm: &dyn Communicator, results: &Path, lock: &Path, owner: &str) -> Result<(), SessionError> {
    let mine = look(lock, owner);
    let line = mine.map_or_else(String::new, |reason| {
        format!("{} on {}\t{reason}", comm.rank().0, provenance::host())
    });
    let mut verdict = Vec::new();
    if let Some(lines) = comm.gather(line.as_bytes()) {
        let bad: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        verdict = bad.join(&b'\n');
    }
    comm.broadcast(&mut verdict);
    if verdict.is_empty() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&verdict).into_owned();
    let (ranks, reasons): (Vec<_>, Vec<_>) = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(rank, reason)| (rank.to_owned(), reason.to_owned()))
        .unzip();
    Err(SessionError::NotShared {
        path: results.to_owned(),
        ranks,
        reason: reasons.into_iter().next().unwrap_or_default(),
    })
}

/// Why this rank doesn't see it; `None` if it does.
fn look(lock: &Path, owner: &str) -> Option<String> {
    let begin = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        let (reason, patience) = match std::fs::read_to_string(lock) {
            Ok(text) if text == owner => return None,
            Ok(_) => (format!("{} was written by another job", lock.display()), PATIENCE),
            Err(error) => {
                let late = matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::StaleNetworkFileHandle
                );
                let patience = if late { PATIENCE } else { PATIENCE_WITH_ERRORS };
                (format!("{}: {error}", lock.display()), patience)
            }
        };
        if begin.elapsed() > patience {
            return Some(reason);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
