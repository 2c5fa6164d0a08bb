//! Signals that ask for an orderly stop.

use crate::engine::DrainFlag;
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes SIGTERM, SIGUSR1 and SIGINT ask for a drain; a second SIGINT or SIGTERM ends the process at once.
pub(super) fn watch(drain: &DrainFlag) -> Result<(), std::io::Error> {
    static WATCHING: AtomicBool = AtomicBool::new(false);
    if WATCHING.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    for signal in [SIGTERM, SIGINT] {
        // Registered before the flag, so that the first signal only raises the flag and the second one finds it up.
        signal_hook::flag::register_conditional_shutdown(signal, 75, drain.signal_flag())?;
        signal_hook::flag::register(signal, drain.signal_flag())?;
    }
    signal_hook::flag::register(SIGUSR1, drain.signal_flag())?;
    Ok(())
}
