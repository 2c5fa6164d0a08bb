//! How ranks talk: MPI, or nobody to talk to. The only home of MPI.

mod backoff;
mod communicator;
mod cores;
mod exercise;
mod launcher;
#[cfg(feature = "mpi")]
mod mpi;
mod panic_hook;
mod solo;
mod threads;
mod world;

pub use backoff::Backoff;
pub use communicator::{Communicator, MESSAGE_BYTES, Message, Rank};
pub use exercise::exercise;
pub use launcher::{Launch, launched_by_mpi, launcher_rank};
#[cfg(feature = "mpi")]
pub use mpi::Mpi;
pub use panic_hook::abort_on_panic;
pub(crate) use panic_hook::message as panic_message;
pub use solo::Solo;
pub use threads::ThreadRank;
pub use world::{CommError, World};
