//! Crowds: many agents, in each other's way, with several strategies.

use crate::python::run_script;
use crate::support::{Bench, optional, program};
use serde_json::Value;

/// The largest crowd there is, as discs, from the study to the summary. `plan` knows its file and memory.
#[test]
fn a_hundred_thousand_agents_with_discs() {
    let study = r#"
defaults = ["plume/gaussian", "navigator/mixed", "collision/discs"]
[study]
seed = 5
replicates = 2
[agents]
count = 100000
start = { kind = "region", x_min_m = 0.0, x_max_m = 25.0, y_min_m = -8.0, y_max_m = 8.0 }
[collision]
radius_m = 0.012
[episode]
duration_s = 0.2
"#;
    let bench = Bench::new(program(), study);
    let plan = bench.call(&["plan", "study.toml", "--json"]).succeeds();
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    bench.sweep("alone.h5", &["--threads", "1"]).succeeds();
    bench.sweep("ranks.h5", &[]).ranks(2).succeeds();
    assert_eq!(bench.digest("alone.h5"), bench.digest("ranks.h5"));
    bench.call(&["verify", "alone.h5"]).exits(0);
    let size = std::fs::metadata(bench.file("alone.h5")).expect("the file").len() as f64;
    let planned = plan["file_bytes"].as_f64().expect("a number");
    assert!((planned / size - 1.0).abs() < 0.01, "planned {planned}, got {size}");
    // Values and state of 10⁵ agents are some hundred megabytes; a figure far off would be of no use.
    let memory = plan["memory_bytes_per_rank"].as_f64().expect("a number");
    assert!((1e8..3e9).contains(&memory), "{memory}");
    let table = bench
        .call(&[
            "summary",
            "alone.h5",
            "--format",
            "json",
            "--metric",
            "collisions,strategy",
        ])
        .succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let metrics = &table["rows"][0]["metrics"];
    assert_eq!(metrics["strategy"]["count"], 200_000, "{table}");
    assert_eq!(metrics["strategy"]["mean"], 0.5, "{table}");
    assert!(
        metrics["collisions"]["mean"].as_f64().expect("a number") > 0.0,
        "{table}"
    );
}

/// Strategies may be presets, and their problems are reported with their place in the list.
#[test]
fn strategies_are_presets_or_tables() {
    let study = |strategies: &str| {
        format!(
            "defaults = [\"plume/gaussian\"]\n[study]\nreplicates = 1\n[navigator]\nkind = \"mixed\"\nstrategies = [\n{strategies}\n]\n"
        )
    };
    let presets =
        "  { navigator = \"navigator/surge_cast\" },\n  { navigator = \"navigator/correlated_random_walk\" },";
    let bench = Bench::new(program(), &study(presets));
    bench.call(&["config", "validate", "study.toml"]).succeeds();
    let shown = bench.call(&["config", "show", "study.toml"]).succeeds();
    assert!(
        shown.contains("correlated_random_walk") && shown.contains("rotational_diffusivity"),
        "{shown}"
    );
    for (strategies, says) in [
        (
            "  { navigator = { kind = \"surge_cast\", cast_leg_s = 0.001 } },",
            "navigator.strategies[0].navigator.cast_leg_s",
        ),
        (
            "  {},\n  { navigator = { kind = \"surge_cats\" } },",
            "did you mean `surge_cast`?",
        ),
        ("  { navigator = { kind = \"mixed\" } },", "isn't a known kind"),
        ("  { share = -1 },", "navigator.strategies[0].share"),
        (
            "  { navigator = \"navigator/surge_cats\" },",
            "did you mean \"navigator/surge_cast\"?",
        ),
    ] {
        let bench = Bench::new(program(), &study(strategies));
        let (_, said) = bench.call(&["config", "validate", "study.toml"]).exits(2);
        assert!(said.contains(says), "{strategies}: {said}");
    }
}

/// Shares are swept with the whole navigator, as the page about crowds says.
#[test]
fn mixtures_can_be_swept() {
    let study = r#"
defaults = ["plume/gaussian"]
[study]
replicates = 1
[agents]
count = 4
[episode]
duration_s = 1.0
[sweep]
axes = [
    { key = "navigator", labels = ["searchers", "half", "wanderers"], values = [
        { kind = "surge_cast" },
        { kind = "mixed", strategies = [{ navigator = { kind = "surge_cast" } }, { navigator = { kind = "correlated_random_walk" } }] },
        { kind = "correlated_random_walk" },
    ] },
]
"#;
    let bench = Bench::new(program(), study);
    bench.sweep("results.h5", &[]).succeeds();
    let table = bench
        .call(&["summary", "results.h5", "--format", "json", "--metric", "strategy"])
        .succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let means = [0, 1, 2].map(|row| table["rows"][row]["metrics"]["strategy"]["mean"].as_f64());
    assert_eq!(means, [Some(0.0), Some(0.5), Some(0.0)], "{table}");
}

/// The shipped study, smaller, and its results by strategy as its page reads them.
#[test]
fn the_shipped_study_tells_strategies_apart() {
    let study = include_str!("../../conf/studies/crowd.toml");
    let bench = Bench::new(program(), study);
    let smaller = ["--set", "study.replicates=3"];
    bench.sweep("crowd.h5", &smaller).succeeds();
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let printed = run_script(&python, &bench, "by_strategy.py", ["crowd.h5"]);
    let numbers: Vec<f64> = printed
        .split_whitespace()
        .map(|word| word.parse().expect("a number"))
        .collect();
    let [searching, wandering, small, large] = numbers[..] else {
        panic!("{printed}");
    };
    // Means over some thousand agents: the standard errors are below 0.03.
    assert!(searching > wandering + 0.2, "{printed}");
    // Collisions per agent with discs of 0.5 cm and of 10 cm.
    assert!(large > 5.0 * small, "{printed}");
}
