//! SIGKILL to the whole job at any instant loses nothing that was committed.

use crate::support::{Bench, Launch, napping_study, scenarios};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Kills every process of the job: all whose command line names the test's folder or whose working folder it is.
fn kill_job(bench: &Bench) {
    let folder = bench.path().canonicalize().expect("the folder is there");
    // Twice: the first round may race with a process that is being started.
    for _ in 0..2 {
        for entry in std::fs::read_dir("/proc").expect("/proc").flatten() {
            let Some(number) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
                continue;
            };
            if std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == folder)
                && let Some(pid) = Pid::from_raw(number)
            {
                // It may have ended by itself.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

/// A linear congruential sequence of fractions: the instants are spread over the run; what they hit is up to the machine.
fn fractions() -> impl Iterator<Item = f64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

fn survives_thirty_kills(launch: Launch) {
    let bench = Bench::new(scenarios(), &napping_study(10, 6, 8.0));
    let begin = Instant::now();
    bench.sweep("reference.h5", &[]).launch(launch).succeeds();
    let whole_run = begin.elapsed();
    let reference = bench.digest("reference.h5");

    let mut kills = 0;
    let mut seen_mid_run = 0;
    for (trial, fraction) in fractions().take(30).enumerate() {
        let results = format!("trial-{trial}.h5");
        let mut job = bench.sweep(&results, &["--resume"]).launch(launch).start();
        std::thread::sleep(Duration::from_secs_f64(fraction * whole_run.as_secs_f64() * 1.05));
        if job.try_wait().expect("the job can be waited for").is_none() {
            kills += 1;
        }
        kill_job(&bench);
        job.wait().expect("the job has ended");

        let committed = if bench.file(&results).exists() {
            // It opens, and all that it calls committed holds.
            let verify = bench.call(&["verify", "--json", &results]).output();
            let report: Value = serde_json::from_slice(&verify.stdout)
                .unwrap_or_else(|error| panic!("trial {trial} ({error}): {}", crate::support::describe(&verify)));
            assert_eq!(report["damaged"], 0, "trial {trial}: {report}");
            report["committed"].as_u64().expect("a number")
        } else {
            0
        };
        if (1..60).contains(&committed) {
            seen_mid_run += 1;
        }

        let outcome = bench.sweep(&results, &["--resume", "--json"]).launch(launch).succeeds();
        let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
        assert_eq!(outcome["units_before"], committed, "trial {trial}: {outcome}");
        assert_eq!(outcome["units_committed"], 60 - committed, "trial {trial}: {outcome}");
        assert_eq!(
            bench.digest(&results),
            reference,
            "trial {trial}, killed at {fraction:.3} of the run"
        );
        std::fs::remove_file(bench.file(&results)).expect("the trial is over");
    }
    assert!(kills >= 20, "only {kills} of 30 trials were killed before they ended");
    assert!(
        seen_mid_run >= 5,
        "only {seen_mid_run} of 30 kills left a half-filled file"
    );
    let left: Vec<_> = std::fs::read_dir(bench.path())
        .expect("the folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("trial") && !name.ends_with(".run"))
        .collect();
    assert!(left.is_empty(), "killed jobs left {left:?} behind after a resume");
}

#[test]
fn thirty_kills_with_the_serial_driver() {
    survives_thirty_kills(Launch::Alone);
}

#[test]
fn thirty_kills_with_mpi() {
    survives_thirty_kills(Launch::Ranks(2));
}
