//! Limits that a system sets, and settings of libraries: the program works, or says what to do.

use crate::job::Job;
use crate::support::{Bench, LIMIT, PLUME_STUDY, describe, napping_study, program, scenarios, text};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Runs `program` under limits that the shell sets.
fn limited(bench: &Bench, limits: &str, program: &Path, arguments: &[&str]) -> Output {
    let mut shell = Command::new("bash");
    shell
        .args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")])
        .arg(program)
        .args(arguments);
    Job::start(&mut shell, bench.path(), LIMIT).wait()
}

fn refused(output: &Output, says: &[&str]) {
    assert_eq!(output.status.code(), Some(1), "{}", describe(output));
    let error = text(&output.stderr);
    for says in says {
        assert!(error.contains(says), "no word of {says:?}: {error}");
    }
}

#[test]
fn a_limit_of_a_file_s_size_is_told() {
    let bench = Bench::new(scenarios(), &napping_study(10, 10, 0.0));
    let sweep = ["sweep", "study.toml", "-o", "results.h5"];
    refused(
        &limited(&bench, "ulimit -f 100", &scenarios(), &sweep),
        &["results.h5 needs", "ulimit -f"],
    );
    assert!(!bench.file("results.h5").exists());

    let bench = Bench::new(program(), PLUME_STUDY);
    let field = ["field", "study.toml", "-o", "field.nc", "--time", "0:20:0.1"];
    refused(
        &limited(&bench, "ulimit -f 100", &program(), &field),
        &["field.nc", "ulimit -f"],
    );
    assert_eq!(
        std::fs::read_dir(bench.path()).expect("the folder").count(),
        1,
        "only the study is left"
    );
}

#[test]
fn memory_that_is_refused_is_told_without_an_abort() {
    let study = PLUME_STUDY
        .replace("count = 11", "count = 100000")
        .replace("replicates = 6", "replicates = 20");
    let bench = Bench::new(program(), &study);
    let sweep = ["sweep", "study.toml", "-o", "results.h5", "--threads", "2"];
    let output = limited(&bench, "ulimit -v 200000", &program(), &sweep);
    refused(&output, &["out of memory", "ulimit -v"]);
}

#[test]
fn few_open_files_are_told() {
    let bench = Bench::new(scenarios(), &napping_study(2, 3, 0.0));
    let sweep = ["sweep", "study.toml", "-o", "results.h5"];
    refused(
        &limited(&bench, "ulimit -n 8", &scenarios(), &sweep),
        &["only 8 files", "ulimit -n"],
    );
    // A low limit that may be raised is no obstacle.
    let output = limited(&bench, "ulimit -S -n 8", &scenarios(), &sweep);
    assert_eq!(output.status.code(), Some(0), "{}", describe(&output));
}

#[test]
fn settings_of_hdf5_change_nothing() {
    let bench = Bench::new(scenarios(), &napping_study(2, 3, 0.0));
    bench.sweep("reference.h5", &[]).succeeds();
    let reference = bench.digest("reference.h5");
    for (name, value) in [
        ("HDF5_USE_FILE_LOCKING", "TRUE"),
        ("HDF5_USE_FILE_LOCKING", "BEST_EFFORT"),
        ("HDF5_USE_FILE_LOCKING", "nonsense"),
        ("HDF5_DRIVER", "core"),
        ("HDF5_DRIVER", "nonsense"),
        ("HDF5_VOL_CONNECTOR", "nonsense"),
    ] {
        let results = format!("{name}-{value}.h5");
        bench.sweep(&results, &[]).environment(name, value).succeeds();
        bench
            .sweep(&results, &["--resume"])
            .ranks(2)
            .environment(name, value)
            .succeeds();
        let digest = bench
            .call(&["digest", "--total", &results])
            .environment(name, value)
            .succeeds();
        assert_eq!(digest.trim(), reference, "{name}={value}");
    }
    let bench = Bench::new(program(), PLUME_STUDY);
    let locked = |arguments: &[&str]| {
        bench
            .call(arguments)
            .environment("HDF5_USE_FILE_LOCKING", "TRUE")
            .succeeds()
    };
    let field = ["field", "study.toml", "-o", "field.nc", "--dx", "1", "--time", "0:1:1"];
    locked(&field);
    locked(&[&field[..], &["--overwrite"]].concat());
    std::fs::write(bench.file("frame.pgm"), b"P5 2 2 255 abcd").expect("a picture");
    locked(&[
        "import",
        "frame.pgm",
        "--frame-rate",
        "1",
        "--pixel-size-m",
        "1",
        "-o",
        "movie.nc",
    ]);
    let page = locked(&["doctor"]);
    assert!(
        page.contains("HDF5_USE_FILE_LOCKING=TRUE: ignored by this program"),
        "{page}"
    );
}

