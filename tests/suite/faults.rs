//! Every call that the program makes on its results fails once: no wrong result, no crash, no hang, and a resume mends it.
//!
//! `PLUME_NAV_SIM_TEST_ALL_FAULTS=1` tries all calls in turn and prints a table; otherwise it is a sample.

use crate::job::Job;
use crate::support::{Bench, Call, Launch, describe, program, scenarios, text};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// 12 units that take a moment each, so that both of two ranks get some.
const SMALL_STUDY: &str = r#"
[study]
name = "small"
scenario = "coins"
seed = 3
replicates = 4
[execution]
commit_interval_s = 0.05
threads = 1
[coins]
count = 3
nap_s = 0.02
[sweep]
axes = [{ key = "coins.bias", values = [0.1, 0.5, 0.9] }]
"#;

const EINTR: i32 = 4;
const EIO: i32 = 5;
const EFBIG: i32 = 27;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;
const ESTALE: i32 = 116;
const EDQUOT: i32 = 122;
/// Half of what was asked.
const HALF: i32 = 0;
/// Nothing of what was asked, and no word of it.
const LIE: i32 = -2;

/// Kinds of calls, and how they fail.
pub const CALLS: [(&str, &[i32]); 6] = [
    ("write", &[ENOSPC, EIO, HALF, EDQUOT, EINTR, EROFS]),
    ("read", &[EIO, ESTALE, HALF, EINTR]),
    ("sync", &[EIO, ENOSPC, EDQUOT]),
    ("close", &[EIO, EDQUOT]),
    ("truncate", &[EFBIG, EIO]),
    ("rename", &[EIO, ENOSPC]),
];

/// A run with a fault that takes longer hangs.
const HANG: Duration = Duration::from_secs(20);

/// Faults that are tried where not all are.
const SAMPLE: usize = 20;

fn all_faults() -> bool {
    std::env::var_os("PLUME_NAV_SIM_TEST_ALL_FAULTS").is_some()
}

/// One call that fails.
#[derive(Clone, Copy, Debug)]
struct Fault {
    path: &'static str,
    call: &'static str,
    at: usize,
    errno: i32,
    rank: u32,
}

/// The library that makes calls fail, built in the folder of `bench`.
pub fn library(bench: &Bench) -> PathBuf {
    let library = bench.file("single_fault.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/single_fault.c");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let mut command = Command::new(compiler);
    (command.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source)).arg("-ldl");
    let output = Job::start(&mut command, bench.path(), Duration::from_secs(60)).wait();
    assert!(output.status.success(), "{}", describe(&output));
    library
}

struct Victim {
    bench: Bench,
    library: PathBuf,
    launch: Launch,
    reference: String,
}

impl Victim {
    fn new(study: &str, launch: Launch) -> Self {
        let bench = Bench::new(scenarios(), study);
        bench.sweep("reference.h5", &[]).succeeds();
        Self {
            library: library(&bench),
            reference: bench.digest("reference.h5"),
            bench,
            launch,
        }
    }

