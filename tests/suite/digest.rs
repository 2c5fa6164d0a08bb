//! The results don't depend on ranks, threads, build or MPI library.

use crate::damage::flip;
use crate::support::{Bench, Launch, PLUME_STUDY, SEARCH_STUDY, optional, program, scenarios};
use std::path::Path;

#[test]
fn ranks_and_threads_leave_no_trace_in_the_results() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("reference.h5", &["--threads", "1"]).succeeds();
    let reference = bench.digest("reference.h5");
    assert_eq!(reference.len(), 64, "a BLAKE3 hash in hexadecimal: {reference}");

    let layouts = [
        (Launch::Alone, "2"),
        (Launch::Ranks(1), "2"),
        (Launch::Ranks(2), "1"),
        (Launch::Ranks(3), "2"),
        (Launch::Ranks(5), "1"),
    ];
    for (i, (launch, threads)) in layouts.into_iter().enumerate() {
        let results = format!("layout-{i}.h5");
        bench.sweep(&results, &["--threads", threads]).launch(launch).succeeds();
        assert_eq!(bench.digest(&results), reference, "{launch:?} with {threads} threads");
    }
}

/// The names of all presets of a group but those that read a file, which aren't beside them.
fn presets(group: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf").join(group);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("presets")
        .map(|entry| entry.expect("a preset").path())
        .filter(|path| {
            let text = std::fs::read_to_string(path).expect("a preset");
            let tables: toml::Table = text.parse().expect("TOML");
            let file = tables[group].get("file").and_then(toml::Value::as_str);
            file.is_none_or(str::is_empty)
        })
        .map(|path| format!("{group}/{}", path.file_stem().expect("a name").to_string_lossy()))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no presets of {group}");
    names
}

/// A short study of one plume and one wind.
fn study_of(plume: &str, wind: &str) -> String {
    // This wind is that at one height, which agents have to share.
    let axis = match wind {
        "wind/logarithmic" => r#"key = "sensor.threshold", values = [1.0, 2.0]"#,
        _ => r#"key = "agents.height_m", values = [0.0, 0.5]"#,
    };
    format!(
        r#"
defaults = ["{plume}", "{wind}", "navigator/surge_cast"]
[study]
name = "short"
seed = 11
replicates = 4
[agents]
count = 9
[episode]
duration_s = 2.0
dt_s = 0.05
[sweep]
axes = [{{ {axis} }}]
"#
    )
}

/// Every plume in some wind and every wind with some plume: alone with two threads, on three ranks, and resumed.
#[test]
fn every_plume_and_every_wind_give_the_same_in_any_layout() {
    let (plumes, winds) = (presets("plume"), presets("wind"));
    let bench = Bench::new(program(), "");
    let goes = |plume: &str, wind: &str| {
        std::fs::write(bench.file("study.toml"), study_of(plume, wind)).expect("the study is written");
        let validated = bench.call(&["config", "validate", "study.toml"]).output();
        validated.status.success()
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for i in 0..plumes.len().max(winds.len()) {
        // Side by side where they go together, else with the next one that takes it.
        let (plume, wind) = (&plumes[i % plumes.len()], &winds[i % winds.len()]);
        let of_plume = (winds.iter().cycle().skip(i).take(winds.len())).find(|wind| goes(plume, wind));
        let of_wind = (plumes.iter().cycle().skip(i).take(plumes.len())).find(|plume| goes(plume, wind));
        let of_plume = of_plume.unwrap_or_else(|| panic!("no wind takes {plume}"));
        let of_wind = of_wind.unwrap_or_else(|| panic!("no plume goes with {wind}"));
        pairs.push((plume.clone(), of_plume.clone()));
        pairs.push((of_wind.clone(), wind.clone()));
    }
    pairs.sort();
    pairs.dedup();
    for (plume, wind) in &pairs {
        same_in_any_layout(plume, wind);
    }
}

fn same_in_any_layout(plume: &str, wind: &str) {
    let bench = Bench::new(program(), &study_of(plume, wind));
    bench.sweep("alone.h5", &["--threads", "2"]).succeeds();
    let reference = bench.digest("alone.h5");
    bench.sweep("ranks.h5", &["--threads", "1"]).ranks(3).succeeds();
    assert_eq!(bench.digest("ranks.h5"), reference, "{plume} in {wind} on 3 ranks");
    // What a kill leaves to a resume, but without a race: units whose checksum doesn't hold. They run in another process,
    // on other ranks and beside other units than before.
    for unit in ["0", "3", "5"] {
        flip(&bench.file("alone.h5"), &final_distances(&bench, unit), 6);
    }
    let outcome = bench
        .sweep("alone.h5", &["--resume", "--json", "--threads", "1"])
        .ranks(2);
    let outcome: serde_json::Value = serde_json::from_str(&outcome.succeeds()).expect("JSON");
    assert_eq!(outcome["units_run"], 3, "{plume} in {wind}: {outcome}");
    assert_eq!(bench.digest("alone.h5"), reference, "{plume} in {wind} after a resume");
}

/// The final distances of a unit's agents as they are in the file, from `run`.
fn final_distances(bench: &Bench, unit: &str) -> Vec<u8> {
    let found = bench.call(&["run", "study.toml", "--unit", unit, "--json"]).succeeds();
    let found: serde_json::Value = serde_json::from_str(&found).expect("JSON");
    let distances = found["metrics"]["final_distance_m"].as_array().expect("an array");
    (distances.iter())
        .flat_map(|distance| distance.as_f64().expect("a number").to_le_bytes())
        .collect()
}

#[test]
fn searches_are_as_independent_of_ranks_threads_and_simd() {
    let bench = Bench::new(program(), SEARCH_STUDY);
    bench.sweep("reference.h5", &["--threads", "1"]).succeeds();
    let reference = bench.digest("reference.h5");
    bench.sweep("ranks.h5", &["--threads", "2"]).ranks(2).succeeds();
    assert_eq!(bench.digest("ranks.h5"), reference);
    bench
        .sweep("sse2.h5", &[])
        .environment("PLUME_NAV_SIM_SIMD", "sse2")
        .succeeds();
    assert_eq!(bench.digest("sse2.h5"), reference);
}

#[test]
fn another_seed_gives_other_results() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("a.h5", &[]).succeeds();
    bench.sweep("b.h5", &["--set", "study.seed=8"]).succeeds();
    assert_ne!(bench.digest("a.h5"), bench.digest("b.h5"));
}

