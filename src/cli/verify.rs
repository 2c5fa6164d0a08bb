//! `verify`: are the results what was committed?

use super::error::CommandResult;
use super::{ExitStatus, output};
use crate::quantity;
use crate::store;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Recomputes the checksum of every committed unit.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 all units are committed and hold, 3 some are damaged (`sweep --resume` runs them again),
75 all committed units hold, but some are still to be run."
)]
pub struct VerifyArguments {
    /// The results file
    #[arg(value_name = "RESULTS.H5")]
    results: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &VerifyArguments) -> CommandResult {
    let report = store::verify(&arguments.results, &mut |_done| {})?;
    let committed = report.done + report.quarantined;
    let damaged = report.damaged;
    if arguments.json {
        let ranges: Vec<_> = report
            .damaged_runs
            .iter()
            .map(|range| json!([range.start, range.end]))
            .collect();
        let document = json!({
            "units": report.units, "committed": committed, "quarantined": report.quarantined,
            "pending": report.pending, "damaged": damaged, "damaged_ranges": ranges,
        });
        output::print(&format!("{document:#}\n"))?;
    } else {
        let mut page = format!(
            "{} units: {} committed and intact ({} of them quarantined), {} pending, {} damaged\n",
            quantity::count(report.units),
            quantity::count(committed),
            quantity::count(report.quarantined),
            quantity::count(report.pending),
            quantity::count(damaged),
        );
        for range in report.damaged_runs.iter().take(20) {
            page.push_str(&format!("  damaged: units {} to {}\n", range.start, range.end - 1));
        }
        if report.damaged_runs.len() > 20 {
            page.push_str(&format!(
                "  … and {} more ranges (--json lists all)\n",
                report.damaged_runs.len() - 20
            ));
        }
        if damaged > 0 {
            page.push_str("remedy: `sweep STUDY -o FILE --resume` runs the damaged units again\n");
        }
        output::print(&page)?;
    }
    Ok(if damaged > 0 {
        ExitStatus::Quarantined
    } else if report.pending > 0 {
        ExitStatus::Resume
    } else {
        ExitStatus::Done
    })
}
