//! `field`: what it writes is what the unit's members meet, and other programs read it.

use crate::job::Job;
use crate::pictures::read_by_xarray;
use crate::support::{Bench, describe, optional, program, scenarios, text};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

/// A steady plume on a few points of time.
const STUDY: &str = r#"
defaults = ["plume/gaussian", "navigator/correlated_random_walk"]
[study]
name = "field"
seed = 18446744073709551615
replicates = 3
[agents]
count = 2
speed_max_m_s = 1e-6
start = { kind = "point", x_m = 10.0, y_m = 0.4 }
[episode]
duration_s = 2.0
[sweep]
axes = [{ key = "wind.speed_m_s", values = [0.5, 1.5] }]
"#;

#[test]
fn xarray_reads_the_plume_of_the_formula() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), STUDY);
    let page = bench
        .call(&[
            "field",
            "study.toml",
            "-o",
            "field.nc",
            "--point",
            "1",
            "--replicate",
            "2",
        ])
        .succeeds();
    for says in [
        "field.nc: 101 frames of 81 × 126",
        "concentration",
        "kg m-3",
        "kind = \"gridded\"",
        "ncview field.nc",
    ] {
        assert!(page.contains(says), "{says:?} is not in\n{page}");
    }
    let expected = json!({
        "sizes": {"time": 101, "y": 81, "x": 126},
        "variables": {"concentration": "kg m-3", "eastward_wind": "m s-1", "northward_wind": "m s-1"},
        "height_m": 1.0,
        "attributes": {"seed": u64::MAX, "point": 1, "replicate": 2, "unit": 5, "scenario": "plume",
                       "design_point": "wind.speed_m_s = 1.5", "title": "field: fields of one unit"},
        "contains": {"configuration": "[sweep]", "source": env!("CARGO_PKG_VERSION")},
        "close": [["eastward_wind", 7, 3, 9, 1.5, 0.0], ["northward_wind", -1, 0, 0, 0.0, 0.0]],
        "gaussian": {"x": 2.0, "y": 0.0, "h": 1.0, "z": 1.0, "q": 1e-6, "u": 1.5, "dy": 0.05, "dz": 0.02, "origin": 0.05},
    });
    read_by_xarray(&python, &bench, "field.nc", &expected);
}

/// Agents that can't move meet what the file has at their place.
#[test]
fn the_field_is_what_agents_meet() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), STUDY);
    let unit = ["--point", "1", "--replicate", "2"];
    let run = bench.call(&["run", "study.toml", "--json"]).arguments(&unit).succeeds();
    let run: Value = serde_json::from_str(&run).expect("JSON");
    let met = run["metrics"]["max_concentration"][0].as_f64().expect("a number");
    assert!(met > 0.0, "{run}");
    // A node at the place where the agents are.
    let grid = ["--x", "5:15:11", "--y", "0:1:6", "--time", "0:2:1"];
    bench
        .call(&["field", "study.toml", "-o", "field.nc"])
        .arguments(&unit)
        .arguments(&grid)
        .succeeds();
    // They creep at 1 µm/s, over which the plume hardly changes; the file has 32 bits.
    let close: Vec<Value> = (0..3)
        .map(|time| json!(["concentration", time, 2, 5, met, met * 1e-5]))
        .collect();
    let expected = json!({
        "sizes": {"time": 3, "y": 6, "x": 11},
        "variables": {"concentration": "kg m-3", "eastward_wind": "m s-1", "northward_wind": "m s-1"},
        "close": close,
    });
    read_by_xarray(&python, &bench, "field.nc", &expected);
}

#[test]
fn ncdump_reads_the_header() {
    let Some(ncdump) = optional("PLUME_NAV_SIM_TEST_NCDUMP") else {
        return;
    };
    let bench = Bench::new(program(), STUDY);
    bench
        .call(&[
            "field",
            "study.toml",
            "-o",
            "field.nc",
            "--dx",
            "0.5",
            "--height-m",
            "0.5",
        ])
        .succeeds();
    let mut command = Command::new(ncdump);
    command.arg("-hs").arg(bench.file("field.nc"));
    let output = Job::start(&mut command, bench.path(), Duration::from_secs(60)).wait();
    assert!(output.status.success(), "{}", describe(&output));
    let header = text(&output.stdout);
    for expected in [
        "time = UNLIMITED ; // (101 currently)",
        "y = 33 ;",
        "x = 51 ;",
        "float concentration(time, y, x) ;",
        "double time(time) ;",
        "double height ;",
        "concentration:coordinates = \"height\" ;",
        "concentration:units = \"kg m-3\" ;",
        "concentration:_Shuffle = \"true\" ;",
        "concentration:_ChunkSizes = 9, 33, 51 ;",
        ":Conventions = \"CF-1.11\" ;",
    ] {
        assert!(header.contains(expected), "{expected:?} is not in\n{header}");
    }
    // Nothing of this machine is in the file.
    let folder = bench.path().to_string_lossy().into_owned();
    assert!(!header.contains(&folder), "{header}");
}

