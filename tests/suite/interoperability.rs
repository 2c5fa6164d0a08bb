//! Other programs read the results without anything of ours.

use crate::support::{Bench, PLUME_STUDY, describe, optional, program};
use std::process::Command;

#[test]
fn h5py_xarray_and_ncdump_read_the_results() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("results.h5", &[]).ranks(2).succeeds();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/read_results.py");
    let output = Command::new(python)
        .arg(script)
        .arg(bench.file("results.h5"))
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", describe(&output));

    let Some(ncdump) = optional("PLUME_NAV_SIM_TEST_NCDUMP") else {
        return;
    };
    let output = Command::new(ncdump)
        .arg("-h")
        .arg(bench.file("results.h5"))
        .output()
        .expect("ncdump starts");
    assert!(output.status.success(), "{}", describe(&output));
    let header = crate::support::text(&output.stdout);
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
