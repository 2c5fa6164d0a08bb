//! Progress for people (a bar), for batch logs (a line now and then) and for programs (JSON lines).

use super::{CommandError, ExitStatus, output};
use crate::engine::{DrainReason, Progress};
use crate::quantity;
use crate::results::CounterSummary;
use crate::rows::Conversion;
use crate::session::{Ending, Observer, Started, Tally};
use crate::store::Reader;
use crate::telemetry::{CorrelationId, print_line, set_live_display};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};
use serde_json::json;
use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressStyle {
    /// A bar on a terminal, lines elsewhere
    #[default]
    Auto,
    /// A bar
    Bar,
    /// A line after a few seconds, later every 30 s
    Lines,
    /// Nothing
    None,
}

/// Time between lines in a batch log: short at first, so that one sees that it runs, then sparse.
const LINE_INTERVALS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// Shows a run.
pub struct Display {
    style: ProgressStyle,
    json: bool,
    /// Whether what the scenario counted is told.
    verbose: bool,
    bar: Option<ProgressBar>,
    next_line: Instant,
    lines: usize,
    gathering: bool,
    correlation_id: Option<CorrelationId>,
    /// Units of the study, and those committed before this run.
    total: u64,
    before: u64,
    counters: Vec<CounterSummary>,
}

impl Display {
    /// A display that has shown nothing yet.
    pub fn new(style: ProgressStyle, json: bool, verbose: bool) -> Self {
        let style = match style {
            ProgressStyle::Auto if std::io::stderr().is_terminal() && !json => ProgressStyle::Bar,
            // A bar needs a terminal; under mpirun standard error is a pipe.
            ProgressStyle::Auto => ProgressStyle::Lines,
            ProgressStyle::Bar if !std::io::stderr().is_terminal() => ProgressStyle::Lines,
            chosen => chosen,
        };
        Self {
            style,
            json,
            verbose,
            bar: None,
            next_line: Instant::now() + LINE_INTERVALS[0],
            lines: 0,
            gathering: false,
            correlation_id: None,
            total: 0,
            before: 0,
            counters: Vec::new(),
        }
    }