#[test]
fn the_same_unit_gives_the_same_file() {
    let bench = Bench::new(program(), STUDY);
    for (name, more) in [
        ("a.nc", &["--unit", "4"][..]),
        ("b.nc", &["--point", "1", "--replicate", "1"][..]),
    ] {
        bench
            .call(&["field", "study.toml", "-o", name, "--time", "0:1:0.5"])
            .arguments(more)
            .succeeds();
    }
    let read = |name: &str| std::fs::read(bench.file(name)).expect("the file");
    assert!(read("a.nc") == read("b.nc"));
}

struct Problem {
    arguments: &'static [&'static str],
    says: &'static [&'static str],
}

const fn problem(arguments: &'static [&'static str], says: &'static [&'static str]) -> Problem {
    Problem { arguments, says }
}

const MISTAKES: &[Problem] = &[
    problem(&[], &["--output"]),
    problem(&["-o", "there.nc"], &["there.nc exists already", "--overwrite"]),
    problem(
        &["-o", "there.nc", "--overwrite"],
        &["isn't a field file", "replaces nothing else"],
    ),
    problem(&["-o", "."], &["is a folder"]),
    problem(&["-o", "nowhere/field.nc"], &["nowhere"]),
    problem(&["-o", "a.nc", "--point", "2"], &["--point 2 is outside 0..=1"]),
    problem(&["-o", "a.nc", "--replicate", "3"], &["--replicate 3 is outside 0..=2"]),
    problem(&["-o", "a.nc", "--unit", "0", "--point", "1"], &["--unit", "--point"]),
    problem(&["-o", "a.nc", "--x", "5:1:3"], &["--x", "5 is above 1"]),
    problem(&["-o", "a.nc", "--x", "east"], &["--x", "expected a number"]),
    problem(&["-o", "a.nc", "--x", "0:1:2.5"], &["2.5 nodes", "whole number"]),
    problem(&["-o", "a.nc", "--x", "0:1:11", "--dx", "0.1"], &["both --x and --dx"]),
    problem(&["-o", "a.nc", "--dx", "0"], &["--dx", "above 0"]),
    problem(&["-o", "a.nc", "--dx", "1e-12"], &["more than 10⁹", "larger --dx"]),
    problem(&["-o", "a.nc", "--time", "-1:2"], &["--time begins at -1 s", "0 s"]),
    problem(
        &["-o", "a.nc", "--time", "0:1e300:1e-300"],
        &["more than 10⁹", "longer step"],
    ),
    problem(
        &["-o", "a.nc", "--dx", "0.001"],
        &["GB before compression", "limit of 10 GB", "--limit-gb"],
    ),
    problem(&["-o", "a.nc", "--set", "plume.kind=\"fog\""], &["plume.kind"]),
    problem(
        &["-o", "a.nc", "--height-m", "high"],
        &["--height-m", "expected a number"],
    ),
];

