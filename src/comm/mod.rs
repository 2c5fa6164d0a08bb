//! How ranks talk: MPI, or nobody to talk to. The only home of MPI.

mod communicator;
mod solo;

pub use communicator::{Communicator, MESSAGE_BYTES, Message, Rank};
pub use solo::Solo;
