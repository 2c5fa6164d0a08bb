//! Recorded steps and events: beside the results without a trace in them, through kills, and in the hands of other tools.

use crate::job::Job;
use crate::killing::{Instant, Phase, Victim};
use crate::python::run_script;
use crate::support::{Bench, Call, Launch, describe, optional, program};
use plume_nav_sim::scenario::TableRows;
use plume_nav_sim::store::Reader;
use plume_nav_sim::sweep::UnitIndex;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const UNITS: u64 = 16;

/// Two winds, two navigators, four replicates of seven agents.
const STUDY: &str = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "recorded"
seed = 7
replicates = 4
[agents]
count = 7
[episode]
duration_s = 20.0
[boundary]
kind = "reflect"
[sweep]
axes = [
  { key = "wind.speed_m_s", values = [0.4, 0.9] },
  { key = "navigator", values = ["navigator/surge_cast", "navigator/correlated_random_walk"] },
]
"#;

const RECORD: &str = r#"
[record]
columns = ["x_m", "y_m", "concentration", "detected", "surge_cast_state"]
every_steps = 5
events = ["encounter_begins", "edge", "end"]
[execution]
commit_interval_s = 0.02
"#;

fn recorded() -> String {
    STUDY.replace("[sweep]", &format!("{RECORD}[sweep]"))
}

/// All rows of all units.
fn rows(bench: &Bench, results: &str) -> Vec<[TableRows; 2]> {
    let reader = Reader::open(&bench.file(results)).expect("results");
    (0..UNITS)
        .map(|unit| [0, 1].map(|table| reader.rows(UnitIndex(unit), table).expect("sound").expect("done")))
        .collect()
}

#[test]
fn recording_leaves_no_trace_in_the_digest_and_damage_is_found_and_mended() {
    let bench = Bench::new(program(), &recorded());
    std::fs::write(bench.file("plain.toml"), STUDY).expect("a study");
    bench.call(&["sweep", "plain.toml", "-o", "plain.h5", "-q"]).succeeds();
    assert!(!bench.file("plain.h5.tables").exists() && !bench.file("plain.rows.h5").exists());
    bench.sweep("one.h5", &["-q", "--threads", "1"]).succeeds();
    bench
        .sweep("two.h5", &["-q", "--threads", "2"])
        .launch(Launch::Ranks(2))
        .succeeds();
    let digest = bench.digest("plain.h5");
    assert_eq!(
        [bench.digest("one.h5"), bench.digest("two.h5")],
        [digest.clone(), digest.clone()]
    );
    let texts = |results: &str| format!("{:?}", rows(&bench, results));
    assert!(texts("one.h5") == texts("two.h5"), "NaN is NaN in texts");
    let of = |results: &str| -> Value {
        serde_json::from_str(&bench.call(&["digest", "--json", results]).succeeds()).expect("JSON")
    };
    assert_eq!(of("one.h5")["recorded"], of("two.h5")["recorded"]);
    assert!(of("one.h5")["recorded"].is_string() && of("plain.h5").get("recorded").is_none());
    assert_eq!(of("one.h5")["datasets"], of("plain.h5")["datasets"]);
    bench.call(&["verify", "two.h5"]).succeeds();

    // Rows that are gone or changed are missed, and so is what the file says of them.
    let part = bench.file("one.h5.tables/part-000001");
    let mut bytes = std::fs::read(&part).expect("a part");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&part, bytes).expect("a part");
    let (report, _) = bench.call(&["verify", "--json", "one.h5"]).exits(3);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["damaged"], 1, "{report}");
    bench.sweep("one.h5", &["-q", "--resume"]).succeeds();
    bench.call(&["verify", "one.h5"]).succeeds();
    assert!(texts("one.h5") == texts("two.h5"));
    assert_eq!(bench.digest("one.h5"), digest);
}