#[test]
fn every_problem_gets_one_clear_message_and_leaves_nothing() {
    let mut wrong = Vec::new();
    for problem in MISTAKES {
        let bench = Bench::new(program(), STUDY);
        std::fs::write(bench.file("there.nc"), "mine").expect("written");
        let output = bench
            .call(&["field", "study.toml"])
            .arguments(problem.arguments)
            .output();
        let error = text(&output.stderr);
        let mut complain = |what: String| wrong.push(format!("{:?}: {what}\n{error}", problem.arguments));
        if output.status.code() != Some(2) {
            complain(format!("ended with {}", output.status));
        }
        for says in problem.says {
            if !error.contains(says) {
                complain(format!("does not say {says:?}"));
            }
        }
        if error.matches("error: ").count() != 1 {
            complain("not one message".to_owned());
        }
        let mut left: Vec<_> = std::fs::read_dir(bench.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        left.sort();
        if left != ["study.toml", "there.nc"] || std::fs::read(bench.file("there.nc")).expect("read") != b"mine" {
            complain(format!("left {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_scenario_without_fields_says_so() {
    let bench = Bench::new(scenarios(), "[study]\nscenario = \"coins\"\n");
    let (_, error) = bench.call(&["field", "study.toml", "-o", "field.nc"]).exits(2);
    assert!(error.contains("\"coins\" have no fields"), "{error}");
}

/// Ctrl-C in the middle: no file of that name, none of another, and soon.
#[test]
fn an_interrupt_leaves_nothing() {
    let bench = Bench::new(program(), STUDY);
    // A million cells and 301 frames: far longer than it takes to interrupt it.
    let call = bench.call(&[
        "field",
        "study.toml",
        "-o",
        "field.nc",
        "--dx",
        "0.02",
        "--time",
        "0:30:0.1",
    ]);
    let writing = || {
        (std::fs::read_dir(bench.path()).expect("the folder")).any(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .contains(".creating-")
        })
    };
    let job = call.start().wait_until("a file in the making", writing);
    let begin = Instant::now();
    job.signal(rustix::process::Signal::INT);
    let output = job.wait();
    assert!(begin.elapsed() < Duration::from_secs(20));
    assert_eq!(output.status.code(), Some(1), "{}", describe(&output));
    assert!(
        text(&output.stderr).contains("nothing was written"),
        "{}",
        describe(&output)
    );
    assert_eq!(
        std::fs::read_dir(bench.path()).expect("the folder").count(),
        1,
        "only the study is left"
    );
}

/// Reads what `field` has written; agents stay where they are.
const GRIDDED: &str = r#"
defaults = ["navigator/correlated_random_walk"]
[agents]
count = 2
speed_max_m_s = 1e-6
start = { kind = "point", x_m = 10.0, y_m = 0.4 }
[episode]
duration_s = 2.0
domain = { x_min_m = 5.0, x_max_m = 15.0, y_min_m = -2.0, y_max_m = 2.0 }
[plume]
kind = "gridded"
file = "field.nc"
source_x_m = 6.0
start = { kind = "as_wind" }
[wind]
kind = "gridded"
file = "field.nc"
"#;

/// What `field` writes and a study reads back as its plume is what agents met before.
#[test]
fn a_field_serves_as_gridded_plume_and_wind() {
    let bench = Bench::new(program(), STUDY);
    let unit = ["--point", "1", "--replicate", "2"];
    // Nodes every 10 cm, one of them where the agents are.
    bench
        .call(&[
            "field",
            "study.toml",
            "-o",
            "field.nc",
            "--x",
            "5:15:101",
            "--y",
            "-2:2:41",
            "--time",
            "0:2:0.5",
        ])
        .arguments(&unit)
        .succeeds();
    std::fs::write(bench.file("gridded.toml"), GRIDDED).expect("written");
    let met = |study: &str, more: &[&str]| {
        let page = bench.call(&["run", study, "--json"]).arguments(more).succeeds();
        let run: Value = serde_json::from_str(&page).expect("JSON");
        run["metrics"]["max_concentration"][0].as_f64().expect("a number")
    };
    let (plume, read) = (met("study.toml", &unit), met("gridded.toml", &[]));
    // At a node nothing is interpolated; agents creep by 2 µm, and the file has 32 bits.
    assert!((read / plume - 1.0).abs() < 1e-4, "{plume} became {read}");
}

/// Between nodes the error is that of bilinear interpolation: it falls with the square of the spacing, so half of it
/// leaves a quarter.
#[test]
fn between_nodes_a_field_has_the_error_of_its_interpolation() {
    let bench = Bench::new(program(), STUDY);
    std::fs::write(bench.file("gridded.toml"), GRIDDED).expect("written");
    let unit = ["--point", "1", "--replicate", "2"];
    let error = |spacing_m: f64, x: &str, y: &str| {
        let arguments = [
            "field",
            "study.toml",
            "-o",
            "field.nc",
            "--overwrite",
            "--x",
            x,
            "--y",
            y,
            "--time",
            "0:2:0.5",
        ];
        bench.call(&arguments).arguments(&unit).succeeds();
        // In the middle of a cell.
        let place = [
            format!("agents.start.x_m={}", 10.0 + 0.5 * spacing_m),
            format!("agents.start.y_m={}", 0.4 + 0.5 * spacing_m),
        ];
        let met = |study: &str, more: &[&str]| {
            let call = bench.call(&["run", study, "--json", "--set", &place[0], "--set", &place[1]]);
            let run: Value = serde_json::from_str(&call.arguments(more).succeeds()).expect("JSON");
            run["metrics"]["max_concentration"][0].as_f64().expect("a number")
        };
        met("gridded.toml", &[]) / met("study.toml", &unit) - 1.0
    };
    let (coarse, fine) = (error(0.2, "5:15:51", "-2:2:21"), error(0.1, "5:15:101", "-2:2:41"));
    assert!(
        coarse.abs() < 0.05 && (3.0..5.5).contains(&(coarse / fine)),
        "{coarse} {fine}"
    );
}
