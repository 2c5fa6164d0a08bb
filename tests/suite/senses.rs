//! Sensors and the navigators that live by them, in studies: suites as lists of tables, swept presets, problems in lists.

use crate::support::{Bench, program};

const STUDY: &str = r#"
defaults = ["plume/gaussian", "sensor/antennae_and_wind", "navigator/chemotaxis"]
[study]
name = "senses"
seed = 6
replicates = 3
[agents]
count = 11
[episode]
duration_s = 5.0
dt_s = 0.05
[sweep]
axes = [
    { key = "sensor", values = ["sensor/antennae_and_wind", "sensor/bilateral", "sensor/gradient"] },
    { key = "navigator", values = ["navigator/chemotaxis", "navigator/run_and_tumble", "navigator/surge_cast"] },
]
"#;

#[test]
fn senses_are_swept_and_leave_no_trace_of_the_layout() {
    let bench = Bench::new(program(), STUDY);
    bench.sweep("alone.h5", &["--threads", "2"]).succeeds();
    bench.sweep("ranks.h5", &["--threads", "1"]).ranks(3).succeeds();
    assert_eq!(bench.digest("ranks.h5"), bench.digest("alone.h5"));
}

/// A problem in one sensor of a list is shown with its place in the list and its line.
#[test]
fn problems_in_a_suite_are_shown_where_they_are() {
    let study = r#"
[sensor]
kind = "suite"
sensors = [
    { kind = "binary" },
    { kind = "bilateral", separation = 0.2 },
    { kind = "wind", delay_s = -1.0 },
]
"#;
    let bench = Bench::new(program(), study);
    let (_, message) = bench.call(&["config", "validate", "study.toml"]).exits(2);
    for expected in [
        "study.toml:6",
        "sensors[1]",
        "separation_m",
        "study.toml:7",
        "sensors[2].delay_s",
    ] {
        assert!(message.contains(expected), "{expected} isn't in {message}");
    }
    let bench = Bench::new(program(), "[navigator]\nkind = \"chemotaxis\"\n");
    let (_, message) = bench.call(&["config", "validate", "study.toml"]).exits(2);
    assert!(
        message.contains("bilateral") && message.contains("gradient"),
        "{message}"
    );
}
