//! Signals stop a run in good order from its first moment on, and every other command at once.

use crate::job::Job;
use crate::support::{Bench, LIMIT, PLUME_STUDY, describe, napping_study, program, scenarios, text};
use rustix::process::Signal;
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};

/// Time that a command may take to stop: far more than it needs, far less than what it was doing.
const PROMPT: Duration = Duration::from_secs(5);

/// The signal that `kill` names, caught by the process, from its mask in /proc.
fn catches(job: &Job, signal: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", job.id())).unwrap_or_default();
    (status.lines().find_map(|line| line.strip_prefix("SigCgt:")))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[test]
fn every_signal_that_asks_for_an_end_drains() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 50.0));
    let signals = [
        Signal::TERM,
        Signal::INT,
        Signal::USR1,
        Signal::USR2,
        Signal::XCPU,
        Signal::HUP,
    ];
    for signal in signals {
        let results = format!("{signal:?}.h5");
        let job = bench.sweep(&results, &["--json"]).start();
        let job = job.wait_until("the file", || bench.file(&results).exists());
        job.signal(signal);
        let output = job.wait();
        assert_eq!(output.status.code(), Some(75), "{signal:?} {}", describe(&output));
        let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(outcome["outcome"], "drained", "{outcome}");
        let reason = outcome["reason"].as_str().expect("a reason");
        assert!(reason.starts_with("SIG"), "{reason}");
        assert!(bench.status(&results)["pending"].as_u64() > Some(0));
    }
}

/// The kernel sends SIGXCPU each second from the soft limit of CPU time to the hard one; the units that run still end.
#[test]
fn a_limit_of_cpu_time_that_is_told_again_drains_all_the_same() {
    let bench = Bench::new(scenarios(), &napping_study(2, 1, 3000.0));
    let job = bench.sweep("results.h5", &["--json"]).start();
    let job = job.wait_until("the file", || bench.file("results.h5").exists());
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(1100));
        job.signal(Signal::XCPU);
    }
    let output = job.wait();
    assert_eq!(output.status.code(), Some(75), "{}", describe(&output));
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(outcome["reason"], "SIGXCPU", "{outcome}");
    assert_eq!(outcome["units_run"], 1, "the unit that ran is committed: {outcome}");
}

/// As soon as the kernel knows a handler the signal is sent: before MPI is up, before the study is read.
#[test]
fn the_first_moment_counts() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 50.0));
    for (name, number, signal) in [
        ("usr1", 10, Signal::USR1),
        ("term", 15, Signal::TERM),
        ("usr2", 12, Signal::USR2),
    ] {
        for launch in [crate::support::Launch::Alone, crate::support::Launch::Ranks(1)] {
            let results = format!("{name}-{launch:?}.h5");
            let alone = launch == crate::support::Launch::Alone;
            let job = bench.sweep(&results, &[]).launch(launch).start();
            let begin = Instant::now();
            if alone {
                while !catches(&job, number) {
                    assert!(begin.elapsed() < LIMIT, "no handler");
                    std::thread::yield_now();
                }
                assert!(!bench.file(&results).exists(), "handlers come before the file");
                job.signal(signal);
                let output = job.wait();
                assert_eq!(output.status.code(), Some(75), "{name} {}", describe(&output));
            } else {
                let job = job.wait_until("the file", || bench.file(&results).exists());
                // MPI is up and hasn't taken the handlers away.
                let rank = rank_of(&bench);
                rustix::process::kill_process(rank, signal).expect("the rank is there");
                let output = job.wait();
                assert_eq!(output.status.code(), Some(75), "{name} {}", describe(&output));
            }
        }
    }
}

/// The process id of the one rank that works in the folder of the bench and isn't its launcher.
fn rank_of(bench: &Bench) -> rustix::process::Pid {
    let program = scenarios();
    let folder = bench.path().canonicalize().expect("the folder");
    let mut found = std::fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let is = |link: &str, path: &std::path::Path| {
                std::fs::read_link(entry.path().join(link)).is_ok_and(|target| target == path)
            };
            (is("exe", &program) && is("cwd", &folder)).then(|| rustix::process::Pid::from_raw(pid))?
        });
    found.next().expect("a rank")
}

