//! `rows`: recorded rows in another form.

use super::error::CommandResult;
use super::results_argument::ResultsArgument;
use super::{ExitStatus, output};
use crate::quantity;
use crate::rows::{self, Target};
use crate::scenario::Registry;
use crate::store::Reader;
use crate::telemetry::print_line;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Makes a file or folder for other tools of the rows of tables: recorded steps and events. Units that aren't done have none.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim rows results.h5            results.rows.h5, for h5py and xarray
  plume-nav-sim rows results.h5 --backend hdf5 -o paths.nc --overwrite")]
pub struct RowsArguments {
    #[command(flatten)]
    results: ResultsArgument,

    /// The form: a name that record.backend can have [default: what the study says]
    #[arg(long, value_name = "NAME")]
    backend: Option<String>,

    /// What to make [default: the results file's name with an ending of the form]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Replace what is there
    #[arg(long)]
    overwrite: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &RowsArguments, registry: &Registry) -> CommandResult {
    let results = arguments.results.path()?;
    let mut reader = Reader::open(results)?;
    if !reader.finished()? {
        reader.freeze()?;
    }
    let backend = match &arguments.backend {
        Some(backend) => backend.clone(),
        None => reader.resolved_study()?.record.backend,
    };
    let Some(target) = Target::of(&backend, registry, results, arguments.output.as_deref())? else {
        return Err(super::CommandError::usage(
            "the backend \"none\" makes nothing",
            "name another with --backend",
        ));
    };
    let made = rows::convert(&target, &reader, results, arguments.overwrite)?;
    if !reader.finished()? {
        print_line("note: the results aren't complete: rows of units that are still to be run are missing");
    }
    if arguments.json {
        let document = json!({
            "backend": made.backend, "place": made.place.to_string_lossy(), "rows": made.rows, "bytes": made.bytes,
            "time_s": made.time.as_secs_f64(),
        });
        output::print(&format!("{document:#}\n"))?;
    } else {
        output::print(&format!(
            "{}: {}, {}\n",
            made.place.display(),
            quantity::counted(made.rows, "row"),
            quantity::bytes(made.bytes)
        ))?;
    }
    Ok(ExitStatus::Done)
}
