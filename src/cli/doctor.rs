//! `doctor`: is this machine fit for the job?

use super::error::CommandResult;
use super::{ExitStatus, text};
use crate::comm::World;
use crate::doctor::{self, Verdict};
use clap::Args;
use std::path::PathBuf;

/// Examines MPI, HDF5, NetCDF, the results folder's file system, cores and memory; each with a verdict and a remedy.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim doctor
  mpirun -n 4 plume-nav-sim doctor --folder /scratch/me

Exit codes: 0 fit (perhaps with warnings), 1 something would fail.")]
pub struct DoctorArguments {
    /// The folder in which results will be written
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &DoctorArguments) -> CommandResult {
    let findings = doctor::examine(&World::mpi_facts(), &arguments.folder);
    let page = if arguments.json { doctor::render_json(&findings) } else { doctor::render_text(&findings) };
    text::print(&page)?;
    let problem = findings.iter().any(|finding| finding.verdict == Verdict::Problem);
    Ok(if problem { ExitStatus::Failure } else { ExitStatus::Done })
}
