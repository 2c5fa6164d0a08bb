//! Study files as people write them by accident, or of a size that nobody writes by hand.

use crate::support::{Bench, PLUME_STUDY, describe, program, text};
use serde_json::Value;
use std::fmt::Write;

/// What `config validate` says about a study that it refuses.
fn refusal(study: &str, arguments: &[&str]) -> String {
    let bench = Bench::new(program(), study);
    bench
        .call(&["config", "validate", "study.toml"])
        .arguments(arguments)
        .exits(2)
        .1
}

fn accepted(study: &str) {
    Bench::new(program(), study)
        .call(&["config", "validate", "study.toml"])
        .succeeds();
}

#[test]
fn large_studies_are_checked_in_bounded_time() {
    let numbered = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let list = |count: usize| numbered(count, &|i| format!("{:.6}, ", 0.1 + i as f64 * 1e-6));
    let axis = |values: &str| format!("[sweep]\naxes = [{{ key = \"wind.speed_m_s\", values = [{values}] }}]\n");
    // Each took minutes when it was quadratic.
    for (study, says) in [
        (numbered(5_000, &|i| format!("a{i}.b = 1\n")), "and 4 980 more problems"),
        (
            format!("[wind]\n{}", numbered(100_000, &|i| format!("k{i} = 1\n"))),
            "and 99 980 more problems",
        ),
        (axis(&format!("{}-1.0, -2.0", list(100_000))), "`wind.speed_m_s` = -2"),
        (axis(&"-1.0, ".repeat(100_000)), "more problems"),
        (format!("sweep.axes = [{}]", "{}, ".repeat(50_000)), "`sweep.axes"),
        (
            numbered(50_000, &|_| "[[sweep.axes]]\nkey = \"wind.speed_m_s\"\n".to_owned()),
            "more problems",
        ),
        (
            format!("study.name = \"{}\"", "x".repeat(10_000_000)),
            "at most 200 are allowed",
        ),
        (format!("{} = 1", "k".repeat(1_000_000)), "isn't a key of a study"),
        (format!("study.seed = {}", "9".repeat(300)), "…"),
        (
            format!("a = {}1{}", "[".repeat(50_000), "]".repeat(50_000)),
            "nest less deeply",
        ),
        (format!("{}a = 1", "a.".repeat(50_000)), "nest less deeply"),
    ] {
        let error = refusal(&study, &[]);
        assert!(
            error.contains(says),
            "{says}: {}",
            error.chars().take(2000).collect::<String>()
        );
        assert!(error.len() < 30_000, "{says}: {} bytes", error.len());
    }
    accepted(&axis(&list(100_000)));
}

