//! Parts of a study, computed by jobs that know nothing of each other, become what one run gives.

use crate::job::Job;
use crate::python::run_script;
use crate::support::{Bench, PLUME_STUDY, describe, napping_study, optional, program, scenarios};
use plume_nav_sim::store::Reader;
use plume_nav_sim::sweep::UnitIndex;
use rustix::process::Signal;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON ({error}): {text}"))
}

/// Runs all parts, some alone and some on two ranks, into `part-K.h5`.
fn run_parts(bench: &Bench, of: u32) {
    for number in 1..=of {
        let (part, file) = (format!("{number}/{of}"), format!("part-{number}.h5"));
        let call = bench.sweep(&file, &["--part", &part, "--json"]);
        let outcome = json(&if number % 4 == 0 { call.ranks(2) } else { call }.succeeds());
        assert_eq!(outcome["part"], part, "{outcome}");
        assert_eq!(outcome["units_run"], outcome["units"], "{outcome}");
    }
}

fn merge<'a>(bench: &'a Bench, files: &[String], more: &[&str]) -> crate::support::Call<'a> {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    bench
        .call(&["merge"])
        .arguments(&files)
        .arguments(&["-o", "all.h5"])
        .arguments(more)
}

fn parts(of: u32) -> Vec<String> {
    (1..=of).map(|number| format!("part-{number}.h5")).collect()
}

/// Names of what is in the folder.
fn listing(bench: &Bench) -> Vec<String> {
    let mut names: Vec<String> = (std::fs::read_dir(bench.path()).expect("the folder").flatten())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn eight_parts_are_the_single_run() {
    let bench = Bench::new(scenarios(), &napping_study(10, 20, 0.0));
    bench.sweep("single.h5", &["-q"]).succeeds();
    run_parts(&bench, 8);
    let status = bench.status("part-3.h5");
    assert_eq!(
        (&status["part"], &status["part_pending"]),
        (&"3/8".into(), &0.into()),
        "{status}"
    );
    let units_of = |number: usize| {
        let status = bench.status(&format!("part-{number}.h5"));
        status["committed"].as_u64().expect("a number")
    };
    let all: Vec<u64> = (1..=8).map(units_of).collect();
    assert_eq!(all.iter().sum::<u64>(), 200);
    assert_eq!(all, [25; 8]);
    let (page, _) = bench.call(&["status", "part-3.h5"]).exits(0);
    let words = format!("part 3/8: all of its {} units are committed", all[2]);
    assert!(page.contains(&words), "{page}");
    // Started once more, a part has nothing to do; another part isn't put into its file.
    let outcome = json(
        &bench
            .sweep("part-3.h5", &["--part", "3/8", "--resume", "--json"])
            .succeeds(),
    );
    assert_eq!(outcome["units_run"], 0, "{outcome}");
    let (_, error) = bench.sweep("part-3.h5", &["--part", "4/8", "--resume"]).exits(2);
    assert!(error.contains("is part 3/8 of the study, not part 4/8"), "{error}");

    let before = listing(&bench);
    let files = parts(8);
    let (_, error) = merge(&bench, &[&files[..4], &files[5..]].concat(), &[]).exits(2);
    assert!(
        error.contains(&format!("{} of 200 units are in none of the files", all[4]))
            && error.contains("no file is part 5/8"),
        "{error}"
    );
    assert_eq!(listing(&bench), before, "nothing is made");
    let bytes = |file: &str| std::fs::read(bench.file(file)).expect("a part");
    let untouched: Vec<Vec<u8>> = files.iter().map(|file| bytes(file)).collect();

    std::fs::copy(bench.file("part-2.h5"), bench.file("copy.h5")).expect("a copy");
    let doubled = [&files[..], &["copy.h5".to_owned()]].concat();
    let (_, told) = merge(&bench, &doubled, &[]).exits(0);
    assert!(
        told.contains("part 2/8 is there more than once: part-2.h5, copy.h5"),
        "{told}"
    );
    let same = format!("copy.h5: 0 units, {} there already, the same", all[1]);
    assert!(told.contains(&same), "{told}");
    assert_eq!(bench.digest("all.h5"), bench.digest("single.h5"));
    bench.call(&["verify", "all.h5"]).succeeds();
    let table = |file: &str| {
        let table = bench.call(&["summary", file, "--format", "csv"]).succeeds();
        assert!(table.lines().count() > 10, "{table}");
        table
    };
    assert_eq!(table("all.h5"), table("single.h5"));
    assert_eq!(
        bench.status("all.h5")["sessions"].as_array().map(Vec::len),
        Some(9),
        "eight jobs and the merge"
    );
    assert_eq!(files.iter().map(|file| bytes(file)).collect::<Vec<_>>(), untouched);
    let (_, error) = merge(&bench, &files, &[]).exits(2);
    assert!(error.contains("exists already"), "{error}");
    // A sweep finds nothing to do.
    let outcome = json(&bench.sweep("all.h5", &["--resume", "--json"]).succeeds());
    assert_eq!(outcome["units_run"], 0, "{outcome}");
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        run_script(&python, &bench, "same_results.py", ["single.h5", "all.h5"]);
    }
}

