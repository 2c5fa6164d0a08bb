//! What the engine needs of a communicator.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Number of a rank, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rank(pub u32);

impl Rank {
    /// The coordinator.
    pub const ROOT: Self = Self(0);
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank {}", self.0)
    }
}

/// Size of every point-to-point message: fixed, so that receives can be posted ahead and no probe is needed.
pub const MESSAGE_BYTES: usize = 512;

/// A point-to-point message.
pub type Message = [u8; MESSAGE_BYTES];

/// The ranks of a job. Used by one thread per rank only (MPI thread level FUNNELED).
///
/// Waiting never spins: a rank that waits sleeps between looks, so that oversubscribed ranks don't starve the others.
pub trait Communicator {
    /// This rank.
    fn rank(&self) -> Rank;

    /// Number of ranks.
    fn size(&self) -> u32;

    /// Cores that this rank may compute on: those of its affinity mask, shared evenly with the ranks of the same node
    /// that may use them too. At least 1.
    fn cores(&self) -> usize;

    /// Sends without waiting; messages between two ranks arrive in order.
    fn send(&self, to: Rank, message: &Message);

    /// A message that has arrived, if any.
    fn try_receive(&self) -> Option<(Rank, Message)>;

    /// Waits for all ranks.
    ///
    /// # Collective
    /// All ranks, in the same order as their other collective calls.
    fn barrier(&self);

    /// Hands `bytes` of rank 0 to all ranks.
    ///
    /// # Collective
    /// All ranks.
    fn broadcast(&self, bytes: &mut Vec<u8>);

    /// Hands everyone's `bytes` to rank 0, in rank order; `None` on the others.
    ///
    /// # Collective
    /// All ranks.
    fn gather(&self, bytes: &[u8]) -> Option<Vec<Vec<u8>>>;

    /// Ends all ranks at once.
    fn abort(&self, exit_code: i32) -> !;
}
