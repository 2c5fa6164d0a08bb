//! `run`: one unit, here and now.

use super::error::CommandResult;
use super::study_arguments::StudyArguments;
use super::unit_arguments::UnitArguments;
use super::{CommandError, ExitStatus, output};
use crate::engine::SingleUnit;
use crate::rows::{Trace, TraceForm};
use crate::scenario::{Registry, Unit, UnitFailure};
use crate::study::Study;
use crate::sweep::UnitIndex;
use crate::telemetry::print_line;
use crate::{engine, quantity};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// Runs one unit of a study exactly as `sweep` would, and prints its metrics.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim run study.toml                      first unit of point 0
  plume-nav-sim run study.toml --point 7 --replicate 3
  plume-nav-sim run study.toml --unit 1234          a quarantined unit again
  plume-nav-sim run study.toml --trace              its steps and events as well
  plume-nav-sim run study.toml --trace steps.csv    or .nc, .parquet, .sqlite")]
pub struct RunArguments {
    #[command(flatten)]
    study: StudyArguments,

    #[command(flatten)]
    unit: UnitArguments,

    /// Show the rows of the unit's tables, or write them to a file: CSV, NetCDF, Parquet or SQLite by its ending. A study that records nothing is traced
    /// as a whole
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    trace: Option<Option<PathBuf>>,

    /// Replace files of an earlier trace
    #[arg(long, requires = "trace")]
    overwrite: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &RunArguments, registry: &Registry) -> CommandResult {
    let form = trace_form(arguments)?;
    let mut study = arguments.study.load_pinned(registry)?;
    let index = arguments.unit.select(&study)?;
    if arguments.trace.is_some() {
        study = traced(arguments, &study, index, registry)?;
    }
    let (point, replicate) = study.plan.locate(index);

    let members = study.member_axis.count as usize;
    let mut values = vec![f64::NAN; study.metrics.len() * members];
    let unit = study.unit(index);
    let seed = unit.streams.seed("unit").0;
    let outcome = simulate(arguments, form, &study, &unit, &mut values)?;

    let assignments = study.design.assignments(point);
    let active = outcome.as_ref().map_or(members, |unit| unit.ending.members);
    let end = outcome
        .as_ref()
        .ok()
        .and_then(|unit| study.features.end_name(unit.ending.end));
    let rows: Vec<(&str, u64)> = match &outcome {
        Ok(unit) => {
            let names = study.features.tables.iter().map(|table| table.name.as_str());
            names.zip(unit.rows.iter().copied()).collect()
        }
        Err(_) => Vec::new(),
    };
    let end = end.filter(|_| !study.features.ends.is_empty());
    if arguments.json {
        let metrics: serde_json::Map<String, Value> = study
            .metrics
            .iter()
            .zip(values.chunks_exact(members))
            .map(|(metric, row)| (metric.name.clone(), json!(&row[..active])))
            .collect();
        let swept: serde_json::Map<String, Value> =
            assignments.iter().map(|a| (a.key.clone(), a.value.clone())).collect();
        let mut document = json!({
            "unit": index.0, "point": point.0, "replicate": replicate.0, "seed": seed, "swept": swept,
            "failure": outcome.as_ref().err().map(ToString::to_string), "metrics": metrics,
        });
        if let Some(end) = end {
            document["end"] = json!(end);
        }
        if !rows.is_empty() {
            document["rows"] = rows
                .iter()
                .map(|(name, rows)| ((*name).to_owned(), json!(rows)))
                .collect();
        }
        output::print(&format!("{document:#}\n"))?;
    } else {
        let mut page = format!("{index} ({point}, {replicate}), seed {seed}\n");
        for assignment in &assignments {
            let _ = writeln!(page, "  {} = {}", assignment.key, assignment.shown());
        }
        if outcome.is_ok() {
            page.push_str(&metric_table(&study, &values, members, active));
            if let Some(end) = end {
                let _ = writeln!(page, "end: {end}");
            }
            for (name, rows) in &rows {
                let _ = writeln!(page, "rows of {name}: {}", quantity::count(*rows));
            }
        }
        output::print(&page)?;
    }
    match outcome {
        Ok(_) => Ok(ExitStatus::Done),
        Err(failure) => {
            print_line(&format!("{index} failed: {failure}"));
            Ok(ExitStatus::Quarantined)
        }
    }
}

/// Runs the unit into `values`, and writes or prints its trace if it is asked for.
fn simulate(
    arguments: &RunArguments,
    form: Option<TraceForm>,
    study: &Study,
    unit: &Unit,
    values: &mut [f64],
) -> Result<Result<SingleUnit, UnitFailure>, CommandError> {
    let Some(file) = &arguments.trace else {
        return Ok(engine::run_single(study, unit, values));
    };
    let (single, tables) = match engine::run_traced(study, unit, values) {
        Ok(traced) => traced,
        Err(failure) => return Ok(Err(failure)),
    };
    let mut trace = Trace::of(study, unit.index, tables);
    match (file, form) {
        (Some(file), Some(form)) => {
            for path in trace.write(form, file, arguments.overwrite)? {
                print_line(&format!("trace in {}", path.display()));
            }
        }
        _ if arguments.json => {}
        _ => output::print(&trace.page())?,
    }
    Ok(Ok(single))
}

/// The form of the file that a trace goes to.
fn trace_form(arguments: &RunArguments) -> Result<Option<TraceForm>, CommandError> {
    let Some(Some(file)) = &arguments.trace else {
        return Ok(None);
    };
    TraceForm::of(file).map(Some).ok_or_else(|| {
        CommandError::usage(
            format!("{} has no ending of a trace", file.display()),
            "name a file that ends with .csv, .nc, .parquet or .sqlite",
        )
    })
}

/// The study with all rows of a unit recorded.
fn traced(
    arguments: &RunArguments,
    study: &Study,
    index: UnitIndex,
    registry: &Registry,
) -> Result<Study, CommandError> {
    let (point, _) = study.plan.locate(index);
    let configuration = study.design.configuration(&study.resolved.scenario, point);
    let keys = (study.scenario.trace_keys(&configuration)).unwrap_or_default();
    let mut with_trace = arguments.study.clone();
    with_trace
        .set
        .extend(keys.into_iter().map(|(key, value)| format!("{key}={value}")));
    let study = with_trace.load_pinned(registry)?;
    if study.features.tables.is_empty() {
        return Err(CommandError::usage(
            format!("the scenario {} has no tables to trace", study.scenario.name()),
            "leave --trace out",
        ));
    }
    Ok(study)
}

/// One line per metric: mean, minimum and maximum over the members that have a value.
fn metric_table(study: &Study, values: &[f64], members: usize, active: usize) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(crate::report::RULED);
    let noun = &study.member_axis.name;
    table.set_header(vec!["metric", "unit", &format!("{noun}s"), "mean", "min", "max"]);
    for (metric, row) in study.metrics.iter().zip(values.chunks_exact(members)) {
        let present: Vec<f64> = row[..active].iter().copied().filter(|v| !v.is_nan()).collect();
        let mut cells = vec![
            metric.name.clone(),
            metric.unit.clone(),
            format!("{}/{active}", present.len()),
        ];
        if present.is_empty() {
            cells.extend(std::iter::repeat_n("—".to_owned(), 3));
        } else {
            let mean = present.iter().sum::<f64>() / present.len() as f64;
            let min = present.iter().copied().fold(f64::INFINITY, f64::min);
            let max = present.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            cells.extend([mean, min, max].map(quantity::significant));
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    format!("{table}\n")
}
