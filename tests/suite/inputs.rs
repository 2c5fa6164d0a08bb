//! Input files: where they are looked for, what of them is kept, and what a changed or missing one leads to.

use crate::support::{Bench, Launch, scenarios, text};
use serde_json::Value;

const STUDY: &str = r#"
[study]
scenario = "gauge"
replicates = 20
[execution]
commit_interval_s = 0.05
threads = 1
[gauge]
file = "data/one.txt"
"#;

fn bench() -> Bench {
    let bench = Bench::new(scenarios(), STUDY);
    std::fs::create_dir(bench.file("data")).expect("a folder");
    for (name, unit) in [("one", "molecules cm-3"), ("same", "molecules cm-3"), ("other", "m")] {
        let readings = format!("{unit}\n1\n2\n{}\n", name.len());
        std::fs::write(bench.file(&format!("data/{name}.txt")), readings).expect("a file of readings");
    }
    bench
}

#[test]
fn a_study_and_its_files_can_move_together() {
    let bench = bench();
    bench.sweep("here.h5", &[]).succeeds();
    let reference = bench.digest("here.h5");
    std::fs::create_dir(bench.file("elsewhere")).expect("a folder");
    for name in ["study.toml", "data"] {
        std::fs::rename(bench.file(name), bench.file("elsewhere").join(name)).expect("moved");
    }
    let moved = ["sweep", "elsewhere/study.toml", "-o"];
    bench.call(&moved).arguments(&["there.h5"]).ranks(2).succeeds();
    assert_eq!(bench.digest("there.h5"), reference);
    bench.call(&moved).arguments(&["here.h5", "--resume"]).succeeds();
    // Every command finds them, wherever it is started.
    for command in ["plan", "run"] {
        bench.call(&[command, "elsewhere/study.toml"]).succeeds();
    }
    bench.call(&["config", "validate", "elsewhere/study.toml"]).succeeds();
}

#[test]
fn names_sizes_and_hashes_are_kept() {
    let bench = bench();
    let more = "[sweep]\naxes = [{ key = \"gauge.file\", values = [\"data/one.txt\", \"data/same.txt\"] }]\n";
    let study = STUDY.replace("[gauge]\nfile = \"data/one.txt\"\n", more);
    std::fs::write(bench.file("study.toml"), study).expect("written");
    bench.sweep("results.h5", &[]).ranks(2).succeeds();
    let inputs = bench.status("results.h5")["inputs"].clone();
    let expected: Vec<Value> = ["data/one.txt", "data/same.txt"]
        .iter()
        .map(|name| {
            let contents = std::fs::read(bench.file(name)).expect("the file");
            let hash = blake3::hash(&contents).to_hex().to_string();
            serde_json::json!({"name": name, "bytes": contents.len(), "blake3": hash})
        })
        .collect();
    assert_eq!(inputs, Value::from(expected.clone()));
    let page = text(&bench.call(&["status", "results.h5"]).output().stdout);
    assert!(page.contains(expected[1]["blake3"].as_str().expect("text")), "{page}");
}

#[test]
fn a_changed_file_is_refused_by_name() {
    let bench = bench();
    bench.sweep("results.h5", &[]).succeeds();
    let before = std::fs::read(bench.file("results.h5")).expect("the file");
    std::fs::write(bench.file("data/one.txt"), "molecules cm-3\n1\n2\n4\n").expect("written");
    for launch in [Launch::Alone, Launch::Ranks(2)] {
        let (_, error) = bench.sweep("results.h5", &["--resume"]).launch(launch).exits(2);
        assert!(error.contains("data/one.txt is 21 bytes with BLAKE3 "), "{error}");
        assert!(error.contains(" here, was 21 bytes with BLAKE3 "), "{error}");
    }
    assert_eq!(std::fs::read(bench.file("results.h5")).expect("the file"), before);
    bench.sweep("new.h5", &[]).succeeds();
    assert_ne!(bench.digest("new.h5"), bench.digest("results.h5"));
}

