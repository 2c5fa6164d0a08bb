//! What can be typed.

use super::{
    config, digest, doctor, examine_file, export, field, import, merge, pack, plan, rows, run, status, summary, sweep,
    verify,
};
use clap::{Parser, Subcommand};

/// The version, and the revision that is built.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("PLUME_NAV_SIM_GIT_REVISION"), ")");

/// Batch engine for large studies of agents that find the source of an odour plume.
#[derive(Debug, Parser)]
#[command(
    name = "plume-nav-sim",
    version = VERSION,
    about,
    max_term_width = 120,
    after_help = "Examples:
  plume-nav-sim plan study.toml                     how many units, how large
  plume-nav-sim sweep study.toml -o results.h5      run it on this machine
  mpirun -n 64 plume-nav-sim sweep study.toml -o results.h5 --resume
  plume-nav-sim summary results.h5 --by wind.speed_m_s,navigator

Exit codes: 0 done, 1 environment or internal failure, 2 wrong arguments or study, 3 finished with quarantined units, 75 stopped early (start again with --resume)."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a study: all units over all ranks into one results file, with the summary of each point
    Sweep(sweep::SweepArguments),
    /// Run one unit and print its metrics
    Run(run::RunArguments),
    /// Write wind and plume of one unit, over space and time, as NetCDF
    Field(field::FieldArguments),
    /// Turn a video or images into a NetCDF file that a study can use
    Import(import::ImportArguments),
    /// Estimate the size of a study before it runs: points, units, file size, memory, core-hours
    Plan(plan::PlanArguments),
    /// Join results files of one study: parts of it, or files that overlap
    Merge(merge::MergeArguments),
    /// Show the progress of a results file, also while it is being written
    Status(status::StatusArguments),
    /// Check everything in a results file against its checksums
    Verify(verify::VerifyArguments),
    /// Print a BLAKE3 digest of every dataset, and a total that is equal for equal results
    Digest(digest::DigestArguments),
    /// Make a file for other tools of recorded rows
    Rows(rows::RowsArguments),
    /// Make one compressed file of finished results
    Pack(pack::PackArguments),
    /// Write a table of the results for other tools: Parquet, CSV, SQLite, NetCDF, …
    Export(export::ExportArguments),
    /// Print the statistics of a results file
    Summary(summary::SummaryArguments),
    /// Show, check and explain configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Examine MPI, HDF5, file system and machine, and suggest fixes
    Doctor(doctor::DoctorArguments),
    /// Read a file that may make HDF5 crash; other commands start it to see whether it comes back
    #[command(hide = true)]
    ExamineFile(examine_file::ExamineFileArguments),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// A terminal of 80 columns wraps whole paragraphs at blanks; examples stay as they are.
    #[test]
    fn epilogues_fit_a_terminal() {
        let mut pages = vec![Arguments::command()];
        while let Some(mut page) = pages.pop() {
            pages.extend(page.get_subcommands().cloned());
            let epilogue = page.get_after_help().map(ToString::to_string).unwrap_or_default();
            let mut before = "";
            for line in epilogue.lines() {
                if line.starts_with(' ') {
                    assert!(line.chars().count() <= 80, "{}: {line}", page.get_name());
                } else {
                    let begins = before.is_empty() || line.is_empty();
                    assert!(begins, "{}: a paragraph is one line: {line}", page.get_name());
                }
                before = line;
            }
            assert!(!page.render_help().to_string().is_empty());
        }
    }

    #[test]
    fn the_version_has_its_revision() {
        let version = Arguments::command().render_version();
        assert!(version.contains(env!("PLUME_NAV_SIM_GIT_REVISION")), "{version}");
    }
}
