//! The walking fly's response to a pulse of odour, against an independent program.

use crate::job::Job;
use crate::python::{LIMIT, run_script};
use crate::support::{Bench, describe, optional, program};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    let output = Job::start(Command::new(example).args([form, rate_hz]), bench.path(), LIMIT).wait();
    assert!(output.status.success(), "{}", describe(&output));
    std::fs::write(&path, output.stdout).expect("the traces are written");
    path
}

#[test]
fn the_pulse_is_that_of_an_independent_program() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), "");
    let compare = |arguments: &[&str], files: &[&Path]| {
        let arguments = arguments
            .iter()
            .map(OsStr::new)
            .chain(files.iter().map(|file| file.as_os_str()));
        run_script(&python, &bench, "walking_fly.py", arguments);
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