#[test]
fn what_is_missing_can_be_run_afterwards() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("single.h5", &["-q"]).succeeds();
    run_parts(&bench, 3);
    let some = [parts(3)[0].clone(), parts(3)[2].clone()];
    let outcome = json(&merge(&bench, &some, &["--partial", "--json"]).exits(75).0);
    let missing = outcome["units_missing"].as_u64().expect("a number");
    assert!((1..24).contains(&missing), "{outcome}");
    bench.call(&["summary", "all.h5"]).exits(75);
    let outcome = json(&bench.sweep("all.h5", &["--resume", "--json"]).ranks(2).succeeds());
    assert_eq!(outcome["units_run"], missing, "{outcome}");
    assert_eq!(bench.digest("all.h5"), bench.digest("single.h5"));
    // Parts can be reused like any file.
    let outcome = json(
        &bench
            .sweep(
                "again.h5",
                &["--json", "--reuse", "part-1.h5", "part-2.h5", "part-3.h5"],
            )
            .succeeds(),
    );
    assert_eq!(
        (&outcome["units_reused"], &outcome["units_run"]),
        (&24.into(), &0.into())
    );
    assert_eq!(bench.digest("again.h5"), bench.digest("single.h5"));
}

#[test]
fn quarantined_units_come_with_their_reasons_and_give_way_to_done_ones() {
    let study = r#"
[study]
scenario = "faulty"
replicates = 6
[execution]
retries = 0
[fault]
replicate = 2
[sweep]
axes = [{ key = "fault.kind", values = ["none", "panic", "ladder", "error"] }]
"#;
    let bench = Bench::new(scenarios(), study);
    bench.sweep("single.h5", &["-q"]).environment("LADDER", "1").exits(3);
    bench.sweep("failed.h5", &["--part", "1/1", "-q"]).exits(3);
    for number in 1..=2 {
        let part = format!("{number}/2");
        let call = bench.sweep(&format!("part-{number}.h5"), &["--part", &part, "-q"]);
        let code = call.environment("LADDER", "1").output().status.code();
        assert!(code == Some(0) || code == Some(3), "{code:?}");
    }
    let files = [vec!["failed.h5".to_owned()], parts(2)].concat();
    merge(&bench, &files, &[]).exits(3);
    assert_eq!(
        bench.status("all.h5")["failures"],
        bench.status("single.h5")["failures"]
    );
    assert_eq!(bench.digest("all.h5"), bench.digest("single.h5"));
    bench.call(&["verify", "all.h5"]).succeeds();
}

const RECORDED: &str = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "recorded"
seed = 7
replicates = 6
[agents]
count = 5
[episode]
duration_s = 10.0
[record]
columns = ["x_m", "concentration"]
every_steps = 5
events = ["edge", "end"]
[sweep]
axes = [{ key = "wind.speed_m_s", values = [0.4, 0.9] }]
"#;

