//! How a run on a results file ended.

use crate::engine::DrainReason;
use crate::study::Part;
use serde::{Deserialize, Serialize};

/// Units by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All units of the study, or of the part of it that was to be run.
    pub total: u64,
    /// Units that were committed before this run.
    pub before: u64,
    /// Units that this run has taken over from other files.
    pub reused: u64,
    /// Units that this run committed.
    pub committed: u64,
    /// Quarantined units in the file.
    pub quarantined: u64,
    /// The part that was to be run; none for the whole study.
    pub part: Option<Part>,
}

/// How a run ended; the same on all ranks but for the tally, which rank 0 has whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Rank 0 refused to start, for a reason that it has; the others get its exit code.
    Refused(u8),
    /// Every unit is committed and the summary is written; or those of a part are committed.
    Finished(Tally),
    /// Stopped early and orderly; `--resume` goes on.
    Drained(Tally, DrainReason),
}
