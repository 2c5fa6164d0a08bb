//! Other programs read the results without anything of ours.

use crate::job::Job;
use crate::python::run_script;
use crate::support::{Bench, PLUME_STUDY, describe, napping_study, optional, program, scenarios, text};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Importing a Python library on a busy machine takes its time.
const LIMIT: Duration = Duration::from_secs(120);

/// A design without a box: points are one axis.
const EXCLUSIONS: &str = r#"
[study]
scenario = "coins"
replicates = 3
[sweep]
axes = [
  { key = "coins.bias", linspace = { start = 0.0, stop = 1.0, count = 5 } },
  { key = "coins.tosses", values = [0, 1, 10] },
]
exclude = [{ "coins.bias" = { above = 0.9 }, "coins.tosses" = 0 }, { "coins.tosses" = 1, "coins.bias" = 0.5 }]
"#;

/// Axes along which several keys advance.
const JOINT_AXES: &str = r#"
[study]
scenario = "plume"
replicates = 2
[agents]
count = 3
[episode]
duration_s = 5.0
[sweep]
axes = [
  { zip = [
    { key = "wind.speed_m_s", values = [0.4, 0.8, 1.2] },
    { key = "navigator", values = ["navigator/surge_cast", "navigator/correlated_random_walk", "navigator/surge_cast"] },
  ] },
  { name = "draw", sample = { method = "sobol", count = 4, seed = 1, variables = [
    { key = "plume.source_rate_kg_s", distribution = "log_uniform", low = 1e-7, high = 1e-6 },
    { key = "episode.source_radius_m", distribution = "uniform", low = 0.2, high = 0.6 },
  ] } },
]
"#;

const FAILURES: &str = r#"
[study]
scenario = "faulty"
replicates = 4
[execution]
retries = 0
[fault]
replicate = 2
[sweep]
axes = [{ key = "fault.kind", values = ["none", "panic", "nan", "missing", "infinite", "error"] }]
"#;

fn read_by_all(python: &Path, bench: &Bench, results: &str) {
    run_script(python, bench, "read_results.py", [results]);
}

#[test]
fn h5py_and_xarray_read_all_sorts_of_results() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let coins = napping_study(3, 5, 0.0);
    let studies: [(&str, &str, &[&str], i32); 7] = [
        ("box", PLUME_STUDY, &[], 0),
        (
            "box-statistics",
            PLUME_STUDY,
            &["--set", "output.members=statistics"],
            0,
        ),
        ("no-axes", "[study]\nscenario = \"coins\"\n", &[], 0),
        ("exclusions", EXCLUSIONS, &[], 0),
        ("joint-axes", JOINT_AXES, &[], 0),
        ("failures", FAILURES, &[], 3),
        (
            "failures-statistics",
            FAILURES,
            &["--set", "output.members=statistics"],
            3,
        ),
    ];
    for (name, study, more, code) in studies {
        let bench = Bench::new(scenarios(), study);
        let results = format!("{name}.h5");
        bench.sweep(&results, more).ranks(2).exits(code);
        read_by_all(&python, &bench, &results);
    }
    // A file that is not finished opens as well: some units are zeros, the summary is empty.
    let bench = Bench::new(scenarios(), &coins);
    let drained = ["--set", "coins.nap_s=1", "--threads", "1", "--walltime", "4s"];
    bench.sweep("drained.h5", &drained).exits(75);
    let status = bench.status("drained.h5");
    assert!(
        status["committed"].as_u64() > Some(0) && status["pending"].as_u64() > Some(0),
        "{status}"
    );
    read_by_all(&python, &bench, "drained.h5");
}

#[test]
fn ncdump_reads_the_results() {
    let Some(ncdump) = optional("PLUME_NAV_SIM_TEST_NCDUMP") else {
        return;
    };
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("results.h5", &[]).ranks(2).succeeds();
    let mut command = Command::new(ncdump);
    command.arg("-h").arg(bench.file("results.h5"));
    let output = Job::start(&mut command, bench.path(), LIMIT).wait();
    assert!(output.status.success(), "{}", describe(&output));
    let header = text(&output.stdout);
    for expected in [
        "wind_speed_m_s = 2",
        "navigator = 2",
        "replicate = 6",
        "agent = 11",
        "success(wind_speed_m_s, navigator, replicate, agent)",
    ] {
        assert!(header.contains(expected), "{expected:?} is not in\n{header}");
    }
}
