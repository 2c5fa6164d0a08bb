//! Packed results, and what other people's tools make of results: the same results, or a clear word.

use crate::job::Job;
use crate::python::run_script;
use crate::support::{Bench, describe, optional, program};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// Two winds, two replicates of seven agents, whose steps are recorded.
const STUDY: &str = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "packed"
seed = 7
replicates = 2
[agents]
count = 7
[episode]
duration_s = 60.0
[record]
columns = ["x_m", "y_m", "heading_rad", "speed_m_s", "concentration", "signal", "detected"]
every_steps = 1
events = ["encounter_begins", "edge", "end"]
[sweep]
axes = [
  { key = "wind.speed_m_s", values = [0.4, 0.9] },
  { key = "navigator", values = ["navigator/surge_cast", "navigator/correlated_random_walk"] },
]
"#;

fn json(bench: &Bench, arguments: &[&str]) -> Value {
    serde_json::from_str(&bench.call(arguments).succeeds()).expect("JSON")
}

/// A bench with finished results and a packed copy of them, and what `pack` said.
fn packed() -> (Bench, Value) {
    let bench = Bench::new(program(), STUDY);
    bench.sweep("results.h5", &["-q"]).succeeds();
    let told = json(&bench, &["pack", "results.h5", "-o", "packed.h5", "--json"]);
    (bench, told)
}

#[test]
fn packed_results_are_read_like_the_originals_and_are_a_third_of_them() {
    let (bench, told) = packed();
    let bytes = |key: &str| told[key].as_f64().expect("a number");
    assert!(bytes("rows") > 10_000.0, "{told}");
    assert!(3.0 * bytes("bytes") < bytes("bytes_before"), "{told}");
    // Alone, without the folder of rows.
    std::fs::create_dir(bench.file("away")).expect("a folder");
    std::fs::rename(bench.file("packed.h5"), bench.file("away/packed.h5")).expect("renamed");
    let both = |arguments: &dyn Fn(&'static str) -> Vec<&'static str>| {
        ["results.h5", "away/packed.h5"].map(|file| bench.call(&arguments(file)).succeeds())
    };
    let [plain, packed] = both(&|file| vec!["digest", file]);
    assert_eq!(plain, packed);
    let [plain, packed] = both(&|file| vec!["verify", file]);
    assert_eq!(plain, packed);
    let [plain, packed] = both(&|file| vec!["summary", file, "--format", "json"]);
    assert_eq!(plain.replace("results.h5", "F"), packed.replace("away/packed.h5", "F"));
    assert_eq!(
        bench.status("results.h5")["committed"],
        bench.status("away/packed.h5")["committed"]
    );
    // Rows in another form come from it as well.
    for (file, made) in [("results.h5", "a.rows.h5"), ("away/packed.h5", "b.rows.h5")] {
        bench.call(&["rows", file, "--backend", "hdf5", "-o", made]).succeeds();
    }
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        run_script(&python, &bench, "read_everything.py", ["away/packed.h5"]);
        run_script(
            &python,
            &bench,
            "read_packed_rows.py",
            ["away/packed.h5", "a.rows.h5", "b.rows.h5"],
        );
    }
    let (_, refusal) = bench.sweep("away/packed.h5", &["-q", "--resume"]).exits(2);
    assert!(refusal.contains("never continued"), "{refusal}");
    let zstd = json(
        &bench,
        &[
            "pack",
            "results.h5",
            "-o",
            "zstd.h5",
            "--compression",
            "zstd",
            "--level",
            "9",
            "--json",
        ],
    );
    assert!(zstd["bytes"].as_f64() < told["bytes"].as_f64(), "{zstd} {told}");
    assert_eq!(bench.digest("zstd.h5"), bench.digest("results.h5"));
    // And unpacked again, for those who have no plug-in.
    bench
        .call(&["pack", "zstd.h5", "-o", "deflate.h5", "--level", "1"])
        .succeeds();
    assert_eq!(bench.digest("deflate.h5"), bench.digest("results.h5"));
}

