//! Cell sorting: the same digest for any ranks and threads, with and without frames, and after kills inside a unit.

use crate::support::{Bench, program};

/// Short units at two points.
const STUDY: &str = r#"
[study]
name = "cells"
scenario = "cell_sorting"
seed = 11
replicates = 2
[cells]
count = 30
[start]
relax_mcs = 40
[course]
steps = 12
[measures]
permutations = 19
[execution]
commit_interval_s = 0.05
save_interval_s = 0.05
[sweep]
axes = [{ key = "adhesion.dark_light", values = [6.0, 11.0] }]
"#;

#[test]
fn cells_are_the_same_whoever_simulates_and_records_them() {
    let bench = Bench::new(program(), STUDY);
    bench.sweep("alone.h5", &["--set", "execution.threads=1"]).succeeds();
    let digest = bench.digest("alone.h5");
    bench.sweep("ranks.h5", &[]).ranks(2).succeeds();
    assert_eq!(bench.digest("ranks.h5"), digest);
    let record = ["--set", "record.frames=true", "--set", "record.cells=true"];
    bench.sweep("recorded.h5", &record).succeeds();
    assert!(bench.file("recorded.rows.h5").exists());
    bench.call(&["verify", "recorded.h5"]).succeeds();
    assert_eq!(bench.digest("recorded.h5"), digest);
}

#[test]
fn cells_go_on_after_kills_inside_a_unit() {
    // A unit takes a hundred times the interval of saving, so that a state is seen whatever the machine.
    let study = STUDY
        .replace(
            "steps = 12",
            if cfg!(debug_assertions) {
                "steps = 40"
            } else {
                "steps = 1500"
            },
        )
        .replace("replicates = 2", "replicates = 1")
        .replace("save_interval_s = 0.05", "save_interval_s = 0.01");
    let bench = Bench::new(program(), &study);
    let one_thread = ["--set", "execution.threads=1"];
    bench.sweep("whole.h5", &one_thread).succeeds();
    let state = bench.file("r.h5.saved/unit-0");
    let job = bench.sweep("r.h5", &one_thread).start();
    job.wait_until("a saved state", || state.exists()).kill();
    assert!(state.exists());
    bench
        .sweep("r.h5", &["--set", "execution.threads=1", "--resume"])
        .succeeds();
    assert_eq!(bench.digest("r.h5"), bench.digest("whole.h5"));
    assert!(!bench.file("r.h5.saved").exists(), "states go with their units");
}
