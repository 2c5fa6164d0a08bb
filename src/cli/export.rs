//! `export`: results as a table for other tools.

use super::error::CommandResult;
use super::frame_progress::FrameProgress;
use super::results_argument::ResultsArgument;
use super::{CommandError, ExitStatus, output, summary_check};
use crate::forms::{Compression, Form};
use crate::quantity;
use crate::store::Reader;
use crate::tables::{self, IndexSet, Order};
use crate::telemetry::print_line;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Writes a table of the results for other tools: Parquet, CSV, JSON Lines, SQLite, NetCDF or Arrow, by the ending of the file's name.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim export results.h5 -o episodes.parquet
  plume-nav-sim export results.h5 --what summary -o summary.csv
  plume-nav-sim export results.h5 --where 'reward > 0.5' -o best.csv.gz
  plume-nav-sim export results.h5 --what steps --points 0-3 -o steps.nc
  plume-nav-sim export results.h5 --columns point,success --long -o long.nc

Conditions: names of columns or swept keys, numbers, texts in quotes, < <= > >= = !=, and, or, not, parentheses, `is missing`, `is not missing`. A comparison with a missing value doesn't hold.")]
pub struct ExportArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// Which table: episodes (a row for each member of each unit), summary, points, failures, or one of the study's own (steps, events)
    #[arg(long, default_value = "episodes", value_name = "TABLE")]
    what: String,

    /// The file to make
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Its form [default: by its ending, .parquet, .csv, .jsonl, .sqlite, .nc or .arrow]
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,

    /// Only rows for which this holds
    #[arg(long = "where", value_name = "CONDITION")]
    condition: Option<String>,

    /// Only these design points: numbers and ranges, like 0,3,10-19
    #[arg(long, value_name = "NUMBERS")]
    points: Option<IndexSet>,

    /// Only these replicates
    #[arg(long, value_name = "NUMBERS")]
    replicates: Option<IndexSet>,

    /// Only these members
    #[arg(long, value_name = "NUMBERS")]
    members: Option<IndexSet>,

    /// Only these columns, in this order; a metric stands for all of its columns [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    columns: Vec<String>,

    /// A row for each metric (metric, metric_unit, value) instead of a column for each
    #[arg(long)]
    long: bool,

    /// Compression [default: zstd of Parquet, gzip of NetCDF and names ending with .gz, zstd of .zst, none of others]
    #[arg(long, value_enum, value_name = "KIND")]
    compression: Option<Compression>,

    /// Export unfinished results: what is committed so far
    #[arg(long)]
    partial: bool,

    /// Replace the file if it is there
    #[arg(long)]
    overwrite: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &ExportArguments) -> CommandResult {
    let (form, compression) = form(arguments)?;
    let results = arguments.results.path()?;
    let mut reader = Reader::open(results)?;
    if arguments.partial && !reader.finished()? {
        reader.freeze()?;
    }
    let order = Order {
        what: &arguments.what,
        condition: arguments.condition.as_deref(),
        points: arguments.points.as_ref(),
        replicates: arguments.replicates.as_ref(),
        members: arguments.members.as_ref(),
        columns: &arguments.columns,
        long: arguments.long,
        form,
        compression,
        place: &arguments.output,
        overwrite: arguments.overwrite,
        partial: arguments.partial,
    };
    if arguments.what == "summary" && reader.finished()? {
        let all: Vec<usize> = (0..reader.layout().shape().metrics.len()).collect();
        let confidence = reader.resolved_study()?.statistics.confidence;
        summary_check::check(&reader, results, &all, confidence)?;
    }
    let mut progress: Option<FrameProgress> = None;
    let noun = match arguments.what.as_str() {
        "summary" | "points" => "point",
        _ => "unit",
    };
    let exported = tables::export(&reader, results, &order, &mut |done, total| {
        let progress = progress.get_or_insert_with(|| FrameProgress::counting(noun, Some(total)));
        progress.tick(done);
    })?;
    drop(progress);
    if exported.partial {
        let counts = reader.state_counts()?;
        print_line(&format!(
            "note: the results aren't complete: {} of {} are committed",
            quantity::count(counts.committed()),
            quantity::counted(reader.layout().shape().plan().units(), "unit"),
        ));
    }
    if exported.rows == 0 && arguments.condition.is_some() {
        print_line("note: no row fulfils the condition");
    }
    if arguments.what == "failures" {
        let (told, all) = (reader.failures()?.len() as u64, reader.state_counts()?.quarantined);
        if told < all {
            print_line(&format!(
                "note: results tell of the first {} failures, and {} units have failed",
                quantity::count(told),
                quantity::count(all)
            ));
        }
    }
    if arguments.json {
        let document = json!({
            "file": arguments.output.to_string_lossy(), "table": arguments.what, "rows": exported.rows,
            "columns": exported.columns, "bytes": exported.bytes, "partial": exported.partial,
        });
        output::print(&format!("{document:#}\n"))?;
    } else {
        output::print(&format!(
            "{}: {}, {}, {}\n",
            arguments.output.display(),
            quantity::counted(exported.rows, "row"),
            quantity::counted(exported.columns as u64, "column"),
            quantity::bytes(exported.bytes)
        ))?;
    }
    Ok(ExitStatus::Done)
}

/// The form and the compression that are asked for.
fn form(arguments: &ExportArguments) -> Result<(Form, Compression), CommandError> {
    let by_name = Form::of(&arguments.output);
    let Some(form) = arguments.format.or(by_name.map(|(form, _)| form)) else {
        return Err(CommandError::usage(
            format!("{} has no ending that names a form", arguments.output.display()),
            "end it with .parquet, .csv, .jsonl, .sqlite, .nc or .arrow, or choose with --format",
        ));
    };
    let around = Form::compression_around(&arguments.output).filter(|_| form.is_text());
    let compression = arguments.compression.or(around).unwrap_or(form.compressions()[0]);
    if !form.compressions().contains(&compression) {
        let words = |compression: &Compression| format!("{compression:?}").to_lowercase();
        let known: Vec<String> = form.compressions().iter().map(words).collect();
        return Err(CommandError::usage(
            format!("this form has no compression {}", words(&compression)),
            format!("it has {}", known.join(", ")),
        ));
    }
    Ok((form, compression))
}
