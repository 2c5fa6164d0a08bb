//! The end of a job is part of the contract.

use crate::job::Job;
use crate::support::{Bench, Launch, napping_study, optional, scenarios};
use rustix::process::Signal;
use std::process::Command;
use std::time::Duration;

#[test]
fn a_short_walltime_drains_and_resumes_to_the_same_results() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 10.0));
    bench.sweep("reference.h5", &["--threads", "2"]).succeeds();
    let reference = bench.digest("reference.h5");
    for (i, launch) in [Launch::Alone, Launch::Ranks(2)].into_iter().enumerate() {
        let results = format!("results-{i}.h5");
        let short = ["--walltime", "3s", "--set", "coins.nap_s=0.2", "--json"];
        let (outcome, _) = bench.sweep(&results, &short).launch(launch).exits(75);
        let outcome: serde_json::Value = serde_json::from_str(&outcome).expect("JSON");
        assert_eq!(outcome["outcome"], "drained");
        assert!(
            outcome["units_run"].as_u64().is_some_and(|units| units > 0),
            "{outcome}"
        );
        assert!(
            outcome["seconds"].as_f64().is_some_and(|seconds| seconds < 3.0),
            "it left too late: {outcome}"
        );
        drop(std::fs::remove_file(bench.file(&results)));

        // The study as it is, stopped again and again until it is done.
        let mut starts = 0;
        loop {
            starts += 1;
            assert!(starts < 30, "no progress under a short walltime");
            let output = bench
                .sweep(&results, &["--resume", "--walltime", "2s"])
                .launch(launch)
                .output();
            match output.status.code() {
                Some(75) => {}
                Some(0) => break,
                _ => panic!("{}", crate::support::describe(&output)),
            }
        }
        assert_eq!(bench.digest(&results), reference, "after {starts} starts");
    }
}

#[test]
fn a_unit_longer_than_the_walltime_is_given_up() {
    // Four units at most fall asleep for 30 s, the others are still to be run when the job must end.
    let bench = Bench::new(scenarios(), &napping_study(2, 4, 0.0));
    bench.sweep("reference.h5", &[]).succeeds();
    let reference = bench.digest("reference.h5");
    for (i, launch) in [Launch::Alone, Launch::Ranks(2)].into_iter().enumerate() {
        let results = format!("results-{i}.h5");
        let asleep = ["--walltime", "4s", "--set", "coins.nap_s=30", "--json"];
        let (outcome, _) = bench
            .sweep(&results, &asleep)
            .launch(launch)
            .limit(Duration::from_secs(20))
            .exits(75);
        let outcome: serde_json::Value = serde_json::from_str(&outcome).expect("JSON");
        assert_eq!(outcome["outcome"], "drained", "{outcome}");
        assert_eq!(outcome["units_run"], 0, "{outcome}");
        assert!(
            outcome["seconds"].as_f64().is_some_and(|seconds| seconds < 4.0),
            "it left too late: {outcome}"
        );
        assert_eq!(bench.status(&results)["pending"], 8);
        // The walltime is no part of the results, but the nap is: the study with naps goes on where it was, ...
        let (outcome, _) = bench
            .sweep(&results, &["--resume"])
            .arguments(&asleep)
            .launch(launch)
            .limit(Duration::from_secs(20))
            .exits(75);
        assert!(outcome.contains("\"units_before\":0"), "{outcome}");
        // ... and the one without gives the same coins.
        bench.sweep(&results, &["--overwrite"]).launch(launch).succeeds();
        assert_eq!(bench.digest(&results), reference);
    }
}

/// Starts a study of 4 s, sends the signal to the process that was started when some units are committed.
fn drains(bench: &Bench, launch: Launch, signal: Signal) {
    let results = format!("results-{launch:?}-{signal:?}.h5");
    let job = bench.sweep(&results, &["--json"]).launch(launch).start();
    let job = job.wait_until("the file", || bench.file(&results).exists());
    let job = job.wait_until("a committed unit", || {
        bench.status(&results)["committed"].as_u64() > Some(0)
    });
    job.signal(signal);
    let output = job.wait();
    assert_eq!(
        output.status.code(),
        Some(75),
        "{signal:?} {}",
        crate::support::describe(&output)
    );
    let outcome: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(outcome["outcome"], "drained", "{outcome}");
    let status = bench.status(&results);
    let committed = status["committed"].as_u64().expect("a number");
    assert!((1..200).contains(&committed), "{status}");
    assert_eq!(outcome["units_run"], committed, "{outcome}");
    bench.call(&["verify", &results]).exits(75);
}

#[test]
fn a_signal_drains() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 20.0));
    for signal in [Signal::TERM, Signal::USR1, Signal::INT] {
        drains(&bench, Launch::Alone, signal);
    }
}

#[test]
fn a_signal_to_the_launcher_drains_all_ranks() {
    // Open MPI passes SIGUSR1 on to the ranks; SIGTERM it takes as an order to kill them.
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 40.0));
    drains(&bench, Launch::Ranks(2), Signal::USR1);
}

#[test]
fn a_real_slurm_runs_the_batch_script() {
    if optional("PLUME_NAV_SIM_TEST_SBATCH").is_none() {
        return;
    }
    // 6 s of naps: one rank or two, a start of 3 s doesn't suffice.
    let bench = Bench::new(scenarios(), &napping_study(10, 30, 20.0));
    bench.sweep("reference.h5", &["--threads", "2"]).succeeds();
    let digest = bench.digest("reference.h5");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/slurm_sweep.sh");
    let mut command = Command::new(script);
    command
        .arg(scenarios())
        .arg(bench.file("study.toml"))
        .arg(bench.path())
        .arg(&digest)
        .arg("3s");
    // A cluster starts and stops, and jobs wait in its queue.
    let output = Job::start(&mut command, bench.path(), Duration::from_secs(300)).wait();
    assert!(output.status.success(), "{}", crate::support::describe(&output));
}
