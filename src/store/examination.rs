//! Letting another process read a file first, because the HDF5 library can crash on damage, or never come back.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Time that reading the structure of a file may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the other process is looked at.
const TICK: Duration = Duration::from_millis(2);

/// The words that make this program examine a file.
static WORDS: OnceLock<Vec<OsString>> = OnceLock::new();

/// Says that this program, called with `words` and the path of a file, calls [`examine`] and exits with 0. Without it,
/// files without a seal are opened at once.
pub fn offer(words: Vec<OsString>) {
    // The first word stands: a program has one command line.
    let _ = WORDS.set(words);
}

/// Reads all of a file that HDF5 has to interpret. Whoever calls it survives on a sound file, on a foreign one, and on
/// damage that HDF5 notices.
pub fn examine(path: &Path) {
    #[cfg(target_os = "linux")]
    limit();
    // Errors are found again, and told, by the process that asked.
    let _ = super::Reader::open_unexamined(path).and_then(|reader| reader.walk());
}

/// No core dumps, and an end to what spins.
#[cfg(target_os = "linux")]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |value| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    // A limit that can't be set is no reason not to look.
    let _ = setrlimit(Resource::Core, at_most(0));
    let _ = setrlimit(Resource::Cpu, at_most(PATIENCE.as_secs()));
}

/// Whether another process comes back from reading the file; else how it ended, in words.
pub(super) fn survives(path: &Path) -> Result<(), String> {
    let (Some(words), Ok(program)) = (WORDS.get(), std::env::current_exe()) else {
        return Ok(());
    };
    let child = Command::new(program)
        .args(words)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    // Where no process can be started, the file is read without.
    let Ok(mut child) = child else { return Ok(()) };
    let begin = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(match status.signal() {
                    Some(signal) => format!("a process that tried was ended by signal {signal}"),
                    None => format!("a process that tried ended with {status}"),
                });
            }
            Ok(None) if begin.elapsed() < PATIENCE => std::thread::sleep(TICK),
            Ok(None) => {
                // It may end by itself just now.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!(
                    "a process that tried wasn't done after {} s",
                    PATIENCE.as_secs()
                ));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}
