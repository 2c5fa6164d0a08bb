//! `status`: how far is it?

use super::error::CommandResult;
use super::{ExitStatus, output};
use crate::quantity;
use crate::store::{self, Reader};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Says how far a results file is, who is writing it, and which units are quarantined. Reads only; safe on a running job.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 all units are committed, 3 some are quarantined, 75 some are still to be run.")]
pub struct StatusArguments {
    /// The results file
    #[arg(value_name = "RESULTS.H5")]
    results: PathBuf,

    /// Most quarantined units to list
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    failures: usize,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &StatusArguments) -> CommandResult {
    let reader = Reader::glance(&arguments.results)?;
    let study = reader.resolved_study()?;
    let shape = reader.layout().shape();
    let (points, replicates) = (shape.points(), u64::from(shape.plan().replicates));
    let counts = reader.state_counts()?;
    let units = counts.done + counts.quarantined + counts.pending;
    let finished = reader.finished()?;
    let ends = reader.end_counts()?;
    // The lock is beside the file itself, not beside a link to it.
    let results = arguments
        .results
        .canonicalize()
        .unwrap_or_else(|_| arguments.results.clone());
    let holder = store::Lock::holder(&results);
    let failures = reader.failures()?;
    let sessions = reader.sessions()?;
    if arguments.json {
        let mut document = json!({
            "study": study.study.name, "points": points, "replicates": replicates,
            "units": units, "committed": counts.done + counts.quarantined, "done": counts.done,
            "quarantined": counts.quarantined,
            "pending": counts.pending, "finished": finished, "held_by": holder,
            "inputs": study.inputs, "failures": failures.iter().take(arguments.failures).collect::<Vec<_>>(), "sessions": sessions,
        });
        if !ends.is_empty() {
            document["ends"] = ends.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
        }
        output::print(&format!("{document:#}\n"))?;
    } else {
        let percent = 100.0 * (counts.done + counts.quarantined) as f64 / units.max(1) as f64;
        let mut page = format!(
            "{}: {} × {} = {}\n{percent:.1} % committed: {} done, {} quarantined, {} pending; summary {}\n",
            study.study.name,
            quantity::counted(points, "point"),
            quantity::counted(replicates, "replicate"),
            quantity::counted(units, "unit"),
            quantity::count(counts.done),
            quantity::count(counts.quarantined),
            quantity::count(counts.pending),
            if finished { "written" } else { "not written yet" },
        );
        for (end, count) in ends.iter().filter(|(_, count)| *count > 0) {
            page.push_str(&format!("  {} ended with {end}\n", quantity::counted(*count, "unit")));
        }
        if let Some(holder) = &holder {
            page.push_str(&format!("in use by {holder}\n"));
        }
        let last = sessions.len().saturating_sub(1);
        for (i, session) in sessions.iter().enumerate() {
            let running = i == last && holder.is_some();
            page.push_str(&format!(
                "  run {} of {}: {} on {}, {}\n",
                session.correlation_id,
                session.started,
                quantity::counted(u64::from(session.ranks), "rank"),
                session.hosts.join(", "),
                match session.outcome.as_str() {
                    "" if running => "running",
                    "" => "killed",
                    "drained" => "stopped early, in order",
                    outcome => outcome,
                },
            ));
            for counter in &session.counters {
                page.push_str(&format!("    {counter}\n"));
            }
        }
        for input in &study.inputs {
            let (bytes, blake3) = (quantity::bytes(input.bytes), &input.blake3);
            page.push_str(&format!("  input file {}: {bytes}, BLAKE3 {blake3}\n", input.name));
        }
        for failure in failures.iter().take(arguments.failures) {
            page.push_str(&format!(
                "  {} failed {} times, seed {}: {}\n",
                failure.unit, failure.attempts, failure.seed, failure.message
            ));
        }
        if failures.len() > arguments.failures {
            page.push_str(&format!(
                "  … and {} more (--failures {})\n",
                failures.len() - arguments.failures,
                failures.len()
            ));
        }
        output::print(&page)?;
    }
    Ok(if counts.pending > 0 || !finished {
        ExitStatus::Resume
    } else if counts.quarantined > 0 {
        ExitStatus::Quarantined
    } else {
        ExitStatus::Done
    })
}