/// Zeros where the numbers of recorded rows and their checksums were: that says that there are none, and must not pass.
#[test]
fn recorded_rows_can_not_be_zeroed_away() {
    let bench = Bench::new(program(), &recorded());
    bench.sweep("r.h5", &["-q"]).succeeds();
    for names in [
        &[
            "rows_steps",
            "checksum_steps",
            "rows_events",
            "checksum_events",
            "part",
            "bytes",
        ][..],
        &["crc32c"],
    ] {
        for name in names {
            let file = hdf5::File::open(bench.file("r.h5")).expect("results");
            let dataset = file.dataset(&format!("tables/{name}")).expect("a dataset");
            let (offset, bytes) = (dataset.offset().expect("contiguous"), dataset.storage_size());
            drop((dataset, file));
            let mut all = std::fs::read(bench.file("r.h5")).expect("results");
            all[offset as usize..(offset + bytes) as usize].fill(0);
            std::fs::write(bench.file("r.h5"), all).expect("results");
        }
        let (report, _) = bench.call(&["verify", "--json", "r.h5"]).exits(3);
        let report: Value = serde_json::from_str(&report).expect("JSON");
        assert_eq!(report["damaged"], UNITS, "{names:?}: {report}");
        bench.sweep("r.h5", &["-q", "--resume"]).succeeds();
        bench.call(&["verify", "r.h5"]).succeeds();
    }
}

#[test]
fn a_file_records_one_thing() {
    let bench = Bench::new(program(), &recorded());
    bench.sweep("r.h5", &["-q"]).succeeds();
    for (set, told) in [
        ("record.every_steps=4", "`record.every_steps` is 4 here, 5 in the file"),
        ("record.columns=[\"x_m\"]", "`record.columns`"),
        ("record.precision=\"f64\"", "`record.precision`"),
    ] {
        let (_, refusal) = bench.sweep("r.h5", &["--resume", "--set", set]).exits(2);
        assert!(
            refusal.contains(told) && refusal.contains("its metrics will be the same"),
            "{refusal}"
        );
    }
    // A study that begins to record, or gives it up.
    std::fs::write(bench.file("plain.toml"), STUDY).expect("a study");
    let (_, refusal) = bench.call(&["sweep", "plain.toml", "-o", "r.h5", "--resume"]).exits(2);
    assert!(refusal.contains("records other things"), "{refusal}");
    bench.call(&["sweep", "plain.toml", "-o", "plain.h5", "-q"]).succeeds();
    let (_, refusal) = bench.sweep("plain.h5", &["--resume"]).exits(2);
    assert!(refusal.contains("`record.columns`"), "{refusal}");
    // How rows are kept may change.
    std::fs::remove_file(bench.file("r.rows.h5")).expect("the file of rows");
    bench
        .sweep(
            "r.h5",
            &[
                "-q",
                "--resume",
                "--set",
                "record.backend=\"none\"",
                "--set",
                "record.buffer_mib=1",
            ],
        )
        .succeeds();
    assert!(!bench.file("r.rows.h5").exists());
    bench.sweep("r.h5", &["-q", "--resume"]).succeeds();
    assert!(bench.file("r.rows.h5").exists(), "made again once it is missed");

    let (_, refusal) = bench.sweep("x.h5", &["--set", "record.backend=\"hdf\""]).exits(2);
    assert!(
        refusal.contains("record.backend") && refusal.contains("hdf5"),
        "{refusal}"
    );
    let (_, refusal) = bench.sweep("x.h5", &["--set", "record.columns=[\"speed\"]"]).exits(2);
    assert!(refusal.contains("speed_m_s"), "{refusal}");
    let sweep = STUDY.replace(
        "wind.speed_m_s\", values = [0.4, 0.9]",
        "record.every_steps\", values = [1, 2]",
    );
    std::fs::write(bench.file("swept.toml"), sweep).expect("a study");
    let (_, refusal) = bench.call(&["config", "validate", "swept.toml"]).exits(2);
    assert!(refusal.contains("belongs to the engine"), "{refusal}");
}

/// The file for other tools, a trace of one unit, and the rows in the parts say the same.
#[test]
fn other_tools_read_what_was_recorded() {
    let bench = Bench::new(program(), &recorded());
    bench.sweep("r.h5", &["-q", "--threads", "2"]).succeeds();
    let counters = bench.status("r.h5")["sessions"][0]["counters"].to_string();
    assert!(
        counters.contains("kept_bytes") && counters.contains("row_bytes"),
        "{counters}"
    );
    bench
        .call(&["run", "study.toml", "--unit", "6", "--trace", "unit.csv"])
        .succeeds();
    bench
        .call(&["run", "study.toml", "--unit", "6", "--trace", "unit.nc"])
        .succeeds();
    let (_, refusal) = bench.call(&["run", "study.toml", "--trace", "unit.csv"]).exits(2);
    assert!(refusal.contains("--overwrite"), "{refusal}");
    let rows = rows(&bench, "r.h5");
    let count = |table: usize| rows.iter().map(|unit| unit[table].rows).sum::<u64>().to_string();
    let words = ["r.rows.h5", "unit.csv", "unit.nc", "6", &count(0), &count(1)];
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        let printed = run_script(&python, &bench, "read_rows.py", words);
        assert!(printed.contains("the same"), "{printed}");
    }
}

