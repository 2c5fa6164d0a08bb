//! The walking fly's response to a pulse of odour, against an independent program.

use crate::support::{Bench, describe, optional, program, text};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Importing Python libraries on a busy machine takes its time.
const LIMIT: Duration = Duration::from_secs(180);

fn run(command: &mut Command, bench: &Bench) -> String {
    let output = crate::job::Job::start(command, bench.path(), LIMIT).wait();
    assert!(output.status.success(), "{command:?}: {}", describe(&output));
    text(&output.stdout)
}

/// The traces of a form at a rate, as a file.
fn traces(bench: &Bench, form: &str, rate_hz: &str) -> PathBuf {
    let example = program()
        .parent()
        .expect("a program is in a folder")
        .join("examples/fly-pulse");
    assert!(
        example.is_file(),
        "{} is missing: build it with `cargo build --examples` in the same profile",
        example.display()
    );
    let path = bench.file(&format!("{form}_{rate_hz}.csv"));
    let page = run(Command::new(example).args([form, rate_hz]), bench);
    std::fs::write(&path, page).expect("the traces are written");
    path
}

#[test]
fn the_pulse_is_that_of_an_independent_program() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/walking_fly.py");
    let bench = Bench::new(program(), "");
    let compare = |arguments: &[&str], files: &[&Path]| {
        run(Command::new(&python).arg(&script).args(arguments).args(files), &bench);
    };
    let consistent = traces(&bench, "consistent", "50");
    compare(&["consistent", "50"], &[&consistent]);
    compare(&["published", "50"], &[&traces(&bench, "published", "50")]);
    compare(&["published", "15"], &[&traces(&bench, "published", "15")]);
    // The same time course within 2 % of each trace's highest value, also at a rate above that of the fit.
    for rate_hz in ["15", "100"] {
        compare(&["same-course"], &[&consistent, &traces(&bench, "consistent", rate_hz)]);
    }
}
