//! What `plan` says comes true.

use crate::support::{Bench, PLUME_STUDY, napping_study, program, scenarios};
use serde_json::Value;
use std::time::{Duration, Instant};

fn planned_and_real(bench: &Bench, more: &[&str]) -> (f64, f64) {
    let plan = bench.call(&["plan", "study.toml", "--json"]).arguments(more).succeeds();
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    bench.sweep("results.h5", &["--overwrite"]).arguments(more).succeeds();
    let real = std::fs::metadata(bench.file("results.h5")).expect("the file").len();
    (plan["file_bytes"].as_f64().expect("a number"), real as f64)
}

#[test]
fn the_file_is_as_large_as_planned() {
    let studies = [
        Bench::new(program(), PLUME_STUDY),
        Bench::new(scenarios(), &napping_study(2, 1, 0.0)),
        Bench::new(scenarios(), &napping_study(50, 200, 0.0)),
    ];
    for bench in &studies {
        for more in [&[][..], &["--set", "output.members=statistics"][..]] {
            let (planned, real) = planned_and_real(bench, more);
            assert!(
                (planned / real - 1.0).abs() < 0.01,
                "planned {planned}, got {real} ({more:?})"
            );
        }
    }
}

/// The page has one line for each choice, with its values in the order of the points; the results have them by point.
#[test]
fn what_a_scenario_chooses_is_shown_and_kept() {
    let study = r#"
defaults = ["policy/greedy"]
[study]
scenario = "source_tracking"
replicates = 2
[search]
searches = 2
[sweep]
axes = [
  { key = "medium.dispersion_length", values = [1.0, 2.0] },
  { key = "medium.source_intensity", values = [1.0, 2.0] },
]
"#;
    let bench = Bench::new(program(), study);
    let page = bench.call(&["plan", "study.toml"]).succeeds();
    for line in ["grid: 19 × 19, 35 × 35, 37 × 37 cells", "hit levels: 3, 4"] {
        assert!(page.lines().any(|shown| shown == line), "{line}: {page}");
    }
    let plan = bench.call(&["plan", "study.toml", "--json"]).succeeds();
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    assert_eq!(plan["chosen"][0]["name"], "grid");
    assert_eq!(plan["chosen"][1]["values"], serde_json::json!(["3", "4"]));

    bench.sweep("results.h5", &[]).succeeds();
    let metrics = "hit_levels,grid_side_cells,horizon_steps";
    let table = bench
        .call(&["summary", "results.h5", "--metric", metrics, "--format", "json"])
        .succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let rows = table["rows"].as_array().expect("rows");
    let of = |name: &str| -> Vec<f64> {
        let means = rows.iter().map(|row| row["metrics"][name]["mean"].as_f64());
        means.map(|mean| mean.expect("a number")).collect()
    };
    assert_eq!(of("hit_levels"), [3.0, 4.0, 3.0, 4.0]);
    assert_eq!(of("grid_side_cells"), [19.0, 19.0, 35.0, 37.0]);
    let horizons = plan["chosen"][2]["values"].as_array().expect("horizons");
    let horizons: Vec<f64> = horizons
        .iter()
        .map(|text| text.as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(of("horizon_steps"), horizons);
}

#[test]
fn a_billion_units_plan_at_once() {
    let study = r#"
[study]
scenario = "coins"
replicates = 1000
[sweep]
axes = [
  { key = "coins.bias", linspace = { start = 0.0, stop = 1.0, count = 1000 } },
  { key = "coins.tosses", range = { start = 1, stop = 1001, step = 1 } },
]
exclude = [{ "coins.tosses" = 1001 }]
"#;
    let bench = Bench::new(scenarios(), study);
    let begin = Instant::now();
    let plan = bench.call(&["plan", "study.toml", "--json"]).succeeds();
    let elapsed = begin.elapsed();
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    assert_eq!(plan["units"], 1_000_000_000_u64);
    // Not a benchmark: a scan over 10⁹ units would take minutes, so the bound tells the two apart on any machine.
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[test]
fn a_pilot_measures() {
    let bench = Bench::new(scenarios(), &napping_study(4, 25, 20.0));
    let plan = bench
        .call(&["plan", "study.toml", "--json", "--pilot", "1s", "--within", "1s"])
        .succeeds();
    let plan: Value = serde_json::from_str(&plan).expect("JSON");
    let pilot = &plan["pilot"];
    let mean = pilot["unit_mean_s"].as_f64().expect("a number");
    assert!(mean >= 0.02, "a unit sleeps 20 ms: {pilot}");
    let core_hours = pilot["core_hours"].as_f64().expect("a number");
    assert!((core_hours * 3600.0 / (mean * 100.0) - 1.0).abs() < 1e-9, "{pilot}");
    assert!(
        pilot["ranks"].as_u64().is_some_and(|ranks| ranks >= 3),
        "2 s of work in 1 s: {pilot}"
    );
}

/// What decides on the shape of the results is looked for in the keys that can, not in all values of a plume.
#[test]
fn a_huge_sweep_over_a_plume_is_planned_at_once() {
    let axes = r#"
[study]
replicates = 1
[sweep]
axes = [
  { key = "plume.source_x_m", linspace = { start = 1, stop = 5, count = 1000 } },
  { key = "plume.source_rate_kg_s", logspace = { start = 1e-7, stop = 1e-3, count = 1000 } },
  { key = "wind.speed_m_s", linspace = { start = 0.5, stop = 5, count = 1000 } },
]
"#;
    let nested = r#"
[study]
replicates = 1
[sweep]
axes = [{ nested = { key = "plume", cases = [
  { value = "plume/gaussian", axes = [{ key = "plume.source_x_m", linspace = { start = 1, stop = 5, count = 2000000 } }] },
  { value = "plume/gaussian_isotropic" },
] } }]
"#;
    for (study, points) in [(axes, 1_000_000_000_u64), (nested, 2_000_001)] {
        let bench = Bench::new(program(), study);
        let plan = bench.call(&["plan", "study.toml", "--json"]).succeeds();
        let plan: Value = serde_json::from_str(&plan).expect("JSON");
        assert_eq!(plan["points"], points);
    }
}
