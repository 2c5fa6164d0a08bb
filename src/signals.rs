//! Signals: caught from the first moment on, answered by a thread that waits for nothing else.
//!
//! A signal that comes before the command line is read, or while MPI starts, waits until it is known what is to be done
//! about it. The thread answers whatever the main thread is blocked in.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
use signal_hook::iterator::Signals;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What asks a program to end: people, batch systems, and a terminal that goes away.
pub const ENDING: [i32; 6] = [SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU, SIGHUP];

/// Copies of a signal that come together (a batch system signals the ranks, and so does mpirun) count as one.
const SAME_SIGNAL: Duration = Duration::from_secs(1);

/// Exit code "resume me".
const EXIT_RESUME: i32 = 75;

/// Exit code of a command that was stopped and has nothing to show for it.
const EXIT_STOPPED: i32 = 1;

/// What a signal means for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// [`requested`] tells of the first signal. Another one, a second or more later, ends the process with exit code 75
    /// (but for SIGXCPU, which comes each second).
    Drain,
    /// What is in the making ([`Unfinished`]) is removed, and the process ends with exit code 1.
    Discard,
    /// The process ends as if the signal had not been caught.
    Default,
}

/// Signals that were caught and are not yet answered.
static CAUGHT: Mutex<Option<Signals>> = Mutex::new(None);
static CATCHING: AtomicBool = AtomicBool::new(false);
/// The first signal under [`Answer::Drain`].
static FIRST: AtomicU8 = AtomicU8::new(0);
/// Files in the making, and whether one has got its name.
static UNFINISHED: Mutex<(Vec<PathBuf>, bool)> = Mutex::new((Vec::new(), false));

/// Catches signals from now on; [`answer`] says what they mean. To be called before anything else.
///
/// SIGHUP stays ignored where it is, under `nohup`. A write beyond the limit of a file's size fails with an error from
/// now on instead of ending the process (SIGXFSZ).
///
/// # Errors
/// If the operating system refuses.
pub fn catch() -> io::Result<()> {
    if CATCHING.swap(true, Ordering::AcqRel) {
        return Ok(());
    }
    let caught = catch_now();
    CATCHING.store(caught.is_ok(), Ordering::Release);
    caught
}

fn catch_now() -> io::Result<()> {
    let ignored = ignored_signals(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
    let caught = ENDING
        .iter()
        .filter(|&&signal| signal != SIGHUP || !has(ignored, signal));
    *lock(&CAUGHT) = Some(Signals::new(caught)?);
    // A handler that does nothing: unlike an ignored signal it isn't handed on to child processes.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// Answers signals in this way, also those that were caught before. The first call counts.
///
/// # Errors
/// If the operating system refuses the handlers or the thread.
pub fn answer(answer: Answer) -> io::Result<()> {
    catch()?;
    let Some(mut signals) = lock(&CAUGHT).take() else {
        return Ok(());
    };
    let spawned = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut first: Option<Instant> = None;
        for signal in signals.forever() {
            match (answer, first) {
                (Answer::Default, _) => end_as_usual(signal),
                (Answer::Discard, _) => discard(),
                // The kernel repeats SIGXCPU each second; that says nothing new.
                (Answer::Drain, Some(time)) if signal != SIGXCPU && time.elapsed() >= SAME_SIGNAL => {
                    signal_hook::low_level::exit(EXIT_RESUME)
                }
                (Answer::Drain, Some(_)) => {}
                (Answer::Drain, None) => {
                    first = Some(Instant::now());
                    FIRST.store(signal as u8, Ordering::Release);
                }
            }
        }
    });
    spawned.map(drop)
}

/// The signal that asked for an orderly end, if one did.
#[must_use]
pub fn requested() -> Option<u8> {
    Some(FIRST.load(Ordering::Acquire)).filter(|&signal| signal != 0)
}

/// A file in the making, which a signal under [`Answer::Discard`] removes.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// From now on `path` is to be removed.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        lock(&UNFINISHED).0.push(path.to_owned());
        Self(path.to_owned())
    }

    /// All is in it; what comes next gives it its name, in one step. It is no longer to be removed.
    pub fn complete(self) {
        lock(&UNFINISHED).1 = true;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        lock(&UNFINISHED).0.retain(|path| *path != self.0);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn discard() -> ! {
    // Held to the end: nothing is completed any more.
    let unfinished = lock(&UNFINISHED);
    for path in &unfinished.0 {
        // What can't be removed is, by its name, a file in the making, and the next run removes it.
        let _ = std::fs::remove_file(path);
    }
    say(if unfinished.1 {
        "stopped\n"
    } else {
        "stopped; nothing was written\n"
    });
    signal_hook::low_level::exit(EXIT_STOPPED)
}

/// By the signal itself, as shells expect it, but without the image of the memory that some signals leave.
fn end_as_usual(signal: i32) -> ! {
    if signal != SIGXCPU {
        // Ends the process, or can't be done.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    signal_hook::low_level::exit(128 + signal)
}

/// Writes to standard error if it takes something: whoever is to read it may be the one who hangs, and the main thread may
/// hold the lock of the standard library while it waits for that.
fn say(text: &str) {
    use rustix::event::{PollFd, PollFlags, poll};
    let error = rustix::stdio::stderr();
    let mut ready = [PollFd::new(&error, PollFlags::OUT)];
    let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    if matches!(poll(&mut ready, Some(&at_once)), Ok(1)) && ready[0].revents().contains(PollFlags::OUT) {
        if io::stderr().is_terminal() {
            // A bar may stand in this line.
            let _ = rustix::io::write(error, b"\n");
        }
        let _ = rustix::io::write(error, text.as_bytes());
    }
}

/// The signals that this process ignores, one bit each, from the text of `/proc/self/status` (`SigIgn: 0000000000001000`).
fn ignored_signals(status: &str) -> u64 {
    (status.lines().find_map(|line| line.strip_prefix("SigIgn:")))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

fn has(mask: u64, signal: i32) -> bool {
    mask >> (signal - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_kernel_s_mask() {
        let mask = ignored_signals("Name:\tx\nSigBlk:\tffff\nSigIgn:\t0000000000001001\n");
        assert!(has(mask, SIGHUP));
        assert!(has(mask, signal_hook::consts::SIGPIPE));
        assert!(!has(mask, SIGTERM));
        assert_eq!(ignored_signals("SigIgn:\tnone\n"), 0);
        assert_eq!(ignored_signals(""), 0);
        // Rust's programs ignore SIGPIPE.
        let own = ignored_signals(&std::fs::read_to_string("/proc/self/status").unwrap());
        assert!(has(own, signal_hook::consts::SIGPIPE));
    }

    #[test]
    fn files_in_the_making_are_known_until_they_are_complete_or_given_up() {
        let known = |name: &str| lock(&UNFINISHED).0.iter().any(|path| path == Path::new(name));
        let first = Unfinished::new(Path::new("signals-test-1"));
        let second = Unfinished::new(Path::new("signals-test-2"));
        assert!(known("signals-test-1") && known("signals-test-2"));
        drop(first);
        assert!(!known("signals-test-1") && known("signals-test-2"));
        second.complete();
        assert!(!known("signals-test-2"));
    }
}
