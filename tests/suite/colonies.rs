//! Units that leave more than metrics: a scenario from outside the crate, with as many members as chance gives it.

use crate::killing::{Instant, Phase, Victim};
use crate::support::{Bench, Launch, scenarios};
use plume_nav_sim::scenario::{CellColumn, TableRows};
use plume_nav_sim::store::Reader;
use plume_nav_sim::sweep::UnitIndex;
use serde_json::Value;

const STUDY: &str = r#"
[study]
name = "colonies"
scenario = "colony"
seed = 11
replicates = 10
[sweep]
axes = [{ key = "colony.birth", values = [0.05, 0.12, 0.3] }]
"#;

#[test]
fn units_have_as_many_members_as_they_say_and_tell_their_end() {
    let bench = Bench::new(scenarios(), STUDY);
    bench.sweep("one.h5", &["--threads", "1"]).succeeds();
    let digest = bench.digest("one.h5");
    bench
        .sweep("two.h5", &["--threads", "2"])
        .launch(Launch::Ranks(2))
        .succeeds();
    assert_eq!(bench.digest("two.h5"), digest);
    bench.call(&["verify", "one.h5"]).succeeds();

    // One by one they are what the file counts.
    let mut counted = std::collections::BTreeMap::<String, u64>::new();
    let mut sizes = Vec::new();
    for unit in 0..30 {
        let text = bench
            .call(&["run", "study.toml", "--json", "--unit", &unit.to_string()])
            .succeeds();
        let document: Value = serde_json::from_str(&text).expect("JSON");
        sizes.push(document["metrics"]["born"].as_array().expect("members").len());
        *counted
            .entry(document["end"].as_str().expect("an end").to_owned())
            .or_default() += 1;
    }
    let ends = bench.status("one.h5")["ends"].clone();
    let ends: std::collections::BTreeMap<String, u64> = serde_json::from_value(ends).expect("counts");
    let happened: std::collections::BTreeMap<_, _> = ends.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(happened, counted);
    assert!(counted.len() > 1, "a study with several ends: {counted:?}");
    sizes.sort_unstable();
    assert!(sizes[0] < sizes[29], "{sizes:?}");

    let (text, _) = bench.call(&["status", "one.h5"]).exits(0);
    assert!(text.contains("units ended with extinct"), "{text}");
}

#[test]
fn a_unit_with_more_members_than_declared_is_quarantined() {
    let bench = Bench::new(
        scenarios(),
        &STUDY.replace("[sweep]", "[colony]\nboast = true\n[sweep]"),
    );
    bench.sweep("boast.h5", &[]).exits(3);
    let status = bench.status("boast.h5");
    let message = status["failures"][0]["message"].as_str().expect("a message");
    assert!(message.contains("declares 12 at most"), "{message}");
}

fn recording() -> String {
    STUDY.replace(
        "[sweep]",
        "[execution]\ncommit_interval_s = 0.05\n[colony]\nrecord = true\n[sweep]",
    )
}

/// All rows of all units, table by table.
fn rows(bench: &Bench, results: &str) -> Vec<[TableRows; 2]> {
    let reader = Reader::open(&bench.file(results)).expect("results");
    (0..30)
        .map(|unit| [0, 1].map(|table| reader.rows(UnitIndex(unit), table).expect("sound").expect("done")))
        .collect()
}

#[test]
fn rows_are_the_same_for_any_ranks_and_threads() {
    let bench = Bench::new(scenarios(), &recording());
    bench.sweep("one.h5", &["--threads", "1"]).succeeds();
    bench
        .sweep("two.h5", &["--threads", "2"])
        .launch(Launch::Ranks(2))
        .succeeds();
    assert_eq!(bench.digest("two.h5"), bench.digest("one.h5"));
    let one = rows(&bench, "one.h5");
    assert_eq!(rows(&bench, "two.h5"), one);

    // They are what happened: whoever lives at a step is alive in its rows, and every death is an event.
    for [alive, events] in &one {
        let CellColumn::I32(steps) = &alive.columns[0] else {
            panic!("{alive:?}")
        };
        assert!(steps.is_sorted() && steps[0] == 1, "{steps:?}");
        let CellColumn::Text(kinds) = &events.columns[1] else {
            panic!("{events:?}")
        };
        assert!(kinds.iter().all(|kind| kind == "birth" || kind == "death"), "{kinds:?}");
    }
    assert!(one.iter().any(|[_, events]| events.rows > 10));

    // `run` counts the same.
    let text = bench.call(&["run", "study.toml", "--json", "--unit", "7"]).succeeds();
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["rows"]["alive"], one[7][0].rows);
    assert_eq!(document["rows"]["events"], one[7][1].rows);

    // The record of the run says how many there were.
    let counters = bench.status("one.h5")["sessions"][0]["counters"].clone();
    assert!(counters.to_string().contains("row_bytes"), "{counters}");
}

