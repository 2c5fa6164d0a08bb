//! What this process does on signals, kept over the start of an MPI library.

use std::mem::MaybeUninit;

/// The actions of some signals, to be put back.
///
/// Some MPI libraries, and the libraries of networks below them, take signals for themselves while they start, and would
/// end the process on one that is to stop it in good order.
pub(super) struct Dispositions(Vec<(i32, libc::sigaction)>);

impl Dispositions {
    /// As they are now.
    pub(super) fn of(signals: impl IntoIterator<Item = i32>) -> Self {
        let action = |signal| {
            let mut action = MaybeUninit::<libc::sigaction>::uninit();
            // SAFETY: without a new action the call only fills the place with the present one, if it returns 0.
            unsafe {
                (libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0)
                    .then(|| (signal, action.assume_init()))
            }
        };
        Self(signals.into_iter().filter_map(action).collect())
    }

    /// Puts them back.
    pub(super) fn restore(&self) {
        for (signal, action) in &self.0 {
            // SAFETY: the action was in force before and its handler is still there. A signal that was valid then can't be
            // refused now.
            unsafe { libc::sigaction(*signal, action, std::ptr::null_mut()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_handler_that_a_library_replaced_is_back() {
        let signal = libc::SIGWINCH;
        let seen = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal, Arc::clone(&seen)).unwrap();
        let before = Dispositions::of([signal]);
        // SAFETY: what a library might do: nobody relies on this signal here.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
        signal_hook::low_level::raise(signal).unwrap();
        assert!(!seen.load(Ordering::SeqCst), "it was taken away");
        before.restore();
        signal_hook::low_level::raise(signal).unwrap();
        assert!(seen.load(Ordering::SeqCst), "it is back");
    }
}