    fn sweep(&self, variables: &[(&str, &str)]) -> Call<'_> {
        let call = (self.bench.sweep("results.h5", &["--quiet"]).launch(self.launch)).limit(HANG);
        let call = call.environment("LD_PRELOAD", self.library.to_str().expect("a plain path"));
        (variables.iter()).fold(call, |call, (name, value)| call.environment(name, value))
    }

    /// How many calls of each kind each rank makes on files with `path` in their paths.
    fn calls(&self, path: &str) -> BTreeMap<(u32, String), usize> {
        let trace = self.bench.file("trace");
        let trace_name = trace.to_str().expect("a plain path");
        let output = self
            .sweep(&[("SINGLE_FAULT_PATH", path), ("SINGLE_FAULT_TRACE", trace_name)])
            .output();
        assert!(output.status.success(), "{}", describe(&output));
        self.remove_results();
        let mut calls = BTreeMap::new();
        for line in std::fs::read_to_string(&trace).expect("a trace").lines() {
            let (rank, call) = line.split_once(' ').expect("a rank and a call");
            *calls
                .entry((rank.parse().expect("a number"), call.to_owned()))
                .or_default() += 1;
        }
        calls
    }

    /// Every call that a run makes, with one way to fail each.
    fn faults(&self, path: &'static str) -> Vec<Fault> {
        let calls = self.calls(path);
        let mut faults = Vec::new();
        for ((rank, name), count) in calls {
            let (call, errnos) = (CALLS.into_iter())
                .find(|(call, _)| *call == name)
                .expect("only these are counted");
            faults.extend((0..count).map(|at| Fault {
                path,
                call,
                at,
                errno: errnos[at % errnos.len()],
                rank,
            }));
        }
        faults
    }

    fn run_with(&self, fault: Fault) -> Output {
        self.sweep(&[
            ("SINGLE_FAULT_PATH", fault.path),
            ("SINGLE_FAULT_CALL", fault.call),
            ("SINGLE_FAULT_AT", &fault.at.to_string()),
            ("SINGLE_FAULT_ERRNO", &fault.errno.to_string()),
            ("SINGLE_FAULT_RANK", &fault.rank.to_string()),
        ])
        .output()
    }

    /// Runs with a fault: the right results or an error with a reason, and the right results after a resume.
    fn survives(&self, fault: Fault) -> i32 {
        let output = self.run_with(fault);
        let code = output.status.code();
        let told = text(&output.stderr);
        if code == Some(0) {
            assert_eq!(
                self.bench.digest("results.h5"),
                self.reference,
                "{fault:?} {}",
                describe(&output)
            );
        } else {
            // Never 2: a file that can't be read isn't called another program's.
            assert_eq!(code, Some(1), "{fault:?} {}", describe(&output));
            assert!(
                told.contains("error: ") && told.contains("results.h5") && told.contains("(hint: "),
                "{fault:?} {}",
                describe(&output)
            );
            self.bench.sweep("results.h5", &["--resume", "--quiet"]).succeeds();
            assert_eq!(
                self.bench.digest("results.h5"),
                self.reference,
                "resumed after {fault:?} {told}"
            );
        }
        self.remove_results();
        code.expect("an exit code")
    }

    fn remove_results(&self) {
        std::fs::remove_file(self.bench.file("results.h5")).expect("the results");
        std::fs::remove_dir_all(self.bench.file("results.run")).expect("the logs");
        let left: Vec<_> = (std::fs::read_dir(self.bench.path()).expect("the folder").flatten())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("results."))
            .collect();
        assert!(left.is_empty(), "{left:?} are left");
    }
}

fn every_fault_is_survived(launch: Launch) {
    let victim = Victim::new(SMALL_STUDY, launch);
    let mut faults = victim.faults("results.");
    if !all_faults() {
        faults = sample(&faults);
    }
    let mut table: BTreeMap<(u32, &str, i32), u32> = BTreeMap::new();
    let mut longest = Duration::ZERO;
    for fault in faults {
        let begin = Instant::now();
        let code = victim.survives(fault);
        longest = longest.max(begin.elapsed());
        *table.entry((fault.rank, fault.call, code)).or_default() += 1;
    }
    println!("{launch:?}: longest {longest:?} with its resume");
    for ((rank, call, code), count) in &table {
        println!("rank {rank}  {call:8}  exit {code}  {count:4}");
    }
    assert!(
        table.keys().any(|(.., code)| *code != 0),
        "no fault had an effect: {table:?}"
    );
}