    /// Takes the bar off the terminal.
    pub fn close(&mut self) {
        set_live_display(None);
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Says how it ended.
    pub fn report(
        &self,
        ending: &Ending,
        results: &Path,
        status: ExitStatus,
        started: SystemTime,
    ) -> Result<(), CommandError> {
        let seconds = started.elapsed().map_or(0.0, |time| time.as_secs_f64());
        let (word, tally, reason) = match ending {
            Ending::Refused(_) => return Ok(()),
            Ending::Finished(tally) => ("finished", tally, None),
            Ending::Drained(tally, reason) => ("drained", tally, Some(reason.to_string())),
        };
        if self.json {
            let document = json!({
                "outcome": word, "reason": reason, "correlation_id": self.correlation_id, "exit_code": status.code(), "results": results.to_string_lossy(),
                "units": tally.total, "units_before": tally.before, "units_reused": tally.reused,
                "units_run": tally.committed, "units_committed": tally.before + tally.reused + tally.committed,
                "part": tally.part.map(|part| part.to_string()),
                "units_quarantined": tally.quarantined, "seconds": seconds, "counters": self.counters,
            });
            return output::print(&format!("{document}\n"));
        }
        if self.style == ProgressStyle::None {
            return Ok(());
        }
        let Tally {
            total,
            before,
            reused,
            committed,
            quarantined,
            part,
        } = *tally;
        if self.verbose && !self.counters.is_empty() {
            let told: Vec<String> = self.counters.iter().map(ToString::to_string).collect();
            print_line(&told.join("; "));
        }
        let time = quantity::duration(seconds);
        let file = results.display();
        match reason {
            None => {
                let of_part = part.map_or_else(String::new, |part| format!(" of part {part}"));
                let taken = match reused {
                    0 => String::new(),
                    reused => format!("{} taken over, ", quantity::count(reused)),
                };
                print_line(&format!(
                    "finished: {}{of_part} in {time} ({taken}{} run now) → {file}",
                    quantity::counted(total, "unit"),
                    quantity::count(committed)
                ));
                if quarantined < total && part.is_none() {
                    print_line(&format!("`plume-nav-sim summary {file}` shows what came out"));
                }
                if quarantined > 0 {
                    print_line(&format!(
                        "{} quarantined: `plume-nav-sim status {file}` shows the reasons",
                        quantity::counted(quarantined, "unit")
                    ));
                    if let Some(first) = first_failure(results) {
                        print_line(&format!("  the first is {first}"));
                    }
                }
            }
            Some(reason) if matches!(ending, Ending::Drained(_, DrainReason::Failures)) => {
                tell_failures(&format!("stopped after {time}: {reason}"), tally, results);
            }
            Some(reason) => print_line(&format!(
                "stopped after {time} ({reason}): {} of {} committed; run again with --resume",
                quantity::count(before + reused + committed),
                quantity::counted(total, "unit")
            )),
        }
        Ok(())
    }

    fn line_due(&mut self) -> bool {
        let now = Instant::now();
        if now < self.next_line {
            return false;
        }
        self.next_line = now + LINE_INTERVALS[self.lines.min(LINE_INTERVALS.len() - 1)];
        self.lines += 1;
        true
    }
}

/// Says what to do when all units have failed.
fn tell_failures(stopped: &str, tally: &Tally, results: &Path) {
    print_line(&format!(
        "{stopped}; {} of {} committed, all of this run quarantined",
        quantity::count(tally.before + tally.reused + tally.committed),
        quantity::counted(tally.total, "unit")
    ));
    if let Some(first) = first_failure(results) {
        print_line(&format!("  the first is {first}"));
    }
    print_line(
        "  (hint: mend the reason, then --resume --retry-quarantined; with execution.stop_after_failures = 0 a run goes on all the same)",
    );
}

/// The first quarantined unit of a results file and why; what can't be read isn't told.
fn first_failure(results: &Path) -> Option<String> {
    let failures = Reader::open(results).ok()?.failures().ok()?;
    let first = failures.first()?;
    let times = quantity::counted(u64::from(first.attempts), "attempt");
    Some(format!("{} ({times}): {}", first.unit, first.message))
}

impl Observer for Display {
    fn reading_inputs(&mut self, done: u64, total: u64) {
        // Small files are read before the first line is due.
        if self.style != ProgressStyle::None && !self.json && self.line_due() {
            print_line(&format!(
                "reading input files: {} of {}",
                quantity::bytes(done),
                quantity::bytes(total)
            ));
        }
    }

    fn kept_rows(&mut self, made: &Conversion) {
        if self.json {
            let line = json!({
                "event": "rows", "backend": made.backend, "place": made.place.to_string_lossy(), "rows": made.rows,
                "bytes": made.bytes, "time_s": made.time.as_secs_f64(),
            });
            print_line(&line.to_string());
        } else if self.style != ProgressStyle::None {
            print_line(&format!(
                "{} in {}, {}",
                quantity::counted(made.rows, "row"),
                made.place.display(),
                quantity::bytes(made.bytes)
            ));
        }
    }

    fn reusing(&mut self, units: u64) {
        if self.style != ProgressStyle::None && !self.json && self.line_due() {
            print_line(&format!(
                "taking over units of other files: {} so far (this rank's share)",
                quantity::count(units)
            ));
        }
    }

