//! Small things on which all ranks agree.

use crate::comm::{Communicator, Rank};
use serde::{Serialize, de::DeserializeOwned};

/// Rank 0's word on all ranks.
pub(super) fn broadcast_flag(comm: &dyn Communicator, word: bool) -> bool {
    let mut bytes = vec![u8::from(word)];
    comm.broadcast(&mut bytes);
    bytes == [1]
}

/// Rank 0's plain data on all ranks.
pub(super) fn broadcast<T: Serialize + DeserializeOwned>(comm: &dyn Communicator, data: &T) -> T {
    let mut bytes = Vec::new();
    if comm.rank() == Rank::ROOT {
        bytes = serde_json::to_vec(data).expect("plain data");
    }
    comm.broadcast(&mut bytes);
    serde_json::from_slice(&bytes).expect("rank 0 sends what this program wrote")
}