#[test]
fn rows_are_joined_too() {
    let bench = Bench::new(program(), RECORDED);
    bench.sweep("single.h5", &["-q"]).succeeds();
    run_parts(&bench, 3);
    assert!(
        !bench.file("part-1.rows.h5").exists(),
        "files for tools are made of the whole"
    );
    merge(&bench, &parts(3), &["-q"]).succeeds();
    bench.call(&["verify", "all.h5"]).succeeds();
    assert_eq!(bench.digest("all.h5"), bench.digest("single.h5"));
    let recorded = |file: &str| json(&bench.call(&["digest", "--json", file]).succeeds())["recorded"].clone();
    assert_eq!(recorded("all.h5"), recorded("single.h5"));
    let rows = |file: &str| {
        let reader = Reader::open(&bench.file(file)).expect("results");
        let of = |unit| [0, 1].map(|table| reader.rows(UnitIndex(unit), table).expect("rows").expect("done"));
        format!("{:?}", (0..12).map(of).collect::<Vec<_>>())
    };
    assert_eq!(rows("all.h5"), rows("single.h5"));
    assert!(bench.file("all.rows.h5").exists());
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        run_script(&python, &bench, "same_results.py", ["single.rows.h5", "all.rows.h5"]);
    }
}

/// Changes the first value of a unit's metric, and its checksum with it.
fn forge(bench: &Bench, results: &str, unit: u64) {
    let file = hdf5::File::open(bench.file(results)).expect("results");
    let text = |name: &str| {
        let dataset = file.dataset(name).expect("a text");
        (dataset.offset().expect("contiguous"), dataset.storage_size())
    };
    let place = |name: &str, units: u64| {
        let (offset, bytes) = text(name);
        let each = bytes / units;
        (offset + unit * each) as usize..(offset + (unit + 1) * each) as usize
    };
    let units = file.dataset("units/state").expect("states").size() as u64;
    let [layout, hash] = ["provenance/layout", "provenance/configuration_hash"].map(text);
    let [state, seed, crc] = ["units/state", "units/seed", "units/crc32c"].map(|name| place(name, units));
    let mut bytes = std::fs::read(bench.file(results)).expect("results");
    let of = |(offset, length): (u64, u64)| {
        String::from_utf8_lossy(&bytes[offset as usize..(offset + length) as usize]).into_owned()
    };
    let layout = json(of(layout).trim_end_matches('\0'));
    let hash: Vec<u8> = (of(hash).as_bytes().chunks(2))
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits"))
        .collect();
    let metrics = layout["metrics"].as_array().expect("a list").iter();
    let names: Vec<String> = metrics
        .map(|metric| format!("episodes/{}", metric["name"].as_str().expect("a name")))
        .collect();
    let places: Vec<_> = names.iter().map(|name| place(name, units)).collect();
    drop(file);
    bytes[places[0].start] ^= 1;
    let mut checksum = crc32c::crc32c(&hash);
    checksum = crc32c::crc32c_append(checksum, &unit.to_le_bytes());
    for part in [&bytes[state], &bytes[seed]]
        .into_iter()
        .chain(places.into_iter().map(|place| &bytes[place]))
    {
        checksum = crc32c::crc32c_append(checksum, part);
    }
    bytes[crc].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(bench.file(results), bytes).expect("results");
}

