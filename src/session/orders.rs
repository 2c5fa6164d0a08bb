//! What rank 0 was asked, and what it tells the other ranks to do.

use super::input_files::Glance;
use super::reuse::Source;
use super::{Existing, path_bytes};
use crate::study::{Part, ResolvedStudy};
use crate::telemetry::{CorrelationId, Verbosity};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::SystemTime;

/// A run as the user wants it. Only rank 0 has one.
#[derive(Clone, Debug)]
pub struct Request {
    /// The study.
    pub study: ResolvedStudy,
    /// The results file.
    pub results: PathBuf,
    /// What to do if it is there.
    pub existing: Existing,
    /// Files whose units are taken over where they are this study's.
    pub reuse: Vec<PathBuf>,
    /// What to type to take over what another file has, with a free name for the results.
    pub reuse_command: String,
    /// Run only this part of the units.
    pub part: Option<Part>,
    /// Run quarantined units again.
    pub retry_quarantined: bool,
    /// When the job ends, if that is known.
    pub job_end: Option<SystemTime>,
    /// How much the console says.
    pub verbosity: Verbosity,
}

/// Rank 0's word to the others.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Orders {
    /// There is nothing to run; exit with this code.
    Stop(u8),
    /// Run this.
    Go(Box<Go>),
}

/// All that a rank needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Go {
    pub study: ResolvedStudy,
    /// The study's folder, which isn't part of it as data.
    #[serde(with = "path_bytes")]
    pub folder: PathBuf,
    /// Its input files as rank 0 sees them.
    pub glances: Vec<Glance>,
    /// The results file, with links resolved.
    #[serde(with = "path_bytes")]
    pub results: PathBuf,
    /// Its lock, and what rank 0 wrote into it.
    #[serde(with = "path_bytes")]
    pub lock: PathBuf,
    pub lock_owner: String,
    /// Where to take units from.
    pub sources: Vec<Source>,
    pub part: Option<Part>,
    pub retry_quarantined: bool,
    pub job_end: Option<SystemTime>,
    pub correlation_id: CorrelationId,
}
