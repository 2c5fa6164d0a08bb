//! Sizes at which nothing may break.

use crate::support::{Bench, program, scenarios};
use serde_json::Value;

#[test]
fn ten_thousand_agents_in_a_unit() {
    let study = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
seed = 11
replicates = 2
[agents]
count = 10000
[episode]
duration_s = 5.0
"#;
    let bench = Bench::new(program(), study);
    bench.sweep("alone.h5", &["--threads", "1"]).succeeds();
    bench.sweep("ranks.h5", &[]).ranks(2).succeeds();
    assert_eq!(bench.digest("alone.h5"), bench.digest("ranks.h5"));
    let table = bench
        .call(&["summary", "alone.h5", "--format", "json", "--metric", "success"])
        .succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    assert_eq!(table["rows"][0]["metrics"]["success"]["count"], 20_000, "{table}");
    assert_eq!(table["rows"][0]["metrics"]["success"]["replicates"], 2, "{table}");
}

#[test]
fn twenty_thousand_design_points() {
    let study = r#"
[study]
scenario = "coins"
seed = 13
[coins]
count = 1
[sweep]
axes = [
  { sample = { method = "sobol", count = 20000, seed = 1, variables = [
    { key = "coins.bias", distribution = "uniform", low = 0.2, high = 0.8 },
    { key = "coins.tosses", distribution = "integer", low = 10, high = 100 },
  ] } },
]
"#;
    let bench = Bench::new(scenarios(), study);
    bench.sweep("alone.h5", &[]).succeeds();
    bench.sweep("ranks.h5", &[]).ranks(3).succeeds();
    assert_eq!(bench.digest("alone.h5"), bench.digest("ranks.h5"));
    bench.call(&["verify", "alone.h5"]).exits(0);
    let csv = bench
        .call(&["summary", "ranks.h5", "--format", "csv", "--metric", "heads_fraction"])
        .succeeds();
    assert_eq!(csv.lines().count(), 20_001);
    // Each row has its own bias, and heads go with it: the mean over all points of heads − bias is 0. Its standard error
    // is below √(0.25 / 10 / 20000) = 0.0011; six of them are exceeded by chance once in 5·10⁸, and the seed is fixed.
    let table = bench
        .call(&["summary", "ranks.h5", "--format", "json", "--metric", "heads_fraction"])
        .succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let excess: f64 = (table["rows"].as_array().expect("rows").iter())
        .map(|row| {
            let bias = row["coordinates"]["coins.bias"].as_f64().expect("a number");
            row["metrics"]["heads_fraction"]["mean"].as_f64().expect("a number") - bias
        })
        .sum();
    assert!((excess / 20_000.0).abs() < 6.0 * 0.0011, "{excess}");
}
