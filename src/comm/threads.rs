//! Ranks that are threads of one process, joined by channels: for tests and measurements without MPI.

use super::{Backoff, Communicator, Message, Rank};
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::sync::{Arc, Barrier, Mutex, PoisonError};

struct Shared {
    barrier: Barrier,
    slots: Mutex<Vec<Vec<u8>>>,
}

/// One rank of a job whose ranks are threads of this process.
///
/// Keeps the promises of [`Communicator`]: messages between two ranks arrive in order, collectives wait for all.
pub struct ThreadRank {
    rank: Rank,
    inbox: Receiver<(Rank, Message)>,
    outboxes: Vec<Sender<(Rank, Message)>>,
    shared: Arc<Shared>,
}

impl ThreadRank {
    /// The communicators of a job of `size` ranks, by rank; each goes to a thread of its own.
    ///
    /// # Panics
    /// If `size` is 0.
    #[must_use]
    pub fn job(size: u32) -> Vec<Self> {
        assert!(size > 0, "a job has at least one rank");
        let (outboxes, inboxes): (Vec<_>, Vec<_>) = (0..size).map(|_| unbounded()).unzip();
        let shared = Arc::new(Shared {
            barrier: Barrier::new(size as usize),
            slots: Mutex::new(vec![Vec::new(); size as usize]),
        });
        inboxes
            .into_iter()
            .zip(0..)
            .map(|(inbox, rank)| Self {
                rank: Rank(rank),
                inbox,
                outboxes: outboxes.clone(),
                shared: Arc::clone(&shared),
            })
            .collect()
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.shared.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a message arrives.
    #[must_use]
    pub fn receive(&self) -> (Rank, Message) {
        let mut backoff = Backoff::new();
        loop {
            if let Some(message) = self.try_receive() {
                return message;
            }
            backoff.wait();
        }
    }
}

impl Communicator for ThreadRank {
    fn rank(&self) -> Rank {
        self.rank
    }

    fn size(&self) -> u32 {
        self.outboxes.len() as u32
    }

    fn cores(&self) -> usize {
        (super::cores::available() / self.outboxes.len()).max(1)
    }

    fn send(&self, to: Rank, message: &Message) {
        // A rank that has left its job reads no more: as with MPI, nobody notices.
        let _gone = self.outboxes[to.0 as usize].send((self.rank, *message));
    }

    fn try_receive(&self) -> Option<(Rank, Message)> {
        self.inbox.try_recv().ok()
    }

    fn barrier(&self) {
        self.shared.barrier.wait();
    }

    fn broadcast(&self, bytes: &mut Vec<u8>) {
        if self.rank == Rank::ROOT {
            self.slots()[0].clone_from(bytes);
        }
        self.barrier();
        bytes.clone_from(&self.slots()[0]);
        self.barrier();
    }

    fn gather(&self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        self.slots()[self.rank.0 as usize] = bytes.to_vec();
        self.barrier();
        let all = (self.rank == Rank::ROOT).then(|| self.slots().clone());
        self.barrier();
        all
    }

    fn abort(&self, exit_code: i32) -> ! {
        std::process::exit(exit_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::MESSAGE_BYTES;

    #[test]
    fn messages_arrive_in_order_and_collectives_agree() {
        let gathered: Vec<_> = std::thread::scope(|scope| {
            let ranks: Vec<_> = ThreadRank::job(3)
                .into_iter()
                .map(|comm| {
                    scope.spawn(move || {
                        for k in 0..100 {
                            comm.send(Rank((comm.rank().0 + 1) % 3), &[k; MESSAGE_BYTES]);
                        }
                        for k in 0..100 {
                            let (from, message) = comm.receive();
                            assert_eq!((from.0 + 1) % 3, comm.rank().0);
                            assert_eq!(message[0], k);
                        }
                        let mut bytes = vec![comm.rank().0 as u8; 5];
                        comm.broadcast(&mut bytes);
                        assert_eq!(bytes, [0; 5]);
                        comm.gather(&vec![7; comm.rank().0 as usize])
                    })
                })
                .collect();
            ranks.into_iter().map(|rank| rank.join().expect("a rank")).collect()
        });
        assert_eq!(gathered, [Some(vec![vec![], vec![7], vec![7, 7]]), None, None]);
    }
}
