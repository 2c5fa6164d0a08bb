//! `summary`: the statistics of a results file as a table.

use super::error::CommandResult;
use super::results_argument::ResultsArgument;
use super::{CommandError, ExitStatus, summary_check};
use crate::gather::{self, GatherPlan};
use crate::quantity;
use crate::report::{PointRow, Progress, SummaryTable, TableDesign, TableFormat};
use crate::results::{MetricColumn, UnitState};
use crate::stats::Summary;
use crate::store::{Reader, StoreError};
use crate::sweep::{Assignment, Design, PointIndex};
use clap::Args;
use serde_json::Value;
use std::io::{BufWriter, IsTerminal, Write};
use std::ops::Range;
use std::path::Path;

/// Metrics in a table for people, unless others are asked for.
const DEFAULT_METRICS: usize = 4;

/// Design points that are read at once.
const BLOCK_POINTS: u64 = 1024;

/// Prints the statistics of a results file: mean with interval per design point and metric.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim summary results.h5
  plume-nav-sim summary results.h5 --by navigator,wind.speed_m_s
  plume-nav-sim summary results.h5 --format csv > summary.csv
  plume-nav-sim summary results.h5 --partial       of a run that isn't finished")]
pub struct SummaryArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// Swept keys, or names of axes, to keep; results are averaged over the others [default: all]
    #[arg(long, value_delimiter = ',', value_name = "KEY,…")]
    by: Vec<String>,

    /// Metrics to show, or `all` [default: the first four; csv and json: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    metric: Vec<String>,

    /// Summarise what is done so far in a running or interrupted file, with the number of replicates done at each point
    #[arg(long)]
    partial: bool,

    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: TableFormat,
}

pub fn execute(arguments: &SummaryArguments) -> CommandResult {
    let results = arguments.results.path()?;
    let (reader, finished) = open(results, arguments.partial)?;
    let study = reader.resolved_study()?;
    let design = Design::parse(&study.sweep).map_err(|_| {
        CommandError::usage(
            "the sweep kept in the file can't be read",
            "use the version that wrote it",
        )
    })?;
    let keys: Vec<String> = design.swept_keys().into_iter().map(|swept| swept.key).collect();
    let metrics = reader.layout().shape().metrics.clone();
    let mut table = SummaryTable::new(TableDesign {
        keys: keys.clone(),
        metrics: metrics.clone(),
        confidence: study.statistics.confidence,
        points_are_dependent: reader.layout().shape().points_are_dependent,
        partial: (!finished).then(|| done_so_far(&reader)).transpose()?,
    });
    // A blank after a comma is no part of a name.
    let trimmed = |names: &[String]| names.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>();
    if !arguments.by.is_empty() {
        // A key, or what it or its axis is called in the results.
        let named = |by: &String| match design.keys_called(by) {
            found if found.is_empty() || keys.contains(by) => vec![by.clone()],
            found => found,
        };
        table = table.by(&trimmed(&arguments.by).iter().flat_map(named).collect::<Vec<_>>())?;
    }
    let for_people = matches!(arguments.format, TableFormat::Table | TableFormat::Markdown);
    let chosen = trimmed(&arguments.metric);
    // A metric of that name comes first.
    let are_all = chosen == ["all"] && metrics.iter().all(|metric| metric.name != "all");
    if !chosen.is_empty() && !are_all {
        table = table.metrics(&chosen)?;
    } else if for_people && !are_all {
        let first: Vec<String> = metrics
            .iter()
            .take(DEFAULT_METRICS)
            .map(|metric| metric.name.clone())
            .collect();
        table = table.metrics(&first)?;
    }

    let shown = table.metric_indices().to_vec();
    let confidence = study.statistics.confidence;
    let so_far = if finished {
        summary_check::check(&reader, results, &shown, confidence)?;
        None
    } else {
        summary_check::check_units(&reader, results)?;
        Some(SoFar::of(&reader, confidence)?)
    };
    let points = reader.layout().shape().points();
    let blocks = (0..points).step_by(BLOCK_POINTS as usize).flat_map(|first| {
        let range = PointIndex(first)..PointIndex(points.min(first + BLOCK_POINTS));
        match rows(&reader, so_far.as_ref(), &design, &keys, &shown, range) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    });
    let stdout = std::io::stdout();
    let width = stdout.is_terminal().then(terminal_width).flatten();
    let mut out = BufWriter::new(stdout.lock());
    let origin = if for_people { origin(&reader) } else { String::new() };
    let written = table.write(blocks, arguments.format, width, &mut out);
    let written = written.and_then(|()| Ok(out.write_all(origin.as_bytes())?));
    match written.and_then(|()| Ok(out.flush()?)) {
        Err(error) if error.is_broken_pipe() => Ok(ExitStatus::Done),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(ExitStatus::Done),
    }
}