/// Some of each kind, the same in every run.
fn sample(faults: &[Fault]) -> Vec<Fault> {
    let mut kinds: BTreeMap<(u32, &str), Vec<Fault>> = BTreeMap::new();
    for fault in faults {
        kinds.entry((fault.rank, fault.call)).or_default().push(*fault);
    }
    let each = SAMPLE.div_ceil(kinds.len());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut sample = Vec::new();
    for faults in kinds.values_mut() {
        for _ in 0..each.min(faults.len()) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sample.push(faults.swap_remove((state >> 33) as usize % faults.len()));
        }
    }
    sample
}

#[test]
fn a_single_fault_on_one_rank_is_survived() {
    every_fault_is_survived(Launch::Alone);
}

#[test]
fn a_single_fault_on_one_of_two_ranks_is_survived() {
    every_fault_is_survived(Launch::Ranks(2));
}

/// The reads of a rank that looks for what a file lacks, and compares its summary.
#[test]
fn a_read_that_fails_in_a_resume_leaves_no_rank_waiting() {
    let victim = Victim::new(SMALL_STUDY, Launch::Ranks(2));
    let finished = || {
        std::fs::copy(victim.bench.file("reference.h5"), victim.bench.file("results.h5")).expect("a copy");
    };
    let resume = |variables: &[(&str, &str)]| victim.sweep(variables).arguments(&["--resume"]).output();
    let trace = victim.bench.file("trace");
    let trace_name = trace.to_str().expect("a plain path");
    finished();
    let output = resume(&[("SINGLE_FAULT_PATH", "results.h5"), ("SINGLE_FAULT_TRACE", trace_name)]);
    assert!(output.status.success(), "{}", describe(&output));
    let trace = std::fs::read_to_string(trace).expect("a trace");
    let reads = trace.lines().filter(|line| *line == "1 read").count();
    assert!(reads > 5, "{reads} reads");
    let step = if all_faults() { 1 } else { reads.div_ceil(4) };
    let mut noticed = 0;
    for at in (0..reads).step_by(step) {
        finished();
        let output = resume(&[
            ("SINGLE_FAULT_PATH", "results.h5"),
            ("SINGLE_FAULT_CALL", "read"),
            ("SINGLE_FAULT_AT", &at.to_string()),
            ("SINGLE_FAULT_ERRNO", &EIO.to_string()),
            ("SINGLE_FAULT_RANK", "1"),
        ]);
        match output.status.code() {
            Some(0) => {}
            Some(1) => {
                noticed += 1;
                let told = text(&output.stderr);
                assert!(told.contains("rank 1") && told.contains("Input/output error"), "{told}");
            }
            _ => panic!("read {at}: {}", describe(&output)),
        }
        assert_eq!(victim.bench.digest("results.h5"), victim.reference, "read {at}");
    }
    assert!(noticed > 0, "no read mattered");
}

/// A write that the system swallows is found before the file gets its name.
#[test]
fn a_read_that_fails_is_no_problem_of_the_user() {
    let victim = Victim::new(SMALL_STUDY, Launch::Alone);
    let bench = &victim.bench;
    for command in ["verify", "digest", "status", "summary"] {
        let mut failed = 0;
        for at in (0..6).chain([20, 60, 100, 140]) {
            let output = bench
                .call(&[command, "reference.h5"])
                .environment("LD_PRELOAD", victim.library.to_str().expect("a plain path"))
                .environment("SINGLE_FAULT_PATH", "reference.h5")
                .environment("SINGLE_FAULT_CALL", "read")
                .environment("SINGLE_FAULT_AT", &at.to_string())
                .environment("SINGLE_FAULT_ERRNO", &EIO.to_string())
                .output();
            let told = text(&output.stderr);
            match output.status.code() {
                // It reads less often than that.
                Some(0) => {}
                Some(1) => {
                    failed += 1;
                    assert!(!told.contains("not a results file"), "{command}, read {at}: {told}");
                }
                _ => panic!("{command}, read {at}: {}", describe(&output)),
            }
        }
        assert!(failed > 3, "{command} failed {failed} times");
    }
}