#[test]
fn results_that_h5repack_wrote_anew_are_read_and_resumed() {
    let Some(h5repack) = optional("PLUME_NAV_SIM_TEST_H5REPACK") else {
        return;
    };
    let bench = Bench::new(program(), STUDY);
    bench.sweep("results.h5", &["-q"]).succeeds();
    let digest = bench.digest("results.h5");
    let pairs: [(&str, &[&str]); 3] = [
        ("plain", &[]),
        ("gzip", &["-f", "GZIP=1"]),
        ("shuffled", &["-f", "SHUF", "-f", "GZIP=6"]),
    ];
    for (name, filters) in pairs {
        let file = format!("{name}.h5");
        let mut command = Command::new(&h5repack);
        command.args(filters).args(["results.h5", &file]);
        let output = Job::start(&mut command, bench.path(), LIMIT).wait();
        assert!(output.status.success(), "{}", describe(&output));
        copy_rows(&bench, &file);
        assert_eq!(bench.digest(&file), digest, "{name}");
        let page = bench.call(&["verify", &file]).succeeds();
        assert!(page.contains("another program has written the file anew"), "{page}");
        assert_eq!(json(&bench, &["verify", &file, "--json"])["file"], "rewritten");
        bench.call(&["summary", &file]).succeeds();
        bench
            .call(&["pack", &file, "-o", &format!("{name}-packed.h5")])
            .succeeds();
        assert_eq!(bench.digest(&format!("{name}-packed.h5")), digest, "{name}");
        // A packed file, written anew as well.
        let mut command = Command::new(&h5repack);
        command
            .args(filters)
            .args([format!("{name}-packed.h5"), format!("{name}-again.h5")]);
        let output = Job::start(&mut command, bench.path(), LIMIT).wait();
        assert!(output.status.success(), "{}", describe(&output));
        let again = format!("{name}-again.h5");
        assert_eq!(bench.digest(&again), digest, "{name}");
        assert_eq!(json(&bench, &["verify", &again, "--json"])["file"], "rewritten");
        bench.sweep(&again, &["-q", "--resume"]).exits(2);
        // A resume makes it anew, with all its units.
        let (_, told) = bench.sweep(&file, &["--resume"]).exits(0);
        assert!(told.contains("written anew by another program"), "{told}");
        assert_eq!(bench.digest(&file), digest, "{name}");
        assert_eq!(json(&bench, &["verify", &file, "--json"])["file"], "intact");
    }
}

fn copy_rows(bench: &Bench, file: &str) {
    let (from, to) = (bench.file("results.h5.tables"), bench.file(&format!("{file}.tables")));
    std::fs::create_dir(&to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}

/// Names in the folder of a bench.
fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = (std::fs::read_dir(path).expect("a folder"))
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn packing_that_fails_leaves_everything_as_it_was() {
    let bench = Bench::new(program(), STUDY);
    bench.sweep("results.h5", &["-q"]).succeeds();
    let before = (
        names(bench.path()),
        std::fs::read(bench.file("results.h5")).expect("results"),
    );
    let after = || {
        (
            names(bench.path()),
            std::fs::read(bench.file("results.h5")).expect("results"),
        )
    };
    // The disk is full after 64 KiB, 512 KiB, and just before the end.
    let whole = json(&bench, &["pack", "results.h5", "-o", "whole.h5", "--json"])["bytes"]
        .as_u64()
        .expect("a number");
    std::fs::remove_file(bench.file("whole.h5")).expect("removed");
    for limit_kib in [64, whole / 2048, whole / 1024 - 8] {
        let line = format!("ulimit -f {}; exec \"$0\" pack results.h5 -o packed.h5", 2 * limit_kib);
        let mut command = Command::new("sh");
        command.args(["-c", &line]).arg(program());
        let output = Job::start(&mut command, bench.path(), LIMIT).wait();
        assert_eq!(output.status.code(), Some(1), "{limit_kib} KiB: {}", describe(&output));
        assert_eq!(after(), before, "{limit_kib} KiB");
    }
    for arguments in [
        &["pack", "results.h5", "-o", "results.h5", "--overwrite"][..],
        &["pack", "results.h5", "-o", "none/packed.h5"],
        &["pack", "results.h5", "-o", "packed.h5", "--level", "10"],
        &["pack", "results.h5", "-o", "study.toml", "--overwrite"],
    ] {
        bench.call(arguments).exits(2);
        assert_eq!(after(), before, "{arguments:?}");
    }
    // Results that aren't packed may be all that there is of them.
    bench.sweep("other.h5", &["-q", "--set", "study.seed=99"]).succeeds();
    let other = std::fs::read(bench.file("other.h5")).expect("results");
    let arguments = ["pack", "results.h5", "-o", "other.h5", "--overwrite"];
    let (_, refusal) = bench.call(&arguments).exits(2);
    assert!(refusal.contains("isn't a packed file"), "{refusal}");
    assert!(std::fs::read(bench.file("other.h5")).expect("results") == other);
}

#[test]
fn a_killed_pack_leaves_no_half_file() {
    let bench = Bench::new(program(), STUDY);
    bench.sweep("results.h5", &["-q"]).succeeds();
    let expected = bench.digest("results.h5");
    let half_made = || names(bench.path()).iter().any(|name| name.contains("creating"));
    let mut hit = 0;
    for wait_ms in [0, 10, 30, 80, 150, 250] {
        for name in names(bench.path()).iter().filter(|name| name.contains("creating")) {
            std::fs::remove_file(bench.file(name)).expect("remains");
        }
        let job = bench.call(&["pack", "results.h5", "-o", "packed.h5"]).start();
        let job = job.wait_until("a file in the making", || {
            half_made() || bench.file("packed.h5").exists()
        });
        std::thread::sleep(Duration::from_millis(wait_ms));
        job.kill();
        hit += usize::from(half_made());
        if bench.file("packed.h5").exists() {
            assert_eq!(bench.digest("packed.h5"), expected);
            std::fs::remove_file(bench.file("packed.h5")).expect("removed");
        }
    }
    assert!(hit > 0, "none was killed in the middle");
    // What the killed ones left under other names goes with the next.
    bench.call(&["pack", "results.h5", "-o", "packed.h5"]).succeeds();
    let left = names(bench.path());
    assert!(!left.iter().any(|name| name.contains("creating")), "{left:?}");
    assert_eq!(bench.digest("packed.h5"), expected);
}
