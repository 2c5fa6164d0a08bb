//! Units that leave more than metrics: a scenario from outside the crate, with as many members as chance gives it.

use crate::killing::{Instant, Phase, Victim};
use crate::support::{Bench, LIMIT, Launch, describe, scenarios};
use plume_nav_sim::scenario::{CellColumn, TableRows};
use plume_nav_sim::store::Reader;
use plume_nav_sim::sweep::UnitIndex;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

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
    assert!(
        report["objects"].to_string().contains("was it left behind?"),
        "{report}"
    );
    let status = bench.call(&["status", "r.h5"]).succeeds();
    assert!(status.contains("r.h5.tables is missing"), "{status}");
    let (_, refusal) = bench.sweep("r.h5", &["--resume"]).exits(2);
    assert!(refusal.contains("make an empty folder of this name"), "{refusal}");
    std::fs::create_dir(bench.file("r.h5.tables")).expect("a folder");
    bench.sweep("r.h5", &["--resume"]).succeeds();
    assert_eq!(bench.digest("r.h5"), digest);
    bench.call(&["verify", "r.h5"]).succeeds();

    // What isn't a file isn't one of rows, and nobody waits for it.
    let parts = std::fs::read_dir(bench.file("r.h5.tables"))
        .expect("the folder")
        .flatten();
    for part in parts {
        std::fs::remove_file(part.path()).expect("a part");
        let made = Command::new("mkfifo").arg(part.path()).status();
        assert!(made.expect("mkfifo").success());
    }
    bench.call(&["verify", "r.h5"]).exits(3);
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

