//! Studies that grow: what an older file has is taken over, and nothing of the result tells.

use crate::python::run_script;
use crate::support::{Bench, PLUME_STUDY, napping_study, optional, program, scenarios};
use plume_nav_sim::store::Reader;
use plume_nav_sim::sweep::UnitIndex;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no JSON ({error}): {text}"))
}

/// Runs `bigger.toml` from nothing and with `reuse`; the digests must be equal, and so many units be taken over and run.
fn grows(bench: &Bench, ranks: u32, reuse: &[&str], taken: u64, run: u64) {
    bench
        .call(&["sweep", "bigger.toml", "-o", "afresh.h5", "-q"])
        .succeeds();
    let grown = bench.call(&["sweep", "bigger.toml", "-o", "grown.h5", "--json", "--reuse"]);
    let outcome = json(&grown.arguments(reuse).ranks(ranks).succeeds());
    assert_eq!(outcome["units_reused"], taken, "{outcome}");
    assert_eq!(outcome["units_run"], run, "{outcome}");
    assert_eq!(outcome["units_committed"], taken + run, "{outcome}");
    assert_eq!(bench.digest("grown.h5"), bench.digest("afresh.h5"));
    bench.call(&["verify", "grown.h5"]).succeeds();
    let session = bench.status("grown.h5")["sessions"][0].clone();
    let of_files: u64 = session["reused"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|of| of[2].as_u64())
        .sum();
    assert_eq!(of_files, taken, "{session}");
}

fn bigger(bench: &Bench, study: &str) {
    std::fs::write(bench.file("bigger.toml"), study).expect("a study");
}

#[test]
fn replicates_grow() {
    let bench = Bench::new(scenarios(), &napping_study(6, 50, 0.0));
    bigger(&bench, &napping_study(6, 200, 0.0));
    bench.sweep("old.h5", &["-q"]).succeeds();
    let before = std::fs::read(bench.file("old.h5")).expect("the old file");
    grows(&bench, 2, &["old.h5"], 300, 900);
    assert_eq!(std::fs::read(bench.file("old.h5")).expect("the old file"), before);
    // Back again, from the bigger one: nothing is left to run.
    let fewer = bench.sweep("fewer.h5", &["--json", "--reuse", "grown.h5"]);
    let outcome = json(&fewer.succeeds());
    assert_eq!(
        (&outcome["units_reused"], &outcome["units_run"]),
        (&300.into(), &0.into())
    );
    assert_eq!(bench.digest("fewer.h5"), bench.digest("old.h5"));
    if let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") {
        run_script(&python, &bench, "grown.py", ["old.h5", "grown.h5"]);
    }
}

#[test]
fn an_axis_gets_more_values_and_a_sweep_more_members() {
    let values = |values: &str| PLUME_STUDY.replace("[0.4, 0.9]", values);
    let bench = Bench::new(program(), &values("[0.4, 0.7, 0.9]"));
    bigger(&bench, &values("[0.2, 0.4, 0.7, 0.9, 1.5]"));
    bench.sweep("old.h5", &["-q"]).succeeds();
    grows(&bench, 2, &["old.h5"], 36, 24);

    // The member axis becomes longer with a value of another key, and shorter again.
    let counted = PLUME_STUDY.replace("count = 11\n", "").replace("[agents]\n", "");
    let with = |counts: &str| {
        counted.replace(
            "[sweep]\naxes = [",
            &format!("[sweep]\naxes = [{{ key = \"agents.count\", values = {counts} }},"),
        )
    };
    for members in ["all", "statistics"] {
        let output = |study: String| study.replace("[sweep]", &format!("[output]\nmembers = \"{members}\"\n[sweep]"));
        let bench = Bench::new(program(), &output(with("[3, 8]")));
        bench.sweep("old.h5", &["-q"]).succeeds();
        bigger(&bench, &output(with("[12, 3, 8]")));
        grows(&bench, 1, &["old.h5"], 48, 24);
        for file in ["afresh.h5", "old.h5"] {
            std::fs::rename(bench.file(file), bench.file(&format!("was-{file}"))).expect("another name");
        }
        bigger(&bench, &output(with("[3]")));
        std::fs::rename(bench.file("grown.h5"), bench.file("larger.h5")).expect("another name");
        grows(&bench, 1, &["larger.h5"], 24, 0);
    }
}

const SOBOL: &str = r#"
[study]
scenario = "coins"
seed = 13
replicates = 2
[sweep]
axes = [
  { sample = { method = "METHOD", count = COUNT, seed = 1, variables = [
    { key = "coins.bias", distribution = "uniform", low = 0.2, high = 0.8 },
    { key = "coins.tosses", distribution = "integer", low = 10, high = 100 },
  ] } },
]
"#;

