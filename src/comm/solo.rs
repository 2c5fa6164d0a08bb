//! The communicator of a run on one rank.

use super::{Communicator, Message, Rank, cores, panic_hook};

/// One rank, nobody to talk to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Solo;

impl Communicator for Solo {
    fn rank(&self) -> Rank {
        Rank::ROOT
    }

    fn size(&self) -> u32 {
        1
    }

    fn cores(&self) -> usize {
        cores::available()
    }

    fn send(&self, to: Rank, _message: &Message) {
        unreachable!("a lone rank has no {to} to send to")
    }

    fn try_receive(&self) -> Option<(Rank, Message)> {
        panic_hook::abort_if_a_thread_panicked();
        None
    }

    fn barrier(&self) {}

    fn broadcast(&self, _bytes: &mut Vec<u8>) {}

    fn gather(&self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        Some(vec![bytes.to_vec()])
    }

    fn abort(&self, exit_code: i32) -> ! {
        std::process::exit(exit_code)
    }
}
