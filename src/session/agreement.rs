//! Small things on which all ranks agree.

use crate::comm::Communicator;

/// Rank 0's word on all ranks.
pub(super) fn broadcast_flag(comm: &dyn Communicator, word: bool) -> bool {
    let mut bytes = vec![u8::from(word)];
    comm.broadcast(&mut bytes);
    bytes == [1]
}
