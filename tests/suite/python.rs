//! Scripts of `tests/python`, run in the folder of a test.

use crate::job::Job;
use crate::support::{Bench, describe, text};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

/// Importing Python libraries on a busy machine takes its time.
pub const LIMIT: Duration = Duration::from_secs(180);

/// A script, and how it ended.
pub fn output_of_script<A: AsRef<OsStr>>(
    python: &Path,
    bench: &Bench,
    script: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let mut command = Command::new(python);
    command.arg(script).args(arguments);
    Job::start(&mut command, bench.path(), LIMIT).wait()
}

/// A script that has to end well, and what it prints.
pub fn run_script<A: AsRef<OsStr>>(
    python: &Path,
    bench: &Bench,
    script: &str,
    arguments: impl IntoIterator<Item = A>,
) -> String {
    let output = output_of_script(python, bench, script, arguments);
    assert!(output.status.success(), "{script}: {}", describe(&output));
    text(&output.stdout)
}
