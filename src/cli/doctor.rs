//! `doctor`: is this machine fit for the job?

use super::error::CommandResult;
use super::{ExitStatus, output};
#[cfg(feature = "mpi")]
use crate::comm::Communicator;
#[cfg(not(feature = "mpi"))]
use crate::comm::World;
use crate::comm::launcher_rank;
use crate::doctor::{self, MpiFacts, Verdict};
use clap::Args;
use std::path::PathBuf;

/// Examines MPI, HDF5, NetCDF, the results folder's file system, cores and memory; each with a verdict and a remedy.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  plume-nav-sim doctor
  mpirun -n 4 plume-nav-sim doctor --folder /scratch/me

Exit codes: 0 all is well (perhaps with warnings), 1 something would fail.")]
pub struct DoctorArguments {
    /// The folder in which results will be written
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn execute(arguments: &DoctorArguments) -> CommandResult {
    let facts = mpi_facts()?;
    if launcher_rank() != 0 {
        return Ok(ExitStatus::Done);
    }
    let findings = doctor::examine(&facts, &arguments.folder);
    let page = if arguments.json {
        doctor::render_json(&findings)
    } else {
        doctor::render_text(&findings)
    };
    output::print(&page)?;
    let problem = findings.iter().any(|finding| finding.verdict == Verdict::Problem);
    Ok(if problem { ExitStatus::Failure } else { ExitStatus::Done })
}

/// What MPI says of itself. Started without a launcher, MPI is initialised all the same: that it works is the question.
fn mpi_facts() -> Result<MpiFacts, super::CommandError> {
    #[cfg(feature = "mpi")]
    {
        use crate::comm::{Mpi, exercise};
        use crate::doctor::ThreadLevel;
        let mpi = Mpi::initialize()?;
        let (version, subversion) = Mpi::standard_version();
        Ok(MpiFacts {
            library: Some(Mpi::library_version()),
            standard: u32::try_from(version).ok().zip(u32::try_from(subversion).ok()),
            thread_level: [
                ThreadLevel::Single,
                ThreadLevel::Funneled,
                ThreadLevel::Serialized,
                ThreadLevel::Multiple,
            ]
            .into_iter()
            .find(|level| mpi.thread_level().ends_with(level.name())),
            ranks: mpi.size(),
            collectives: exercise(&mpi),
        })
    }
    #[cfg(not(feature = "mpi"))]
    {
        let _world = World::connect()?;
        Ok(MpiFacts::without_mpi())
    }
}
