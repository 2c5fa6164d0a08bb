//! `status`: how far is it?

use super::error::CommandResult;
use super::results_argument::ResultsArgument;
use super::{ExitStatus, output};
use crate::quantity;
use crate::store::{self, Reader};
use crate::store::{SessionRecord, StateCounts};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

/// Says how far a results file is, who is writing it, and which units are quarantined. Reads only; safe on a running job.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes: 0 all units are committed, 3 some are quarantined, 75 some are still to be run.")]
pub struct StatusArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// Most quarantined units to list
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    failures: usize,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &StatusArguments) -> CommandResult {
    let results = arguments.results.path()?;
    let reader = Reader::glance(results)?;
    let study = reader.resolved_study()?;
    let shape = reader.layout().shape();
    let (points, replicates) = (shape.points(), u64::from(shape.plan().replicates));
    let counts = reader.state_counts()?;
    let units = counts.done + counts.quarantined + counts.pending;
    let finished = reader.finished()?;
    let ends = reader.end_counts()?;
    let products = reader.products()?;
    let sessions = reader.sessions()?;
    // The lock is beside the file itself, not beside a link to it.
    let holder = store::Lock::holder(&results.canonicalize().unwrap_or_else(|_| results.to_owned()));
    let pace = holder
        .as_ref()
        .and_then(|_| Pace::of(sessions.last()?, &counts, Timestamp::now()));
    let failures = reader.failures()?;
    if arguments.json {
        let mut document = json!({
            "study": study.study.name, "points": points, "replicates": replicates,
            "units": units, "committed": counts.done + counts.quarantined, "done": counts.done,
            "quarantined": counts.quarantined,
            "pending": counts.pending, "finished": finished, "held_by": holder,
            "units_per_s": pace.map(|pace| pace.units_per_s), "remaining_s": pace.map(|pace| pace.remaining_s),
            "inputs": study.inputs, "failures": failures.iter().take(arguments.failures).collect::<Vec<_>>(), "sessions": sessions,
        });
        if !ends.is_empty() {
            document["ends"] = ends.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
        }
        if !shape.features.products.is_empty() {
            document["products"] = json!(products);
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
            page.push_str(&match pace {
                Some(pace) => format!(
                    "{} since this run began, {} left\n",
                    quantity::rate(pace.units_per_s),
                    quantity::duration(pace.remaining_s)
                ),
                None => "no unit committed since this run began\n".to_owned(),
            });
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
        for product in &products {
            let (bytes, blake3) = (quantity::bytes(product.bytes), &product.blake3);
            page.push_str(&format!("  made {}: {bytes}, BLAKE3 {blake3}\n", product.name));
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

/// How fast the run goes that works on the file now.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pace {
    units_per_s: f64,
    remaining_s: f64,
}

impl Pace {
    /// The mean since the run began; `None` before its first commit.
    fn of(session: &SessionRecord, counts: &StateCounts, now: Timestamp) -> Option<Self> {
        let began: Timestamp = session.started.parse().ok()?;
        let seconds = now.duration_since(began).as_secs_f64();
        let units = counts.committed().checked_sub(session.units_before)?;
        // Clocks of two hosts may differ by more than the run has lasted.
        if units == 0 || seconds <= 0.0 {
            return None;
        }
        let units_per_s = units as f64 / seconds;
        Some(Self {
            units_per_s,
            remaining_s: counts.pending as f64 / units_per_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_run_at_work() {
        let session = SessionRecord {
            started: "2026-01-01T00:00:00Z".to_owned(),
            units_before: 40,
            ..SessionRecord::default()
        };
        let counts = StateCounts {
            pending: 30,
            done: 48,
            quarantined: 2,
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let pace = Pace::of(&session, &counts, at("2026-01-01T00:00:20Z")).unwrap();
        assert_eq!((pace.units_per_s, pace.remaining_s), (0.5, 60.0));
        let none_yet = StateCounts { done: 38, ..counts };
        assert_eq!(Pace::of(&session, &none_yet, at("2026-01-01T00:00:20Z")), None);
        assert_eq!(Pace::of(&session, &counts, at("2025-12-31T23:59:59Z")), None);
    }
}
