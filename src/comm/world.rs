//! Chooses the communicator that fits how the program was started.

#[cfg(feature = "mpi")]
use super::Mpi;
use super::{Communicator, Launch, Solo};
use thiserror::Error;

/// Why ranks can't talk.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommError {
    /// MPI was initialised before.
    #[error("MPI is initialised already, and can be only once in a process")]
    AlreadyInitialized,
    /// The MPI library doesn't let a program with threads call it.
    #[error(
        "the MPI library ({library}) provides {provided}, but MPI_THREAD_FUNNELED is needed (hint: load an MPI module that was built with thread support)"
    )]
    ThreadLevel {
        /// What it provides.
        provided: &'static str,
        /// Name and version of the library.
        library: String,
    },
    /// A launcher started many processes, and each one is alone.
    #[error(
        "{launcher} started {started} processes ({variable}), but each of them runs alone: the MPI library ({library}) doesn't understand this launcher (hint: start with `srun --mpi=pmix`, or with the mpirun of the MPI library that the program was built with: `. jobs/environment.sh` finds it, $PLUME_NAV_SIM_MPIRUN names it)"
    )]
    SeparateJobs {
        /// Who started them.
        launcher: &'static str,
        /// How we know.
        variable: &'static str,
        /// How many.
        started: u32,
        /// Name and version of the library.
        library: String,
    },
    /// A launcher started many processes of a build without MPI.
    #[error(
        "{launcher} started {started} processes ({variable}), but this program was built without MPI (hint: start it once, without a launcher, or build with the feature `mpi`)"
    )]
    NoMpi {
        /// Who started them.
        launcher: &'static str,
        /// How we know.
        variable: &'static str,
        /// How many.
        started: u32,
    },
}

/// The communicator of this process.
pub enum World {
    /// Started without a launcher: one rank, and MPI is not touched.
    Solo(Solo),
    /// Started by an MPI launcher.
    #[cfg(feature = "mpi")]
    Mpi(Box<Mpi>),
}

impl World {
    /// Initialises MPI if a launcher started this process.
    ///
    /// # Collective
    /// All processes of the job, once, on their main threads.
    ///
    /// # Errors
    /// If the processes can't be made to know of each other; see [`CommError`]. Every process gets the error.
    pub fn connect() -> Result<Self, CommError> {
        match Launch::of_this_process() {
            None => Ok(Self::Solo(Solo)),
            #[cfg(feature = "mpi")]
            Some(_) => Ok(Self::Mpi(Box::new(Mpi::initialize()?))),
            #[cfg(not(feature = "mpi"))]
            Some(launch) => match launch.separate_jobs(1) {
                Some(started) => Err(CommError::NoMpi {
                    launcher: launch.launcher,
                    variable: launch.variable,
                    started,
                }),
                None => Ok(Self::Solo(Solo)),
            },
        }
    }

    /// The communicator, whichever it is.
    #[must_use]
    pub fn communicator(&self) -> &dyn Communicator {
        match self {
            Self::Solo(solo) => solo,
            #[cfg(feature = "mpi")]
            Self::Mpi(mpi) => mpi.as_ref(),
        }
    }

    /// The MPI communicator, if there is one.
    #[cfg(feature = "mpi")]
    #[must_use]
    pub fn mpi(&self) -> Option<&Mpi> {
        match self {
            Self::Solo(_) => None,
            Self::Mpi(mpi) => Some(mpi),
        }
    }

    /// Whether there is an MPI communicator, even of one rank.
    #[must_use]
    pub fn is_parallel(&self) -> bool {
        !matches!(self, Self::Solo(_))
    }

    /// Name and version of the MPI library in use.
    #[must_use]
    pub fn mpi_library(&self) -> Option<String> {
        match self {
            Self::Solo(_) => None,
            #[cfg(feature = "mpi")]
            Self::Mpi(_) => Some(Mpi::library_version()),
        }
    }
}