#[test]
fn other_results_for_one_unit_are_a_conflict_and_other_studies_are_told() {
    let bench = Bench::new(scenarios(), &napping_study(3, 4, 0.0));
    bench.sweep("one.h5", &["-q"]).succeeds();
    std::fs::copy(bench.file("one.h5"), bench.file("forged.h5")).expect("a copy");
    forge(&bench, "forged.h5", 7);
    bench.call(&["verify", "forged.h5"]).exits(3);
    let files = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let before = listing(&bench);
    let (_, error) = merge(&bench, &files(&["one.h5", "forged.h5"]), &[]).exits(2);
    for words in [
        "unit 7 has other results in",
        "forged.h5 than in",
        "one.h5",
        "run --unit 7",
    ] {
        assert!(error.contains(words), "{words}: {error}");
    }
    assert_eq!(listing(&bench), before);
    bench
        .sweep("other.h5", &["-q", "--set", "study.replicates=5"])
        .succeeds();
    let (_, error) = merge(&bench, &files(&["one.h5", "other.h5"]), &[]).exits(2);
    assert!(
        error.contains("another study")
            && error.contains("`study.replicates` is 4 here, 5 in the file")
            && error.contains("--reuse"),
        "{error}"
    );
    let (_, error) = bench.call(&["merge", "one.h5", "-o", "one.h5"]).exits(2);
    assert!(error.contains("is one of the files to be joined"), "{error}");
    let (_, error) = bench.call(&["merge", "one.h5", "-o", "nowhere/all.h5"]).exits(2);
    assert!(error.contains("nowhere"), "{error}");
    // A damaged unit is no conflict: the sound one is taken, whichever comes first.
    std::fs::copy(bench.file("one.h5"), bench.file("scratched.h5")).expect("a copy");
    let file = hdf5::File::open(bench.file("one.h5")).expect("results");
    let offset = file
        .dataset("episodes/heads_fraction")
        .expect("a metric")
        .offset()
        .expect("contiguous");
    drop(file);
    let mut bytes = std::fs::read(bench.file("one.h5")).expect("results");
    bytes[offset as usize + 3] ^= 1;
    std::fs::write(bench.file("scratched.h5"), bytes).expect("a file");
    for order in [["scratched.h5", "one.h5"], ["one.h5", "scratched.h5"]] {
        merge(&bench, &files(&order), &[]).exits(0);
        assert_eq!(bench.digest("all.h5"), bench.digest("one.h5"));
        std::fs::remove_file(bench.file("all.h5")).expect("the file goes");
    }
}

#[test]
fn a_merge_that_is_killed_leaves_nothing_under_the_name() {
    let bench = Bench::new(program(), &RECORDED.replace("replicates = 6", "replicates = 60"));
    bench
        .sweep("single.h5", &["-q", "--set", "record.backend=\"none\""])
        .succeeds();
    for number in 1..=2 {
        let part = format!("{number}/2");
        let more = ["--part", &part, "-q", "--set", "record.backend=\"none\""];
        bench.sweep(&format!("part-{number}.h5"), &more).succeeds();
    }
    let bytes = |file: &str| std::fs::read(bench.file(file)).expect("a part");
    let untouched = parts(2).iter().map(|file| bytes(file)).collect::<Vec<_>>();
    let reference = bench.digest("single.h5");
    let begin = std::time::Instant::now();
    merge(&bench, &parts(2), &["-q"]).succeeds();
    let whole = begin.elapsed();
    let clear = || {
        std::fs::remove_file(bench.file("all.h5")).expect("the file goes");
        std::fs::remove_dir_all(bench.file("all.h5.tables")).expect("its rows go");
    };
    clear();
    let before = listing(&bench);
    let mut interrupted = 0;
    for trial in 0..16 {
        let job = merge(&bench, &parts(2), &["-q"]).start();
        std::thread::sleep(whole.mul_f64(f64::from(trial) / 14.0));
        job.kill();
        if bench.file("all.h5").exists() {
            assert_eq!(bench.digest("all.h5"), reference, "trial {trial}");
            bench.call(&["verify", "all.h5"]).succeeds();
            let _ = std::fs::remove_file(bench.file("all.h5.lock"));
            let _ = std::fs::remove_file(bench.file("all.h5.tables/merging"));
            clear();
        } else {
            let left = listing(&bench);
            interrupted += usize::from(left.iter().any(|name| name.contains(".all.h5.creating-")));
            merge(&bench, &parts(2), &["-q"]).succeeds();
            assert_eq!(bench.digest("all.h5"), reference, "trial {trial}");
            clear();
        }
        assert_eq!(listing(&bench), before, "trial {trial}");
    }
    assert!(interrupted > 0, "none was killed in the middle");
    assert_eq!(parts(2).iter().map(|file| bytes(file)).collect::<Vec<_>>(), untouched);
}

