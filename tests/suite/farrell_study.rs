//! The shipped study of surge–cast in Farrell's plume, at a size for a test.

use crate::support::{Bench, program};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(240);

/// From 5 m in 2 minutes, 8 replicates: the study's first distance. The intervals of success are 95 % ones; they are far
/// enough apart in the study (0.9 and 0.2) that those of 8 replicates don't meet. The seed is the study's, so it always
/// passes or never.
#[test]
fn surge_cast_finds_the_source_far_more_often_than_a_random_walk() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf/studies/surge_cast_farrell.toml");
    let study = std::fs::read_to_string(path).expect("the shipped study");
    let nearest = study.replace("values = [10.0, 15.0, 20.0]", "values = [10.0]");
    assert_ne!(nearest, study);
    let bench = Bench::new(program(), &nearest);
    let smaller = [
        "--set",
        "study.replicates=8",
        "--set",
        "episode.duration_s=120",
        "--set",
        "plume.spin_up_s=30",
    ];
    bench.sweep("r.h5", &smaller).limit(LIMIT).succeeds();
    let page = bench
        .call(&["summary", "r.h5", "--format", "json", "--metric", "success"])
        .succeeds();
    let summary: Value = serde_json::from_str(&page).expect("a summary in JSON");
    let interval = |navigator: &str| {
        let rows = summary["rows"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["coordinates"]["navigator"] == navigator);
        let success = &row.unwrap_or_else(|| panic!("{navigator} is missing: {page}"))["metrics"]["success"];
        ["interval_low", "interval_high"].map(|end| success[end].as_f64().expect("a number"))
    };
    let (surge_cast, walk) = (interval("surge_cast"), interval("correlated_random_walk"));
    assert!(surge_cast[0] > walk[1] + 0.1, "{surge_cast:?} {walk:?}");
}