#[test]
fn rows_are_made_again_by_command_and_never_half() {
    let bench = Bench::new(program(), &recorded());
    bench
        .sweep("r.h5", &["-q", "--set", "record.backend=\"none\""])
        .succeeds();
    assert!(!bench.file("r.rows.h5").exists());
    bench
        .call(&["rows", "r.h5", "--backend", "hdf5", "-o", "paths.nc"])
        .succeeds();
    let (_, refusal) = bench
        .call(&["rows", "r.h5", "--backend", "hdf5", "-o", "paths.nc"])
        .exits(2);
    assert!(refusal.contains("--overwrite"), "{refusal}");
    bench
        .call(&["rows", "r.h5", "--backend", "hdf5", "-o", "paths.nc", "--overwrite"])
        .succeeds();
    let whole = std::fs::read(bench.file("paths.nc")).expect("a file");

    // Results and folders of other things stay, whatever is said.
    std::fs::create_dir(bench.file("mine")).expect("a folder");
    std::fs::write(bench.file("mine/thesis.txt"), "years of work").expect("a file");
    std::fs::write(bench.file("notes.md"), "a thought").expect("a file");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        bench.file("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .expect("a pipe");
    let results = std::fs::read(bench.file("r.h5")).expect("results");
    for (backend, place) in [
        ("hdf5", "r.h5"),
        ("hdf5", "mine"),
        ("parquet", "mine"),
        ("sqlite", "r.h5"),
        ("sqlite", "notes.md"),
        ("hdf5", "notes.md"),
        ("hdf5", "pipe"),
    ] {
        let call = bench.call(&["rows", "r.h5", "--backend", backend, "-o", place, "--overwrite"]);
        let (_, refusal) = call.exits(2);
        assert!(refusal.contains("it is never replaced"), "{backend} {place}: {refusal}");
    }
    assert!(bench.file("mine/thesis.txt").exists());
    assert_eq!(
        std::fs::read_to_string(bench.file("notes.md")).expect("a file"),
        "a thought"
    );
    assert!(std::fs::read(bench.file("r.h5")).expect("results") == results);
    // A folder of Parquet files is replaced by another.
    for more in [&[][..], &["--overwrite"]] {
        let call = bench.call(&["rows", "r.h5", "--backend", "parquet", "-o", "paths.parquet"]);
        call.arguments(more).succeeds();
    }

    // A folder that isn't there, damaged rows: the old file stays.
    bench
        .call(&["rows", "r.h5", "--backend", "hdf5", "-o", "nowhere/paths.nc"])
        .exits(1);
    let part = bench.file("r.h5.tables/part-000001");
    let mut bytes = std::fs::read(&part).expect("a part");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&part, bytes).expect("a part");
    let (_, told) = bench
        .call(&["rows", "r.h5", "--backend", "hdf5", "-o", "paths.nc", "--overwrite"])
        .exits(1);
    assert!(told.contains("damaged"), "{told}");
    assert!(std::fs::read(bench.file("paths.nc")).expect("a file") == whole);
    let names = std::fs::read_dir(bench.path()).expect("the folder").flatten();
    assert!(
        names
            .map(|entry| entry.file_name())
            .all(|name| !name.to_string_lossy().contains("making"))
    );

    std::fs::write(bench.file("plain.toml"), STUDY).expect("a study");
    bench.call(&["sweep", "plain.toml", "-o", "plain.h5", "-q"]).succeeds();
    let (_, refusal) = bench.call(&["rows", "plain.h5"]).exits(2);
    assert!(refusal.contains("no tables"), "{refusal}");
}

