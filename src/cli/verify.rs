//! `verify`: are the results what was committed?

use super::error::CommandResult;
use super::{CommandError, ExitStatus, output};
use crate::comm::Solo;
use crate::gather::{self, Comparison, GatherPlan};
use crate::quantity;
use crate::scenario::MetricColumn;
use crate::store::{self, Reader};
use clap::Args;
use serde_json::json;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

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
    let summary = summary_state(&arguments.results)?;
    let committed = report.done + report.quarantined;
    let damaged = report.damaged;
    if arguments.json {
        let ranges: Vec<_> = report
            .damaged_runs
            .iter()
            .map(|range| json!([range.start, range.end]))
            .collect();
        let document = json!({
            "units": report.units, "committed": committed, "done": report.done, "quarantined": report.quarantined,
            "pending": report.pending, "damaged": damaged, "damaged_ranges": ranges,
            "summary": summary.word(),
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
        page.push_str(&format!("summary: {}\n", summary.word()));
        if summary == SummaryState::Damaged && damaged == 0 {
            page.push_str("remedy: `sweep STUDY -o FILE --resume` computes the summary again\n");
        }
        output::print(&page)?;
    }
    Ok(if damaged > 0 || summary == SummaryState::Damaged {
        ExitStatus::Quarantined
    } else if report.pending > 0 {
        ExitStatus::Resume
    } else {
        ExitStatus::Done
    })
}

/// How the summary fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SummaryState {
    Missing,
    Intact,
    Damaged,
}

impl SummaryState {
    fn word(self) -> &'static str {
        match self {
            Self::Missing => "not written yet",
            Self::Intact => "intact",
            Self::Damaged => "damaged: it isn't what the units give",
        }
    }
}

/// Computes the summary of a finished file again and compares.
fn summary_state(results: &Path) -> Result<SummaryState, CommandError> {
    let reader = Reader::open(results)?;
    if !reader.finished()? {
        return Ok(SummaryState::Missing);
    }
    let study = reader.resolved_study()?;
    let shape = reader.layout().shape();
    let plan = GatherPlan::from_parts(
        shape.plan(),
        shape.member_axis.count,
        shape.metrics.iter().map(MetricColumn::measure).collect(),
        shape.members,
        study.statistics.confidence,
    );
    let pool = rayon::ThreadPoolBuilder::new().build().map_err(|error| {
        CommandError::usage(format!("can't start threads: {error}"), "check the limits of processes")
    })?;
    let mut comparison = Comparison::with(&reader);
    let _whole = gather::run_plan(&Solo, &plan, &mut comparison, &pool, &|_| ControlFlow::Continue(()))?;
    Ok(if comparison.differing() == 0 {
        SummaryState::Intact
    } else {
        SummaryState::Damaged
    })
}