#[test]
fn a_new_file_that_is_not_what_was_written_gets_no_name() {
    let victim = Victim::new(SMALL_STUDY, Launch::Alone);
    let writes = victim.calls(".creating-")[&(0, "write".to_owned())];
    let mut found = 0;
    for at in 0..writes {
        let output = victim.run_with(Fault {
            path: ".creating-",
            call: "write",
            at,
            errno: LIE,
            rank: 0,
        });
        if output.status.success() {
            // Zeros, which are there without being written.
            assert_eq!(victim.bench.digest("results.h5"), victim.reference, "write {at}");
            victim.remove_results();
            continue;
        }
        found += 1;
        assert_eq!(output.status.code(), Some(1), "write {at}: {}", describe(&output));
        let told = text(&output.stderr);
        assert!(told.contains("came back from the disk"), "write {at}: {told}");
        assert!(!victim.bench.file("results.h5").exists(), "write {at}");
    }
    assert!(writes > 20 && found > writes * 2 / 3, "{found} of {writes} were found");
}

/// Units that take far longer than anybody waits.
const LONG_UNITS: &str = r#"
[study]
scenario = "coins"
seed = 3
replicates = 8
[execution]
threads = 1
[coins]
count = 3
nap_s = 60.0
"#;

#[test]
fn results_that_vanish_end_the_run_soon() {
    for launch in [Launch::Alone, Launch::Ranks(2)] {
        let bench = Bench::new(scenarios(), LONG_UNITS);
        std::fs::create_dir(bench.file("folder")).expect("a folder");
        let cases: [(&str, &dyn Fn()); 3] = [
            ("was removed", &|| {
                std::fs::remove_file(bench.file("folder/results.h5")).expect("the file");
            }),
            ("was removed", &|| {
                std::fs::remove_dir_all(bench.file("folder")).expect("the folder");
                std::fs::create_dir(bench.file("folder")).expect("a folder");
            }),
            ("was moved or replaced", &|| {
                std::fs::rename(bench.file("folder"), bench.file("elsewhere")).expect("the folder");
            }),
        ];
        for (words, happen) in cases {
            let call = bench.sweep("folder/results.h5", &[]).launch(launch);
            let sessions = || {
                bench.status("folder/results.h5")["sessions"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
            };
            let job = (call.start())
                .wait_until("the file", || bench.file("folder/results.h5").exists())
                .wait_until("its session", sessions);
            happen();
            let begin = Instant::now();
            let output = job.wait();
            assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
            assert_eq!(output.status.code(), Some(1), "{launch:?} {}", describe(&output));
            let told = text(&output.stderr);
            assert!(
                told.contains("results.h5") && told.contains(words),
                "{launch:?} {words}: {told}"
            );
        }
    }
}

/// What another program does to a file while it is filled is told before anybody says that it is finished.
#[test]
fn a_file_that_is_damaged_while_it_is_filled_is_never_finished() {
    use std::os::unix::fs::FileExt;
    let victim = Victim::new(SMALL_STUDY, Launch::Alone);
    let bench = &victim.bench;
    let path = bench.file("results.h5");
    type Damage<'a> = &'a dyn Fn(&std::fs::File) -> std::io::Result<()>;
    // Values are where they are in any file of the study. Those of units that are still to come are written over.
    let (seeds_at, seeds_bytes) = {
        let file = hdf5::File::open(bench.file("reference.h5")).expect("results");
        let seeds = file.dataset("units/seed").expect("seeds");
        (seeds.offset().expect("contiguous"), seeds.storage_size())
    };
    let damages: [Damage<'_>; 3] = [
        &|file: &std::fs::File| file.write_all_at(&[0; 4096], 0),
        &|file| file.write_all_at(b"hello\n", file.metadata()?.len()),
        &|file| file.write_all_at(&vec![0x55; seeds_bytes as usize], seeds_at),
    ];
    for launch in [Launch::Alone, Launch::Ranks(2)] {
        for damage in damages {
            // The last units are yet to come.
            let committed = || path.exists() && bench.status("results.h5")["committed"].as_u64() >= Some(1);
            let slow = ["--set", "coins.nap_s=0.3"];
            let call = bench.sweep("results.h5", &slow).launch(launch).limit(HANG);
            let job = call.start().wait_until("a committed unit", committed);
            let file = std::fs::OpenOptions::new().write(true).open(&path).expect("the file");
            damage(&file).expect("it is written");
            let output = job.wait();
            assert_eq!(output.status.code(), Some(1), "{launch:?} {}", describe(&output));
            let told = text(&output.stderr);
            assert!(told.contains("results.h5") && told.contains("--resume"), "{told}");
            bench.sweep("results.h5", &slow).arguments(&["--resume"]).succeeds();
            bench.call(&["verify", "results.h5"]).succeeds();
            std::fs::remove_file(&path).expect("the results");
        }
    }
}

#[test]
fn a_log_that_cannot_be_written_is_told_once_and_changes_nothing() {
    let victim = Victim::new(SMALL_STUDY, Launch::Alone);
    let output = victim.run_with(Fault {
        path: "/results.run/",
        call: "write",
        at: 1,
        errno: ENOSPC,
        rank: 0,
    });
    assert!(output.status.success(), "{}", describe(&output));
    assert_eq!(victim.bench.digest("results.h5"), victim.reference);
    let told = text(&output.stderr);
    assert_eq!(told.matches("can't write the log").count(), 1, "{told}");
    assert!(told.contains("No space left"), "{told}");
}

/// A plume on a few points.
const FIELD_STUDY: &str = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "field"
seed = 7
replicates = 1
[episode]
duration_s = 0.2
"#;

#[test]
fn a_field_file_is_whole_or_not_there() {
    let bench = Bench::new(program(), FIELD_STUDY);
    let library = library(&bench);
    let library_name = library.to_str().expect("a plain path");
    let field = |name: &str| bench.call(&["field", "study.toml", "-o", name]);
    field("reference.nc").succeeds();
    let reference = std::fs::read(bench.file("reference.nc")).expect("a field");
    let trace = bench.file("trace");
    field("field.nc")
        .environment("LD_PRELOAD", library_name)
        .environment("SINGLE_FAULT_PATH", "field.nc")
        .environment("SINGLE_FAULT_TRACE", trace.to_str().expect("a plain path"))
        .succeeds();
    let trace = std::fs::read_to_string(trace).expect("a trace");
    let mut refused = 0;
    for (call, errnos) in CALLS {
        let count = trace
            .lines()
            .filter(|line| line.split_once(' ').is_some_and(|(_, of)| of == call))
            .count();
        let step = if all_faults() { 1 } else { count.div_ceil(8).max(1) };
        for at in (0..count).step_by(step) {
            let errno = errnos[at % errnos.len()];
            let _ = std::fs::remove_file(bench.file("field.nc"));
            let output = field("field.nc")
                .environment("LD_PRELOAD", library_name)
                .environment("SINGLE_FAULT_PATH", "field.nc")
                .environment("SINGLE_FAULT_CALL", call)
                .environment("SINGLE_FAULT_AT", &at.to_string())
                .environment("SINGLE_FAULT_ERRNO", &errno.to_string())
                .output();
            let told = format!("{call} {at} with {errno}: {}", describe(&output));
            if output.status.success() {
                let found = std::fs::read(bench.file("field.nc")).expect("a field");
                assert!(found == reference, "another field after {told}");
            } else {
                refused += 1;
                assert_eq!(output.status.code(), Some(1), "{told}");
                assert!(text(&output.stderr).contains("field.nc"), "{told}");
                assert!(!bench.file("field.nc").exists(), "{told}");
            }
        }
    }
    assert!(refused > 5, "{refused} faults were noticed");
}
