//! Nothing computed is overwritten, mixed up, or written by two jobs at once.

use crate::support::{Bench, Launch, describe, napping_study, scenarios, text};

#[test]
fn an_existing_file_is_refused_without_a_word_about_it() {
    let bench = Bench::new(scenarios(), &napping_study(2, 5, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let before = std::fs::read(bench.file("results.h5")).expect("the file");
    for launch in [Launch::Alone, Launch::Ranks(3)] {
        let (_, error) = bench.sweep("results.h5", &[]).launch(launch).exits(2);
        assert!(
            error.contains("results.h5 exists already") && error.contains("--resume"),
            "{error}"
        );
        assert_eq!(
            error.matches("exists already").count(),
            1,
            "one message, not one per rank: {error}"
        );
    }
    assert_eq!(std::fs::read(bench.file("results.h5")).expect("the file"), before);
    bench.sweep("results.h5", &["--overwrite"]).succeeds();
    bench.sweep("results.h5", &["--resume"]).succeeds();
}

/// Variables of a launch that is long over say nothing about this process.
#[test]
fn variables_that_a_launcher_left_behind_silence_nobody() {
    let bench = Bench::new(scenarios(), &napping_study(2, 2, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    for arguments in [
        &["verify", "nowhere.h5"][..],
        &["sweep", "study.toml", "-o", "other.h5"],
        &["config", "validate", "nowhere.toml"],
    ] {
        let call = bench.call(arguments).environment("OMPI_COMM_WORLD_SIZE", "3");
        let output = call.environment("OMPI_COMM_WORLD_RANK", "1").output();
        let told = text(&output.stderr);
        assert!(
            !output.status.success() && told.contains("error: "),
            "{arguments:?}: {}",
            describe(&output)
        );
    }
}

#[test]
fn a_changed_study_is_refused_with_its_keys() {
    let bench = Bench::new(scenarios(), &napping_study(2, 5, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let change = ["--resume", "--set", "coins.tosses=11", "--set", "study.seed=99"];
    for launch in [Launch::Alone, Launch::Ranks(2)] {
        let (_, error) = bench.sweep("results.h5", &change).launch(launch).exits(2);
        assert!(error.contains("`coins.tosses` is 11 here, 10 in the file"), "{error}");
        assert!(error.contains("`study.seed` is 99 here, 3 in the file"), "{error}");
        assert!(!error.contains("coins.bias"), "only what differs: {error}");
    }
    // How the work is done may change.
    bench
        .sweep("results.h5", &["--resume", "--set", "execution.commit_interval_s=2"])
        .succeeds();
}

#[test]
fn a_second_job_on_the_same_file_is_refused() {
    let bench = Bench::new(scenarios(), &napping_study(10, 40, 20.0));
    let first = bench.sweep("results.h5", &[]).start();
    let holder = first.id().to_string();
    let first = first.wait_until("the file", || bench.file("results.h5").exists());
    std::os::unix::fs::symlink("results.h5", bench.file("other-name.h5")).expect("a link");
    let attempts = [
        ("results.h5", "--resume", Launch::Alone),
        ("results.h5", "--overwrite", Launch::Alone),
        ("results.h5", "--resume", Launch::Ranks(2)),
        ("./results.h5", "--resume", Launch::Alone),
        ("other-name.h5", "--resume", Launch::Alone),
        ("other-name.h5", "--overwrite", Launch::Alone),
    ];
    for (name, how, launch) in attempts {
        let (_, error) = bench.sweep(name, &[how]).launch(launch).exits(2);
        assert!(error.contains("in use"), "{name} {how} {launch:?}: {error}");
        assert!(error.contains(&holder), "names the process that holds it: {error}");
        assert_eq!(
            error.matches("in use").count(),
            1,
            "one message, not one per rank: {error}"
        );
    }
    let output = first.wait();
    assert!(
        output.status.success(),
        "and the first job was not disturbed: {}",
        crate::support::describe(&output)
    );
    bench.call(&["verify", "results.h5"]).exits(0);
}

#[test]
fn a_job_under_mpi_is_as_protected() {
    let bench = Bench::new(scenarios(), &napping_study(10, 40, 20.0));
    let first = bench.sweep("results.h5", &[]).ranks(2).start();
    let first = first.wait_until("the file", || bench.file("results.h5").exists());
    for launch in [Launch::Alone, Launch::Ranks(2)] {
        let (_, error) = bench.sweep("results.h5", &["--resume"]).launch(launch).exits(2);
        assert!(error.contains("in use"), "{launch:?}: {error}");
    }
    let output = first.wait();
    assert!(output.status.success(), "{}", crate::support::describe(&output));
    bench.call(&["verify", "results.h5"]).exits(0);
}

#[test]
fn only_results_are_overwritten() {
    let bench = Bench::new(scenarios(), &napping_study(2, 2, 0.0));
    let study = std::fs::read_to_string(bench.file("study.toml")).expect("the study");
    std::fs::write(bench.file("thesis.h5"), "not a results file").expect("written");
    // The first eight bytes are those of an HDF5 file.
    std::fs::write(bench.file("nearly.h5"), b"\x89HDF\r\n\x1a\nbut no more").expect("written");
    for name in ["thesis.h5", "nearly.h5", "study.toml", "./study.toml"] {
        let before = std::fs::read(bench.file(name)).expect("the file");
        for launch in [Launch::Alone, Launch::Ranks(2)] {
            let (_, error) = bench.sweep(name, &["--overwrite"]).launch(launch).exits(2);
            assert!(error.contains(name.trim_start_matches("./")), "{name}: {error}");
            let after = std::fs::read(bench.file(name)).expect("the file is still there");
            assert!(before == after, "{name} was changed");
        }
    }
    assert_eq!(
        std::fs::read_to_string(bench.file("study.toml")).expect("the study"),
        study
    );
}

#[test]
fn a_file_of_another_kind_is_left_alone() {
    let bench = Bench::new(scenarios(), &napping_study(2, 2, 0.0));
    std::fs::write(bench.file("thesis.h5"), "not a results file").expect("written");
    let (_, error) = bench.sweep("thesis.h5", &["--resume"]).exits(2);
    assert!(error.contains("thesis.h5"), "{error}");
    for command in ["status", "verify", "digest", "summary"] {
        let (_, error) = bench.call(&[command, "thesis.h5"]).exits(2);
        assert!(error.contains("thesis.h5"), "{command}: {error}");
    }
    assert_eq!(
        std::fs::read_to_string(bench.file("thesis.h5")).expect("still there"),
        "not a results file"
    );
}