#[test]
fn text_that_cannot_be_seen_never_reaches_the_terminal() {
    let is_plain = |text: &str| {
        !text
            .chars()
            .any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    for (study, arguments) in [
        ("study.name = \"a\\u0000b\"", vec![]),
        ("study.name = \"a\\u001b[2Jb\"", vec![]),
        ("study.name = \"a\\u202eb\"", vec![]),
        ("study.name = \"a\\nb\"", vec![]),
        ("plume.file = \"a\\u0007.nc\"", vec![]),
        ("\"a\\u001b[31m\" = 1", vec![]),
        ("\u{1b}[31m = 1", vec![]),
        ("wind.speed_m_s = 1 # \u{202e}\n\"\u{202e}\" = 1", vec![]),
        ("", vec!["--set", "study.name=a\u{1b}[2J"]),
        ("", vec!["--set", "study.name=\u{202e}a"]),
        ("", vec!["--set", "\u{1b}[2J=1"]),
        (
            "sweep.axes = [{ key = \"plume.file\", values = [\"a\\u0000\", \"b\"] }]",
            vec![],
        ),
        (
            "sweep.axes = [{ key = \"navigator\", values = [{ kind = \"upwind\" }], labels = [\"a\\u202e\"] }]",
            vec![],
        ),
        (
            "sweep.axes = [{ key = \"navigator\", values = [{ kind = \"upwind\" }], labels = [\" a\"] }]",
            vec![],
        ),
        (
            "sweep.axes = [{ key = \"wind.speed_m_s\", name = \"a/b\", values = [1] }]",
            vec![],
        ),
        (
            "sweep.axes = [{ key = \"wind.speed_m_s\", name = \"a.b\", values = [1] }]",
            vec![],
        ),
        (
            "sweep.axes = [{ key = \"wind.speed_m_s\\u001b\", values = [1] }]",
            vec![],
        ),
    ] {
        let error = refusal(study, &arguments);
        assert!(is_plain(&error), "{study}: {error:?}");
        assert!(error.contains("hint"), "{study}: {error:?}");
    }
    let bench = Bench::new(program(), "");
    let call = bench.call(&["config", "validate", "study.toml"]);
    let (_, error) = call
        .clone()
        .environment("PLUME_NAV_SIM__STUDY__NAME", "a\u{1b}[2J")
        .exits(2);
    assert!(is_plain(&error) && error.contains("U+001B"), "{error:?}");
    let (_, error) = call.environment("PLUME_NAV_SIM_CONF", "/nowhere/at all").exits(2);
    assert!(
        error.contains("PLUME_NAV_SIM_CONF") && error.contains("isn't a folder"),
        "{error}"
    );
    // A file whose name controls a terminal.
    std::fs::write(bench.file("a\u{1b}[2J.toml"), "x = 1\n").expect("a file");
    let (_, error) = bench.call(&["config", "validate", "a\u{1b}[2J.toml"]).exits(2);
    assert!(is_plain(&error) && error.contains("\\u001b"), "{error:?}");
}

#[cfg(unix)]
#[test]
fn variables_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new(program(), "");
    let output = std::process::Command::new(program())
        .args(["config", "validate", "study.toml"])
        .current_dir(bench.path())
        .env("PLUME_NAV_SIM__STUDY__NAME", std::ffi::OsStr::from_bytes(b"caf\xe9"))
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2), "{}", describe(&output));
    assert!(
        text(&output.stderr).contains("PLUME_NAV_SIM__STUDY__NAME: isn't UTF-8"),
        "{}",
        describe(&output)
    );
}

