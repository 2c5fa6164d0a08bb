//! Fixed-size messages: receives posted ahead, sends that own their buffers until they are complete.

use super::request::Request;
use crate::comm::{MESSAGE_BYTES, Message, Rank};
use mpi::ffi::{self, MPI_Comm};
use std::collections::VecDeque;
use std::ptr::NonNull;

/// The only tag: kinds of messages are told by their contents.
const TAG: i32 = 1;

/// A message's memory at a fixed address, which MPI may read or write while an operation is open.
struct Buffer(NonNull<Message>);

impl Buffer {
    fn new() -> Self {
        Self(NonNull::from(Box::leak(Box::new([0; MESSAGE_BYTES]))))
    }

    fn address(&self) -> *mut Message {
        self.0.as_ptr()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the memory came from a Box and is given back once; the mailbox drops a buffer only after its
        // operation is complete.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// The open operations of one rank.
pub(super) struct Mailbox {
    comm: MPI_Comm,
    /// Posted receives from any rank, in the order of posting. MPI matches messages with receives in that order, so
    /// only the oldest needs a look, and messages of one sender stay in order.
    receives: VecDeque<(Request, Buffer)>,
    sends: VecDeque<(Request, Buffer)>,
    spare: Vec<Buffer>,
}

impl Mailbox {
    /// Posts `receives` receives on `comm`.
    pub(super) fn new(comm: MPI_Comm, receives: usize) -> Self {
        let mut mailbox = Self {
            comm,
            receives: VecDeque::with_capacity(receives),
            sends: VecDeque::new(),
            spare: Vec::new(),
        };
        for _ in 0..receives {
            mailbox.post(Buffer::new());
        }
        mailbox
    }

    fn post(&mut self, buffer: Buffer) {
        let request = Request::start("MPI_Irecv", |handle| {
            // SAFETY: the buffer has MESSAGE_BYTES bytes and lives in `receives` until the request is complete.
            unsafe {
                ffi::MPI_Irecv(
                    buffer.address().cast(),
                    MESSAGE_BYTES as i32,
                    ffi::RSMPI_UINT8_T,
                    ffi::RSMPI_ANY_SOURCE,
                    TAG,
                    self.comm,
                    handle,
                )
            }
        });
        self.receives.push_back((request, buffer));
    }

    /// Sends without waiting.
    pub(super) fn send(&mut self, to: Rank, message: &Message) {
        self.reap();
        let buffer = self.spare.pop().unwrap_or_else(Buffer::new);
        // SAFETY: a spare buffer has no open operation, so nobody else reads or writes it.
        unsafe { buffer.address().write(*message) };
        let request = Request::start("MPI_Isend", |handle| {
            // SAFETY: the buffer has MESSAGE_BYTES bytes and lives in `sends` until the request is complete.
            unsafe {
                ffi::MPI_Isend(
                    buffer.address().cast_const().cast(),
                    MESSAGE_BYTES as i32,
                    ffi::RSMPI_UINT8_T,
                    to.0 as i32,
                    TAG,
                    self.comm,
                    handle,
                )
            }
        });
        self.sends.push_back((request, buffer));
    }

    /// Frees the buffers of sends that are complete. Looking also lets MPI progress.
    fn reap(&mut self) {
        while let Some((request, _)) = self.sends.front_mut() {
            if request.test().is_none() {
                break;
            }
            if let Some((_, buffer)) = self.sends.pop_front() {
                self.spare.push(buffer);
            }
        }
    }

    /// The oldest message that has arrived.
    pub(super) fn try_receive(&mut self) -> Option<(Rank, Message)> {
        self.reap();
        let source = self.receives.front_mut()?.0.test()?;
        let (_, buffer) = self.receives.pop_front()?;
        // SAFETY: the receive is complete, so MPI has filled the buffer and lets go of it.
        let message = unsafe { buffer.address().read() };
        self.post(buffer);
        Some((Rank(source as u32), message))
    }

    /// Completes all sends and takes back all receives.
    pub(super) fn close(&mut self) {
        for (request, buffer) in self.sends.drain(..) {
            request.wait();
            drop(buffer);
        }
        for (request, buffer) in self.receives.drain(..) {
            request.cancel();
            drop(buffer);
        }
    }
}
