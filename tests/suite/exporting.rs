//! Tables of results for other tools: the same values in every form, what is chosen of them, and never half a file.

use crate::job::Job;
use crate::python::run_script;
use crate::support::{Bench, describe, optional, program, scenarios};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Two winds, two navigators, three replicates of five agents, all of whose steps are recorded.
const STUDY: &str = r#"
defaults = ["plume/gaussian", "navigator/surge_cast"]
[study]
name = "exported"
seed = 7
replicates = 3
[agents]
count = 5
[episode]
duration_s = 60.0
[boundary]
kind = "reflect"
[record]
columns = ["x_m", "y_m", "concentration", "detected", "surge_cast_state"]
every_steps = 50
events = ["encounter_begins", "edge", "end"]
[sweep]
axes = [
  { key = "wind.speed_m_s", values = [0.4, 0.9] },
  { key = "navigator", values = ["navigator/surge_cast", "navigator/correlated_random_walk"] },
]
"#;

/// A scenario with tables of its own, ends, and as many members as chance gives it.
const COLONIES: &str = r#"
[study]
name = "colonies"
scenario = "colony"
seed = 11
replicates = 4
[colony]
record = true
[sweep]
axes = [{ key = "colony.birth", values = [0.05, 0.3] }]
"#;

const FORMS: [&str; 6] = ["parquet", "csv", "jsonl", "sqlite", "nc", "arrow"];

/// The study's results, `r.h5`, and a call that exports from them.
fn bench() -> Bench {
    let bench = Bench::new(program(), STUDY);
    bench.sweep("r.h5", &["-q"]).succeeds();
    bench
}

/// Names and records of a CSV file.
fn csv(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = ::csv::Reader::from_path(path).expect("a CSV file");
    let names = reader.headers().expect("names").iter().map(str::to_owned).collect();
    let records = reader
        .records()
        .map(|record| record.expect("a record").iter().map(str::to_owned).collect());
    (names, records.collect())
}

/// Exports as CSV: names and records.
fn exported(bench: &Bench, results: &str, more: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    bench
        .call(&["export", results, "-o", "out.csv", "--overwrite"])
        .arguments(more)
        .succeeds();
    csv(&bench.file("out.csv"))
}

/// Names of files in the making.
fn half_made(bench: &Bench) -> Vec<String> {
    let entries = std::fs::read_dir(bench.path()).expect("the folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.contains("creating-") || name.contains("making-"))
        .collect()
}

#[test]
fn all_forms_and_readers_have_the_same_values() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = bench();
    for backend in ["parquet", "sqlite"] {
        bench.call(&["rows", "r.h5", "--backend", backend]).succeeds();
    }
    let mut arguments: Vec<String> = ["r.h5", "r.rows.h5", "r.rows.parquet", "r.rows.sqlite"]
        .map(str::to_owned)
        .into();
    for table in ["episodes", "steps", "events", "summary", "points"] {
        for form in FORMS {
            let file = format!("{table}.{form}");
            let call = bench.call(&["export", "r.h5", "--what", table, "-o", &file]);
            // Each of its metrics has thirteen columns.
            let few: &[&str] = if table == "summary" {
                &["--columns", "point,wind.speed_m_s,navigator,success,path_length_m"]
            } else {
                &[]
            };
            call.arguments(few).succeeds();
        }
        arguments.push(format!("{table}={table}"));
    }
    let printed = run_script(&python, &bench, "read_tables.py", &arguments);
    assert!(printed.contains("the same"), "{printed}");
    assert!(half_made(&bench).is_empty());
}

