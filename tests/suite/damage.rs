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

/// Damaged numbers aren't shown, in no form and by no way of averaging; what verifies shows them.
#[test]
fn damaged_numbers_are_not_shown() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let means = means_of_heads_fraction(&bench);
    std::fs::copy(bench.file("results.h5"), bench.file("unit.h5")).expect("a copy");
    flip(&bench.file("results.h5"), &means, 8 + 6);
    flip(&bench.file("unit.h5"), &fractions_of_unit_15(&bench), 6);
    let shown = ["--metric", "heads_fraction"];
    for (file, what) in [
        ("results.h5", "one value of its summary isn't what the units give"),
        ("unit.h5", "unit 15 isn't what was committed"),
    ] {
        for more in [
            &[][..],
            &["--by", "coins.bias"],
            &["--format", "csv"],
            &["--format", "json"],
        ] {
            let call = bench.call(&["summary", file]).arguments(&shown).arguments(more);
            let (out, told) = call.exits(3);
            let told = if more.contains(&"json") { &out } else { &told };
            assert!(told.contains(what) && told.contains("verify"), "{told}");
            assert!(!out.contains("confidence") && !out.contains("mean,"), "{out}");
        }
    }
    // Another metric of the same file holds, and is what it was.
    let others = ["--metric", "heads", "--format", "csv"];
    bench.call(&["summary", "results.h5"]).arguments(&others).succeeds();
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

/// A study whose units fail in all ways, on an axis of texts.
pub const FAULTY_STUDY: &str = r#"
[study]
scenario = "faulty"
replicates = 2
seed = 5
[execution]
retries = 1
threads = 1
[fault]
replicate = 1
[sweep]
axes = [{ key = "fault.kind", values = ["none", "panic", "error"] }]
"#;

/// Finds the only place of a pattern, from `first` on.
fn place_of(path: &Path, needle: &[u8]) -> u64 {
    let bytes = std::fs::read(path).expect("the file");
    let place = bytes.windows(needle.len()).position(|window| window == needle);
    place.expect("it is in the file") as u64
}

/// Flips bits of the byte at a place.
pub fn flip_at(path: &Path, at: u64, bits: u8) {
    let file = (std::fs::OpenOptions::new().read(true).write(true))
        .open(path)
        .expect("the file");
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).expect("a byte");
    file.write_all_at(&[byte[0] ^ bits], at).expect("a byte");
}

#[test]
fn a_flipped_axis_is_found_by_every_command_and_mended() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let reference = bench.digest("results.h5");
    // The axis of biases is 0.0, 0.3, 0.6, 0.9; one of its copies.
    let path = bench.file("results.h5");
    let axis: Vec<u8> = (1..4).flat_map(|i| (0.9 * f64::from(i) / 3.0).to_le_bytes()).collect();
    flip_at(&path, place_of(&path, &axis) + 6, 0x10);

    let (report, told) = bench.call(&["verify", "--json", "results.h5"]).exits(1);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["file"], "damaged");
    let object = report["objects"][0]["object"].as_str().expect("a text");
    assert!(object.ends_with("coins_bias") || object.ends_with("bias"), "{report}");
    assert!(told.contains("is damaged") && told.contains(object), "{told}");
    for command in [&["digest"][..], &["summary"]] {
        let (_, told) = bench.call(&[command, &["results.h5"]].concat()).exits(1);
        assert!(told.contains("is damaged") && told.contains(object), "{told}");
    }
    // Status reads no axis.
    bench.call(&["status", "results.h5"]).exits(0);

    let output = bench.sweep("results.h5", &["--resume", "--json"]).ranks(2).output();
    let told = crate::support::text(&output.stderr);
    assert!(told.contains("rebuilt") && told.contains("40 units"), "{told}");
    let outcome: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(outcome["units_run"], 0, "no unit runs again: {outcome}");
    assert_eq!(bench.digest("results.h5"), reference);
    bench.call(&["verify", "results.h5"]).exits(0);
}