/// Every call that a merge makes on what it writes fails once, or a sample of them: never half a file under the name.
#[test]
fn a_merge_whose_calls_fail_leaves_all_or_nothing() {
    let bench = Bench::new(program(), RECORDED);
    let quiet = ["--set", "record.backend=\"none\"", "-q"];
    bench.sweep("single.h5", &quiet).succeeds();
    for number in 1..=2 {
        let part = format!("{number}/2");
        let call = bench.sweep(&format!("part-{number}.h5"), &quiet);
        call.arguments(&["--part", &part]).succeeds();
    }
    let reference = bench.digest("single.h5");
    let library = crate::faults::library(&bench);
    let [library, trace] = [library, bench.file("trace")].map(|path| path.to_str().expect("a plain path").to_owned());
    let faulty = |variables: &[(&str, &str)]| {
        let call = merge(&bench, &parts(2), &["-q"]);
        let call = call
            .environment("LD_PRELOAD", &library)
            .environment("SINGLE_FAULT_PATH", "all.h5");
        (variables.iter()).fold(call, |call, (name, value)| call.environment(name, value))
    };
    let clear = || {
        std::fs::remove_file(bench.file("all.h5")).expect("the file goes");
        std::fs::remove_dir_all(bench.file("all.h5.tables")).expect("its rows go");
    };
    faulty(&[("SINGLE_FAULT_TRACE", &trace)]).succeeds();
    clear();
    let calls = std::fs::read_to_string(&trace).expect("a trace");
    std::fs::remove_file(&trace).expect("the trace goes");
    let bytes = |file: &str| std::fs::read(bench.file(file)).expect("a part");
    let untouched = parts(2).iter().map(|file| bytes(file)).collect::<Vec<_>>();
    let before = listing(&bench);
    let (mut failed, mut tried) = (0, 0);
    for (name, errnos) in crate::faults::CALLS {
        let count = calls.lines().filter(|line| line.ends_with(name)).count();
        let all = std::env::var_os("PLUME_NAV_SIM_TEST_ALL_FAULTS").is_some();
        let step = if all { 1 } else { count.div_ceil(6).max(1) };
        for at in (0..count).step_by(step) {
            let errno = errnos[at % errnos.len()].to_string();
            let at = at.to_string();
            let fault = [
                ("SINGLE_FAULT_CALL", name),
                ("SINGLE_FAULT_AT", &at),
                ("SINGLE_FAULT_ERRNO", &errno),
            ];
            let output = faulty(&fault).output();
            tried += 1;
            let is_there = bench.file("all.h5").exists();
            if output.status.success() {
                assert!(is_there, "{fault:?}");
            } else {
                failed += 1;
                let code = output.status.code();
                assert!(
                    code.is_some_and(|code| [1, 2].contains(&code)),
                    "{fault:?} {}",
                    describe(&output)
                );
            }
            if !is_there {
                merge(&bench, &parts(2), &["-q"]).succeeds();
            }
            let verified = bench.call(&["verify", "all.h5"]).output();
            assert!(verified.status.success(), "{fault:?} {}", describe(&verified));
            assert_eq!(bench.digest("all.h5"), reference, "{fault:?}");
            clear();
            assert_eq!(listing(&bench), before, "{fault:?} {}", describe(&output));
        }
    }
    assert!(tried > 15 && failed > tried / 3, "{failed} of {tried} failed");
    assert_eq!(parts(2).iter().map(|file| bytes(file)).collect::<Vec<_>>(), untouched);
}

/// Between the folder of rows and its file nothing but a kill can come; the next merge knows what it left.
#[test]
fn rows_without_their_file_are_cleared_by_the_next_merge_alone() {
    let bench = Bench::new(program(), RECORDED);
    run_parts(&bench, 2);
    let rows = bench.file("all.h5.tables");
    std::fs::create_dir(&rows).expect("a folder");
    std::fs::copy(bench.file("part-1.h5.tables/part-000001"), rows.join("part-000001")).expect("rows");
    let (_, error) = merge(&bench, &parts(2), &[]).exits(2);
    assert!(
        error.contains("holds rows of other results"),
        "without the mark they may be anybody's: {error}"
    );
    std::fs::write(rows.join("merging"), "").expect("the mark");
    merge(&bench, &parts(2), &["-q"]).succeeds();
    bench.call(&["verify", "all.h5"]).succeeds();
    assert!(!rows.join("merging").exists());
}

