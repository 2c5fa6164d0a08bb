//! `status`: how far is it?

use super::error::CommandResult;
use super::results_argument::ResultsArgument;
use super::{CommandError, ExitStatus, output};
use crate::quantity;
use crate::results::{FailureRow, UnitState};
use crate::store::{self, ProductRecord, Reader, SessionRecord, StateCounts};
use crate::study::{Part, ResolvedStudy};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Shows the progress of a results file, who is writing it, and which units are quarantined. Reads only; safe on a running job.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 all units are committed (in the file of a part: all of its units), 3 some are quarantined, 75 some are still to be run."
)]
pub struct StatusArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// Largest number of quarantined units to list
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    failures: usize,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &StatusArguments) -> CommandResult {
    let reader = Reader::glance(arguments.results.path()?)?;
    let state = State::read(&reader, arguments)?;
    let text = if arguments.json {
        format!("{:#}\n", state.document(arguments.failures))
    } else {
        state.page(arguments.failures)
    };
    output::print(&text)?;
    let is_over = match &state.share {
        Some(share) => share.left == 0,
        None => state.counts.pending == 0 && state.finished,
    };
    Ok(if !is_over {
        ExitStatus::Resume
    } else if state.counts.quarantined > 0 {
        ExitStatus::Quarantined
    } else {
        ExitStatus::Done
    })
}

/// What a results file says of itself.
struct State {
    study: ResolvedStudy,
    points: u64,
    replicates: u64,
    counts: StateCounts,
    /// How much of its part is there, in the file of a part.
    share: Option<Share>,
    finished: bool,
    ends: Vec<(String, u64)>,
    /// Whether there are to be any.
    makes_products: bool,
    products: Vec<ProductRecord>,
    sessions: Vec<SessionRecord>,
    /// Who works on the file now.
    holder: Option<String>,
    pace: Option<Pace>,
    failures: Vec<FailureRow>,
    /// The folder of its rows, if it isn't there.
    missing_rows: Option<PathBuf>,
}

impl State {
    fn read(reader: &Reader, arguments: &StatusArguments) -> Result<Self, CommandError> {
        let results = arguments.results.path()?;
        let shape = reader.layout().shape();
        let counts = reader.state_counts()?;
        let sessions = reader.sessions()?;
        // The lock is beside the file itself, not beside a link to it.
        let holder = store::Lock::holder(&results.canonicalize().unwrap_or_else(|_| results.to_owned()));
        let pace = (holder.as_ref()).and_then(|_| Pace::of(sessions.last()?, &counts, Timestamp::now()));
        Ok(Self {
            study: reader.resolved_study()?,
            points: shape.points(),
            replicates: u64::from(shape.plan().replicates),
            share: Share::of(reader)?,
            counts,
            finished: reader.finished()?,
            ends: reader.end_counts()?,
            makes_products: !shape.features.products.is_empty(),
            products: reader.products()?,
            sessions,
            holder,
            pace,
            failures: reader.failures()?,
            missing_rows: reader.missing_rows()?,
        })
    }

    fn units(&self) -> u64 {
        self.counts.committed() + self.counts.pending
    }

    /// All of it as JSON, with the first `most_failures` failures.
    fn document(&self, most_failures: usize) -> Value {
        let Self { counts, pace, .. } = self;
        let mut document = json!({
            "study": self.study.study.name, "points": self.points, "replicates": self.replicates,
            "units": self.units(), "committed": counts.committed(), "done": counts.done,
            "quarantined": counts.quarantined,
            "pending": counts.pending, "finished": self.finished, "held_by": self.holder,
            "units_per_s": pace.map(|pace| pace.units_per_s), "remaining_s": pace.map(|pace| pace.remaining_s),
            "inputs": self.study.inputs, "failures": self.failures.iter().take(most_failures).collect::<Vec<_>>(),
            "sessions": self.sessions,
        });
        if !self.ends.is_empty() {
            document["ends"] = self
                .ends
                .iter()
                .map(|(name, count)| (name.clone(), json!(count)))
                .collect();
        }
        if let Some(share) = &self.share {
            document["part"] = json!(share.part.to_string());
            document["part_units"] = json!(share.units);
            document["part_pending"] = json!(share.left);
        }
        if let Some(folder) = &self.missing_rows {
            document["missing_rows"] = json!(folder.to_string_lossy());
        }
        if self.makes_products {
            document["products"] = json!(self.products);
        }
        document
    }

