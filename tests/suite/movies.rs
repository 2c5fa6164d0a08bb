//! Movies as other people have them: what is read gives one and the same plume, and what isn't is named with a remedy.

use crate::job::Job;
use crate::python::{LIMIT, run_script};
use crate::support::{Bench, describe, optional, program, text};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Twenty agents that walk through the movie of `file`.
fn study(file: &str, keys: &str) -> String {
    format!(
        r#"
[study]
common_random_numbers = true
[plume]
kind = "gridded"
file = "{file}"
source_x_m = 1.0
{keys}
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
    )
}

/// The files of the script, and its lines: what becomes of a file, its name, what is said, keys.
fn movies(python: &Path, bench: &Bench) -> Vec<[String; 4]> {
    let printed = run_script(python, bench, "write_movies.py", ["."]);
    (printed.lines())
        .map(|line| {
            let mut parts: Vec<String> = line.split('\t').map(str::to_owned).collect();
            if parts[0] == "read" {
                parts.insert(2, String::new());
            }
            parts.resize(4, String::new());
            parts.try_into().expect("four parts")
        })
        .collect()
}

/// What the agents of a study meet.
fn metrics(bench: &Bench, study: &str) -> Value {
    std::fs::write(bench.file("study.toml"), study).expect("the study is written");
    let page = bench.call(&["run", "study.toml", "--json"]).succeeds();
    let run: Value = serde_json::from_str(&page).expect("JSON");
    run["metrics"].clone()
}

/// Lines that cut dimensions off, keep frames, and write attributes again, as messages print them.
fn try_lines(python: &Path, bench: &Bench, movies: &[[String; 4]], expected: &Value) {
    let command = |name: &str, keys: &str| {
        std::fs::write(bench.file("study.toml"), study(name, keys)).expect("the study is written");
        let (_, error) = bench.call(&["config", "validate", "study.toml"]).exits(2);
        let begin = error.find("`python3 -c").expect("a command") + 1;
        let end = begin + error[begin..].find("'`").expect("its end") + 1;
        error[begin..end].replace("python3", &python.to_string_lossy())
    };
    let run = |command: &str| {
        let output = Job::start(Command::new("sh").args(["-c", command]), bench.path(), LIMIT).wait();
        assert!(output.status.success(), "{command}: {}", describe(&output));
    };
    let cut = movies.iter().filter(|[_, name, ..]| name.starts_with("cut_"));
    let mut tried = 0;
    for [_, name, _, keys] in cut {
        let command = command(name, keys).replace("in.h5", name).replace("in.nc", name);
        run(&command);
        let output = if name.ends_with("nc") { "out.nc" } else { "out.h5" };
        assert_eq!(metrics(bench, &study(output, keys)), *expected, "{name}: {command}");
        tried += 1;
    }
    assert!(tried >= 4, "{tried}");
    // The frames before a time that was never written.
    let name = "unwritten_time_NETCDF3_CLASSIC.nc";
    let line = command(name, "").replace("in.nc", name).replace("FRAMES", "11");
    run(&line);
    assert_eq!(metrics(bench, &study("out.nc", "")), *expected, "{line}");
    let odd = (movies.iter()).find(|[_, name, ..]| name == "compound_scale_factor.h5");
    let [_, name, _, keys] = odd.expect("a movie with an odd factor");
    let mut command = command(name, keys);
    for (there, instead) in [
        ("in.h5", name.as_str()),
        ("VARIABLE", "movie"),
        ("ATTRIBUTE", "scale_factor"),
        ("VALUE", "1.0"),
    ] {
        command = command.replace(there, instead);
    }
    run(&command);
    assert_eq!(metrics(bench, &study(name, keys)), *expected, "{command}");
}