#[test]
fn a_file_that_would_grow_too_large_leaves_nothing() {
    let bench = Bench::new(scenarios(), &napping_study(20, 500, 0.0));
    bench.sweep("part-1.h5", &["--part", "1/1", "-q"]).succeeds();
    let before = listing(&bench);
    let program = scenarios();
    let script = format!("ulimit -f 100; exec {} merge part-1.h5 -o all.h5", program.display());
    let mut command = Command::new("bash");
    command.args(["-c", &script]);
    let output = Job::start(&mut command, bench.path(), Duration::from_secs(60)).wait();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{}", describe(&output));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("ulimit -f"),
        "{}",
        describe(&output)
    );
    assert_eq!(listing(&bench), before);
}

#[test]
fn a_merge_that_is_asked_to_stop_leaves_nothing() {
    // A member axis that makes the file large, and one unit in each block: there is much to copy, bit by bit.
    let study = napping_study(20, 100, 0.0).replace("nap_s = 0", "count = 500\ntosses = 1\nnap_s = 0");
    let bench = Bench::new(scenarios(), &study);
    for number in 1..=2 {
        let part = format!("{number}/2");
        bench
            .sweep(&format!("part-{number}.h5"), &["--part", &part, "-q"])
            .succeeds();
    }
    let before = listing(&bench);
    let making = || listing(&bench).iter().any(|name| name.starts_with(".all.h5.creating-"));
    let stopped = (0..10).any(|_| {
        let job = merge(&bench, &parts(2), &[])
            .start()
            .wait_until("a file in the making", making);
        job.signal(Signal::TERM);
        let output = job.wait();
        if output.status.success() {
            // It was over before the signal was looked at.
            std::fs::remove_file(bench.file("all.h5")).expect("the file goes");
            return false;
        }
        assert_eq!(output.status.code(), Some(75), "{}", describe(&output));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("nothing was made"), "{told}");
        true
    });
    assert!(stopped, "never stopped in time");
    assert_eq!(listing(&bench), before);
}

#[test]
fn a_partial_summary_says_how_far_each_point_is() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("part.h5", &["--part", "2/3", "-q"]).succeeds();
    let (_, error) = bench.call(&["summary", "part.h5"]).exits(75);
    assert!(error.contains("summary --partial"), "{error}");
    let summary = |format: &str| {
        let call = bench.call(&[
            "summary",
            "part.h5",
            "--partial",
            "--metric",
            "path_length_m",
            "--format",
            format,
        ]);
        call.succeeds()
    };
    let document = json(&summary("json"));
    let done = bench.status("part.h5")["done"].as_u64().expect("a number");
    assert_eq!(
        document["partial"],
        serde_json::json!({ "units_done": done, "units": 24 })
    );
    let rows = document["rows"].as_array().expect("rows");
    let of_rows: Vec<u64> = rows.iter().filter_map(|row| row["replicates_done"].as_u64()).collect();
    assert_eq!((of_rows.len(), of_rows.iter().sum::<u64>()), (4, done), "{document}");
    assert!(rows.iter().all(|row| row["replicates_planned"] == 6));
    assert!(of_rows.iter().any(|&done| done > 0) && of_rows.iter().any(|&done| done < 6));
    for row in rows {
        let replicates = row["metrics"]["path_length_m"]["replicates"].as_u64();
        assert_eq!(replicates, row["replicates_done"].as_u64(), "{row}");
    }
    let csv = summary("csv");
    assert!(
        csv.lines()
            .next()
            .is_some_and(|header| header.ends_with("replicates_done,replicates_planned")),
        "{csv}"
    );
    let table = summary("table");
    assert!(
        table.contains(&format!("partial: {done} of 24 units done")) && table.contains(" of 6"),
        "{table}"
    );
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        std::fs::write(bench.file("partial.json"), summary("json")).expect("a file");
        run_script(&python, &bench, "partial.py", ["part.h5", "partial.json"]);
    }
    // Of a finished file it is the summary.
    bench.sweep("whole.h5", &["-q"]).succeeds();
    let call = |more: &[&str]| {
        bench
            .call(&["summary", "whole.h5", "--format", "json"])
            .arguments(more)
            .succeeds()
    };
    assert_eq!(call(&["--partial"]), call(&[]));
}