#[test]
fn another_confidence_changes_the_summary_and_no_unit() {
    let bench = Bench::new(scenarios(), &napping_study(4, 10, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let before = bench.digest("results.h5");
    let other = ["--set", "statistics.confidence=0.8"];
    bench.sweep("fresh.h5", &other).succeeds();
    let outcome = bench
        .sweep("results.h5", &["--resume", "--json"])
        .arguments(&other)
        .output();
    let told = crate::support::text(&outcome.stderr);
    assert_eq!(told.matches("80 %").count(), 1, "told once: {told}");
    assert!(told.contains("the intervals are computed again at 80 %"), "{told}");
    assert!(!told.contains("WARN") && !told.contains("Salvage"), "{told}");
    let outcome: Value = serde_json::from_slice(&outcome.stdout).expect("JSON");
    assert_eq!(outcome["units_run"], 0, "{outcome}");
    let after = bench.digest("results.h5");
    assert_ne!(after, before);
    assert_eq!(after, bench.digest("fresh.h5"));
    bench.call(&["verify", "results.h5"]).exits(0);
    let shown = bench.call(&["config", "show", "--plain", "results.h5"]).succeeds();
    assert!(shown.contains("confidence = 0.8"), "{shown}");
    bench.sweep("results.h5", &["--resume"]).succeeds();
    assert_eq!(bench.digest("results.h5"), before, "and back");
}

/// The name stands in what never changes.
#[test]
fn results_keep_the_name_that_they_were_begun_with() {
    let bench = Bench::new(scenarios(), &napping_study(2, 4, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let renamed = ["--resume", "--set", "study.name=other"];
    let (_, told) = bench.sweep("results.h5", &renamed).exits(0);
    assert!(
        told.contains("keep the name \"naps\"") && told.contains("\nnaps: "),
        "{told}"
    );
    assert_eq!(bench.status("results.h5")["study"], "naps");
}

#[test]
fn cut_empty_and_zeroed_files_are_damaged_and_foreign_ones_a_problem() {
    let bench = Bench::new(scenarios(), &napping_study(2, 4, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    let reference = bench.digest("results.h5");
    let path = bench.file("results.h5");
    let sound = std::fs::read(&path).expect("the file");
    let zeros = vec![0; sound.len()];
    let mut head_of_zeros = sound.clone();
    head_of_zeros[..4096].fill(0);
    let commands = ["verify", "digest", "status", "summary"];
    for (what, bytes) in [
        ("is empty", &sound[..0]),
        ("was cut: it has 5 of at least 96 bytes", &sound[..5]),
        ("was cut: it has 3000 of", &sound[..3000]),
        ("was cut", &sound[..sound.len() - 1]),
        ("all zero", &zeros),
        ("another program may have written to it", &head_of_zeros),
    ] {
        std::fs::write(&path, bytes).expect("the file");
        for command in commands {
            let (_, told) = bench.call(&[command, "results.h5"]).exits(1);
            assert!(told.contains("is damaged") && told.contains(what), "{command}: {told}");
        }
        let (_, told) = bench.call(&["config", "show", "results.h5"]).exits(1);
        assert!(told.contains("is damaged"), "{told}");
    }
    // The last is saved by its study.
    bench.sweep("results.h5", &["--resume"]).succeeds();
    assert_eq!(bench.digest("results.h5"), reference);
    // Nothing holds in a file of zeros; it stays, and isn't ours to replace.
    std::fs::write(&path, &zeros).expect("the file");
    let (_, told) = bench.sweep("results.h5", &["--resume"]).exits(1);
    assert!(told.contains("nothing in it is known to belong"), "{told}");
    bench.sweep("results.h5", &["--overwrite"]).exits(2);
    assert_eq!(std::fs::read(&path).expect("the file"), zeros);
    std::fs::write(&path, "Dear diary, today I ran plume-nav-sim results").expect("the file");
    for command in commands {
        let (_, told) = bench.call(&[command, "results.h5"]).exits(2);
        assert!(told.contains("not a results file"), "{command}: {told}");
    }
}

#[test]
fn a_file_without_a_seal_crashes_no_command() {
    let bench = Bench::new(scenarios(), FAULTY_STUDY);
    bench.sweep("results.h5", &[]).exits(3);
    let path = bench.file("results.h5");
    let sound = std::fs::read(&path).expect("the file");
    let seal = place_of(&path, b"plume-nav-sim seal 1\n");
    let text = String::from_utf8_lossy(&sound[seal as usize..]).into_owned();
    let mut unsealed = sound.clone();
    unsealed[seal as usize..].fill(0);
    // The references of an axis of texts: HDF5 follows them wherever they lead.
    let line = (text
        .lines()
        .find(|line| line.ends_with(" structure \"/summary/fault_kind\"")))
    .expect("the axis");
    let references: u64 = line[..20].parse().expect("a number");
    let mut ended = std::collections::BTreeMap::new();
    for at in (references..references + 48).step_by(2).chain((100..6000).step_by(590)) {
        let mut bytes = unsealed.clone();
        bytes[at as usize] ^= 0x41;
        std::fs::write(&path, bytes).expect("the file");
        let output = bench.call(&["digest", "results.h5"]).output();
        let code = output.status.code();
        assert!(
            matches!(code, Some(1 | 2)),
            "byte {at}: {}",
            crate::support::describe(&output)
        );
        *ended.entry(code).or_insert(0) += 1;
    }
    assert!(ended[&Some(1)] > 20, "{ended:?}");
}

#[test]
fn a_file_without_its_summary_is_told_as_json_too() {
    let bench = Bench::new(scenarios(), &napping_study(2, 4, 0.0));
    bench.sweep("results.h5", &[]).succeeds();
    // As a run leaves it that was stopped: by the place that the seal names.
    let bytes = std::fs::read(bench.file("results.h5")).expect("the file");
    let text = String::from_utf8_lossy(&bytes);
    let line = text
        .lines()
        .find(|line| line.ends_with(" changes \"/provenance/finished\""));
    let at = line.and_then(|line| line.get(..20)?.parse().ok()).expect("its place");
    flip_at(&bench.file("results.h5"), at, 1);
    let (told, _) = bench.call(&["summary", "results.h5", "--format", "json"]).exits(75);
    let told: Value = serde_json::from_str(&told).expect("one document");
    assert_eq!((&told["outcome"], &told["exit_code"]), (&"failed".into(), &75.into()));
    assert!(
        told["error"]
            .as_str()
            .is_some_and(|text| text.contains("no summary yet")),
        "{told}"
    );
    let (page, error) = bench.call(&["summary", "results.h5"]).exits(75);
    assert!(page.is_empty() && error.contains("no summary yet"), "{page} {error}");
}

#[test]
fn a_value_of_the_command_line_that_is_wrong_is_told_once() {
    let bench = Bench::new(scenarios(), &napping_study(2, 4, 0.0));
    let call = bench.call(&["run", "study.toml", "--set", "coins.bias=.5"]);
    let (_, error) = call.exits(2);
    assert_eq!(error.matches("is text").count(), 1, "{error}");
}