#[test]
fn a_file_that_is_not_there_is_blamed_on_the_layer_that_names_it() {
    let bench = bench();
    let set = ["--set", "gauge.file=nowhere.txt"];
    for launch in [Launch::Alone, Launch::Ranks(2)] {
        let (_, error) = bench.sweep("results.h5", &set).launch(launch).exits(2);
        let words = "--set gauge.file=nowhere.txt: `gauge.file` = \"nowhere.txt\": there is no file ";
        assert!(error.contains(words), "{error}");
    }
    let (_, error) = bench
        .sweep("results.h5", &[])
        .environment("PLUME_NAV_SIM__GAUGE__FILE", "data")
        .exits(2);
    assert!(error.contains("environment PLUME_NAV_SIM__GAUGE__FILE"), "{error}");
    assert!(error.contains("is a folder"), "{error}");
    std::fs::remove_file(bench.file("data/one.txt")).expect("removed");
    let (_, error) = bench.call(&["config", "validate", "study.toml"]).exits(2);
    assert!(error.contains("study.toml:9:8: `gauge.file`"), "{error}");
    assert!(!bench.file("results.h5").exists() && !bench.file("results.h5.lock").exists());
}

#[test]
fn metrics_in_two_units_are_refused_with_both() {
    let bench = bench();
    let more = "[sweep]\naxes = [{ key = \"gauge.file\", values = [\"data/one.txt\", \"data/other.txt\"] }]\n";
    let study = STUDY.replace("[gauge]\nfile = \"data/one.txt\"\n", more);
    std::fs::write(bench.file("study.toml"), study).expect("written");
    let (_, error) = bench.sweep("results.h5", &[]).exits(2);
    let words = "has the metric `level` in \"molecules cm-3\" at design point 0 (gauge.file = data/one.txt), \
                 but in \"m\" at design point 1 (gauge.file = data/other.txt)";
    assert!(error.contains(words), "{error}");
}

fn counter<'a>(session: &'a Value, name: &str) -> &'a Value {
    let counters = session["counters"].as_array().expect("counters");
    counters
        .iter()
        .find(|counter| counter["name"] == name)
        .expect("the counter")
}

#[test]
fn what_ranks_counted_is_added_up_and_kept() {
    let bench = bench();
    // Each unit asks twice; each rank reads the file once.
    let call = bench.sweep("results.h5", &["--json"]).ranks(3);
    let outcome: Value = serde_json::from_str(&call.succeeds()).expect("JSON");
    let session = &bench.status("results.h5")["sessions"][0];
    assert_eq!(outcome["counters"], session["counters"]);
    let hits = counter(session, "cache_hits");
    assert_eq!(hits["whole"], 40);
    let misses = 40 - hits["part"].as_u64().expect("a number");
    assert!((1..=3).contains(&misses), "{hits}");
    assert_eq!(hits["share"], (40 - misses) as f64 / 40.0);
    assert_eq!(counter(session, "ranks")["value"], 3.0);
    assert_eq!(counter(session, "files")["value"], 1.0);
    let times = counter(session, "retrieval");
    assert_eq!(times["count"], 40);
    let number = |key: &str| times[key].as_f64().expect("a number");
    assert!(0.0 < number("mean_s") && number("mean_s") <= number("max_s") && number("p99_s") <= number("max_s"));
}

#[test]
fn a_run_that_stops_early_tells_what_it_counted() {
    let bench = bench();
    let naps = ["--set", "gauge.nap_s=0.2"];
    let (_, error) = bench
        .sweep("results.h5", &naps)
        .arguments(&["--walltime", "4s", "-v"])
        .exits(75);
    assert!(error.contains("cache hits "), "{error}");
    bench.sweep("results.h5", &naps).arguments(&["--resume"]).succeeds();
    let status = bench.status("results.h5");
    let sessions = status["sessions"].as_array().expect("sessions");
    let asked: Vec<u64> = (sessions.iter())
        .map(|session| counter(session, "cache_hits")["whole"].as_u64().expect("a number"))
        .collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked.iter().sum::<u64>(), 40, "{asked:?}");
    assert!(asked[0] > 0 && asked[1] > 0, "{asked:?}");
}