#[test]
fn problems_that_people_make_have_a_remedy_that_works() {
    for (study, arguments, says) in [
        (
            "sweep.axes = [{ key = \"plume.kind\", values = [\"gaussian\", \"filament\"] }]",
            &[][..],
            "sweep `plume` with presets or tables: { key = \"plume\", values = [\"plume/gaussian\", \"plume/filament\"] }",
        ),
        (
            "sweep.axes = [{ key = \"navigator.kind\", values = [\"upwind\", \"levy_walk\"] }]",
            &[],
            "values = [\"navigator/upwind\", \"navigator/levy_walk\"]",
        ),
        (
            "plume.kind = [\"gaussian\", \"filament\"]",
            &[],
            "values = [{ kind = \"gaussian\" }, { kind = \"filament\" }]",
        ),
        (
            "",
            &["--set", "plume.kind=gaussian,filament"],
            "values = [{ kind = \"gaussian\" }, { kind = \"filament\" }]",
        ),
        (
            "",
            &["--set", "wind.speed_m_s=0.5,1.0"],
            "axes = [{ key = \"wind.speed_m_s\", values = [0.5, 1.0] }]",
        ),
        ("", &["--set", "agents.count=1,2"], "values = [1, 2]"),
        ("", &["--set", "wind.speed_m_s=.5"], "write speed_m_s = 0.5"),
        ("", &["--set", "wind.speed_m_s=5."], "write speed_m_s = 5.0"),
        ("wind.speed_m_s = .5", &[], "write 0.5 for .5"),
        ("wind.speed_m_s = 5.", &[], "write 5.0 for 5."),
        (
            "",
            &["--set", "navigator.strategies[0].share=1"],
            "a list is set as a whole",
        ),
        (
            "navigator = \"navigator/mixed\"\nsweep.axes = [{ key = \"navigator.strategies[0].share\", values = [1, 2] }]",
            &[],
            "sweep `navigator.strategies`, with whole lists",
        ),
        (
            "navigator = { kind = \"mixed\", strategies = [{ share = 1 }] }",
            &[],
            "`navigator.strategies[0].navigator` is missing",
        ),
        (
            "sensor = { kind = \"suite\", sensors = [{ kind = \"binary\", treshold = 1 }] }",
            &[],
            "`sensor.sensors[0].treshold` isn't a key of kind `binary` (hint: did you mean `threshold`?)",
        ),
        (
            "sensor = { kind = \"suite\", sensors = [\"sensor/binray\"] }",
            &[],
            "did you mean \"sensor/binary\"?",
        ),
        ("agents.speed = 1", &[], "did you mean"),
        ("boundary.kind = \"per-edge\"", &[], "did you mean `per_edge`?"),
    ] {
        let error = refusal(study, arguments);
        assert!(error.contains(says), "{study} {arguments:?}: {error}");
        let problems = error.lines().filter(|line| line.contains("(hint: ")).count();
        assert_eq!(problems, 1, "{study} {arguments:?}: {error}");
    }
    for study in [
        "sweep.axes = [{ key = \"plume\", values = [\"plume/gaussian\", \"plume/filament\"] }]",
        "sensor = { kind = \"suite\", sensors = [\"sensor/binary\", { kind = \"wind\" }] }",
        "sweep.axes = [{ key = \"sensor\", values = [{ kind = \"suite\", sensors = [\"sensor/binary\", \"sensor/wind\"] }, \"sensor/binary\"] }]",
        "sweep.axes = [{ key = \"navigator\", values = [{ kind = \"mixed\", strategies = [{ navigator = \"navigator/surge_cast\" }] }] }]",
        "sweep.axes = [{ key = \"navigator\", values = [\"navigator/infotaxis\", \"navigator/surge_cast\"] }]",
    ] {
        accepted(study);
    }
    let error = refusal(
        "episode.belief_metrics = \"automatic\"\nsweep.axes = [{ key = \"navigator\", values = [\"navigator/infotaxis\", \"navigator/surge_cast\"] }]",
        &[],
    );
    assert!(error.contains("set episode.belief_metrics = \"always\""), "{error}");
}

