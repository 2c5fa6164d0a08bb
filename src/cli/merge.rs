//! `merge`: one results file of several.

use super::error::CommandResult;
use super::results_argument::check_results;
use super::{CommandError, ExitStatus, output};
use crate::quantity;
use crate::scenario::Registry;
use crate::session::{self, MergeRequest, Merged};
use crate::telemetry::print_line;
use clap::Args;
use serde_json::json;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Time between two lines of progress.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Joins results files of one study: the parts that `sweep --part` made, or files that overlap. The result is that of a single run.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim sweep study.toml -o part-3.h5 --part 3/8   one of eight jobs
  plume-nav-sim merge part-*.h5 -o results.h5
  plume-nav-sim merge part-*.h5 -o results.h5 --partial   some are missing
  plume-nav-sim sweep study.toml -o results.h5 --resume   runs what is missing

The files stay as they are. Units that several files have must have the same results in all of them. Nothing is under the new name before all is in it.

Results of other sizes of a study (more replicates, other values on an axis) are joined by `sweep STUDY -o FILE --reuse FILE FILE …`.

Exit codes: 0 all units are there, 2 units are missing, or the files don't belong together: nothing was made, 3 some units are quarantined, 75 stopped by a signal, or made with --partial and some units are still to be run.")]
pub struct MergeArguments {
    /// Results files of one study
    #[arg(value_name = "RESULTS.H5", required = true)]
    files: Vec<PathBuf>,

    /// The file to make
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Make the file even if units are missing
    #[arg(long)]
    partial: bool,

    /// Print one JSON object at the end
    #[arg(long)]
    json: bool,

    /// Print errors only
    #[arg(short, long)]
    quiet: bool,
}

pub fn execute(arguments: &MergeArguments, registry: &Registry) -> CommandResult {
    let started = SystemTime::now();
    for file in &arguments.files {
        check_results(file)?;
    }
    if let Some(file) = arguments.files.iter().find(|file| is_same(file, &arguments.output)) {
        return Err(CommandError::usage(
            format!("{} is one of the files to be joined", file.display()),
            "name a new file with -o",
        ));
    }
    let request = MergeRequest {
        files: arguments.files.clone(),
        results: arguments.output.clone(),
        partial: arguments.partial,
    };
    let next_line = Cell::new(Instant::now() + LINE_INTERVAL);
    let merged = session::merge(registry, &request, &|file, units| {
        if !arguments.quiet && Instant::now() >= next_line.get() {
            next_line.set(Instant::now() + LINE_INTERVAL);
            print_line(&format!(
                "{} of {}: {} taken",
                file + 1,
                quantity::counted(request.files.len() as u64, "file"),
                quantity::counted(units, "unit")
            ));
        }
    })?;
    let status = if merged.missing > 0 || merged.lacks_products {
        ExitStatus::Resume
    } else if merged.quarantined > 0 {
        ExitStatus::Quarantined
    } else {
        ExitStatus::Done
    };
    let seconds = started.elapsed().map_or(0.0, |time| time.as_secs_f64());
    if arguments.json {
        output::print(&format!("{}\n", document(&merged, arguments, status, seconds)))?;
    } else if !arguments.quiet {
        tell(&merged, &arguments.output, seconds);
    }
    Ok(status)
}

/// Whether two paths lead to one file.
fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn document(merged: &Merged, arguments: &MergeArguments, status: ExitStatus, seconds: f64) -> serde_json::Value {
    let files: Vec<_> = (merged.given.iter())
        .map(|(file, given)| {
            json!({
                "file": file.to_string_lossy(), "units": given.units, "units_same": given.same,
                "units_damaged": given.damaged,
            })
        })
        .collect();
    json!({
        "outcome": if merged.missing > 0 { "partial" } else { "merged" }, "exit_code": status.code(),
        "results": arguments.output.to_string_lossy(), "units": merged.units, "units_missing": merged.missing,
        "units_quarantined": merged.quarantined, "files": files, "seconds": seconds,
    })
}

fn tell(merged: &Merged, results: &Path, seconds: f64) {
    for (file, given) in &merged.given {
        let mut line = format!("{}: {}", file.display(), quantity::counted(given.units, "unit"));
        if given.same > 0 {
            line.push_str(&format!(", {} there already, the same", quantity::count(given.same)));
        }
        if given.damaged > 0 {
            line.push_str(&format!(", {} damaged and left out", quantity::count(given.damaged)));
        }
        print_line(&line);
    }
    for (part, files) in &merged.doubled {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        print_line(&format!(
            "note: part {part} is there more than once: {}",
            files.join(", ")
        ));
    }
    if let Some(rows) = &merged.rows {
        print_line(&format!(
            "{} in {}, {}",
            quantity::counted(rows.rows, "row"),
            rows.place.display(),
            quantity::bytes(rows.bytes)
        ));
    }
    let time = quantity::duration(seconds);
    let file = results.display();
    let units = quantity::counted(merged.units, "unit");
    print_line(&match merged.missing {
        0 if merged.lacks_products => format!(
            "merged: {units} in {time} → {file}; `sweep STUDY -o {file} --resume` makes the files that belong to it"
        ),
        0 => format!("merged: {units} in {time} → {file}"),
        missing => format!(
            "merged: {} of {units} in {time} → {file}; `sweep STUDY -o {file} --resume` runs the rest",
            quantity::count(merged.units - missing)
        ),
    });
    if merged.quarantined > 0 {
        print_line(&format!(
            "{} quarantined: `plume-nav-sim status {file}` shows the reasons",
            quantity::counted(merged.quarantined, "unit")
        ));
    }
}
