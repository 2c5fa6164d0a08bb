//! The communicator of a job that an MPI launcher started.
#![expect(
    unsafe_code,
    reason = "MPI is a C library; rsmpi's safe requests borrow their buffers for a scope, but a mailbox keeps its requests open over the whole run"
)]

mod buffer;
mod collective;
mod dispositions;
mod mailbox;
mod request;
mod world;

pub use world::Mpi;
pub(super) use world::abort_job;