#[test]
fn a_hang_up_under_nohup_is_none() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 25.0));
    let mut nohup = Command::new("nohup");
    nohup.arg(scenarios()).args(["sweep", "study.toml", "-o", "results.h5"]);
    let job = Job::start(&mut nohup, bench.path(), LIMIT);
    let job = job.wait_until("the file", || bench.file("results.h5").exists());
    job.signal(Signal::HUP);
    let output = job.wait();
    assert_eq!(output.status.code(), Some(0), "{}", describe(&output));
    assert_eq!(bench.status("results.h5")["finished"], true);
}

/// A field that takes long: nothing of it is left, whatever stops it, and before its first frame, too.
#[test]
fn a_field_leaves_nothing_half_made() {
    let bench = Bench::new(program(), PLUME_STUDY);
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let field = [
            "field",
            "study.toml",
            "-o",
            "field.nc",
            "--x",
            "0:10:1001",
            "--y",
            "-5:5:1001",
            "--time",
            "0:30:0.1",
        ];
        let job = bench.call(&field).start();
        let job = job.wait_until("a file in the making", || {
            (std::fs::read_dir(bench.path()).expect("the folder").flatten())
                .any(|entry| entry.file_name().to_string_lossy().contains(".creating-"))
        });
        // The file is known to whoever removes it a moment after it is there.
        std::thread::sleep(Duration::from_millis(100));
        let begin = Instant::now();
        job.signal(signal);
        let output = job.wait();
        assert!(begin.elapsed() < PROMPT, "{signal:?} took {:?}", begin.elapsed());
        assert_eq!(output.status.code(), Some(1), "{signal:?} {}", describe(&output));
        assert!(
            text(&output.stderr).contains("nothing was written"),
            "{}",
            describe(&output)
        );
        let left = std::fs::read_dir(bench.path()).expect("the folder").count();
        assert_eq!(left, 1, "{signal:?}: only the study is left");
    }
}

#[test]
fn a_pilot_stops_at_once() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 500.0));
    for (signal, number) in [
        (Signal::TERM, 15),
        (Signal::INT, 2),
        (Signal::HUP, 1),
        (Signal::XCPU, 24),
    ] {
        let job = bench.call(&["plan", "study.toml", "--pilot", "50s"]).start();
        let begin = Instant::now();
        while !catches(&job, number) {
            assert!(begin.elapsed() < LIMIT, "no handler");
            std::thread::yield_now();
        }
        let begin = Instant::now();
        job.signal(signal);
        let output = job.wait();
        assert!(begin.elapsed() < PROMPT, "{signal:?} took {:?}", begin.elapsed());
        use std::os::unix::process::ExitStatusExt;
        let ended_by = output.status.signal().or(output.status.code().map(|code| code - 128));
        assert_eq!(ended_by, Some(number), "{signal:?} {}", describe(&output));
    }
}

/// A study from a pipe is read; one that never comes is waited for, but not past a signal.
#[test]
fn a_study_can_come_through_a_pipe() {
    let bench = Bench::new(scenarios(), &napping_study(2, 3, 0.0));
    bench.sweep("reference.h5", &[]).succeeds();
    let mut shell = Command::new("bash");
    shell
        .args(["-c", r#""$0" sweep <(sleep 0.3; cat study.toml) -o piped.h5 && "$0" plan /dev/stdin <study.toml && cat study.toml | "$0" config validate /dev/stdin"#])
        .arg(scenarios());
    let output = Job::start(&mut shell, bench.path(), LIMIT).wait();
    assert_eq!(output.status.code(), Some(0), "{}", describe(&output));
    assert_eq!(bench.digest("piped.h5"), bench.digest("reference.h5"));

    make_pipe(&bench.file("pipe.toml"));
    let commands: [(&[&str], Option<i32>); 3] = [
        (&["sweep", "pipe.toml", "-o", "none.h5"], Some(75)),
        (&["field", "pipe.toml", "-o", "none.nc"], Some(1)),
        (&["plan", "pipe.toml"], None),
    ];
    for (command, code) in commands {
        let job = bench.call(command).start();
        let begin = Instant::now();
        while !catches(&job, 15) {
            assert!(begin.elapsed() < LIMIT, "no handler");
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(100));
        let begin = Instant::now();
        job.signal(Signal::TERM);
        let output = job.wait();
        assert!(begin.elapsed() < PROMPT, "{command:?} took {:?}", begin.elapsed());
        assert_eq!(output.status.code(), code, "{command:?} {}", describe(&output));
        assert!(!bench.file("none.h5").exists() && !bench.file("none.nc").exists());
    }
}

fn make_pipe(path: &std::path::Path) {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).expect("a pipe");
}
