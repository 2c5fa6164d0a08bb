//! The job's ranks: initialisation, identity, and the end.

use super::dispositions::Dispositions;
use super::mailbox::Mailbox;
use super::{buffer, collective, request::Request};
use crate::comm::{CommError, Communicator, Launch, Message, Rank, cores, panic_hook};
use crate::signals;
use mpi::environment::{self, Threading, Universe};
use mpi::ffi::{self, MPI_Comm};
use mpi::topology::Communicator as _;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

/// Highest CPU number that is looked at when ranks share a node's cores.
const MAX_CPUS: usize = 8192;

/// The ranks of an MPI job, on a communicator of its own.
///
/// Lives on the main thread (thread level FUNNELED). Dropping it completes the open messages, frees the communicator
/// and finalises MPI.
pub struct Mpi {
    mailbox: RefCell<Mailbox>,
    comm: MPI_Comm,
    rank: Rank,
    size: u32,
    cores: usize,
    threading: Threading,
    /// MPI must be called on the thread that initialised it.
    _main_thread: PhantomData<*const ()>,
    /// Last, so that MPI is finalised after everything else is gone.
    _universe: Universe,
}

impl Mpi {
    /// Initialises MPI.
    ///
    /// # Collective
    /// All processes of the job, once, on their main threads.
    ///
    /// # Errors
    /// If MPI is up already, if the library doesn't let a program with threads call it, or if a launcher started many
    /// processes that don't know of each other.
    pub fn initialize() -> Result<Self, CommError> {
        // Before MPI is up: a library that finds no launcher of its kind sets the variables of one for a lone rank.
        let launch = Launch::of_this_process();
        let ours = Dispositions::of(signals::ENDING);
        let (universe, threading) =
            environment::initialize_with_threading(Threading::Funneled).ok_or(CommError::AlreadyInitialized)?;
        ours.restore();
        if threading < Threading::Funneled {
            return Err(CommError::ThreadLevel {
                provided: level_name(threading),
                library: Self::library_version(),
            });
        }
        let world = universe.world();
        let (rank, size) = (Rank(world.rank() as u32), world.size() as u32);
        if let Some((launch, started)) = launch.and_then(|launch| Some((launch.clone(), launch.separate_jobs(size)?))) {
            return Err(CommError::SeparateJobs {
                launcher: launch.launcher,
                variable: launch.variable,
                started,
                library: Self::library_version(),
            });
        }
        let mut comm = MaybeUninit::<MPI_Comm>::uninit();
        // SAFETY: MPI is initialised; the call fills the handle on all ranks, or ends the job.
        let comm = unsafe {
            ffi::MPI_Comm_dup(ffi::RSMPI_COMM_WORLD, comm.as_mut_ptr());
            comm.assume_init()
        };
        panic_hook::set_rank(rank.0);
        // The coordinator hears from everyone, the others only from it. More messages than receives wait in MPI.
        let receives = if rank == Rank::ROOT {
            (2 * size as usize).clamp(8, 1024)
        } else {
            8
        };
        Ok(Self {
            mailbox: RefCell::new(Mailbox::new(comm, receives)),
            comm,
            rank,
            size,
            cores: shared_cores(comm),
            threading,
            _main_thread: PhantomData,
            _universe: universe,
        })
    }

    /// The thread level that the library provides: `MPI_THREAD_FUNNELED` or more.
    #[must_use]
    pub fn thread_level(&self) -> &'static str {
        level_name(self.threading)
    }

    /// First line of the library's description of itself: name and version. Works without initialisation.
    #[must_use]
    pub fn library_version() -> String {
        let text = environment::library_version().unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        first.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned()
    }

    /// The version of the MPI standard that the library implements. Works without initialisation.
    #[must_use]
    pub fn standard_version() -> (i32, i32) {
        environment::version()
    }

    /// Name of the node as MPI knows it.
    #[must_use]
    pub fn processor_name(&self) -> String {
        environment::processor_name().unwrap_or_default()
    }
}

impl Communicator for Mpi {
    fn rank(&self) -> Rank {
        self.rank
    }

    fn size(&self) -> u32 {
        self.size
    }

    fn cores(&self) -> usize {
        self.cores
    }

    fn send(&self, to: Rank, message: &Message) {
        self.mailbox.borrow_mut().send(to, message);
    }

    fn try_receive(&self) -> Option<(Rank, Message)> {
        panic_hook::abort_if_a_thread_panicked();
        self.mailbox.borrow_mut().try_receive()
    }

    fn barrier(&self) {
        collective::barrier(self.comm);
    }

    fn broadcast(&self, bytes: &mut Vec<u8>) {
        collective::broadcast(self.comm, self.rank == Rank::ROOT, bytes);
    }

    fn gather(&self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        collective::gather(self.comm, self.rank == Rank::ROOT, self.size as usize, bytes)
    }

    fn abort(&self, exit_code: i32) -> ! {
        abort_job(exit_code)
    }
}

impl Drop for Mpi {
    fn drop(&mut self) {
        self.mailbox.get_mut().close();
        // SAFETY: no operation on the communicator is open any more, and nobody uses it after this.
        unsafe { ffi::MPI_Comm_free(&raw mut self.comm) };
    }
}

/// Ends all ranks, if MPI is up; this process at least.
pub(in crate::comm) fn abort_job(exit_code: i32) -> ! {
    if environment::is_initialized() && !environment::is_finalized() {
        // SAFETY: MPI is initialised and not finalised; the call doesn't return.
        unsafe { ffi::MPI_Abort(ffi::RSMPI_COMM_WORLD, exit_code) };
    }
    std::process::exit(exit_code)
}

/// The share of the node's cores that belongs to this rank.
///
/// # Collective
/// All ranks of `comm`.
fn shared_cores(comm: MPI_Comm) -> usize {
    let mine: Vec<usize> = std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| cores::allowed_cpus(&status))
        .unwrap_or_else(|| (0..cores::available()).collect());
    let mut used = vec![0_u32; MAX_CPUS];
    for &cpu in mine.iter().filter(|&&cpu| cpu < MAX_CPUS) {
        used[cpu] = 1;
    }
    let mut users = vec![0_u32; MAX_CPUS];
    let mut node = MaybeUninit::<MPI_Comm>::uninit();
    // SAFETY: all ranks of `comm` make this call; it fills the handle of the communicator of this node's ranks.
    let mut node = unsafe {
        ffi::MPI_Comm_split_type(
            comm,
            ffi::RSMPI_COMM_TYPE_SHARED,
            0,
            ffi::RSMPI_INFO_NULL,
            node.as_mut_ptr(),
        );
        node.assume_init()
    };
    Request::start("MPI_Iallreduce", |handle| {
        // SAFETY: both vectors have MAX_CPUS elements and outlive the operation, waited for below.
        unsafe {
            ffi::MPI_Iallreduce(
                buffer::outgoing(&used),
                buffer::incoming(&mut users),
                buffer::count(MAX_CPUS),
                ffi::RSMPI_UINT32_T,
                ffi::RSMPI_SUM,
                node,
                handle,
            )
        }
    })
    .wait();
    // SAFETY: nothing is open on the node's communicator.
    unsafe { ffi::MPI_Comm_free(&raw mut node) };
    cores::share(&mine, &users).min(cores::available())
}

fn level_name(level: Threading) -> &'static str {
    match level {
        Threading::Single => "MPI_THREAD_SINGLE",
        Threading::Funneled => "MPI_THREAD_FUNNELED",
        Threading::Serialized => "MPI_THREAD_SERIALIZED",
        Threading::Multiple => "MPI_THREAD_MULTIPLE",
    }
}
