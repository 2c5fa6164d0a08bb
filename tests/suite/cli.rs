//! Every command as it is typed.

use crate::job::Job;
use crate::support::{Bench, LIMIT, PLUME_STUDY, describe, napping_study, program, scenarios, text};
use serde_json::Value;
use std::process::Command;

fn json(page: &str) -> Value {
    serde_json::from_str(page).unwrap_or_else(|error| panic!("no JSON ({error}): {page}"))
}

#[test]
fn every_command_explains_itself() {
    let bench = Bench::new(program(), "");
    let commands: [(&[&str], bool); 16] = [
        (&[], true),
        (&["sweep"], true),
        (&["run"], true),
        (&["field"], true),
        (&["import"], true),
        (&["plan"], true),
        (&["status"], false),
        (&["verify"], false),
        (&["digest"], true),
        (&["summary"], true),
        (&["doctor"], true),
        (&["config"], false),
        (&["config", "show"], false),
        (&["config", "validate"], false),
        (&["config", "schema"], false),
        (&["config", "list"], false),
    ];
    for (command, has_examples) in commands {
        let page = bench.call(command).arguments(&["--help"]).succeeds();
        assert!(page.contains("Usage: plume-nav-sim"), "{command:?}: {page}");
        assert!(!has_examples || page.contains("Examples:"), "{command:?}: {page}");
        let (_, error) = bench.call(command).arguments(&["--no-such-option"]).exits(2);
        assert!(error.contains("--no-such-option"), "{command:?}: {error}");
    }
    assert!(
        bench
            .call(&["--version"])
            .succeeds()
            .contains(env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn the_doctor_examines_this_machine() {
    let bench = Bench::new(program(), "");
    let page = bench.call(&["doctor"]).succeeds();
    assert!(page.contains("0 problems"), "{page}");
    let findings = json(&bench.call(&["doctor", "--json"]).succeeds());
    assert!(
        findings["findings"].as_array().is_some_and(|list| list.len() > 5),
        "{findings}"
    );
    let findings = json(&bench.call(&["doctor", "--json"]).ranks(2).succeeds());
    assert_ne!(findings["verdict"], "problem", "{findings}");
    let ranks = (findings["findings"].as_array().expect("a list").iter())
        .filter_map(|finding| finding["found"].as_str())
        .any(|found| found.contains("2 ranks"));
    assert!(ranks, "two ranks are seen: {findings}");
    let (page, _) = bench.call(&["doctor", "--folder", "missing"]).exits(1);
    assert!(page.contains("hint:"), "{page}");
}

#[test]
fn configuration_is_shown_with_its_origins() {
    let bench = Bench::new(program(), PLUME_STUDY);
    let page = bench
        .call(&["config", "show", "study.toml", "--set", "agents.count=3"])
        .environment("PLUME_NAV_SIM__STUDY__SEED", "99")
        .environment("PLUME_NAV_SIM__AGENTS__COUNT", "4")
        .succeeds();
    let line = |key: &str| {
        (page.lines())
            .find(|line| line.starts_with(key))
            .unwrap_or_else(|| panic!("{key} is not in\n{page}"))
    };
    assert!(line("seed = 99").contains("PLUME_NAV_SIM__STUDY__SEED"), "{page}");
    assert!(
        line("count = 3").contains("--set"),
        "the command line is above the environment: {page}"
    );
    assert!(line("replicates = 6").contains("study.toml"), "{page}");

    // Without its comments it is a study that resolves to the same.
    let plain = bench.call(&["config", "show", "--plain", "study.toml"]).succeeds();
    std::fs::write(bench.file("resolved.toml"), &plain).expect("written");
    assert_eq!(
        bench.call(&["config", "show", "--plain", "resolved.toml"]).succeeds(),
        plain
    );
    // A results file carries it.
    bench.sweep("results.h5", &[]).succeeds();
    assert_eq!(
        bench.call(&["config", "show", "--plain", "results.h5"]).succeeds(),
        plain
    );
}

#[test]
fn configuration_from_the_environment_reaches_the_results() {
    let bench = Bench::new(scenarios(), &napping_study(2, 2, 0.0));
    bench
        .sweep("a.h5", &[])
        .environment("PLUME_NAV_SIM__STUDY__SEED", "99")
        .ranks(2)
        .succeeds();
    bench.sweep("b.h5", &["--set", "study.seed=99"]).succeeds();
    assert_eq!(bench.digest("a.h5"), bench.digest("b.h5"));
    let (_, error) = bench
        .sweep("c.h5", &[])
        .environment("PLUME_NAV_SIM__STUDY__SEAD", "99")
        .exits(2);
    assert!(
        error.contains("PLUME_NAV_SIM__STUDY__SEAD") && error.contains("seed"),
        "{error}"
    );
}

#[test]
fn configuration_is_validated_listed_and_described() {
    let bench = Bench::new(program(), PLUME_STUDY);
    let page = bench.call(&["config", "validate", "study.toml"]).succeeds();
    assert!(page.contains("4 design points × 6 replicates"), "{page}");
    let (_, error) = bench
        .call(&["config", "validate", "study.toml", "--set", "agents.count=0"])
        .exits(2);
    assert!(error.contains("agents.count"), "{error}");

    let schema = json(&bench.call(&["config", "schema"]).succeeds());
    assert!(schema["properties"]["plume"].is_object(), "{schema}");
    let (_, error) = bench.call(&["config", "schema", "--scenario", "plum"]).exits(2);
    assert!(error.contains("plume"), "{error}");

    let page = bench.call(&["config", "list"]).succeeds();
    for expected in ["plume/gaussian", "navigator/surge_cast", "plume"] {
        assert!(page.contains(expected), "{expected} is not in\n{page}");
    }
    let page = bench.call(&["config", "list", "--scenario", "plume"]).succeeds();
    assert!(page.contains("wind.speed_m_s"), "{page}");
    let page = bench.call(&["config", "list", "navigator"]).succeeds();
    assert!(
        page.contains("navigator/surge_cast") && !page.contains("\n  wind.speed_m_s"),
        "{page}"
    );
    let (_, error) = bench.call(&["config", "list", "nose"]).exits(2);
    assert!(error.contains("sensor"), "{error}");
}

/// A fly of 6.5 mm/s comes nowhere near a source 10 m away within a minute.
#[test]
fn what_hardly_can_be_meant_is_told_and_runs() {
    let slow = "defaults = [\"navigator/correlated_random_walk\"]\n[study]\nreplicates = 1\n\
                [agents]\ncount = 2\nspeed_max_m_s = 0.0065\n[episode]\nduration_s = 2.0\n";
    let bench = Bench::new(program(), slow);
    let (page, told) = bench.call(&["config", "validate", "study.toml"]).exits(0);
    assert!(page.contains("fine") && page.contains("with 2 warnings\n"), "{page}");
    assert!(
        told.starts_with("warning: ") && told.contains("none can find it"),
        "{told}"
    );
    let document = json(&bench.call(&["config", "validate", "study.toml", "--json"]).succeeds());
    // Agents ask for more than they can do, too.
    assert_eq!(document["warnings"][0]["key"], "agents.speed_max_m_s", "{document}");
    assert_eq!(document["warnings"][1]["key"], "episode.duration_s", "{document}");
    let document = json(&bench.call(&["plan", "study.toml", "--json"]).succeeds());
    assert_eq!(document["warnings"].as_array().map(Vec::len), Some(2), "{document}");
    let (_, told) = bench.sweep("results.h5", &[]).exits(0);
    assert!(told.contains("none can find it") && told.contains("finished"), "{told}");
    let (_, told) = bench.sweep("again.h5", &["--quiet"]).exits(0);
    assert_eq!(told, "");
}

#[test]
fn the_study_of_the_first_page_is_fine() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the first page");
    let study = (page.split("```toml\n").nth(1))
        .and_then(|rest| rest.split("```").next())
        .expect("it has a study");
    let bench = Bench::new(program(), study);
    let answer = bench.call(&["config", "validate", "study.toml"]).succeeds();
    assert!(answer.contains("fine (8 design points × 50 replicates)"), "{answer}");
}

#[test]
fn the_summary_comes_in_all_forms() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("results.h5", &[]).succeeds();
    let summary = |more: &[&str]| bench.call(&["summary", "results.h5"]).arguments(more).succeeds();

    let table = summary(&["--metric", "all"]);
    assert!(table.contains("reward") && table.contains("path_length_m"), "{table}");
    let table = summary(&["--metric", "success, reward"]);
    assert!(table.contains("reward"), "{table}");
    let table = summary(&["--metric", "success"]);
    assert!(table.contains("surge_cast") && table.contains("success"), "{table}");
    let markdown = summary(&["--format", "markdown", "--metric", "success"]);
    assert!(
        markdown.contains("| --") || markdown.contains("|--") || markdown.contains("|:-"),
        "{markdown}"
    );

    let table = json(&summary(&["--format", "json"]));
    let rows = table["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 4);
    let csv = summary(&["--format", "csv"]);
    let mut lines = csv.lines();
    let columns = lines.next().expect("a header").split(',').count();
    let metrics = rows[0]["metrics"].as_object().expect("metrics").len();
    assert_eq!(csv.lines().count(), 1 + 4 * metrics, "a line per row and metric");
    assert!(lines.all(|line| line.split(',').count() == columns), "{csv}");

    // By one key, the points of the other are averaged over: six replicates of eleven agents at two navigators.
    let table = json(&summary(&[
        "--format",
        "json",
        "--by",
        "wind.speed_m_s",
        "--metric",
        "success",
    ]));
    let rows = table["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 2, "{table}");
    assert_eq!(rows[0]["metrics"]["success"]["count"], 2 * 6 * 11, "{table}");
    for (arguments, name) in [
        (["--by", "wind.sped_m_s"], "wind.sped_m_s"),
        (["--metric", "succes"], "succes"),
    ] {
        let (_, error) = bench.call(&["summary", "results.h5"]).arguments(&arguments).exits(2);
        assert!(error.contains(name) && error.contains("hint"), "{error}");
    }
}

#[test]
fn progress_is_shown_as_asked() {
    let bench = Bench::new(scenarios(), &napping_study(10, 30, 20.0));
    let (_, error) = bench
        .sweep("lines.h5", &["--progress", "lines", "--threads", "2"])
        .exits(0);
    assert!(
        (error.lines()).any(|line| line.contains('%') && line.contains("300 units")),
        "3 s, a line after 2 s: {error}"
    );
    assert!(error.contains("finished: 300 units"), "{error}");
    let (page, error) = bench
        .sweep("none.h5", &["--progress", "none", "--set", "coins.nap_s=0"])
        .exits(0);
    assert_eq!((page.as_str(), error.as_str()), ("", ""));
}

#[test]
fn json_is_json_to_the_last_line() {
    let bench = Bench::new(scenarios(), &napping_study(10, 30, 20.0));
    let (page, error) = bench.sweep("results.h5", &["--json"]).ranks(2).exits(0);
    let outcome = json(&page);
    assert_eq!(outcome["outcome"], "finished");
    assert_eq!(outcome["units_run"], 300);
    let events: Vec<Value> = error.lines().map(json).collect();
    assert_eq!(events[0]["event"], "started");
    assert!(
        events.iter().any(|event| event["event"] == "running"),
        "3 s, a line after 2 s: {error}"
    );
    for event in &events {
        assert!(event["event"].is_string(), "{event}");
    }
    assert_eq!(events[0]["correlation_id"], outcome["correlation_id"]);
}

#[test]
fn json_stays_json_when_units_fail() {
    let study = "[study]\nscenario = \"faulty\"\n[fault]\nkind = \"error\"\n";
    let bench = Bench::new(scenarios(), study);
    let (page, error) = bench.sweep("results.h5", &["--json"]).exits(3);
    assert_eq!(json(&page)["units_quarantined"], 1);
    for line in error.lines() {
        json(line);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("results.h5", &[]).succeeds();
    let commands = [
        "config list",
        "config schema",
        "config show study.toml",
        "digest results.h5",
        "status results.h5",
        "summary results.h5 --format csv",
        "summary results.h5",
        "doctor",
    ];
    for command in commands {
        // The pipe is closed before the program writes a line.
        let script = format!("set -o pipefail; {{ sleep 0.3; \"$0\" {command}; }} | true");
        let mut shell = Command::new("bash");
        shell.args(["-c", &script]).arg(program());
        let output = Job::start(&mut shell, bench.path(), LIMIT).wait();
        assert!(output.status.success(), "{command}: {}", describe(&output));
        assert_eq!(text(&output.stderr), "", "{command}");
    }
}