#[test]
fn one_movie_as_many_people_have_it() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = Bench::new(program(), "");
    let movies = movies(&python, &bench);
    let read: Vec<_> = movies.iter().filter(|[what, ..]| what == "read").collect();
    assert!(read.len() >= 35, "{read:?}");
    let expected = metrics(&bench, &study(&read[0][1], &read[0][3]));
    assert!(
        expected["mean_concentration"][0].as_f64().expect("a number") > 1.0,
        "{expected}"
    );
    let mut wrong = Vec::new();
    for [_, name, _, keys] in read {
        std::fs::write(bench.file("study.toml"), study(name, keys)).expect("the study is written");
        let output = bench.call(&["run", "study.toml", "--json"]).output();
        let run: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if run["metrics"] != expected {
            wrong.push(format!("{name} {keys}: {}", describe(&output)));
        }
    }
    for [_, name, says, keys] in movies.iter().filter(|[what, ..]| what == "refused") {
        std::fs::write(bench.file("study.toml"), study(name, keys)).expect("the study is written");
        let output = bench.call(&["config", "validate", "study.toml"]).output();
        let error = text(&output.stderr);
        for part in says.split('|').filter(|part| !error.contains(*part)) {
            wrong.push(format!("{name}: {part:?} isn't in {error}"));
        }
        if output.status.code() != Some(2) || error.matches("error: ").count() != 1 {
            wrong.push(format!("{name}: {}", describe(&output)));
        }
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));

    // The remedy for one dataset per frame, as it is printed.
    let per_frame = movies.iter().filter(|[_, name, ..]| name.starts_with("per_frame"));
    let mut tried = 0;
    for [_, name, _, keys] in per_frame {
        std::fs::write(bench.file("study.toml"), study(name, keys)).expect("the study is written");
        let (_, error) = bench.call(&["config", "validate", "study.toml"]).exits(2);
        let begin = error.find("`python3 -c").expect("a command") + 1;
        let end = error.rfind("numpy.stack").expect("its last part");
        let command = &error[begin..end + error[end..].find("'`").expect("its end") + 1];
        let command = command
            .replace("python3", &python.to_string_lossy())
            .replace("in.h5", name);
        let output = Job::start(Command::new("sh").args(["-c", &command]), bench.path(), LIMIT).wait();
        assert!(output.status.success(), "{command}: {}", describe(&output));
        assert_eq!(metrics(&bench, &study("out.h5", keys)), expected, "{name}: {command}");
        tried += 1;
    }
    assert!(tried >= 10, "{tried}");

    try_lines(&python, &bench, &movies, &expected);

    // What was never written is 0 if that is said to be meant.
    let half = |missing: &str| metrics(&bench, &study("half.h5", missing));
    assert_ne!(half("missing = \"zero\""), expected);

    // Wind and plume that count from two moments of one recording, against the same with one.
    let recording = |name: &str, start: &str| {
        let keys = format!(
            "start = {{ kind = \"{start}\" }}\n[wind]\nkind = \"gridded\"\nfile = \"wind_{name}.nc\"\nstart = {{ kind = \
             \"fixed\", at_s = 3.3 }}"
        );
        metrics(&bench, &study(&format!("plume_{name}.nc"), &keys))
    };
    let together = recording("one", "as_wind");
    assert_eq!(recording("own", "as_wind"), together);
    // 3.3 s after the wind began are 1.3 s after the plume did; without its epoch it would be another plume.
    assert_ne!(recording("own", "fixed"), together);
}

