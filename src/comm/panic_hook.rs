//! A panic outside a unit ends the whole job: no peer is left waiting in a collective.

use std::io::Write;
use std::panic::PanicHookInfo;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::ThreadId;
use std::time::Duration;

/// Exit code of an internal failure.
const EXIT_INTERNAL: i32 = 1;

/// How long a panicking thread waits for the main thread to end the job before it does so itself.
const PATIENCE: Duration = Duration::from_secs(5);

static RANK: AtomicU32 = AtomicU32::new(0);
static A_THREAD_PANICKED: AtomicBool = AtomicBool::new(false);

/// Names the rank in panic messages.
#[cfg_attr(not(feature = "mpi"), expect(dead_code, reason = "only MPI has ranks besides 0"))]
pub(super) fn set_rank(rank: u32) {
    RANK.store(rank, Ordering::Relaxed);
}

/// Ends the job on any panic: prints reason, place and rank, then aborts the communicator (the process, without MPI)
/// with exit code 1. For `main`, called on the main thread before threads are started; panics inside a unit never get
/// here, the engine catches them.
///
/// MPI may be called by the main thread only, so a panic on another thread waits for the main thread's next look at
/// its messages; if that doesn't come within 5 s, it ends the job from where it is, which is the lesser evil.
pub fn abort_on_panic() {
    static INSTALL: Once = Once::new();
    let main_thread = std::thread::current().id();
    INSTALL.call_once(|| {
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map_or_else(String::new, |place| format!(" at {place}"));
            let reason = message(panic).unwrap_or("no reason given");
            let thread = std::thread::current();
            let name = thread.name().unwrap_or("unnamed").to_owned();
            // A closed standard error must not turn one panic into two.
            let _ = writeln!(
                std::io::stderr(),
                "internal error on rank {}, thread {name}{place}: {reason} (hint: this is a bug; all ranks are ended, what was committed stays, and the run can be resumed)",
                RANK.load(Ordering::Relaxed)
            );
            end(main_thread, thread.id());
        }));
    });
}

/// The message of a panic, if it is text.
pub(crate) fn message<'a>(panic: &'a PanicHookInfo<'_>) -> Option<&'a str> {
    let payload = panic.payload();
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

fn end(main_thread: ThreadId, this_thread: ThreadId) -> ! {
    if this_thread != main_thread {
        A_THREAD_PANICKED.store(true, Ordering::Release);
        std::thread::sleep(PATIENCE);
    }
    abort_job()
}

/// Ends the job if a compute thread has panicked outside a unit. Called by the main thread whenever it looks for
/// messages.
pub(crate) fn abort_if_a_thread_panicked() {
    if A_THREAD_PANICKED.load(Ordering::Acquire) {
        abort_job();
    }
}

fn abort_job() -> ! {
    #[cfg(feature = "mpi")]
    super::mpi::abort_job(EXIT_INTERNAL);
    #[cfg(not(feature = "mpi"))]
    std::process::exit(EXIT_INTERNAL)
}