#[test]
fn rows_are_chosen_by_conditions_and_numbers() {
    let bench = bench();
    let (names, all) = exported(&bench, "r.h5", &[]);
    assert_eq!(
        names[..6],
        ["unit", "point", "replicate", "agent", "wind_speed_m_s", "navigator"]
    );
    assert_eq!(all.len(), 4 * 3 * 5);
    let place = |name: &str| names.iter().position(|known| known == name).expect("a column");
    let (wind, success, member) = (place("wind_speed_m_s"), place("success"), place("agent"));
    let kept = |holds: &dyn Fn(&Vec<String>) -> bool| -> Vec<Vec<String>> {
        all.iter().filter(|record| holds(record)).cloned().collect()
    };
    let slow = kept(&|record| record[wind] == "0.4" && record[success] == "true");
    assert!(!slow.is_empty() && slow.len() < 30, "{}", slow.len());
    let found = exported(&bench, "r.h5", &["--where", "wind.speed_m_s < 0.5 and success"]).1;
    assert_eq!(found, slow);
    let found = exported(
        &bench,
        "r.h5",
        &["--points", "0-1,3", "--replicates", "2", "--members", "0,4"],
    )
    .1;
    let expected = kept(&|record| {
        ["0", "1", "3"].contains(&record[place("point")].as_str())
            && record[place("replicate")] == "2"
            && ["0", "4"].contains(&record[member].as_str())
    });
    assert_eq!((found.len(), found), (6, expected));
    // Looked at, but not written; in the order that was asked for; by the key.
    let (names, found) = exported(
        &bench,
        "r.h5",
        &[
            "--columns",
            "path_length_m,navigator,wind.speed_m_s",
            "--where",
            "agent = 3 and navigator != 'surge_cast'",
        ],
    );
    assert_eq!(names, ["path_length_m", "navigator", "wind_speed_m_s"]);
    assert_eq!(found.len(), 2 * 3);
    assert!(found.iter().all(|record| record[1] == "correlated_random_walk"));
    // Rows of a table: of single agents, by their own columns.
    let (names, found) = exported(
        &bench,
        "r.h5",
        &[
            "--what",
            "steps",
            "--where",
            "time_s <= 1 and x_m > 0",
            "--members",
            "2",
        ],
    );
    let at = |name: &str| names.iter().position(|known| known == name).expect("a column");
    assert!(found.len() >= 12, "{}", found.len());
    for record in &found {
        let number = |name: &str| record[at(name)].parse::<f64>().expect("a number");
        assert!(
            number("time_s") <= 1.0 && number("x_m") > 0.0 && number("agent") == 2.0,
            "{record:?}"
        );
    }
    // Nothing at all is a table, too.
    for form in FORMS {
        let file = format!("empty.{form}");
        let told = bench
            .call(&["export", "r.h5", "--where", "wind.speed_m_s > 5", "-o", &file])
            .succeeds();
        assert!(told.contains("0 rows"), "{told}");
    }
}

#[test]
fn the_long_form_has_a_row_for_each_metric() {
    let bench = bench();
    let wide = exported(&bench, "r.h5", &["--columns", "unit,agent,success,path_length_m"]).1;
    let (names, long) = exported(
        &bench,
        "r.h5",
        &["--columns", "unit,agent,success,path_length_m", "--long"],
    );
    assert_eq!(names, ["unit", "agent", "metric", "metric_unit", "value"]);
    assert_eq!(long.len(), 2 * wide.len());
    for (wide, long) in wide.iter().zip(long.chunks_exact(2)) {
        assert_eq!(long[0][..4], [wide[0].as_str(), &wide[1], "success", "1"]);
        assert_eq!(long[0][4], if wide[2] == "true" { "1" } else { "0" });
        assert_eq!(long[1], [wide[0].as_str(), &wide[1], "path_length_m", "m", &wide[3]]);
    }
    // Statistics of a summary stay side by side, as the summary itself prints them.
    let (names, mut long) = exported(&bench, "r.h5", &["--what", "summary", "--long"]);
    let metric = names.iter().position(|name| name == "metric").expect("a column");
    // Means of codes say nothing, and are printed nowhere.
    long.retain(|record| record[metric] != "end_reason");
    let printed = bench.call(&["summary", "r.h5", "--format", "csv"]).succeeds();
    let mut printed = ::csv::Reader::from_reader(printed.as_bytes());
    let headers: Vec<String> = printed.headers().expect("names").iter().map(str::to_owned).collect();
    let records: Vec<Vec<String>> = printed
        .records()
        .map(|record| record.expect("a record").iter().map(str::to_owned).collect())
        .collect();
    let column = |names: &[String], records: &[Vec<String>], name: &str| -> Vec<String> {
        let place = names
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| panic!("{name} in {names:?}"));
        records.iter().map(|record| record[place].clone()).collect()
    };
    for name in ["metric", "count", "mean", "sd", "interval_low", "upper_quartile"] {
        assert_eq!(column(&names, &long, name), column(&headers, &records, name), "{name}");
    }
    let (_, refusal) = bench
        .call(&["export", "r.h5", "--what", "points", "--long", "-o", "x.csv"])
        .exits(2);
    assert!(refusal.contains("no long form"), "{refusal}");
}