fn drawn(method: &str, count: u32) -> String {
    SOBOL.replace("METHOD", method).replace("COUNT", &count.to_string())
}

#[test]
fn drawn_points_grow_as_prefixes_and_latin_hypercubes_do_not() {
    for method in ["sobol", "random"] {
        let bench = Bench::new(scenarios(), &drawn(method, 256));
        bench.sweep("old.h5", &["-q"]).succeeds();
        bigger(&bench, &drawn(method, 1024));
        grows(&bench, 2, &["old.h5"], 512, 1536);
    }
    let bench = Bench::new(scenarios(), &drawn("latin_hypercube", 16));
    bench.sweep("old.h5", &["-q"]).succeeds();
    bigger(&bench, &drawn("latin_hypercube", 32));
    let grown = bench.call(&["sweep", "bigger.toml", "-o", "grown.h5", "--reuse", "old.h5"]);
    let (_, error) = grown.exits(2);
    assert!(
        error.contains("Latin hypercube can't grow") && error.contains("sobol"),
        "{error}"
    );
    assert!(!bench.file("grown.h5").exists());
}

#[test]
fn several_files_give_what_they_have_each_unit_once() {
    let study =
        |values: &str| napping_study(2, 4, 0.0).replace("linspace = { start = 0.0, stop = 0.9, count = 2 }", values);
    let bench = Bench::new(scenarios(), &study("values = [0.1, 0.2]"));
    bench.sweep("one.h5", &["-q"]).succeeds();
    std::fs::write(bench.file("other.toml"), study("values = [0.2, 0.3]")).expect("a study");
    bench.call(&["sweep", "other.toml", "-o", "other.h5", "-q"]).succeeds();
    bigger(&bench, &study("values = [0.1, 0.2, 0.3, 0.4]"));
    grows(&bench, 3, &["one.h5", "other.h5"], 12, 4);
}

#[test]
fn recorded_rows_come_along() {
    let study = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "recorded"
seed = 7
replicates = 2
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
    let bench = Bench::new(program(), study);
    bench.sweep("old.h5", &["-q"]).succeeds();
    bigger(&bench, &study.replace("replicates = 2", "replicates = 5"));
    grows(&bench, 2, &["old.h5"], 4, 6);
    let recorded = |file: &str| json(&bench.call(&["digest", "--json", file]).succeeds())["recorded"].clone();
    assert_eq!(recorded("grown.h5"), recorded("afresh.h5"));
    let rows = |file: &str, unit: u64, table| {
        let reader = Reader::open(&bench.file(file)).expect("results");
        format!(
            "{:?}",
            reader.rows(UnitIndex(unit), table).expect("rows").expect("done")
        )
    };
    for table in [0, 1] {
        // The second replicate of the second point.
        assert_eq!(rows("grown.h5", 6, table), rows("old.h5", 3, table));
        assert_eq!(rows("grown.h5", 9, table), rows("afresh.h5", 9, table));
    }
    // Rows that aren't there can't come along; what has more than is asked for can.
    bigger(&bench, &study.replace("\"x_m\"", "\"x_m\", \"y_m\""));
    let other = bench.call(&["sweep", "bigger.toml", "-o", "other.h5", "--reuse", "old.h5"]);
    let (_, error) = other.exits(2);
    assert!(error.contains("record.columns"), "{error}");
    let start = study.find("[record]").expect("a table");
    let end = study.find("[sweep]").expect("a table");
    bigger(&bench, &format!("{}{}", &study[..start], &study[end..]));
    for file in ["afresh.h5", "grown.h5"] {
        std::fs::remove_file(bench.file(file)).expect("the file goes");
        std::fs::remove_dir_all(bench.file(&format!("{file}.tables"))).expect("its rows go");
    }
    grows(&bench, 1, &["old.h5"], 4, 0);
    assert!(!bench.file("grown.h5.tables").exists());
}

/// With common random numbers the swept keys are no part of what random numbers come from, so axes may come and go. Points are
/// then compared as a whole.
#[test]
fn axes_come_and_go_with_common_random_numbers() {
    let study = |sweep: &str| {
        let study = napping_study(2, 6, 0.0).replace("seed = 3", "seed = 3\ncommon_random_numbers = true");
        let start = study.find("[sweep]").expect("a table");
        format!("{}{sweep}", &study[..start])
    };
    let bench = Bench::new(scenarios(), &study(""));
    bench.sweep("old.h5", &["-q"]).succeeds();
    // 4 coins is what the study without an axis has.
    bigger(
        &bench,
        &study("[sweep]\naxes = [{ key = \"coins.count\", values = [2, 4] }]"),
    );
    grows(&bench, 1, &["old.h5"], 6, 6);
    // Without, it is another point.
    let other = bench.call(&["sweep", "bigger.toml", "-o", "other.h5", "--reuse", "old.h5"]);
    let (_, error) = other
        .arguments(&["--set", "study.common_random_numbers=false"])
        .exits(2);
    assert!(error.contains("study.common_random_numbers"), "{error}");
}

