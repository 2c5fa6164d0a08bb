//! `digest`: equal results have equal digests.

use super::error::CommandResult;
use super::results_argument::ResultsArgument;
use super::{ExitStatus, output};
use crate::store;
use clap::Args;
use serde_json::json;

/// Prints a BLAKE3 digest of every dataset and a total over all of them. Provenance (who ran it, when, where) is left out,
/// so the total is the same whatever the ranks, threads and interruptions.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim digest results.h5
  plume-nav-sim digest --total results.h5     the total alone, for scripts")]
pub struct DigestArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// Print the total alone
    #[arg(long)]
    total: bool,

    /// Print JSON
    #[arg(long, conflicts_with = "total")]
    json: bool,
}

pub fn execute(arguments: &DigestArguments) -> CommandResult {
    let digest = store::digest(arguments.results.path()?, &mut |_done, _total| {})?;
    let page = if arguments.total {
        format!("{}\n", digest.total)
    } else if arguments.json {
        let datasets: serde_json::Map<_, _> = digest
            .datasets
            .iter()
            .map(|(path, hash)| (path.clone(), hash.to_string().into()))
            .collect();
        let mut document = json!({ "datasets": datasets, "total": digest.total.to_string() });
        if let Some(recorded) = digest.recorded {
            document["recorded"] = recorded.to_string().into();
        }
        format!("{document:#}\n")
    } else {
        format!("{digest}\n")
    };
    output::print(&page)?;
    Ok(ExitStatus::Done)
}