#[test]
fn what_can_not_be_exported_is_told_with_a_remedy() {
    let bench = bench();
    let refused = |arguments: &[&str], told: &[&str]| {
        let (_, refusal) = bench.call(&["export", "r.h5"]).arguments(arguments).exits(2);
        for words in told {
            assert!(refusal.contains(words), "{arguments:?}: {words}: {refusal}");
        }
    };
    refused(
        &["-o", "x.csv", "--where", "wind.sped_m_s < 1"],
        &["no column `wind.sped_m_s`", "did you mean `wind.speed_m_s`?", "  ^^^^"],
    );
    refused(&["-o", "x.csv", "--where", "success and"], &["breaks off"]);
    refused(&["-o", "x.csv", "--columns", "sucess"], &["did you mean `success`?"]);
    refused(&["-o", "x.csv", "--columns", "success,success"], &["twice"]);
    refused(
        &["-o", "x.csv", "--what", "step"],
        &["no table `step`", "did you mean `steps`?"],
    );
    refused(&["-o", "x.csv", "--points", "1-4"], &["--points has 4", "up to 3"]);
    refused(&["-o", "x.csv", "--members", "a"], &["no whole number"]);
    refused(
        &["-o", "x.csv", "--what", "summary", "--members", "1"],
        &["leave --replicates and --members out"],
    );
    refused(&["-o", "x"], &["--format"]);
    refused(&["-o", "x.sqlite", "--compression", "zstd"], &["no compression zstd"]);
    refused(&["-o", "nowhere/x.csv"], &["folder nowhere"]);
    refused(&["-o", "r.h5", "--format", "nc"], &["--overwrite"]);
    refused(
        &["-o", "r.h5", "--format", "nc", "--overwrite"],
        &["a results file, which is never replaced"],
    );
    std::fs::write(bench.file("x.csv"), "mine").expect("a file");
    refused(&["-o", "x.csv"], &["x.csv exists already", "--overwrite"]);
    assert_eq!(std::fs::read_to_string(bench.file("x.csv")).expect("a file"), "mine");
    // An empty file is nobody's results.
    std::fs::write(bench.file("empty.csv"), "").expect("a file");
    let call = bench.call(&["export", "r.h5", "-o", "empty.csv", "--overwrite"]);
    call.succeeds();
    let (_, note) = bench
        .call(&["export", "r.h5", "-o", "none.csv", "--where", "end_reason = 'arived'"])
        .exits(0);
    assert!(note.contains("no row fulfils"), "{note}");
    assert!(half_made(&bench).is_empty());
}

/// Compressed texts are the plain ones.
#[test]
fn texts_are_compressed_as_their_names_say() {
    let bench = bench();
    let export = |file: &str, more: &[&str]| {
        bench
            .call(&["export", "r.h5", "--what", "steps", "-o", file])
            .arguments(more)
            .succeeds();
        std::fs::read(bench.file(file)).expect("a file")
    };
    let plain = export("a.csv", &[]);
    let zipped = export("a.csv.gz", &[]);
    assert!(zipped.len() * 3 < plain.len(), "{} of {}", zipped.len(), plain.len());
    let mut unzipped = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&zipped[..]), &mut unzipped).expect("gzip");
    assert!(unzipped == plain);
    let packed = export("a.csv.zst", &[]);
    assert!(zstd::decode_all(&packed[..]).expect("zstd") == plain);
    // The form is named, and the compression by the ending.
    assert!(export("b.gz", &["--format", "csv"]) == zipped);
    let lines = export("a.jsonl", &[]);
    let records: Vec<Value> = (String::from_utf8(lines).expect("text").lines())
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(records.len(), csv(&bench.file("a.csv")).1.len());
    assert!(export("a.parquet", &[]).len() < export("b.parquet", &["--compression", "none"]).len());
}