/// The same of the tables that `field` prints: they are a piece of a study as they stand, and the source is where it was.
#[test]
fn what_field_prints_is_a_study() {
    let rest = r#"
[study]
replicates = 3
[agents]
count = 5
start = { kind = "point", x_m = 9.0, y_m = 1.7 }
[navigator]
kind = "correlated_random_walk"
"#;
    // What is printed ends with the table of the episode.
    let episode = r#"
dt_s = 0.05
domain = { x_min_m = 0.0, x_max_m = 12.0, y_min_m = -3.0, y_max_m = 3.0 }
"#;
    let plume = "[plume]\nkind = \"gaussian\"\nsource_x_m = 6.5\nsource_y_m = 1.25\n[episode]\nduration_s = 2.0\n";
    let bench = Bench::new(program(), &format!("{rest}{plume}{episode}"));
    let distance = |study: &str| {
        let page = bench.call(&["run", study, "--json"]).succeeds();
        let run: Value = serde_json::from_str(&page).expect("JSON");
        let mut metrics = run["metrics"].as_object().expect("metrics").clone();
        metrics.retain(|name, _| name.contains("distance"));
        assert!(!metrics.is_empty(), "{page}");
        metrics
    };
    let expected = distance("study.toml");
    std::fs::create_dir(bench.file("fields")).expect("a new folder");
    let printed = |name: &str, more: &[&str]| {
        let output = format!("fields/{name}.nc");
        let call = bench.call(&["field", "study.toml", "-o", &output, "--time", "0:2:0.5"]);
        let page = call.arguments(more).succeeds();
        let begin = page.find("  [plume]").expect("tables");
        let study = format!("{name}.toml");
        std::fs::write(bench.file(&study), format!("{rest}{}{episode}", &page[begin..])).expect("written");
        (page, study)
    };
    // With the source in the file, and with nodes that don't reach it.
    for (name, more, says) in [
        ("whole", &[][..], "the source is at (6.5, 1.25) m"),
        ("part", &["--x", "7:12:51"], "source_x_m = 6.5"),
    ] {
        let (page, study) = printed(name, more);
        assert!(page.contains(says), "{page}");
        assert_eq!(page.contains("source_x_m"), name == "part", "{page}");
        let call = bench.call(&["sweep", &study, "-o", &format!("{name}.h5")]);
        call.succeeds();
        assert_eq!(distance(&study), expected, "{name}");
    }
    // A study elsewhere finds the file by what is printed, too.
    std::fs::create_dir(bench.file("below")).expect("a new folder");
    std::fs::copy(bench.file("study.toml"), bench.file("below/study.toml")).expect("copied");
    let page = bench
        .call(&["field", "below/study.toml", "-o", "fields/far.nc", "--time", "0:2:0.5"])
        .succeeds();
    let begin = page.find("  [plume]").expect("tables");
    std::fs::write(
        bench.file("below/far.toml"),
        format!("{rest}{}{episode}", &page[begin..]),
    )
    .expect("written");
    assert_eq!(distance("below/far.toml"), expected);
}

/// A gridded plume whose source nobody gives is refused; one that lies outside the movie, too.
#[test]
fn somebody_has_to_say_where_the_source_is() {
    let bench = Bench::new(program(), "");
    crate::pictures::write_frames(&bench.file("frames"), 4);
    let import = |more: &[&str]| {
        bench
            .call(&[
                "import",
                "frames",
                "-o",
                "film.nc",
                "--overwrite",
                "--frame-rate",
                "2",
                "--pixel-size-m",
                "0.1",
            ])
            .arguments(more)
    };
    let study = |keys: &str| {
        let study = format!(
            "[plume]\nkind = \"gridded\"\nfile = \"film.nc\"\n{keys}\n[agents]\nstart = {{ kind = \"point\", x_m = 1.0, y_m = 1.0 \
             }}\n[navigator]\nkind = \"correlated_random_walk\"\n[episode]\nduration_s = 1.0\ndomain = {{ x_min_m = 0.0, x_max_m \
             = 6.0, y_min_m = 0.0, y_max_m = 3.0 }}\n"
        );
        std::fs::write(bench.file("study.toml"), study).expect("written");
        bench.call(&["config", "validate", "study.toml"])
    };
    let page = import(&[]).succeeds();
    assert!(page.contains("add source_x_m and source_y_m"), "{page}");
    let (_, error) = study("").exits(2);
    for says in [
        "plume.source_x_m",
        "film.nc",
        "x from 0.05 to 3.15",
        "y from 0.05 to 2.35",
    ] {
        assert!(error.contains(says), "{says:?} isn't in {error}");
    }
    study("source_x_m = 1.5").succeeds();
    study("source_x_m = 1.5\nsource_y_m = 0.5").succeeds();
    study("source_y_m = 0.5").exits(2);
    // From the file, moved with it.
    import(&["--source-x-m", "2.5", "--source-y-m", "1.5"]).succeeds();
    study("").succeeds();
    study("origin_x_m = 2.0").succeeds();
    let (_, error) = study("origin_x_m = 4.0").exits(2);
    assert!(
        error.contains("the source (6.5, 1.5) m is outside the domain"),
        "{error}"
    );
    let (_, error) = import(&["--source-x-m", "3.3", "--source-y-m", "1"]).exits(2);
    assert!(error.contains("--source-x-m 3.3 is outside the pictures"), "{error}");
    import(&["--source-x-m", "3.0"]).exits(2);
}