#[test]
fn rows_have_a_place_or_nothing_begins() {
    let bench = Bench::new(program(), &recorded());
    // A sweep sees before it begins that its rows would have no place.
    std::fs::write(bench.file("other.rows.h5"), "a thought").expect("a file");
    let (_, refusal) = bench.sweep("other.h5", &["-q"]).exits(2);
    assert!(refusal.contains("it is never replaced"), "{refusal}");
    assert!(!bench.file("other.h5").exists());

    std::fs::remove_file(bench.file("other.rows.h5")).expect("the file");
    bench.sweep("r.h5", &["-q"]).succeeds();
    // What a kill between the two steps of replacing a folder has left stands in nobody's way.
    let rows = [
        "rows",
        "r.h5",
        "--backend",
        "parquet",
        "-o",
        "paths.parquet",
        "--overwrite",
    ];
    bench.call(&rows[..6]).succeeds();
    let left = bench.file(".paths.parquet.making-00000000-0000-7000-8000-000000000000.old");
    std::fs::create_dir_all(left.join("steps")).expect("a folder");
    bench.call(&rows).succeeds();
    assert!(!left.exists());
    std::fs::remove_dir_all(bench.file("paths.parquet")).expect("a folder");
}

#[test]
fn a_trace_shows_all_of_a_unit_that_records_nothing() {
    let bench = Bench::new(program(), STUDY);
    let page = bench.call(&["run", "study.toml", "--unit", "2", "--trace"]).succeeds();
    for word in ["surge_cast_state", "concentration", "encounter_begins", " more (hint: "] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let plain: Value =
        serde_json::from_str(&bench.call(&["run", "study.toml", "--unit", "2", "--json"]).succeeds()).expect("JSON");
    let traced = bench
        .call(&["run", "study.toml", "--unit", "2", "--json", "--trace", "t.csv"])
        .succeeds();
    let traced: Value = serde_json::from_str(&traced).expect("JSON");
    assert_eq!(traced["metrics"], plain["metrics"]);
    let steps = std::fs::read_to_string(bench.file("t.csv")).expect("a trace");
    assert_eq!(
        steps.lines().count() as u64 - 1,
        traced["rows"]["steps"].as_u64().expect("a number")
    );
    assert!(bench.file("t.events.csv").exists());
    let (_, refusal) = bench.call(&["run", "study.toml", "--trace", "t.xyz"]).exits(2);
    assert!(refusal.contains(".csv, .nc, .parquet or .sqlite"), "{refusal}");
}

/// Kills of each launcher: few, or as many as `PLUME_NAV_SIM_TEST_KILLS` says.
fn trials() -> usize {
    std::env::var("PLUME_NAV_SIM_TEST_KILLS").map_or(3, |text| text.parse().expect("a number of kills"))
}

fn survives_kills(launch: Launch) {
    // A second or more of work, in both profiles.
    let duration_s = if cfg!(debug_assertions) { 40.0 } else { 2000.0 };
    let longer = recorded().replace(
        "duration_s = 20.0",
        &format!("duration_s = {duration_s:.1}\nend_at_source = false"),
    );
    let bench = Bench::new(program(), &longer);
    let victim = Victim::new(&bench, launch, 0);
    let whole = std::fs::read(bench.file("reference.rows.h5")).expect("rows");
    let mut phases = Vec::new();
    for trial in 0..trials() {
        phases.push(victim.dies(&Instant::AfterCreation(0.1 + 0.8 * (0.618 * trial as f64).fract())));
    }
    assert!(
        phases.contains(&Phase::Units),
        "no kill left a half-filled file: {phases:?}"
    );
    victim.left_nothing_behind();

    // In the middle of the conversion, which begins when all else is done.
    for trial in 0..trials() {
        let results = format!("made-{trial}.h5");
        let making = || {
            let names = std::fs::read_dir(bench.path()).expect("the folder").flatten();
            names
                .map(|entry| entry.file_name())
                .any(|name| name.to_string_lossy().contains(".rows.h5.making-"))
        };
        let job = bench.sweep(&results, &["-q"]).launch(launch).start();
        let job = job.wait_until("a file of rows in the making", || {
            making() || bench.file(&results).with_extension("rows.h5").exists()
        });
        std::thread::sleep(Duration::from_millis(5 * trial as u64));
        job.kill();
        bench.sweep(&results, &["-q", "--resume"]).launch(launch).succeeds();
        assert!(!making(), "nothing half made is left");
        let rows = std::fs::read(bench.file(&results).with_extension("rows.h5")).expect("rows");
        assert!(rows == whole, "trial {trial}: {} and {} bytes", rows.len(), whole.len());
    }
}