#[test]
fn damage_is_never_exported() {
    let bench = bench();
    let file = hdf5::File::open(bench.file("r.h5")).expect("results");
    let dataset = file.dataset("episodes/path_length_m").expect("a dataset");
    let offset = dataset.offset().expect("contiguous") as usize;
    drop((dataset, file));
    let mut bytes = std::fs::read(bench.file("r.h5")).expect("results");
    // A value of the second point.
    bytes[offset + 8 * 5 * 4] ^= 1;
    std::fs::write(bench.file("r.h5"), bytes).expect("results");
    for table in ["episodes", "summary", "steps"] {
        let (_, told) = bench
            .call(&["export", "r.h5", "--what", table, "-o", "x.parquet"])
            .exits(3);
        assert!(told.contains("damaged") && told.contains("verify"), "{told}");
        assert!(!bench.file("x.parquet").exists());
    }
    // Unit 4 is the damaged one: the second replicate of the second point.
    let others = bench.call(&[
        "export",
        "r.h5",
        "--what",
        "steps",
        "-o",
        "y.csv",
        "--replicates",
        "0,2",
    ]);
    others.succeeds();
    // What is intact can be had.
    let intact = exported(&bench, "r.h5", &["--points", "0,2-3"]).1;
    assert_eq!(intact.len(), 3 * 3 * 5);
    assert!(half_made(&bench).is_empty());
}

#[test]
fn unfinished_results_are_exported_when_asked_for() {
    // The first units of a study, and the same study with as many replicates.
    let study = crate::support::napping_study(3, 4, 60.0);
    let bench = Bench::new(scenarios(), &study);
    let job = bench.sweep("r.h5", &["-q"]).start();
    let job = job.wait_until("some units", || {
        bench.file("r.h5").exists()
            && bench.status("r.h5")["committed"]
                .as_u64()
                .is_some_and(|units| units >= 5)
    });
    job.kill();
    let (_, told) = bench.call(&["export", "r.h5", "-o", "x.csv"]).exits(75);
    assert!(told.contains("isn't finished") && told.contains("--partial"), "{told}");
    let committed = bench.status("r.h5")["committed"].as_u64().expect("a number");
    assert!((5..12).contains(&committed), "{committed}");
    let units = |records: &[Vec<String>]| records.iter().map(|record| record[0].clone()).collect::<BTreeSet<_>>();
    let episodes = exported(&bench, "r.h5", &["--partial"]).1;
    assert_eq!(units(&episodes).len() as u64, committed);
    let (names, points) = exported(&bench, "r.h5", &["--partial", "--what", "points"]);
    let place = |name: &str| names.iter().position(|known| known == name).expect("a column");
    let count = |name: &str| {
        points
            .iter()
            .map(|point| point[place(name)].parse::<u64>().expect("a number"))
            .sum::<u64>()
    };
    assert_eq!((count("done"), count("pending")), (committed, 12 - committed));
    let (names, summary) = exported(&bench, "r.h5", &["--partial", "--what", "summary"]);
    assert_eq!(summary.len(), 3);
    let replicates = names
        .iter()
        .position(|name| name.ends_with("_replicates"))
        .expect("a statistic");
    let counted: Vec<&str> = summary.iter().map(|record| record[replicates].as_str()).collect();
    let done: Vec<&str> = points.iter().map(|record| record[place("done")].as_str()).collect();
    assert_eq!(counted, done);
    let output = bench
        .call(&["export", "r.h5", "--partial", "-o", "y.parquet", "--json"])
        .output();
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["partial"], true, "{}", describe(&output));
    assert!(describe(&output).contains("aren't complete"));
    // Whole ones are whole, whatever is asked for.
    bench.sweep("r.h5", &["-q", "--resume"]).succeeds();
    let report = bench
        .call(&["export", "r.h5", "--partial", "-o", "z.parquet", "--json"])
        .succeeds();
    assert_eq!(serde_json::from_str::<Value>(&report).expect("JSON")["partial"], false);
}

