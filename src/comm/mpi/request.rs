//! One open non-blocking operation.

use crate::comm::{Backoff, panic_hook};
use mpi::ffi::{self, MPI_Request, MPI_Status};
use std::mem::MaybeUninit;
use std::os::raw::c_int;

/// Handle of an open non-blocking operation.
pub(super) struct Request(MPI_Request);

impl Request {
    /// Starts an operation: `start` gets the place for the handle and returns MPI's code.
    ///
    /// MPI's default error handler ends the job on errors, so a code other than success is never seen in practice.
    pub(super) fn start(what: &str, start: impl FnOnce(*mut MPI_Request) -> c_int) -> Self {
        let mut handle = MaybeUninit::<MPI_Request>::uninit();
        let code = start(handle.as_mut_ptr());
        assert_eq!(code, 0, "{what} returned MPI error {code}");
        // SAFETY: every non-blocking MPI call fills the handle when it succeeds.
        Self(unsafe { handle.assume_init() })
    }

    /// Looks whether the operation is complete. The rank that it came from, for a receive.
    pub(super) fn test(&mut self) -> Option<c_int> {
        let mut flag = 0;
        let mut status = MaybeUninit::<MPI_Status>::zeroed();
        // SAFETY: the handle is live or MPI_REQUEST_NULL; flag and status are valid places.
        let code = unsafe { ffi::MPI_Test(&raw mut self.0, &raw mut flag, status.as_mut_ptr()) };
        assert_eq!(code, 0, "MPI_Test returned MPI error {code}");
        // SAFETY: the status is a plain C structure, zeroed before and filled by MPI_Test.
        (flag != 0).then(|| unsafe { status.assume_init() }.MPI_SOURCE)
    }

    /// Waits until the operation is complete, sleeping between looks.
    pub(super) fn wait(mut self) {
        let mut backoff = Backoff::new();
        while self.test().is_none() {
            panic_hook::abort_if_a_thread_panicked();
            backoff.wait();
        }
    }

    /// Takes back a receive that nobody will answer.
    pub(super) fn cancel(mut self) {
        // SAFETY: the handle is a live receive; MPI_Test completes it after the cancellation.
        unsafe { ffi::MPI_Cancel(&raw mut self.0) };
        self.wait();
    }
}