#[test]
fn absurdly_many_threads_are_bounded_and_told() {
    let bench = Bench::new(scenarios(), &napping_study(2, 3, 0.0));
    bench.sweep("reference.h5", &[]).succeeds();
    let begin = Instant::now();
    let (_, error) = bench.sweep("results.h5", &["--threads", "4096"]).exits(0);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert!(
        error.contains("4096 threads on") && error.contains("--threads"),
        "{error}"
    );
    assert_eq!(bench.digest("results.h5"), bench.digest("reference.h5"));
    let quiet = bench.sweep("few.h5", &["--threads", "2"]).exits(0).1;
    assert!(!quiet.contains("threads on"), "{quiet}");
    let sets = [("PLUME_NAV_SIM__EXECUTION__THREADS", "4096")];
    let (_, error) = bench.sweep("set.h5", &[]).environment(sets[0].0, sets[0].1).exits(0);
    assert!(error.contains("execution.threads"), "{error}");
}

#[test]
fn folders_that_are_not_there_are_no_obstacle() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 50.0));
    // The log folder goes away during the run; there is no home, and no folder for temporary files.
    let call = bench
        .sweep("results.h5", &[])
        .environment("TMPDIR", "/nowhere")
        .environment("HOME", "/nowhere");
    let job = call
        .start()
        .wait_until("the log", || bench.file("results.run").exists());
    let job = job.wait_until("the file", || bench.file("results.h5").exists());
    std::fs::remove_dir_all(bench.file("results.run")).expect("the logs are removed");
    let output = job.wait();
    assert_eq!(output.status.code(), Some(0), "{}", describe(&output));
    // The working folder is gone.
    let study = bench.file("study.toml");
    let script = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" sweep \"$1\" -o \"$2\"";
    let mut shell = Command::new("bash");
    shell
        .args(["-c", script])
        .arg(scenarios())
        .arg(study)
        .arg(bench.file("absolute.h5"));
    let output = Job::start(&mut shell, bench.path(), LIMIT).wait();
    assert_eq!(output.status.code(), Some(0), "{}", describe(&output));
    assert_eq!(bench.digest("absolute.h5"), bench.digest("results.h5"));
}

#[test]
fn the_pace_of_a_run_is_told() {
    let bench = Bench::new(scenarios(), &napping_study(10, 4, 400.0));
    let job = bench.sweep("results.h5", &["--progress", "lines"]).start();
    let job = job.wait_until("the file", || bench.file("results.h5").exists());
    let job = job.wait_until("some units", || {
        bench.status("results.h5")["committed"].as_u64() > Some(2)
    });
    let status = bench.status("results.h5");
    let rate = status["units_per_s"].as_f64().expect("a rate");
    assert!(rate > 0.2 && rate < 3.0, "a unit takes 0.4 s: {status}");
    assert!(
        status["remaining_s"].as_f64().is_some_and(|left| left > 1.0),
        "{status}"
    );
    let (page, _) = bench.call(&["status", "results.h5"]).exits(75);
    assert!(
        page.contains(" units/s since this run began, ") && page.contains(" left"),
        "{page}"
    );
    job.signal(rustix::process::Signal::TERM);
    let output = job.wait();
    assert_eq!(output.status.code(), Some(75), "{}", describe(&output));
    let status = bench.status("results.h5");
    assert_eq!(status["units_per_s"], Value::Null, "nobody works on it: {status}");
}

#[test]
fn a_failure_is_json_where_json_is_asked_for() {
    let bench = Bench::new(program(), "[study]\nsed = 3\n");
    let commands: [&[&str]; 9] = [
        &["sweep", "study.toml", "--json"],
        &["plan", "study.toml", "--json"],
        &["run", "study.toml", "--json"],
        &["status", "none.h5", "--json"],
        &["verify", "none.h5", "--json"],
        &["digest", "none.h5", "--json"],
        &["summary", "none.h5", "--format", "json"],
        &["sweep", "study.toml", "--json", "--no-such-option"],
        &["doctor", "--json", "--no-such-option"],
    ];
    for command in commands {
        let (page, error) = bench.call(command).exits(2);
        let failure: Value =
            serde_json::from_str(&page).unwrap_or_else(|error| panic!("{command:?} ({error}): {page}"));
        assert_eq!(
            (&failure["outcome"], &failure["exit_code"]),
            (&"failed".into(), &2.into())
        );
        assert!(
            failure["error"].as_str().is_some_and(|text| !text.is_empty()),
            "{failure}"
        );
        for line in error.lines() {
            let event: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{command:?} ({error}): {line}"));
            assert_eq!(event["event"], "failed");
        }
        if command.contains(&"study.toml") && !command.contains(&"--no-such-option") {
            assert_eq!(failure["problems"][0]["key"], "study.sed", "{failure}");
        }
    }
    // From several ranks one object, too.
    let (page, _) = bench.call(commands[0]).ranks(3).exits(2);
    assert!(serde_json::from_str::<Value>(&page).is_ok(), "{page}");
    let help = bench.call(&["sweep", "--json", "--help"]).succeeds();
    assert!(help.contains("Usage:"), "{help}");
}