/// Dies again and again, spread over the run; whatever a kill hits, the resumed results are those of an undisturbed run.
fn survives_kills(study: &str, launch: Launch) {
    let bench = Bench::new(scenarios(), study);
    let victim = Victim::new(&bench, launch, 0);
    let phases: Vec<Phase> = (0..3)
        .map(|trial| victim.dies(&Instant::AfterCreation(0.1 + 0.6 * (0.618 * f64::from(trial)).fract())))
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

/// A state that is there, and can't be read now, is hours of work: the run ends rather than begin the unit anew.
#[test]
fn a_state_that_can_not_be_read_ends_the_run_and_stays() {
    let bench = Bench::new(scenarios(), &long_study());
    let job = bench.sweep("r.h5", &["--quiet"]).start();
    let (state, aside) = (bench.file("r.h5.saved/unit-0"), bench.file("state"));
    let job = job.wait_until("a saved state", || state.exists());
    job.signal(rustix::process::Signal::TERM);
    assert_eq!(job.wait().status.code(), Some(75));
    // Root may read any file, but not a folder.
    std::fs::rename(&state, &aside).expect("a state");
    std::fs::create_dir(&state).expect("a folder");
    let (_, told) = bench.sweep("r.h5", &["--quiet", "--resume"]).exits(1);
    assert!(
        told.contains("reading the saved state") && told.contains("unit-0"),
        "{told}"
    );
    std::fs::remove_dir(&state).expect("the folder, as it was");
    std::fs::rename(&aside, &state).expect("a state");
    bench.sweep("r.h5", &["--quiet", "--resume"]).succeeds();
    bench.sweep("whole.h5", &["--quiet"]).succeeds();
    assert_eq!(bench.digest("r.h5"), bench.digest("whole.h5"));
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

/// A unit that is longer than its jobs gets done all the same, with the results that it has in one go. It takes 6 s in jobs
/// of 4 s; with `PLUME_NAV_SIM_TEST_LONG` ten minutes in jobs of three.
#[test]
fn the_end_of_the_walltime_interrupts_long_units() {
    let long = std::env::var_os("PLUME_NAV_SIM_TEST_LONG").is_some();
    let (nap, mut walltime_s) = if long { ("20.0", 180) } else { ("0.2", 4) };
    let study = long_study().replace("step_nap_s = 0.05", &format!("step_nap_s = {nap}"));
    let bench = Bench::new(scenarios(), &study.replace("replicates = 2", "replicates = 1"));
    bench
        .sweep("whole.h5", &["--quiet", "--set", "colony.step_nap_s=0"])
        .succeeds();
    let state = bench.file("r.h5.saved/unit-0");
    let (mut interruptions, mut before) = (0, Vec::new());
    loop {
        let walltime = format!("{walltime_s}s");
        let job = bench.sweep("r.h5", &["--quiet", "--resume", "--walltime", &walltime]);
        let output = job.limit(LIMIT + Duration::from_secs(walltime_s)).output();
        match output.status.code() {
            Some(0) => break,
            Some(75) => {}
            _ => panic!("{}", describe(&output)),
        }
        let after = std::fs::read(&state).unwrap_or_default();
        if after == before {
            // So busy a machine that the job was over before the unit had begun.
            walltime_s += 2;
            assert!(walltime_s < 240, "no progress: {}", bench.status("r.h5"));
        } else {
            interruptions += 1;
        }
        before = after;
    }
    assert!(interruptions >= 1, "never interrupted in the middle of the unit");
    assert_eq!(bench.digest("r.h5"), bench.digest("whole.h5"));
    bench.call(&["verify", "r.h5"]).succeeds();
}

fn with_product() -> String {
    recording().replace("record = true", "record = true\nproduct = true")
}

fn product(bench: &Bench, results: &str) -> String {
    std::fs::read_to_string(bench.file(&format!("{results}.products/colonies.csv"))).expect("a product")
}

#[test]
fn products_are_made_from_finished_results_and_made_again_when_lost() {
    let bench = Bench::new(scenarios(), &with_product());
    bench.sweep("one.h5", &[]).succeeds();
    bench.sweep("two.h5", &[]).launch(Launch::Ranks(2)).succeeds();
    let text = product(&bench, "one.h5");
    assert_eq!(text.lines().count(), 31, "{text}");
    assert_eq!(text, product(&bench, "two.h5"));
    let blake3 = blake3::hash(text.as_bytes()).to_hex();
    let listed = bench.status("one.h5")["products"].clone();
    let expected = serde_json::json!([{"name": "colonies.csv", "bytes": text.len(), "blake3": blake3.as_str()}]);
    assert_eq!(listed, expected);
    let (page, _) = bench.call(&["status", "one.h5"]).exits(0);
    assert!(page.contains("made colonies.csv"), "{page}");
    let page = bench.call(&["config", "validate", "study.toml"]).succeeds();
    assert!(page.contains("makes colonies.csv"), "{page}");
    bench.call(&["verify", "one.h5"]).succeeds();
    let digest = bench.digest("one.h5");

    let path = bench.file("one.h5.products/colonies.csv");
    let damages: [&dyn Fn(); 4] = [
        &|| std::fs::write(&path, "unit,members\n").expect("a product"),
        &|| std::fs::write(&path, text.replace("0,", "1,")).expect("a product"),
        &|| std::fs::remove_file(&path).expect("a product"),
        &|| std::fs::remove_dir_all(bench.file("one.h5.products")).expect("the folder"),
    ];
    for damage in damages {
        damage();
        let (report, _) = bench.call(&["verify", "one.h5"]).exits(3);
        assert!(report.contains("colonies.csv"), "{report}");
        bench.sweep("one.h5", &["--resume"]).succeeds();
        assert_eq!(product(&bench, "one.h5"), text);
        bench.call(&["verify", "one.h5"]).succeeds();
    }
    assert_eq!(bench.digest("one.h5"), digest);
}

#[test]
fn products_go_with_their_results() {
    let bench = Bench::new(scenarios(), &with_product());
    bench.sweep("r.h5", &[]).succeeds();
    // Other results don't take the place of what was made from these, and a replaced file leaves nothing behind.
    std::fs::rename(bench.file("r.h5"), bench.file("moved.h5")).expect("results");
    std::fs::rename(bench.file("r.h5.tables"), bench.file("moved.h5.tables")).expect("rows");
    let (_, refusal) = bench.sweep("r.h5", &[]).exits(2);
    assert!(refusal.contains("files made from other results"), "{refusal}");
    assert!(!bench.file("r.h5").exists());
    std::fs::rename(bench.file("r.h5.products"), bench.file("moved.h5.products")).expect("products");
    bench.call(&["verify", "moved.h5"]).succeeds();
    bench
        .sweep("moved.h5", &["--overwrite", "--set", "colony.product=false"])
        .succeeds();
    assert!(!bench.file("moved.h5.products").exists());
    assert_eq!(bench.status("moved.h5")["products"], Value::Null);
}

#[test]
fn a_product_of_members_needs_their_values() {
    let bench = Bench::new(scenarios(), &with_product());
    let (_, refusal) = bench.sweep("r.h5", &["--set", "output.members=statistics"]).exits(2);
    assert!(
        refusal.contains("output.members") && refusal.contains("colonies.csv is made from them"),
        "{refusal}"
    );
    assert!(!bench.file("r.h5").exists());
}

#[test]
fn a_product_that_can_t_be_written_is_told_and_made_later() {
    let bench = Bench::new(scenarios(), &with_product());
    std::fs::write(bench.file("r.h5.products"), "in the way").expect("a file");
    let (_, refusal) = bench.sweep("r.h5", &[]).exits(2);
    assert!(refusal.contains("r.h5.products"), "{refusal}");
    let status = bench.status("r.h5");
    assert_eq!(
        (&status["pending"], &status["finished"]),
        (&Value::from(0), &Value::from(false))
    );
    std::fs::remove_file(bench.file("r.h5.products")).expect("a file");
    bench.sweep("r.h5", &["--resume"]).succeeds();
    bench.call(&["verify", "r.h5"]).succeeds();
}

/// Killed in the middle of a product, and stopped in order there: the next session makes it.
fn products_survive(launch: Launch) {
    let study = with_product().replace("product = true", "product = true\nproduct_nap_s = 0.05");
    let bench = Bench::new(scenarios(), &study);
    let victim = Victim::new(&bench, launch, 0);
    for _ in 0..2 {
        assert_eq!(victim.dies(&Instant::Product("colonies.csv")), Phase::Summary);
    }
    victim.left_nothing_behind();

    let job = bench.sweep("r.h5", &["--quiet"]).launch(launch).start();
    let job = job.wait_until("a product in the making", || {
        Instant::product_begun(&bench, "r.h5", "colonies.csv")
    });
    job.signal(rustix::process::Signal::USR1);
    let output = job.wait();
    assert_eq!(output.status.code(), Some(75), "{}", describe(&output));
    assert!(!bench.file("r.h5.products/colonies.csv").exists());
    bench.sweep("r.h5", &["--quiet", "--resume"]).launch(launch).succeeds();
    assert_eq!(product(&bench, "r.h5"), product(&bench, "reference.h5"));
}

#[test]
fn products_survive_kills_with_the_serial_driver() {
    products_survive(Launch::Alone);
}

#[test]
fn products_survive_kills_with_mpi() {
    products_survive(Launch::Ranks(2));
}

/// Two climates on top of the three rates of birth, so that what shares a climate isn't neighbours.
fn with_climates() -> String {
    recording().replace(
        "axes = [",
        "axes = [{ key = \"colony.death\", values = [0.02, 0.1] }, { key = \"colony.climate\", values = [1, 2] }, ",
    )
}

/// A sum that the scenario counted in the last run.
fn counted(bench: &Bench, results: &str, name: &str) -> f64 {
    let status = bench.status(results);
    let sessions = status["sessions"].as_array().expect("sessions");
    let counters = sessions.last().expect("a session")["counters"]
        .as_array()
        .expect("counters");
    let counter = counters.iter().find(|counter| counter["name"] == name);
    counter.unwrap_or_else(|| panic!("no {name}: {status}"))["value"]
        .as_f64()
        .expect("a number")
}

#[test]
fn colonies_under_one_climate_share_its_weather() {
    let bench = Bench::new(scenarios(), &with_climates());
    let alone = ["--threads", "1", "--set", "execution.group_units=false"];
    bench.sweep("alone.h5", &alone).succeeds();
    let digest = bench.digest("alone.h5");
    let (weather, steps) = (
        counted(&bench, "alone.h5", "weather_steps"),
        counted(&bench, "alone.h5", "colony_steps"),
    );
    assert_eq!(weather, steps, "each has its own");

    bench.sweep("together.h5", &["--threads", "1"]).succeeds();
    assert_eq!(bench.digest("together.h5"), digest);
    assert_eq!(counted(&bench, "together.h5", "colony_steps"), steps);
    // Six colonies under each weather, which goes on until the last of them has ended: at most 30 steps in 20 groups.
    let shared = counted(&bench, "together.h5", "weather_steps");
    assert!(shared <= 600.0 && shared < 0.5 * weather, "{shared} of {weather}");

    for (number, launch, threads) in [
        (1, Launch::Alone, "2"),
        (2, Launch::Ranks(2), "2"),
        (3, Launch::Ranks(3), "1"),
    ] {
        let results = format!("r-{number}.h5");
        bench.sweep(&results, &["--threads", threads]).launch(launch).succeeds();
        assert_eq!(bench.digest(&results), digest);
        let of_many = counted(&bench, &results, "weather_steps");
        assert!(of_many < 0.8 * weather, "{of_many} of {weather}: groups were split");
        bench.call(&["verify", &results]).succeeds();
    }

    // One by one they are the same, too.
    for unit in [0, 37, 119] {
        let run = bench
            .call(&["run", "study.toml", "--json", "--unit", &unit.to_string()])
            .succeeds();
        let run: Value = serde_json::from_str(&run).expect("JSON");
        let reader = Reader::open(&bench.file("together.h5")).expect("results");
        let rows = reader.rows(UnitIndex(unit), 0).expect("sound").expect("done");
        assert_eq!(run["rows"]["alive"], rows.rows);
        let born = reader.member_values(0, unit..unit + 1).expect("values");
        let of_run: Vec<Option<f64>> = serde_json::from_value(run["metrics"]["born"].clone()).expect("numbers");
        assert!(of_run.iter().flatten().eq(born.iter().filter(|born| !born.is_nan())));
    }
}

#[test]
fn a_unit_that_fails_in_company_is_tried_alone() {
    let bench = Bench::new(scenarios(), &with_climates());
    bench.sweep("reference.h5", &[]).succeeds();
    bench.sweep("shy.h5", &["--set", "colony.shy=true"]).succeeds();
    assert_eq!(bench.digest("shy.h5"), bench.digest("reference.h5"));

    let frail = ["--set", "colony.frail=true", "--json"];
    let (together, _) = bench.sweep("frail.h5", &frail).exits(3);
    let alone = [&frail[..], &["--set", "execution.group_units=false"]].concat();
    bench.sweep("alone.h5", &alone).exits(3);
    let together: Value = serde_json::from_str(&together).expect("JSON");
    assert_eq!(together["units_quarantined"], 60, "{together}");
    assert_eq!(bench.digest("frail.h5"), bench.digest("alone.h5"));
    assert_eq!(
        bench.status("frail.h5")["failures"],
        bench.status("alone.h5")["failures"]
    );
}

#[test]
fn groups_go_on_together_where_they_were_interrupted() {
    let study = long_study()
        .replace("axes = [", "axes = [{ key = \"colony.most\", values = [900, 1000] }, ")
        .replace("most = 1000\n", "")
        .replace("saves = true", "saves = true\nclimate = 1");
    let bench = Bench::new(scenarios(), &study);
    bench
        .sweep("whole.h5", &["--quiet", "--set", "colony.step_nap_s=0"])
        .succeeds();
    let whole = counted(&bench, "whole.h5", "weather_steps");
    let job = bench.sweep("r.h5", &["--quiet"]).start();
    let saved = |unit: u64| bench.file(&format!("r.h5.saved/unit-{unit}")).exists();
    // Replicate 0 of both points.
    let job = job.wait_until("saved states of a group", || saved(0) && saved(2));
    job.signal(rustix::process::Signal::TERM);
    assert_eq!(job.wait().status.code(), Some(75));
    let before = counted(&bench, "r.h5", "weather_steps");
    bench
        .sweep("r.h5", &["--quiet", "--resume", "--set", "colony.step_nap_s=0"])
        .succeeds();
    assert_eq!(bench.digest("r.h5"), bench.digest("whole.h5"));
    let after = counted(&bench, "r.h5", "weather_steps");
    assert_eq!(before + after, whole, "no step of weather was made twice");
}
