//! Damage to the file is found, and mended by a resume.

use crate::support::{Bench, napping_study, scenarios};
use serde_json::Value;
use std::os::unix::fs::FileExt;
use std::path::Path;

#[test]
fn a_flipped_byte_is_found_and_its_unit_runs_again() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let reference = bench.digest("results.h5");
    bench.call(&["verify", "results.h5"]).exits(0);

    // Unit 15 is in a design point where heads are seen; its four fractions of heads stand side by side in the file. Flip
    // a byte in the middle of one.
    flip(&bench.file("results.h5"), &fractions_of_unit_15(&bench), 6);

    let (report, _) = bench.call(&["verify", "--json", "results.h5"]).exits(3);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["damaged"], 1);
    assert_eq!(report["damaged_ranges"], serde_json::json!([[15, 16]]));

    let outcome = bench.sweep("results.h5", &["--resume", "--json"]).succeeds();
    let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
    assert_eq!(outcome["units_run"], 1, "only the damaged unit runs again: {outcome}");
    assert_eq!(bench.digest("results.h5"), reference);
}

/// Flips a bit of the byte at `offset` in the only place of the file that holds `needle`.
pub fn flip(path: &Path, needle: &[u8], offset: u64) {
    let bytes = std::fs::read(path).expect("the file");
    let places: Vec<usize> = (bytes.windows(needle.len()).enumerate())
        .filter_map(|(at, window)| (window == needle).then_some(at))
        .collect();
    let &[at] = places.as_slice() else {
        panic!("the values are in the file at {places:?}, not once");
    };
    let file = (std::fs::OpenOptions::new().read(true).write(true))
        .open(path)
        .expect("the file");
    let mut byte = [0];
    file.read_exact_at(&mut byte, at as u64 + offset).expect("a byte");
    file.write_all_at(&[byte[0] ^ 0x10], at as u64 + offset)
        .expect("a byte");
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

#[test]
fn a_flipped_byte_in_the_summary_is_found_and_mended() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let reference = bench.digest("results.h5");
    let means = means_of_heads_fraction(&bench);
    flip(&bench.file("results.h5"), &means, 8 + 6);
    assert_ne!(bench.digest("results.h5"), reference, "the damage is in the results");

    let (report, _) = bench.call(&["verify", "--json", "results.h5"]).exits(3);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["damaged"], 0, "no unit is damaged: {report}");
    assert!(
        report["summary"]
            .as_str()
            .is_some_and(|state| state.contains("damaged")),
        "{report}"
    );

    let outcome = bench.sweep("results.h5", &["--resume", "--json"]).ranks(2).succeeds();
    let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
    assert_eq!(outcome["units_run"], 0, "no unit runs again: {outcome}");
    assert_eq!(bench.digest("results.h5"), reference);
    bench.call(&["verify", "results.h5"]).exits(0);
}

/// The four means as they stand side by side in the file, from `summary`.
fn means_of_heads_fraction(bench: &Bench) -> Vec<u8> {
    let table = bench
        .call(&[
            "summary",
            "results.h5",
            "--metric",
            "heads_fraction",
            "--format",
            "json",
        ])
        .succeeds();
    let table: Value = serde_json::from_str(&table).expect("JSON");
    let means: Vec<f64> = (table["rows"].as_array().expect("rows").iter())
        .map(|row| row["metrics"]["heads_fraction"]["mean"].as_f64().expect("a number"))
        .collect();
    assert_eq!(means.len(), 4);
    means.iter().flat_map(|mean| mean.to_le_bytes()).collect()
}