/// The rows of a run of points, with the metrics that are shown.
fn rows(
    reader: &Reader,
    so_far: Option<&SoFar>,
    design: &Design,
    keys: &[String],
    shown: &[usize],
    points: Range<PointIndex>,
) -> Result<Vec<PointRow>, StoreError> {
    // Before the values: what is done by then has them.
    let done = match so_far {
        Some(_) => replicates_done(reader, &points)?,
        None => vec![Progress::default(); (points.end.0 - points.start.0) as usize],
    };
    let columns = (shown.iter())
        .map(|&metric| match so_far {
            Some(so_far) => so_far.summaries(reader, metric, &points),
            None => reader.summaries(metric, points.clone()),
        })
        .collect::<Result<Vec<Vec<Summary>>, StoreError>>()?;
    let row = |(place, point): (usize, u64)| PointRow {
        coordinates: coordinates(keys, design.assignments(PointIndex(point))),
        identity: Some(design.point_key(PointIndex(point)).0),
        replicates: done[place],
        summaries: columns.iter().map(|column| column[place]).collect(),
    };
    Ok((points.start.0..points.end.0).enumerate().map(row).collect())
}

/// The results, and whether they are finished; if not, as they are at this moment.
fn open(results: &Path, partial: bool) -> Result<(Reader, bool), CommandError> {
    let mut reader = Reader::open(results)?;
    let finished = reader.finished()?;
    match (finished, partial) {
        (true, _) => {}
        (false, true) => reader.freeze()?,
        (false, false) => {
            let path = results.to_owned();
            return Err(CommandError::NoSummary { path });
        }
    }
    Ok((reader, finished))
}

/// How many units are done.
fn done_so_far(reader: &Reader) -> Result<Progress, StoreError> {
    let counts = reader.state_counts()?;
    Ok(Progress {
        done: counts.done,
        all: counts.committed() + counts.pending,
    })
}

/// How many replicates of each point are done.
fn replicates_done(reader: &Reader, points: &Range<PointIndex>) -> Result<Vec<Progress>, StoreError> {
    let plan = reader.layout().shape().plan();
    let states = reader.states(plan.units_of(points.start).start..plan.units_of(points.end).start)?;
    let done = |states: &[UnitState]| states.iter().filter(|state| **state == UnitState::Done).count() as u64;
    Ok((states.chunks_exact(plan.replicates as usize))
        .map(|states| Progress {
            done: done(states),
            all: u64::from(plan.replicates),
        })
        .collect())
}

/// What it takes to summarise units while others are still to come.
struct SoFar {
    plan: GatherPlan,
    pool: rayon::ThreadPool,
}

impl SoFar {
    fn of(reader: &Reader, confidence: f64) -> Result<Self, CommandError> {
        let shape = reader.layout().shape();
        let plan = GatherPlan::from_parts(
            shape.plan(),
            shape.member_axis.count,
            shape.metrics.iter().map(MetricColumn::measure).collect(),
            shape.members,
            confidence,
        );
        Ok(Self {
            plan,
            pool: summary_check::pool()?,
        })
    }

    fn summaries(
        &self,
        reader: &Reader,
        metric: usize,
        points: &Range<PointIndex>,
    ) -> Result<Vec<Summary>, StoreError> {
        gather::summaries_at(&self.plan, reader, &self.pool, metric, points.start.0..points.end.0)
    }
}

/// One value per swept key: a case of a nested axis may leave some unset.
fn coordinates(keys: &[String], assignments: Vec<Assignment>) -> Vec<Value> {
    let mut values = vec![Value::Null; keys.len()];
    for assignment in assignments {
        if let Some(place) = keys.iter().position(|key| *key == assignment.key) {
            values[place] = coordinate(assignment);
        }
    }
    values
}

/// Components are shown by their label, numbers and words as they are.
fn coordinate(assignment: Assignment) -> Value {
    match assignment.value {
        Value::Object(_) | Value::Array(_) => assignment.label.into(),
        value => value,
    }
}

/// Which units the numbers lack, and which run they are from: the id in its logs and in the file.
fn origin(reader: &Reader) -> String {
    // A table without these lines is still a table.
    let lacking = match reader.state_counts() {
        Ok(counts) if counts.quarantined > 0 => format!(
            "{} of {} quarantined: `plume-nav-sim status` shows why\n",
            quantity::count(counts.quarantined),
            quantity::counted(counts.committed() + counts.pending, "unit")
        ),
        _ => String::new(),
    };
    let sessions = reader.sessions().unwrap_or_default();
    lacking
        + &sessions.last().map_or_else(String::new, |session| {
            format!(
                "run {} ({})\n",
                session.short_id(),
                quantity::to_seconds(&session.ended)
            )
        })
}

fn terminal_width() -> Option<u16> {
    rustix::termios::tcgetwinsize(std::io::stdout())
        .ok()
        .map(|size| size.ws_col)
        .filter(|&columns| columns > 0)
}