#[test]
fn reduced_output_is_as_independent() {
    let bench = Bench::new(program(), PLUME_STUDY);
    let reduce = ["--set", "output.members=statistics"];
    bench.sweep("a.h5", &reduce).succeeds();
    bench.sweep("b.h5", &reduce).ranks(3).succeeds();
    assert_eq!(bench.digest("a.h5"), bench.digest("b.h5"));
}

#[test]
fn simd_levels_give_the_same_bits() {
    let bench = Bench::new(program(), PLUME_STUDY);
    bench
        .sweep("sse2.h5", &[])
        .environment("PLUME_NAV_SIM_SIMD", "sse2")
        .succeeds();
    bench.sweep("best.h5", &[]).succeeds();
    assert_eq!(bench.digest("sse2.h5"), bench.digest("best.h5"));
}

#[test]
fn the_build_without_mpi_gives_the_same() {
    let Some(solo) = optional("PLUME_NAV_SIM_TEST_SOLO") else {
        return;
    };
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("mpi.h5", &[]).ranks(2).succeeds();
    bench
        .with_program(solo)
        .arguments(&["sweep", "study.toml", "-o", "solo.h5"])
        .succeeds();
    assert_eq!(bench.digest("solo.h5"), bench.digest("mpi.h5"));
}

#[test]
fn mpich_gives_the_same_as_open_mpi() {
    let Some(mpich) = optional("PLUME_NAV_SIM_TEST_MPICH") else {
        return;
    };
    let Some(mpirun) = optional("PLUME_NAV_SIM_TEST_MPICH_MPIRUN") else {
        return;
    };
    let bench = Bench::new(program(), PLUME_STUDY);
    bench.sweep("open_mpi.h5", &[]).ranks(2).succeeds();
    bench
        .with_program(mpich)
        .arguments(&["sweep", "study.toml", "-o", "mpich.h5"])
        .ranks(3)
        .mpirun(&mpirun)
        .succeeds();
    assert_eq!(bench.digest("mpich.h5"), bench.digest("open_mpi.h5"));
}

#[test]
fn a_scenario_from_outside_the_crate_is_swept_the_same_way() {
    let study = crate::support::napping_study(3, 20, 0.0);
    let bench = Bench::new(scenarios(), &study);
    bench.sweep("alone.h5", &[]).succeeds();
    bench.sweep("ranks.h5", &[]).ranks(3).succeeds();
    assert_eq!(bench.digest("alone.h5"), bench.digest("ranks.h5"));

    // The known answer: the mean share of heads is the bias. 80 coins × 10 tosses at bias 0.45: standard error 0.0176;
    // five of them are exceeded by chance in 6 of 10 million runs, and the seed is fixed.
    let table = bench
        .call(&["summary", "alone.h5", "--metric", "heads_fraction", "--format", "json"])
        .succeeds();
    let rows: serde_json::Value = serde_json::from_str(&table).expect("JSON");
    let mean = rows["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| {
            row["coordinates"]["coins.bias"]
                .as_f64()
                .is_some_and(|bias| (bias - 0.45).abs() < 1e-12)
        })
        .and_then(|row| row["metrics"]["heads_fraction"]["mean"].as_f64())
        .unwrap_or_else(|| panic!("no row for bias 0.45 in {table}"));
    assert!((mean - 0.45).abs() < 5.0 * 0.0176, "{mean}");
}