/// All files of a path that is one, or a folder of them, with what is in them.
fn contents(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    if !path.is_dir() {
        return BTreeMap::from([(PathBuf::new(), std::fs::read(path).expect("a file"))]);
    }
    let entries = std::fs::read_dir(path).expect("a folder").flatten();
    let inner = entries.flat_map(|entry| {
        let name = PathBuf::from(entry.file_name());
        let within = contents(&entry.path()).into_iter();
        within.map(move |(path, bytes)| (name.join(path), bytes))
    });
    inner.collect()
}

/// Kills while rows are brought into the form of a backend: what a resume makes is what an undisturbed run had made.
fn kept_rows_survive_kills(backend: &str) {
    let study = STUDY
        .replace("every_steps = 50", &format!("every_steps = 2\nbackend = \"{backend}\""))
        .replace("replicates = 3", "replicates = 12");
    let bench = Bench::new(program(), &study);
    let ending = format!("rows.{backend}");
    bench.sweep("reference.h5", &["-q"]).succeeds();
    let whole = contents(&bench.file(&format!("reference.{ending}")));
    let trials = std::env::var("PLUME_NAV_SIM_TEST_KILLS").map_or(3, |text| text.parse().expect("a number of kills"));
    let mut halves = 0;
    for trial in 0..trials {
        let results = format!("r{trial}.h5");
        let made = bench.file(&results).with_extension(&ending);
        let job = bench.sweep(&results, &["-q"]).start();
        let job = job.wait_until("rows in the making", || !half_made(&bench).is_empty() || made.exists());
        std::thread::sleep(Duration::from_millis(11 * trial % 97));
        job.kill();
        halves += u32::from(!made.exists());
        assert!(
            !made.exists() || contents(&made) == whole,
            "{made:?} is whole or not there"
        );
        bench.sweep(&results, &["-q", "--resume"]).succeeds();
        assert!(half_made(&bench).is_empty(), "{:?}", half_made(&bench));
        assert!(contents(&made) == whole, "trial {trial}");
        bench.call(&["verify", &results]).succeeds();
    }
    assert!(halves > 0, "no kill came in time");
    // What was taken away is made again.
    let made = bench.file(&format!("reference.{ending}"));
    match made.is_dir() {
        true => std::fs::remove_dir_all(made.join("steps/point=1")).expect("a folder"),
        false => std::fs::remove_file(&made).expect("a file"),
    }
    bench.sweep("reference.h5", &["-q", "--resume"]).succeeds();
    assert!(contents(&made) == whole);
}

#[test]
fn rows_kept_as_parquet_survive_kills() {
    kept_rows_survive_kills("parquet");
}

#[test]
fn rows_kept_as_sqlite_survive_kills() {
    kept_rows_survive_kills("sqlite");
}

/// One unit at once, in the forms that tables have.
#[test]
fn traces_are_written_as_parquet_and_sqlite() {
    let Some(python) = optional("PLUME_NAV_SIM_TEST_PYTHON") else {
        return;
    };
    let bench = bench();
    for file in ["t.csv", "t.parquet", "t.sqlite"] {
        bench
            .call(&["run", "study.toml", "--unit", "4", "--trace", file])
            .succeeds();
    }
    assert!(bench.file("t.events.parquet").exists());
    let (_, refusal) = bench.call(&["run", "study.toml", "--trace", "t.parquet"]).exits(2);
    assert!(refusal.contains("--overwrite"), "{refusal}");
    let program = "
import csv, sqlite3, numpy as np, pyarrow.parquet as pq
table = pq.read_table('t.parquet')
records = list(csv.DictReader(open('t.csv', newline='')))
x = [float(np.float32(record['x_m'])) for record in records]
assert len(x) > 50, len(x)
assert table['x_m'].to_pylist() == x
assert set(table['unit'].to_pylist()) == {4} and set(table['replicate'].to_pylist()) == {1}
assert set(table['wind_speed_m_s'].to_pylist()) == {0.4} and table.schema.field('x_m').metadata[b'units'] == b'm'
rows = sqlite3.connect('t.sqlite')
assert rows.execute('SELECT count(*), count(DISTINCT episode) FROM steps').fetchone() == (len(x), 5)
assert sorted(value for value, in rows.execute('SELECT x_m FROM steps')) == sorted(x)
print(pq.read_table('t.events.parquet').num_rows == rows.execute('SELECT count(*) FROM events').fetchone()[0])
";
    let mut command = Command::new(python);
    command.args(["-c", program]);
    let output = Job::start(&mut command, bench.path(), Duration::from_secs(180)).wait();
    assert!(
        output.status.success() && crate::support::text(&output.stdout) == "True\n",
        "{}",
        describe(&output)
    );
}

