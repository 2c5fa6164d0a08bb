//! Wind and plume from files that other programs wrote.

use crate::python::{LIMIT, run_script};
use crate::support::{Bench, Launch, optional, program};
use std::path::{Path, PathBuf};

/// The folder with files of other programs, if there is one.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("PLUME_NAV_SIM_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    if folder.join("pompy_plume_concentration.nc").is_file() {
        return folder.canonicalize().ok();
    }
    eprintln!("skipped: {} has no pompy_plume_concentration.nc", folder.display());
    None
}

/// Agents that stand still on a grid of places, at two moments of the movie.
fn still_agents(file: &Path, variable: &str, wind: &str) -> String {
    format!(
        r#"
[study]
name = "still"
replicates = 2
common_random_numbers = true
[plume]
kind = "gridded"
file = "{file}"
variable = "{variable}"
source_x_m = 5.0
start = {{ kind = "fixed" }}
[wind]
{wind}
[agents]
count = 1
start = {{ kind = "point" }}
[navigator]
kind = "correlated_random_walk"
speed_m_s = 0.0
rotational_diffusivity_rad2_s = 0.0
[episode]
duration_s = 3.0
dt_s = 0.06
end_at_source = false
domain = {{ x_min_m = 0.0, x_max_m = 50.0, y_min_m = -12.5, y_max_m = 12.5 }}
[sweep]
axes = [
  {{ key = "plume.start.at_s", values = [0.0, 41.37] }},
  {{ key = "agents.start.x_m", values = [6.1, 9.933, 17.0, 26.5, 48.123] }},
  {{ key = "agents.start.y_m", values = [-6.25, -1.9, 0.0, 0.31, 4.4] }},
]
"#,
        file = file.display()
    )
}

#[test]
fn samples_are_those_of_scipy() {
    let (Some(python), Some(data)) = (optional("PLUME_NAV_SIM_TEST_PYTHON"), data()) else {
        return;
    };
    let wind = format!(
        "kind = \"gridded\"\nfile = \"{}\"",
        data.join("pompy_plume_wind.nc").display()
    );
    for (file, variable) in [
        ("pompy_plume_concentration.nc", "concentration"),
        ("pompy_plume_wind.nc", "eastward_wind"),
    ] {
        let movie = data.join(file);
        let bench = Bench::new(program(), &still_agents(&movie, variable, &wind));
        bench.sweep("results.h5", &[]).ranks(2).succeeds();
        let movie = movie.to_str().unwrap();
        let said = run_script(
            &python,
            &bench,
            "compare_grids.py",
            &["results.h5", movie, variable, "0.06", "50"],
        );
        println!("{variable}: {said}");
    }
}

/// Wind and plume of one recording in step, from random moments, under every kind of cache, rank and thread count.
#[test]
fn results_depend_on_no_schedule_and_no_cache() {
    let Some(data) = data() else {
        return;
    };
    let study = |cache: &str| {
        format!(
            r#"
[study]
name = "recording"
replicates = 12
[plume]
kind = "gridded"
file = "{plume}"
source_x_m = 5.0
start = {{ kind = "as_wind" }}
cache = {{ {cache} }}
[wind]
kind = "gridded"
file = "{wind}"
start = {{ kind = "random", latest_s = 50.0 }}
cache = {{ {cache} }}
[agents]
count = 9
start = {{ kind = "region", x_min_m = 15.0, x_max_m = 30.0, y_min_m = -4.0, y_max_m = 4.0 }}
[sensor]
kind = "binary"
threshold = 1e9
[episode]
duration_s = 9.0
dt_s = 0.05
plume_threshold = 1e9
domain = {{ x_min_m = 0.0, x_max_m = 50.0, y_min_m = -12.5, y_max_m = 12.5 }}
"#,
            plume = data.join("pompy_plume_concentration.nc").display(),
            wind = data.join("pompy_plume_wind.nc").display(),
        )
    };
    let mut expected = None;
    for (cache, launch, threads) in [
        ("kind = \"lru\"", Launch::Ranks(2), "1"),
        ("kind = \"lru\"", Launch::Alone, "3"),
        ("kind = \"lru\", capacity_mib = 1", Launch::Alone, "2"),
        ("kind = \"none\"", Launch::Ranks(3), "1"),
        ("kind = \"preload\"", Launch::Ranks(2), "2"),
    ] {
        let bench = Bench::new(program(), &study(cache));
        let call = bench.sweep("results.h5", &["--threads", threads]).launch(launch);
        call.limit(LIMIT).succeeds();
        let episodes = bench.call(&["digest", "results.h5"]).succeeds();
        let episodes: Vec<String> = (episodes.lines())
            .filter(|line| line.contains("/episodes/"))
            .map(str::to_owned)
            .collect();
        assert!(episodes.len() > 10, "{episodes:?}");
        assert_eq!(
            *expected.get_or_insert_with(|| episodes.clone()),
            episodes,
            "{cache} {launch:?}"
        );
    }
}

/// One movie in the spellings of four libraries gives the same episodes.
#[test]
fn one_movie_in_many_spellings() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), "");
    let names = run_script(&python, &bench, "write_grids.py", &["."]);
    let names: Vec<&str> = names.lines().collect();
    assert!(names.len() >= 17, "{names:?}");
    let mut expected = None;
    for name in &names {
        let study = format!(
            r#"
[study]
replicates = 2
[plume]
kind = "gridded"
file = "{name}"
source_x_m = 1.0
[agents]
count = 20
start = {{ kind = "region", x_min_m = 0.5, x_max_m = 7.5, y_min_m = -1.5, y_max_m = 1.5 }}
[navigator]
kind = "correlated_random_walk"
[episode]
duration_s = 2.5
dt_s = 0.05
source_radius_m = 0.2
plume_threshold = 50.0
domain = {{ x_min_m = 0.0, x_max_m = 8.0, y_min_m = -2.0, y_max_m = 2.0 }}
"#
        );
        std::fs::write(bench.file("study.toml"), study).expect("the study is written");
        let results = format!("{name}.results.h5");
        bench
            .sweep(&results, &["--set", "study.common_random_numbers=true"])
            .succeeds();
        let found = run_script(
            &python,
            &bench,
            "print_metrics.py",
            &[&results, "mean_concentration", "max_concentration", "path_length_m"],
        );
        assert_eq!(*expected.get_or_insert_with(|| found.clone()), found, "{name}");
    }
}

/// Problems get one message before anything runs.
#[test]
fn problems_are_told_before_the_run() {
    let study = "[plume]\nkind = \"gridded\"\nfile = \"plume.nc\"\n";
    let bench = Bench::new(program(), study);
    let refused = |says: &[&str]| {
        for launch in [Launch::Alone, Launch::Ranks(2)] {
            let (_, error) = bench.sweep("results.h5", &[]).launch(launch).exits(2);
            for part in says {
                assert!(error.contains(part), "{part:?} isn't in: {error}");
            }
            assert!(!bench.file("results.h5").exists());
        }
    };
    refused(&["plume.file", "plume.nc", "there is no file"]);
    std::fs::write(bench.file("plume.nc"), "t,x,y,c\n").expect("a file is written");
    refused(&["plume.file", "is text, not a NetCDF or HDF5 file"]);
    std::fs::write(bench.file("plume.nc"), b"CDF\x01\0\0\0\0\0\0\0\x0a").expect("a file is written");
    refused(&["plume.file", "plume.nc", "cut off"]);
}
