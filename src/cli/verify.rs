//! `verify`: are the results what was committed?

use super::error::CommandResult;
use super::results_argument::ResultsArgument;
use super::{CommandError, ExitStatus, output};
use crate::gather;
use crate::quantity;
use crate::store::{self, Form, Reader, StoreError, VerifyReport};
use crate::study::Part;
use crate::telemetry::print_line;
use clap::Args;
use serde_json::json;

/// Holds everything in a results file that means something against its checksums, and the summary against the units.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 the file is finished and intact; 1 what never changes (axes, points, configuration, structure) is damaged; 3 units, summary, failures or records of runs are damaged; 75 all that is there is intact, but the run isn't finished.

`sweep STUDY -o FILE --resume` repairs what is damaged, and continues."
)]
pub struct VerifyArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &VerifyArguments) -> CommandResult {
    let results = arguments.results.path()?;
    let reader = match Reader::open(results) {
        Err(error @ StoreError::Corrupt { .. }) if arguments.json => return tell_damage(error),
        opened => opened?,
    };
    let report = store::verify_open(&reader, &mut |_done| {})?;
    let summary = summary_state(&reader)?;
    let damaged = report.damaged;
    let sealed = match (reader.form(), reader.layout().version().is_sealed()) {
        (Form::Rewritten, _) => Sealed::InPart,
        (_, true) => Sealed::Whole,
        (_, false) => Sealed::Not,
    };
    if arguments.json {
        output::print(&format!("{:#}\n", document(&report, summary, sealed)))?;
    } else {
        output::print(&page(&report, summary, sealed, reader.part()))?;
    }
    Ok(
        if damaged > 0 || !report.objects.is_empty() || summary == SummaryState::Damaged {
            ExitStatus::Quarantined
        } else if report.pending > 0 || !report.finished {
            ExitStatus::Resume
        } else {
            ExitStatus::Done
        },
    )
}

/// A file whose unchanging part is damaged, as one document: what is damaged, besides what every failure says.
fn tell_damage(error: StoreError) -> CommandResult {
    let message = error.to_string();
    let StoreError::Corrupt { reason, parts, .. } = error else {
        return Err(error.into());
    };
    let code = ExitStatus::Failure.code();
    let objects: Vec<_> = (parts.iter())
        .map(|part| json!({"object": part, "reason": "it has changed since it was made"}))
        .collect();
    let document = json!({
        "outcome": "failed", "exit_code": code, "error": message, "file": "damaged", "reason": reason,
        "objects": objects,
    });
    output::print(&format!("{document:#}\n"))?;
    print_line(&json!({"event": "failed", "exit_code": code, "error": message}).to_string());
    Ok(ExitStatus::Failure)
}

/// How much of what never changes has checksums that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sealed {
    /// All of it.
    Whole,
    /// Numbers and configuration, in a file that another program has written anew.
    InPart,
    /// Nothing, in the first version of the file.
    Not,
}

impl Sealed {
    fn word(self) -> &'static str {
        match self {
            Self::Whole => "intact",
            Self::InPart => "rewritten",
            Self::Not => "not sealed",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Whole => "axes, points, configuration and structure: intact\n",
            Self::InPart => {
                "axes, points and configuration: intact; another program has written the file anew, so attributes, and texts of axes, can't be checked\n"
            }
            Self::Not => "axes, points, configuration and structure: without checksums in this version of the file\n",
        }
    }
}

fn document(report: &VerifyReport, summary: SummaryState, sealed: Sealed) -> serde_json::Value {
    let ranges: Vec<_> = (report.damaged_runs.iter())
        .map(|range| json!([range.start, range.end]))
        .collect();
    let objects: Vec<_> = (report.objects.iter())
        .map(|object| json!({"object": object.object, "reason": object.reason}))
        .collect();
    json!({
        "file": sealed.word(), "units": report.units, "committed": report.committed(), "done": report.done,
        "quarantined": report.quarantined, "pending": report.pending, "damaged": report.damaged,
        "damaged_ranges": ranges, "objects": objects, "finished": report.finished, "summary": summary.word(),
    })
}

fn page(report: &VerifyReport, summary: SummaryState, sealed: Sealed, part: Option<Part>) -> String {
    let mut page = format!(
        "{}: {} committed and intact ({} of them quarantined), {} pending, {} damaged\n",
        quantity::counted(report.units, "unit"),
        quantity::count(report.committed()),
        quantity::count(report.quarantined),
        quantity::count(report.pending),
        quantity::count(report.damaged),
    );
    for range in report.damaged_runs.iter().take(20) {
        page.push_str(&match range.end - range.start {
            1 => format!("  damaged: unit {}\n", range.start),
            _ => format!("  damaged: units {} to {}\n", range.start, range.end - 1),
        });
    }
    if report.damaged_runs.len() > 20 {
        page.push_str(&format!(
            "  … and {} (--json lists all)\n",
            quantity::counted(report.damaged_runs.len() as u64 - 20, "more range")
        ));
    }
    for object in &report.objects {
        page.push_str(&format!("  damaged: {}: {}\n", object.object, object.reason));
    }
    page.push_str(&format!("summary: {}\n", summary.word()));
    page.push_str(sealed.sentence());
    if report.damaged > 0 {
        page.push_str("remedy: `sweep STUDY -o FILE --resume` runs the damaged units again\n");
    } else if !report.objects.is_empty() {
        page.push_str("remedy: `sweep STUDY -o FILE --resume` repairs it\n");
    } else if summary == SummaryState::Damaged {
        page.push_str("remedy: `sweep STUDY -o FILE --resume` computes the summary again\n");
    } else if !report.finished {
        match part {
            Some(part) => page.push_str(&format!(
                "not finished: this is part {part} of a study; `sweep STUDY -o FILE --part {part} --resume` runs what is left of it, `merge` joins parts\n"
            )),
            None => page.push_str("not finished: `sweep STUDY -o FILE --resume` continues\n"),
        }
    }
    page
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

/// Computes the summary again, if there is one, and compares.
fn summary_state(reader: &Reader) -> Result<SummaryState, CommandError> {
    if !(reader.finished()? || reader.summary_written()?) {
        return Ok(SummaryState::Missing);
    }
    let study = reader.resolved_study()?;
    let pool = rayon::ThreadPoolBuilder::new().build().map_err(|error| {
        CommandError::usage(format!("can't start threads: {error}"), "check the limits of processes")
    })?;
    let differing = gather::differing_summaries(reader, study.statistics.confidence, &pool)?;
    Ok(if differing == 0 {
        SummaryState::Intact
    } else {
        SummaryState::Damaged
    })
}