#[test]
fn nobody_pays_for_rows_that_nobody_asked_for() {
    let bench = Bench::new(scenarios(), STUDY);
    bench.sweep("plain.h5", &[]).succeeds();
    assert!(!bench.file("plain.h5.tables").exists());
    let datasets = bench.call(&["digest", "plain.h5"]).succeeds();
    assert!(
        datasets.contains("/units/members") && !datasets.contains("rows_"),
        "{datasets}"
    );
}

#[test]
fn lost_and_damaged_rows_are_seen_and_made_again() {
    let bench = Bench::new(scenarios(), &recording());
    bench.sweep("r.h5", &["--threads", "1"]).succeeds();
    let digest = bench.digest("r.h5");
    let part = bench.file("r.h5.tables/part-000001");

    let mut bytes = std::fs::read(&part).expect("a part");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&part, &bytes).expect("a part");
    let (report, _) = bench.call(&["verify", "--json", "r.h5"]).exits(3);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["damaged"], 1, "{report}");
    let unit = report["damaged_ranges"][0][0].as_u64().expect("a unit");
    let refused = Reader::open(&bench.file("r.h5"))
        .expect("results")
        .rows(UnitIndex(unit), 0);
    assert!(refused.expect_err("damage").to_string().contains("missing or damaged"));
    let (outcome, _) = bench.sweep("r.h5", &["--resume", "--json"]).exits(0);
    let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
    assert_eq!(outcome["units_run"], 1, "{outcome}");
    assert_eq!(bench.digest("r.h5"), digest);
    bench.call(&["verify", "r.h5"]).succeeds();

    // Without its folder it has lost all rows.
    std::fs::remove_dir_all(bench.file("r.h5.tables")).expect("the folder");
    let (report, _) = bench.call(&["verify", "--json", "r.h5"]).exits(3);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["damaged"], 30, "{report}");
    bench.sweep("r.h5", &["--resume"]).succeeds();
    assert_eq!(bench.digest("r.h5"), digest);
    bench.call(&["verify", "r.h5"]).succeeds();
}

#[test]
fn rows_are_replaced_with_their_file_and_never_mixed_with_others() {
    let bench = Bench::new(scenarios(), &recording());
    bench.sweep("r.h5", &[]).succeeds();
    let digest = bench.digest("r.h5");
    bench.sweep("r.h5", &["--overwrite"]).succeeds();
    assert_eq!(bench.digest("r.h5"), digest);
    std::fs::remove_file(bench.file("r.h5")).expect("results");
    let (_, refusal) = bench.sweep("r.h5", &[]).exits(2);
    assert!(refusal.contains("rows of other results"), "{refusal}");
    assert!(bench.file("r.h5.tables/part-000001").exists());
    assert!(!bench.file("r.h5").exists());
}

/// Trials of each launcher: few, or as many as `PLUME_NAV_SIM_TEST_KILLS` says.
fn trials() -> usize {
    std::env::var("PLUME_NAV_SIM_TEST_KILLS").map_or(3, |text| text.parse().expect("a number of kills"))
}

/// Dies again and again, spread over the run; whatever a kill hits, the resumed results are those of an undisturbed run.
fn survives_kills(study: &str, launch: Launch) {
    let bench = Bench::new(scenarios(), study);
    let victim = Victim::new(&bench, launch, 0);
    let phases: Vec<Phase> = (0..trials())
        .map(|trial| victim.dies(&Instant::AfterCreation(0.1 + 0.6 * (0.618 * trial as f64).fract())))
        .collect();
    assert!(
        phases.contains(&Phase::Units),
        "no kill left a half-filled file: {phases:?}"
    );
    victim.left_nothing_behind();
}

fn rows_survive_kills(launch: Launch) {
    survives_kills(
        &recording().replace("record = true", "record = true\nnap_s = 0.04"),
        launch,
    );
}

fn saved_states_survive_kills(launch: Launch) {
    let study = long_study().replace("replicates = 2", "replicates = 4");
    survives_kills(&study.replace("step_nap_s = 0.05", "step_nap_s = 0.02"), launch);
}

#[test]
fn saved_states_survive_kills_with_the_serial_driver() {
    saved_states_survive_kills(Launch::Alone);
}

#[test]
fn saved_states_survive_kills_with_mpi() {
    saved_states_survive_kills(Launch::Ranks(2));
}

#[test]
fn rows_survive_kills_with_the_serial_driver() {
    rows_survive_kills(Launch::Alone);
}

#[test]
fn rows_survive_kills_with_mpi() {
    rows_survive_kills(Launch::Ranks(2));
}

/// Two units that take a second at least, and save their state ten times.
fn long_study() -> String {
    STUDY
        .replace("replicates = 10", "replicates = 2")
        .replace("[sweep]", "[execution]\ncommit_interval_s = 0.05\nsave_interval_s = 0.1\nthreads = 1\n[colony]\nrecord = true\nsaves = true\nstep_nap_s = 0.05\nmost = 1000\ndeath = 0.0\n[sweep]")
        .replace("values = [0.05, 0.12, 0.3]", "values = [0.1]")
}

