//! What can be typed.

use super::{config, digest, doctor, examine_file, field, import, plan, rows, run, status, summary, sweep, verify};
use clap::{Parser, Subcommand};

/// Batch engine for large studies of agents that find the source of an odour plume.
#[derive(Debug, Parser)]
#[command(
    name = "plume-nav-sim",
    version,
    about,
    max_term_width = 120,
    after_help = "Examples:
  plume-nav-sim plan study.toml                       how many units, how large a file
  plume-nav-sim sweep study.toml -o results.h5        run all of it on this machine
  mpirun -n 64 plume-nav-sim sweep study.toml -o results.h5 --resume
  plume-nav-sim summary results.h5 --by wind.speed_m_s,navigator

Exit codes: 0 done, 1 environment or internal failure, 2 wrong arguments or study, 3 finished with quarantined units,
75 stopped early (start again with --resume)."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a study: all units over all ranks into one results file, then the summary
    Sweep(sweep::SweepArguments),
    /// Run one unit and print its metrics
    Run(run::RunArguments),
    /// Write wind and plume of one unit, over space and time, as NetCDF
    Field(field::FieldArguments),
    /// Turn a video or images into a NetCDF file that a study can use
    Import(import::ImportArguments),
    /// Estimate a study before it runs: points, units, file size, memory, core-hours
    Plan(plan::PlanArguments),
    /// Show the progress of a results file, also while it is being written
    Status(status::StatusArguments),
    /// Check everything in a results file against its checksums
    Verify(verify::VerifyArguments),
    /// Print a BLAKE3 digest of every dataset, and a total that is equal for equal results
    Digest(digest::DigestArguments),
    /// Make a file for other tools of recorded rows
    Rows(rows::RowsArguments),
    /// Print the statistics of a results file
    Summary(summary::SummaryArguments),
    /// Show, check and explain configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Examine MPI, HDF5, file system and machine, with a remedy for each problem
    Doctor(doctor::DoctorArguments),
    /// Read a file that may make HDF5 crash; other commands start it to see whether it comes back
    #[command(hide = true)]
    ExamineFile(examine_file::ExamineFileArguments),
}