/// Makes units pending, as a kill before their commit leaves them.
fn take_back(bench: &Bench, results: &str, units: std::ops::Range<usize>) {
    let file = hdf5::File::open_rw(bench.file(results)).expect("the file opens");
    let dataset = file.dataset("units/state").expect("states");
    let mut states = dataset.read_raw::<i8>().expect("states are read");
    states[units].fill(0);
    dataset.write_raw(&states).expect("states are written");
    file.close().expect("the file closes");
}

#[test]
fn a_run_that_was_killed_goes_on_taking_over() {
    let bench = Bench::new(scenarios(), &napping_study(5, 10, 0.0));
    bench.sweep("old.h5", &["-q"]).succeeds();
    bigger(&bench, &napping_study(5, 20, 0.0));
    grows(&bench, 2, &["old.h5"], 50, 50);
    let reference = bench.digest("grown.h5");
    // Ten that the old file has, and ten that it hasn't.
    take_back(&bench, "grown.h5", 40..60);
    let again = bench.call(&[
        "sweep",
        "bigger.toml",
        "-o",
        "grown.h5",
        "--json",
        "--resume",
        "--reuse",
        "old.h5",
    ]);
    let outcome = json(&again.ranks(2).succeeds());
    assert_eq!(
        (&outcome["units_before"], &outcome["units_reused"]),
        (&80.into(), &10.into())
    );
    assert_eq!(outcome["units_run"], 10, "{outcome}");
    assert_eq!(bench.digest("grown.h5"), reference);
}

/// A kill while units are copied leaves a sound file: no unit is there without a record of its run.
#[test]
fn a_kill_among_copies_leaves_a_sound_file() {
    let bench = Bench::new(scenarios(), &napping_study(5, 4000, 0.0));
    bench.sweep("old.h5", &["-q"]).succeeds();
    bigger(&bench, &napping_study(5, 5000, 0.0));
    let grow = |more: &'static [&'static str]| {
        let call = bench.call(&["sweep", "bigger.toml", "-o", "grown.h5", "--reuse", "old.h5"]);
        call.arguments(more)
    };
    let mut unfinished = 0;
    for trial in 0..40_u64 {
        if unfinished == 6 {
            break;
        }
        let job = grow(&["-q"])
            .start()
            .wait_until("the file", || bench.file("grown.h5").exists());
        std::thread::sleep(Duration::from_millis(3 * trial));
        job.kill();
        if bench.status("grown.h5")["finished"] != true {
            unfinished += 1;
            bench.call(&["verify", "grown.h5"]).exits(75);
        }
        std::fs::remove_file(bench.file("grown.h5")).expect("the file");
    }
    assert!(unfinished > 0, "all kills came after the end");
    let (_, told) = grow(&[]).exits(0);
    assert!(!told.contains("damaged"), "{told}");
}

#[test]
fn a_resume_with_another_size_names_the_command() {
    let bench = Bench::new(scenarios(), &napping_study(4, 5, 0.0));
    bench.sweep("results.h5", &["-q"]).succeeds();
    let (_, error) = bench
        .sweep("results.h5", &["--resume", "--set", "study.replicates=8"])
        .exits(2);
    assert!(error.contains("`study.replicates` is 8 here, 5 in the file"), "{error}");
    let command = error
        .split('`')
        .find(|text| text.starts_with("plume-nav-sim sweep"))
        .expect("a command");
    assert_eq!(
        command,
        "plume-nav-sim sweep study.toml --set study.replicates=8 -o results-2.h5 --reuse results.h5"
    );
    let typed = command.replacen("plume-nav-sim", scenarios().to_str().expect("text"), 1);
    let done = Command::new("sh")
        .args(["-c", &typed])
        .current_dir(bench.path())
        .output()
        .expect("a shell");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{told}");
    assert!(
        told.contains("taken over from results.h5: 20 units") && told.contains("left to run: 12 units"),
        "{told}"
    );
    // Another study is still another study.
    let (_, error) = bench
        .sweep("results.h5", &["--resume", "--set", "study.seed=4"])
        .exits(2);
    assert!(error.contains("another study") && !error.contains("--reuse"), "{error}");
}