#[test]
fn a_long_unit_goes_on_where_it_was_interrupted() {
    let bench = Bench::new(scenarios(), &long_study());
    bench.sweep("whole.h5", &["--quiet"]).succeeds();
    let digest = bench.digest("whole.h5");
    assert!(!bench.file("whole.h5.saved").exists(), "states go with their units");

    // In order: neither failed nor committed, and saved at once.
    let job = bench.sweep("r.h5", &["--quiet"]).start();
    let state = bench.file("r.h5.saved/unit-0");
    let job = job.wait_until("a saved state", || state.exists());
    job.signal(rustix::process::Signal::TERM);
    let begin = std::time::Instant::now();
    assert_eq!(job.wait().status.code(), Some(75));
    assert!(
        begin.elapsed() < std::time::Duration::from_secs(10),
        "{:?}",
        begin.elapsed()
    );
    let status = bench.status("r.h5");
    assert_eq!(
        (&status["done"], &status["quarantined"]),
        (&Value::from(0), &Value::from(0)),
        "{status}"
    );
    assert!(state.exists());
    // By a kill, in the second half of what is left.
    let job = bench.sweep("r.h5", &["--quiet", "--resume"]).start();
    let job = job.wait_until("the second unit", || bench.file("r.h5.saved/unit-1").exists());
    job.kill();
    bench.sweep("r.h5", &["--quiet", "--resume"]).succeeds();
    assert_eq!(bench.digest("r.h5"), digest);
    bench.call(&["verify", "r.h5"]).succeeds();
    assert!(!bench.file("r.h5.saved").exists());
}

#[test]
fn a_damaged_state_costs_time_and_nothing_else() {
    let bench = Bench::new(scenarios(), &long_study());
    bench.sweep("whole.h5", &["--quiet"]).succeeds();
    let job = bench.sweep("r.h5", &["--quiet"]).start();
    let state = bench.file("r.h5.saved/unit-0");
    job.wait_until("a saved state", || state.exists()).kill();
    let mut bytes = std::fs::read(&state).expect("a state");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&state, bytes).expect("a state");
    bench.sweep("r.h5", &["--quiet", "--resume"]).succeeds();
    assert_eq!(bench.digest("r.h5"), bench.digest("whole.h5"));
}

/// A job that is shorter than its units gets on all the same.
#[test]
fn the_end_of_the_walltime_interrupts_long_units() {
    let study = long_study().replace("step_nap_s = 0.05", "step_nap_s = 0.1");
    let bench = Bench::new(scenarios(), &study);
    let mut runs = 0;
    while bench
        .sweep("r.h5", &["--quiet", "--resume", "--walltime", "4s"])
        .output()
        .status
        .code()
        != Some(0)
    {
        runs += 1;
        assert!(runs < 60, "no end: {}", bench.status("r.h5"));
    }
    assert!(runs >= 1, "two units of 3 s in a job of 4 s");
    bench
        .sweep("whole.h5", &["--quiet", "--set", "colony.step_nap_s=0"])
        .succeeds();
    let rows = |results| {
        let reader = Reader::open(&bench.file(results)).expect("results");
        reader.rows(UnitIndex(1), 0).expect("sound")
    };
    assert_eq!(rows("r.h5"), rows("whole.h5"));
}

#[test]
fn products_are_made_from_finished_results_and_made_again_when_lost() {
    let bench = Bench::new(
        scenarios(),
        &recording().replace("record = true", "record = true\nproduct = true"),
    );
    bench.sweep("one.h5", &[]).succeeds();
    bench.sweep("two.h5", &[]).launch(Launch::Ranks(2)).succeeds();
    let product = bench.file("one.h5.products/colonies.csv");
    let text = std::fs::read_to_string(&product).expect("a product");
    assert_eq!(text.lines().count(), 31, "{text}");
    let other = std::fs::read_to_string(bench.file("two.h5.products/colonies.csv")).expect("a product");
    assert_eq!(text, other);
    let records = Reader::open(&bench.file("one.h5"))
        .expect("results")
        .products()
        .expect("a list");
    assert_eq!(records.len(), 1);
    assert_eq!(
        (records[0].name.as_str(), records[0].bytes),
        ("colonies.csv", text.len() as u64)
    );
    assert_eq!(records[0].blake3, blake3::hash(text.as_bytes()).to_hex().as_str());
    bench.call(&["verify", "one.h5"]).succeeds();

    std::fs::write(&product, "unit,members\n").expect("a product");
    let (report, _) = bench.call(&["verify", "one.h5"]).exits(3);
    assert!(report.contains("colonies.csv isn't as it was made"), "{report}");
    bench.sweep("one.h5", &["--resume"]).succeeds();
    assert_eq!(std::fs::read_to_string(&product).expect("a product"), text);
    bench.call(&["verify", "one.h5"]).succeeds();
    std::fs::remove_dir_all(bench.file("one.h5.products")).expect("the folder");
    bench.call(&["verify", "one.h5"]).exits(3);
    bench.sweep("one.h5", &["--resume"]).succeeds();
    bench.call(&["verify", "one.h5"]).succeeds();
}
