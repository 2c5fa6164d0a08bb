//! `run`: one unit, here and now.

use super::error::CommandResult;
use super::study_arguments::StudyArguments;
use super::unit_arguments::UnitArguments;
use super::{ExitStatus, output};
use crate::scenario::Registry;
use crate::study::Study;
use crate::telemetry::print_line;
use crate::{engine, quantity};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write;

/// Runs one unit of a study exactly as `sweep` would, and prints its metrics.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim run study.toml                      first unit of point 0
  plume-nav-sim run study.toml --point 7 --replicate 3
  plume-nav-sim run study.toml --unit 1234          a quarantined unit again")]
pub struct RunArguments {
    #[command(flatten)]
    study: StudyArguments,

    #[command(flatten)]
    unit: UnitArguments,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &RunArguments, registry: &Registry) -> CommandResult {
    let study = arguments.study.load_pinned(registry)?;
    let index = arguments.unit.select(&study)?;
    let (point, replicate) = study.plan.locate(index);

    let members = study.member_axis.count as usize;
    let mut values = vec![f64::NAN; study.metrics.len() * members];
    let unit = study.unit(index);
    let seed = unit.streams.seed("unit").0;
    let outcome = engine::run_single(&study, &unit, &mut values);

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
