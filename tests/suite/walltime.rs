//! The end of a job is part of the contract.

use crate::support::{Bench, Launch, napping_study, optional, scenarios};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

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
            outcome["units_committed"].as_u64().is_some_and(|units| units > 0),
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
fn a_signal_drains() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 20.0));
    for signal in [Signal::TERM, Signal::USR1, Signal::INT] {
        let results = format!("results-{signal:?}.h5");
        let mut job = bench.sweep(&results, &[]).start();
        let begin = Instant::now();
        while !bench.file(&results).exists() {
            assert!(begin.elapsed() < Duration::from_secs(20), "the job never made its file");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(400));
        let pid = Pid::from_raw(i32::try_from(job.id()).expect("a process id")).expect("not zero");
        kill_process(pid, signal).expect("the job is there");
        assert_eq!(job.wait().expect("it ends").code(), Some(75), "{signal:?}");
        let status = bench.status(&results);
        let committed = status["committed"].as_u64().expect("a number");
        assert!((1..200).contains(&committed), "{status}");
        bench.call(&["verify", &results]).exits(75);
    }
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
    let output = std::process::Command::new(script)
        .arg(scenarios())
        .arg(bench.file("study.toml"))
        .arg(bench.path())
        .arg(&digest)
        .arg("3s")
        .stdin(std::process::Stdio::null())
        .output()
        .expect("the script starts");
    assert!(output.status.success(), "{}", crate::support::describe(&output));
}