    fn started(&mut self, started: &Started<'_>) {
        self.correlation_id = Some(started.correlation_id);
        let reused: u64 = started.reused.iter().map(|reused| reused.units).sum();
        (self.total, self.before) = (started.units, started.committed_before + reused);
        let study = started.study;
        if self.json {
            let line = json!({
                "event": "started", "correlation_id": started.correlation_id, "study": started.name,
                "points": study.plan.points, "replicates": study.plan.replicates, "units": study.plan.units(),
                "units_before": started.committed_before, "reused": started.reused,
                "part": started.part.map(|part| part.to_string()), "ranks": started.ranks, "file_bytes": started.file_bytes,
            });
            print_line(&line.to_string());
            return;
        }
        if self.style == ProgressStyle::None {
            return;
        }
        print_line(&format!(
            "{}: {} × {} = {} of {}; {} on disk",
            started.name,
            quantity::counted(study.plan.points, "point"),
            quantity::counted(u64::from(study.plan.replicates), "replicate"),
            quantity::counted(study.plan.units(), "unit"),
            quantity::counted(u64::from(study.member_axis.count), &study.member_axis.name),
            quantity::bytes(started.file_bytes),
        ));
        print_line(&format!(
            "{} → {} (logs in {})",
            quantity::counted(u64::from(started.ranks), "rank"),
            started.results.display(),
            started.logs.display()
        ));
        if let Some(part) = started.part {
            print_line(&format!(
                "part {part} of them: {}",
                quantity::counted(started.units, "unit")
            ));
        }
        for reused in started.reused {
            let damaged = match reused.damaged {
                0 => String::new(),
                damaged => format!(
                    "; {} in it damaged and run again (`plume-nav-sim verify` lists them)",
                    quantity::counted(damaged, "unit")
                ),
            };
            print_line(&format!(
                "taken over from {}: {}{damaged}",
                reused.file,
                quantity::counted(reused.units, "unit")
            ));
        }
        if !started.reused.is_empty() {
            let left = started.units.saturating_sub(self.before);
            print_line(&format!("left to run: {}", quantity::counted(left, "unit")));
        }
        if started.committed_before > 0 {
            print_line(&format!(
                "resuming: {} committed already",
                quantity::counted(started.committed_before, "unit")
            ));
        }
        if self.style == ProgressStyle::Bar {
            let bar = ProgressBar::with_draw_target(Some(self.total), ProgressDrawTarget::stderr());
            bar.set_style(
                BarStyle::with_template("{percent:>3} % {wide_bar} {msg}")
                    .expect("the template is fixed")
                    .progress_chars("━╸─"),
            );
            bar.set_position(self.before);
            set_live_display(Some(bar.clone()));
            self.bar = Some(bar);
        }
    }

    fn running(&mut self, progress: &Progress) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.total.min(self.before + progress.units_done));
            bar.set_message(self.describe(progress));
        } else if self.style == ProgressStyle::Lines && self.line_due() {
            if self.json {
                let line = json!({
                    "event": "running", "correlation_id": self.correlation_id, "units": self.total,
                    "units_run": progress.units_done, "units_committed": self.before + progress.units_done,
                    "units_failed": progress.failed, "units_per_s": progress.rate_per_s,
                    "remaining_s": progress.remaining.map(|time| time.as_secs_f64()), "ranks": progress.ranks,
                });
                print_line(&line.to_string());
            } else {
                let percent = 100.0 * (self.before + progress.units_done) as f64 / self.total.max(1) as f64;
                print_line(&format!("{percent:5.1} %  {}", self.describe(progress)));
            }
        }
    }

    fn counted(&mut self, counters: &[CounterSummary]) {
        self.counters = counters.to_vec();
    }

    fn gathering(&mut self, done: u64, total: u64) {
        if !self.gathering {
            self.gathering = true;
            if let Some(bar) = &self.bar {
                bar.set_length(total);
            }
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message("summarising design points".to_owned());
        } else if self.style == ProgressStyle::Lines && !self.json && self.line_due() {
            print_line(&format!(
                "summarising: {} of {} design points (this rank's share)",
                quantity::count(done),
                quantity::count(total)
            ));
        }
    }
}

impl Display {
    fn describe(&self, progress: &Progress) -> String {
        let mut text = format!(
            "{} of {}, {}, {} left, {}",
            quantity::count(self.before + progress.units_done),
            quantity::counted(self.total, "unit"),
            quantity::rate(progress.rate_per_s),
            progress
                .remaining
                .map_or_else(|| "?".to_owned(), |time| quantity::duration(time.as_secs_f64())),
            quantity::counted(u64::from(progress.ranks), "rank"),
        );
        if progress.failed > 0 {
            text.push_str(&format!(", {} failed", quantity::count(progress.failed)));
        }
        text
    }
}