/// `run` on a swept key is the sweep's own unit, with its random numbers.
#[test]
fn a_swept_key_can_be_pinned_for_one_unit() {
    let bench = Bench::new(program(), PLUME_STUDY);
    let run = |arguments: &[&str]| -> Value {
        let page = bench
            .call(&["run", "study.toml", "--json"])
            .arguments(arguments)
            .succeeds();
        serde_json::from_str(&page).expect("JSON")
    };
    let pinned = run(&[
        "--set",
        "wind.speed_m_s=0.9",
        "--set",
        "navigator=navigator/correlated_random_walk",
    ]);
    let of_sweep = run(&["--point", "3"]);
    for part in ["seed", "swept", "metrics"] {
        assert_eq!(pinned[part], of_sweep[part], "{part}");
    }
    // Another value than those of the axis.
    assert_eq!(run(&["--set", "wind.speed_m_s=0.7"])["swept"]["wind.speed_m_s"], 0.7);
    let plan = bench
        .call(&["plan", "study.toml", "--set", "wind.speed_m_s=0.7"])
        .succeeds();
    assert!(plan.contains("axis wind_speed_m_s: 1"), "{plan}");
    let (_, error) = bench.sweep("results.h5", &["--set", "wind.speed_m_s=0.9"]).exits(2);
    assert!(
        error.contains("has no effect") && error.contains("`run`, `plan` and `field`"),
        "{error}"
    );
    // Of keys that advance together only given combinations are, and rules that exclude nothing any more go.
    let zipped = PLUME_STUDY.replace(
        "axes = [\n",
        "exclude = [{ \"agents.height_m\" = 2.0, \"wind.speed_m_s\" = 0.4 }]\naxes = [\n  { zip = [{ key = \"agents.height_m\", values = [1, 2] }, { key = \"plume.source_z_m\", values = [1.0, 2.0] }] },\n",
    );
    std::fs::write(bench.file("study.toml"), zipped).expect("the study is written");
    let swept = &run(&["--set", "plume.source_z_m=1"])["swept"];
    assert_eq!(
        (&swept["agents.height_m"], &swept["plume.source_z_m"]),
        (&1.0.into(), &1.0.into())
    );
    let (_, error) = bench
        .call(&["run", "study.toml", "--set", "plume.source_z_m=3"])
        .exits(2);
    assert!(
        error.contains("= 3 isn't among the values that its axis takes together with other keys"),
        "{error}"
    );
    // A component by the name that the axis lists, in a zip and as the outer key of a nested axis.
    for axis in [
        r#"{ zip = [{ key = "navigator", values = ["navigator/surge_cast", "navigator/upwind"] }, { key = "agents.count", values = [2, 3] }] }"#,
        r#"{ nested = { key = "navigator", cases = [{ value = "navigator/surge_cast" }, { value = "navigator/upwind", axes = [{ key = "agents.height_m", values = [0.5] }] }] } }"#,
    ] {
        let study = format!("study.replicates = 1\nepisode.duration_s = 1.0\nsweep.axes = [{axis}]\n");
        std::fs::write(bench.file("study.toml"), study).expect("the study is written");
        let swept = &run(&["--set", "navigator=navigator/upwind"])["swept"];
        assert_eq!(swept["navigator"]["kind"], "upwind", "{axis}: {swept}");
    }
}

#[test]
fn long_numbers_are_short_in_tables_and_whole_in_files() {
    let study = "study.replicates = 1\nepisode.duration_s = 5.0\nagents.count = 1\n[[sweep.axes]]\nname = \"speeds\"\n[sweep.axes.sample]\nmethod = \"random\"\ncount = 2\nvariables = [{ key = \"wind.speed_m_s\", distribution = \"uniform\", low = 0.5, high = 1.5 }]\n";
    let bench = Bench::new(program(), study);
    bench.sweep("results.h5", &[]).succeeds();
    let longest = |page: &str| {
        page.split(|c: char| !c.is_ascii_digit() && c != '.')
            .map(str::len)
            .max()
    };
    let table = bench
        .call(&["summary", "results.h5", "--metric", "success", "--by", "speeds"])
        .succeeds();
    let row = table
        .lines()
        .find(|line| line.trim_start().starts_with(['0', '1']))
        .expect("a row");
    assert!(longest(row) <= Some(7), "{table}");
    let csv = bench
        .call(&["summary", "results.h5", "--metric", "success", "--format", "csv"])
        .succeeds();
    assert!(longest(csv.lines().nth(1).expect("a row")) >= Some(15), "{csv}");
    let page = bench.call(&["run", "study.toml"]).succeeds();
    let line = page
        .lines()
        .find(|line| line.contains("wind.speed_m_s = "))
        .expect("a line");
    assert!(longest(line) <= Some(7), "{page}");
}

#[test]
fn swept_components_are_shown_in_full() {
    let bench = Bench::new(
        program(),
        "sweep.axes = [{ key = \"navigator\", values = [{ kind = \"surge_cast\" }, \"navigator/upwind\"] }]",
    );
    let page = bench.call(&["config", "show", "study.toml", "--plain"]).succeeds();
    let mut comments = String::new();
    for line in page.lines().filter(|line| line.starts_with('#')) {
        let _ = writeln!(comments, "{line}");
    }
    assert!(
        comments.contains("kind = \"surge_cast\"") && comments.contains("surge_speed_m_s = "),
        "{page}"
    );
    std::fs::write(bench.file("again.toml"), &page).expect("the study is written");
    let again = bench.call(&["config", "show", "again.toml", "--plain"]).succeeds();
    assert_eq!(page, again);
}