#[test]
fn a_plan_counts_what_the_scenario_needs() {
    let bench = bench();
    let plan: Value = serde_json::from_str(&bench.call(&["plan", "study.toml", "--json"]).succeeds()).expect("JSON");
    let needed = plan["scenario_memory_bytes_per_rank"].as_u64().expect("a number");
    assert_eq!(needed, 21 << 20, "the scenario asks for a MiB per byte of its file");
    assert!(plan["memory_bytes_per_rank"].as_u64().expect("a number") > needed);
}

/// Lists of tables and components inside components: their lines in messages, as values of a sweep, and their keys.
#[test]
fn lists_of_tables_and_nested_components_are_configured_like_the_rest() {
    let bench = bench();
    let lists = format!("{STUDY}offsets = [{{ amount = 1 }},\n  {{ amount = 1000 }},\n  {{ amont = 3 }}]\n");
    std::fs::write(bench.file("lists.toml"), lists).expect("written");
    let (_, error) = bench.call(&["config", "validate", "lists.toml"]).exits(2);
    assert!(
        error.contains("lists.toml:11:14: `gauge.offsets[1].amount` = 1000 is out of range"),
        "{error}"
    );
    assert!(
        error.contains("lists.toml:12:5: `gauge.offsets[2].amont` isn't a key"),
        "{error}"
    );
    let (_, error) = bench
        .call(&["config", "validate", "study.toml", "--set", "gauge.filter.kind=scald"])
        .exits(2);
    assert!(error.contains("did you mean `scaled`?"), "{error}");

    let sweep = r#"
[sweep]
axes = [
  { key = "gauge.offsets", values = [[], [{ amount = 1 }, { amount = 2 }]], labels = ["none", "two"] },
  { nested = { key = "gauge.filter", cases = [
    { value = { kind = "raw" } },
    { value = { kind = "scaled" }, axes = [{ key = "gauge.filter.factor", values = [2, 3] }] },
  ] } },
]
"#;
    std::fs::write(bench.file("study.toml"), format!("{STUDY}{sweep}")).expect("written");
    bench
        .sweep("results.h5", &["--set", "study.replicates=1"])
        .ranks(2)
        .succeeds();
    let table = bench.call(&["summary", "results.h5", "--format", "json"]).succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let rows: Vec<(Value, Value, f64)> = (table["rows"].as_array().expect("rows").iter())
        .map(|row| {
            let swept = &row["coordinates"];
            let mean = row["metrics"]["level"]["mean"].as_f64().expect("a mean");
            (
                swept["gauge.offsets"].clone(),
                swept["gauge.filter.factor"].clone(),
                mean,
            )
        })
        .collect();
    let row = |label: &str, factor: Value, mean: f64| (Value::from(label), factor, mean);
    let (none, two, three) = (Value::Null, Value::from(2.0), Value::from(3.0));
    // Readings 1 and 2.
    let expected = [
        row("none", none.clone(), 1.5),
        row("none", two.clone(), 3.0),
        row("none", three.clone(), 4.5),
        row("two", none, 4.5),
        row("two", two, 6.0),
        row("two", three, 7.5),
    ];
    assert_eq!(rows, expected);

    let kinds = "[sweep]\naxes = [{ key = \"gauge.filter.kind\", values = [\"raw\", \"scald\"] }]\n";
    std::fs::write(bench.file("kinds.toml"), format!("{STUDY}{kinds}")).expect("written");
    let (_, error) = bench.call(&["config", "validate", "kinds.toml"]).exits(2);
    assert!(error.contains("isn't one of `raw` or `scaled`"), "{error}");
    assert!(error.contains("did you mean `scaled`?"), "{error}");

    let list = bench.call(&["config", "list", "--scenario", "gauge"]).succeeds();
    assert!(
        list.contains("  gauge.offsets[].amount: a number, from -100 to 100"),
        "{list}"
    );
}