#[test]
fn nothing_is_made_of_files_that_have_nothing_or_are_damaged() {
    let bench = Bench::new(scenarios(), &napping_study(4, 5, 0.0));
    bench.sweep("old.h5", &["-q"]).succeeds();
    let sound = std::fs::read(bench.file("old.h5")).expect("the old file");
    let refused = |arguments: &[&str], words: &[&str]| {
        let (_, error) = bench.sweep("new.h5", arguments).exits(2);
        assert!(words.iter().all(|word| error.contains(word)), "{arguments:?}: {error}");
        assert!(!bench.file("new.h5").exists() && !bench.file("new.h5.lock").exists());
        assert_eq!(std::fs::read(bench.file("old.h5")).expect("the old file"), sound);
    };
    refused(
        &["--set", "study.seed=99", "--reuse", "old.h5"],
        &["no unit of this study", "`study.seed` is 99 here, 3 in the file"],
    );
    refused(&["--set", "coins.tosses=11", "--reuse", "old.h5"], &["`coins.tosses`"]);
    refused(
        &["--set", "output.members=\"statistics\"", "--reuse", "old.h5"],
        &["`output.members`"],
    );
    refused(&["--reuse", "study.toml"], &["study.toml is not a results file"]);
    refused(&["--reuse", "none.h5"], &["does not exist"]);
    let (_, error) = bench.sweep("old.h5", &["--overwrite", "--reuse", "old.h5"]).exits(2);
    assert!(error.contains("is the results file itself"), "{error}");
    assert_eq!(std::fs::read(bench.file("old.h5")).expect("the old file"), sound);

    // Structure that is damaged: nothing in the file is believed.
    let mut damaged = sound.clone();
    damaged[2000] ^= 1;
    std::fs::write(bench.file("damaged.h5"), &damaged).expect("a file");
    let (_, error) = bench.sweep("new.h5", &["--reuse", "damaged.h5"]).exits(1);
    assert!(error.contains("damaged.h5 is damaged"), "{error}");
    assert!(!bench.file("new.h5").exists());

    // A unit that is damaged is run again, and told.
    let file = hdf5::File::open(bench.file("old.h5")).expect("results");
    let offset = file
        .dataset("episodes/heads_fraction")
        .expect("a metric")
        .offset()
        .expect("contiguous");
    drop(file);
    let mut damaged = sound.clone();
    damaged[offset as usize] ^= 1;
    std::fs::write(bench.file("scratched.h5"), &damaged).expect("a file");
    let (_, told) = bench.sweep("new.h5", &["--reuse", "scratched.h5"]).exits(0);
    assert!(told.contains("19 units; 1 unit in it damaged and run again"), "{told}");
    assert_eq!(bench.digest("new.h5"), bench.digest("old.h5"));
}

/// Five thousand units that need what isn't there.
fn broken() -> String {
    r#"
[study]
scenario = "faulty"
replicates = 5000
[execution]
retries = 0
batch_units = 50
commit_interval_s = 0.02
[fault]
kind = "ladder"
"#
    .to_owned()
}

#[test]
fn a_run_in_which_everything_fails_stops_and_failed_units_run_again() {
    let bench = Bench::new(scenarios(), &broken());
    let (outcome, told) = bench.sweep("results.h5", &["--json"]).ranks(2).exits(1);
    let outcome = json(&outcome);
    assert_eq!(
        outcome["reason"], "the first units all failed for the same reason",
        "{outcome} {told}"
    );
    let failed = outcome["units_quarantined"].as_u64().expect("a number");
    assert!((100..5000).contains(&failed), "{outcome}");
    assert_eq!(bench.status("results.h5")["pending"], 5000 - failed);
    let (_, told) = bench.sweep("again.h5", &[]).exits(1);
    for words in [
        "the first units all failed for the same reason",
        "unit 0",
        "no ladder for unit 0",
        "--retry-quarantined",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    // With 0 it goes on to the end.
    let on = [
        "--set",
        "execution.stop_after_failures=0",
        "--set",
        "study.replicates=300",
    ];
    bench.sweep("on.h5", &on).exits(3);
    assert_eq!(bench.status("on.h5")["quarantined"], 300);

    let mended = |results: &str, more: &[&str]| bench.sweep(results, more).environment("LADDER", "1");
    mended("reference.h5", &["-q"]).succeeds();
    bench.sweep("results.h5", &["--retry-quarantined"]).exits(2);
    // What failed stays failed until somebody asks.
    let (outcome, _) = mended("results.h5", &["--resume", "--json"]).exits(3);
    assert_eq!(json(&outcome)["units_run"], 5000 - failed);
    let outcome = json(
        &mended("results.h5", &["--resume", "--retry-quarantined", "--json"])
            .ranks(2)
            .succeeds(),
    );
    assert_eq!(outcome["units_run"], failed, "{outcome}");
    assert_eq!(bench.digest("results.h5"), bench.digest("reference.h5"));
    bench.call(&["verify", "results.h5"]).succeeds();
}