    /// All of it for people, with the first `most_failures` failures.
    fn page(&self, most_failures: usize) -> String {
        let mut page = self.progress();
        if let Some(folder) = &self.missing_rows {
            page.push_str(&format!(
                "  {} is missing: was it left behind? It moves together with the results file\n",
                folder.display()
            ));
        }
        for (i, session) in self.sessions.iter().enumerate() {
            let running = i + 1 == self.sessions.len() && self.holder.is_some();
            page.push_str(&session_lines(session, running));
        }
        for input in &self.study.inputs {
            let (bytes, blake3) = (quantity::bytes(input.bytes), &input.blake3);
            page.push_str(&format!("  input file {}: {bytes}, BLAKE3 {blake3}\n", input.name));
        }
        for product in &self.products {
            let (bytes, blake3) = (quantity::bytes(product.bytes), &product.blake3);
            page.push_str(&format!("  made {}: {bytes}, BLAKE3 {blake3}\n", product.name));
        }
        for failure in self.failures.iter().take(most_failures) {
            page.push_str(&format!(
                "  {} failed {}, seed {}: {}\n",
                failure.unit,
                quantity::counted(u64::from(failure.attempts), "time"),
                failure.seed,
                failure.message
            ));
        }
        let all = self.failures.len();
        if all > most_failures {
            page.push_str(&format!("  … and {} more (--failures {all})\n", all - most_failures));
        }
        page
    }

    /// How far it is, and how fast it goes.
    fn progress(&self) -> String {
        let counts = &self.counts;
        let percent = 100.0 * counts.committed() as f64 / self.units().max(1) as f64;
        let mut page = format!(
            "{}: {} × {} = {}\n{percent:.1} % committed: {} done, {} quarantined, {} pending; summary {}\n",
            self.study.study.name,
            quantity::counted(self.points, "point"),
            quantity::counted(self.replicates, "replicate"),
            quantity::counted(self.units(), "unit"),
            quantity::count(counts.done),
            quantity::count(counts.quarantined),
            quantity::count(counts.pending),
            if self.finished { "written" } else { "not written yet" },
        );
        if let Some(Share { part, units, left }) = self.share {
            page.push_str(&match left {
                0 => format!(
                    "part {part}: all of its {} are committed\n",
                    quantity::counted(units, "unit")
                ),
                left => format!(
                    "part {part}: {} of its {} are still to be run\n",
                    quantity::count(left),
                    quantity::counted(units, "unit")
                ),
            });
        }
        for (end, count) in self.ends.iter().filter(|(_, count)| *count > 0) {
            page.push_str(&format!("  {} ended with {end}\n", quantity::counted(*count, "unit")));
        }
        if let Some(holder) = &self.holder {
            page.push_str(&format!("in use by {holder}\n"));
            page.push_str(&match self.pace {
                Some(pace) => format!(
                    "{} since this run began, {} left\n",
                    quantity::rate_of(pace.units_per_s, "unit"),
                    quantity::duration(pace.remaining_s)
                ),
                None => "no unit committed since this run began\n".to_owned(),
            });
        }
        page
    }
}

/// How much of its part the file of a part has.
struct Share {
    part: Part,
    units: u64,
    left: u64,
}

impl Share {
    fn of(reader: &Reader) -> Result<Option<Self>, CommandError> {
        const BLOCK: u64 = 1 << 20;
        let Some(part) = reader.part() else { return Ok(None) };
        let mut share = Self {
            part,
            units: 0,
            left: 0,
        };
        // Whoever runs the rest in it makes it whole.
        if reader.finished()? {
            return Ok(None);
        }
        for run in part.units(reader.layout().shape().plan().units()) {
            share.units += run.end - run.start;
            for start in run.clone().step_by(BLOCK as usize) {
                let states = reader.states(start..run.end.min(start + BLOCK))?;
                share.left += states.iter().filter(|state| **state == UnitState::Pending).count() as u64;
            }
        }
        Ok(Some(share))
    }
}

/// One run, and what it counted.
fn session_lines(session: &SessionRecord, running: bool) -> String {
    let mut lines = format!(
        "  run {} of {}: {} on {}, {}\n",
        session.short_id(),
        quantity::to_seconds(&session.started),
        quantity::counted(u64::from(session.ranks), "rank"),
        session.hosts.join(", "),
        match session.outcome.as_str() {
            "" if running => "running",
            "" => "ended abruptly (killed, or an error: see the logs)",
            "drained" => "stopped cleanly",
            outcome => outcome,
        },
    );
    for counter in &session.counters {
        lines.push_str(&format!("    {counter}\n"));
    }
    lines
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