#[test]
fn recorded_rows_survive_kills_with_the_serial_driver() {
    survives_kills(Launch::Alone);
}

#[test]
fn recorded_rows_survive_kills_with_mpi() {
    survives_kills(Launch::Ranks(2));
}

#[test]
fn plan_says_how_much_will_be_recorded() {
    let bench = Bench::new(program(), &recorded());
    let plan = |more: &[&str]| -> Value {
        let text = bench.call(&["plan", "study.toml", "--json"]).arguments(more).succeeds();
        serde_json::from_str::<Value>(&text).expect("JSON")["rows"].clone()
    };
    // 7 agents, 1000 steps, a row for every fifth and one at the end; 16 units. Agent, time, three numbers, two codes.
    let rows = plan(&[]);
    assert_eq!(rows["tables"][0]["max_rows"], 7 * 201 * 16, "{rows}");
    assert_eq!(rows["tables"][0]["row_bytes"], 4 + 8 + 3 * 4 + 2, "{rows}");
    assert_eq!(rows["tables"][1]["max_rows"], Value::Null, "{rows}");
    assert_eq!(
        plan(&["--set", "record.replicates=1", "--set", "record.points=[0, 3, 9]"])["units"],
        2
    );
    let measured = plan(&["--pilot", "1s"]);
    let expected = measured["tables"][0]["expected_rows"].as_f64().expect("a number");
    assert!(expected > 100.0 && expected <= (7 * 201 * 16) as f64, "{measured}");
    assert!(measured["bytes_per_s_and_thread"].as_f64().expect("a number") > 0.0);
    let page = bench.call(&["plan", "study.toml"]).succeeds();
    assert!(
        page.contains("table steps: at most") && page.contains("table events: as many"),
        "{page}"
    );
}

/// A run, and the most memory that it had, KiB.
fn peak_kib(call: Call<'_>) -> u64 {
    let mut job = call.start();
    let status = format!("/proc/{}/status", job.id());
    let mut most = 0;
    while job.ended().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        most = line
            .and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(most);
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = job.wait();
    assert!(output.status.success(), "{}", describe(&output));
    most
}

/// The simulation waits for a disk that can't keep up; memory stays within its bound, and rows are the same.
#[test]
fn a_slow_disk_costs_time_and_no_memory() {
    let many = recorded()
        .replace("count = 7", "count = 60")
        .replace("every_steps = 5", "every_steps = 1\nbuffer_mib = 1\nbackend = \"none\"")
        .replace("duration_s = 20.0", "duration_s = 15.0\nend_at_source = false");
    let bench = Bench::new(program(), &many);
    let library = bench.file("slow_writes.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/slow_writes.c");
    let mut compiler = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()));
    (compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source)).arg("-ldl");
    let output = Job::start(&mut compiler, bench.path(), Duration::from_secs(60)).wait();
    assert!(output.status.success(), "{}", describe(&output));

    let fast = peak_kib(bench.sweep("fast.h5", &["-q", "--threads", "2"]));
    // 4 MB/s.
    let slow = bench.sweep("slow.h5", &["-q", "--threads", "2"]);
    let slow = slow.environment("LD_PRELOAD", library.to_str().expect("a plain path"));
    let slow = slow.environment("SLOW_WRITES_PATH", "slow.h5.tables/");
    let slow = peak_kib(slow.environment("SLOW_WRITES_US_PER_KIB", "250"));
    let counters = &bench.status("slow.h5")["sessions"][0]["counters"];
    let counted = |name: &str| {
        let all = counters.as_array().expect("a list");
        let found = all.iter().find(|counter| counter["name"] == name);
        found
            .and_then(|counter| counter["value"].as_f64())
            .unwrap_or_else(|| panic!("{name} in {counters}"))
    };
    assert!(counted("row_waits") > 0.0 && counted("row_wait_s") > 0.1, "{counters}");
    let written_kib = counted("row_bytes") / 1024.0;
    assert!(
        written_kib > 8.0 * 1024.0,
        "enough to be seen if it were kept: {written_kib} KiB"
    );
    assert!(slow < fast + 3 * 1024, "{slow} KiB, and {fast} KiB with a quick disk");
    let texts = |results: &str| format!("{:?}", rows(&bench, results));
    assert!(texts("fast.h5") == texts("slow.h5"));
}
