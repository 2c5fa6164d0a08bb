//! What variables of the environment may not change about this program.
#![expect(
    unsafe_code,
    reason = "the environment of the process is where the HDF5 library looks, and changing it is unsafe beside other threads"
)]

use std::ffi::OsString;
use std::sync::OnceLock;

/// Whether HDF5 locks the files that it opens. It stands above what a program asks for, and a locked file can't be opened
/// by its own maker, who holds a lock on it already, nor by readers during a run.
pub(crate) const LOCKING: &str = "HDF5_USE_FILE_LOCKING";

/// Variables by which HDF5 would read and write through something else than this program chose.
pub(crate) const PASSED_OVER: [&str; 3] = ["HDF5_DRIVER", "HDF5_DRIVER_CONFIG", "HDF5_VOL_CONNECTOR"];

/// What was set and doesn't count: name and value.
static SET: OnceLock<Vec<(&'static str, OsString)>> = OnceLock::new();

/// Makes HDF5 behave as this program needs it, whatever the environment says. Later calls do nothing.
///
/// For the beginning of `main`, before HDF5 is used. Where other threads run already, all stays as it is.
pub(crate) fn settle() {
    SET.get_or_init(|| {
        if !alone() {
            return Vec::new();
        }
        let set = (PASSED_OVER.iter().chain([&LOCKING]))
            .filter_map(|&name| Some((name, std::env::var_os(name)?)))
            .collect();
        // SAFETY: there is no other thread that could read the environment meanwhile.
        unsafe {
            for name in PASSED_OVER {
                std::env::remove_var(name);
            }
            std::env::set_var(LOCKING, "FALSE");
        }
        set
    });
}

/// Whether this is the only thread of the process; taken for granted where the system doesn't say.
fn alone() -> bool {
    std::fs::read_dir("/proc/self/task").map_or(true, |threads| threads.count() == 1)
}

/// Variables that were set and don't count: names and values as they were.
#[must_use]
pub(crate) fn passed_over() -> &'static [(&'static str, OsString)] {
    SET.get().map_or(&[], Vec::as_slice)
}
