//! Damage to the file is found, and mended by a resume.

use crate::support::{Bench, napping_study, scenarios};
use serde_json::Value;
use std::os::unix::fs::FileExt;

#[test]
fn a_flipped_byte_is_found_and_its_unit_runs_again() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let reference = bench.digest("results.h5");
    bench.call(&["verify", "results.h5"]).exits(0);

    // Unit 15 is in a design point where heads are seen; its four fractions of heads stand side by side in the file. Flip
    // a byte in the middle of one.
    let bytes = std::fs::read(bench.file("results.h5")).expect("the file");
    let needle: Vec<u8> = fractions_of_unit_15(&bench);
    let at = bytes
        .windows(needle.len())
        .position(|window| window == needle)
        .expect("the values are in the file as they are");
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(bench.file("results.h5"))
        .expect("the file");
    let mut byte = [0];
    file.read_exact_at(&mut byte, at as u64 + 6).expect("a byte");
    file.write_all_at(&[byte[0] ^ 0x10], at as u64 + 6).expect("a byte");
    drop(file);

    let (report, _) = bench.call(&["verify", "--json", "results.h5"]).exits(3);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["damaged"], 1);
    assert_eq!(report["damaged_ranges"], serde_json::json!([[15, 16]]));

    let outcome = bench.sweep("results.h5", &["--resume", "--json"]).succeeds();
    let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
    assert_eq!(
        outcome["units_committed"], 1,
        "only the damaged unit runs again: {outcome}"
    );
    assert_eq!(bench.digest("results.h5"), reference);
}

/// The four values of heads_fraction of unit 15 as they are in the file, from `run`.
fn fractions_of_unit_15(bench: &Bench) -> Vec<u8> {
    let unit = bench.call(&["run", "study.toml", "--unit", "15", "--json"]).succeeds();
    let unit: Value = serde_json::from_str(&unit).expect("JSON");
    let fractions: Vec<f64> = unit["metrics"]["heads_fraction"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|value| value.as_f64().expect("a number"))
        .collect();
    assert!(fractions.iter().any(|fraction| *fraction != 0.0), "{fractions:?}");
    fractions.iter().flat_map(|fraction| fraction.to_le_bytes()).collect()
}