/// A limit on the length of files stands for a full disk.
#[test]
fn a_file_that_can_not_be_written_leaves_nothing() {
    let bench = bench();
    std::fs::write(bench.file("old.nc"), "old").expect("a file");
    for form in FORMS {
        let file = if form == "nc" {
            "old.nc".to_owned()
        } else {
            format!("x.{form}")
        };
        let command = format!(
            "trap '' XFSZ; ulimit -f 8; exec {} export r.h5 --what steps -o {file} --overwrite --compression none",
            program().display()
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]);
        let output = Job::start(&mut shell, bench.path(), Duration::from_secs(60)).wait();
        assert_eq!(output.status.code(), Some(1), "{form}: {}", describe(&output));
        assert!(form == "nc" || !bench.file(&file).exists(), "{form}");
        assert!(half_made(&bench).is_empty(), "{form}: {:?}", half_made(&bench));
    }
    assert_eq!(std::fs::read_to_string(bench.file("old.nc")).expect("a file"), "old");
}

/// Killed at any moment, an export leaves the old file or the new one, and the next takes away what is left.
#[test]
fn killed_exports_leave_whole_files() {
    let long = STUDY
        .replace("every_steps = 50", "every_steps = 2")
        .replace("replicates = 3", "replicates = 12");
    let bench = Bench::new(program(), &long);
    bench.sweep("r.h5", &["-q"]).succeeds();
    for form in ["parquet", "sqlite", "nc"] {
        let file = format!("x.{form}");
        let export = || bench.call(&["export", "r.h5", "--what", "steps", "-o", &file, "--overwrite"]);
        export().succeeds();
        let whole = std::fs::read(bench.file(&file)).expect("a file");
        for trial in 0..3 {
            // What the kill before has left would be taken for this one's.
            for name in half_made(&bench) {
                std::fs::remove_file(bench.file(&name)).expect("remains");
            }
            let job = export().start();
            let job = job.wait_until("a file in the making", || !half_made(&bench).is_empty());
            std::thread::sleep(Duration::from_millis(7 * trial));
            job.kill();
            assert!(std::fs::read(bench.file(&file)).expect("a file") == whole, "{file}");
        }
        export().succeeds();
        assert!(half_made(&bench).is_empty(), "{:?}", half_made(&bench));
        assert!(std::fs::read(bench.file(&file)).expect("a file") == whole, "{file}");
    }
}

#[test]
fn failures_and_tables_of_other_scenarios_are_exported() {
    let bench = Bench::new(scenarios(), COLONIES);
    bench.sweep("r.h5", &["-q"]).succeeds();
    let tables: Vec<String> = {
        let (_, refusal) = bench.call(&["export", "r.h5", "--what", "?", "-o", "x.csv"]).exits(2);
        refusal.split('`').skip(3).step_by(2).map(str::to_owned).collect()
    };
    assert!(tables.len() > 4, "{tables:?}");
    for table in tables {
        let told = bench
            .call(&["export", "r.h5", "--what", &table, "-o", &format!("{table}.csv")])
            .succeeds();
        let (names, records) = csv(&bench.file(&format!("{table}.csv")));
        assert!(told.contains(&format!("{} columns", names.len())), "{told}");
        assert!(!records.is_empty() || table == "failures", "{table}");
    }
}
