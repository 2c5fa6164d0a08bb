//! Every problem gets one clear message, exit code 2, no file, and no rank that hangs, under `mpirun` too.

use crate::support::{Bench, Launch, program};

/// A study, arguments after `sweep study.toml`, and what the message must say.
struct Problem {
    name: &'static str,
    study: &'static str,
    arguments: &'static [&'static str],
    says: &'static [&'static str],
    code: i32,
}

const fn study(name: &'static str, study: &'static str, says: &'static [&'static str]) -> Problem {
    Problem {
        name,
        study,
        arguments: &["-o", "results.h5"],
        says,
        code: 2,
    }
}

/// A problem that is the machine's as much as the user's.
const fn machine(name: &'static str, study: &'static str, says: &'static [&'static str]) -> Problem {
    Problem {
        name,
        study,
        arguments: &["-o", "results.h5"],
        says,
        code: 1,
    }
}

const fn arguments(name: &'static str, arguments: &'static [&'static str], says: &'static [&'static str]) -> Problem {
    Problem {
        name,
        study: "",
        arguments,
        says,
        code: 2,
    }
}

const MISTAKES: &[Problem] = &[
    // Syntax.
    study("no closing bracket", "[study\nname = 1", &["study.toml:1"]),
    study("no value", "[study]\nseed =\n", &["study.toml:2"]),
    study(
        "a key twice",
        "[study]\nseed = 1\nseed = 2\n",
        &["study.toml:3", "seed"],
    ),
    study("a table twice", "[study]\n[wind]\n[study]\n", &["study.toml:3"]),
    study("an open string", "[study]\nname = \"abc\n", &["study.toml:2"]),
    // Types.
    study(
        "text for a number",
        "[wind]\nspeed_m_s = \"fast\"\n",
        &["study.toml:2", "wind.speed_m_s", "number"],
    ),
    study(
        "a number for text",
        "[study]\nname = 3\n",
        &["study.toml:2", "study.name", "text"],
    ),
    study(
        "a fraction for a count",
        "[study]\nreplicates = 1.5\n",
        &["study.toml:2", "study.replicates", "integer"],
    ),
    study(
        "text for a truth",
        "[study]\ncommon_random_numbers = \"yes\"\n",
        &["study.toml:2", "true or false"],
    ),
    study("a value for a table", "wind = 3\n", &["study.toml:1", "wind"]),
    study(
        "a date",
        "[study]\nseed = 2020-01-01\n",
        &["study.toml:2", "study.seed"],
    ),
    study(
        "not a number",
        "[wind]\nspeed_m_s = nan\n",
        &["study.toml:2", "wind.speed_m_s"],
    ),
    study(
        "infinity",
        "[wind]\nspeed_m_s = inf\n",
        &["study.toml:2", "wind.speed_m_s"],
    ),
    // Ranges.
    study(
        "no replicates",
        "[study]\nreplicates = 0\n",
        &["study.toml:2", "study.replicates", "1"],
    ),
    study(
        "a negative seed",
        "[study]\nseed = -1\n",
        &["study.toml:2", "study.seed"],
    ),
    study(
        "a negative speed",
        "[wind]\nspeed_m_s = -1.0\n",
        &["study.toml:2", "wind.speed_m_s"],
    ),
    study("no agents", "[agents]\ncount = 0\n", &["study.toml:2", "agents.count"]),
    study(
        "too many agents",
        "[agents]\ncount = 1000000000\n",
        &["study.toml:2", "agents.count"],
    ),
    study(
        "a confidence of one",
        "[statistics]\nconfidence = 1.0\n",
        &["study.toml:2", "statistics.confidence", "0.9999"],
    ),
    study(
        "no time between commits",
        "[execution]\ncommit_interval_s = 0.0\n",
        &["study.toml:2", "0.01"],
    ),
    // Names.
    study(
        "a misspelt key",
        "[wind]\nsped_m_s = 1.0\n",
        &["study.toml:2", "wind.sped_m_s", "speed_m_s"],
    ),
    study(
        "a misspelt table",
        "[wnd]\nspeed_m_s = 1.0\n",
        &["study.toml:1", "wnd", "wind"],
    ),
    study(
        "an unknown kind",
        "[plume]\nkind = \"gausian\"\n",
        &["study.toml:2", "gaussian"],
    ),
    study(
        "an unknown scenario",
        "[study]\nscenario = \"plumes\"\n",
        &["study.toml:2", "plume"],
    ),
    study(
        "an unknown preset",
        "defaults = [\"plume/gausian\"]\n",
        &["study.toml:1", "gausian", "plume/gaussian"],
    ),
    study(
        "a preset outside its folder",
        "defaults = [\"../../etc/passwd\"]\n",
        &["study.toml:1"],
    ),
    study(
        "an unknown choice",
        "[output]\nmembers = \"some\"\n",
        &["study.toml:2", "statistics"],
    ),
    // Sweeps.
    study(
        "an empty axis",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [] }]\n",
        &["study.toml:2", "values"],
    ),
    study(
        "an unknown swept key",
        "[sweep]\naxes = [{ key = \"wind.sped_m_s\", values = [1.0] }]\n",
        &["study.toml:2", "speed_m_s"],
    ),
    study(
        "a swept value of another type",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1.0, \"x\"] }]\n",
        &["study.toml:2"],
    ),
    study(
        "a swept value out of range",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1.0, -2.0] }]\n",
        &["study.toml:2", "-2"],
    ),
    study(
        "a key swept twice",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1.0] }, { key = \"wind.speed_m_s\", values = [2.0] }]\n",
        &["study.toml:2", "wind.speed_m_s"],
    ),
    study(
        "a zip of unequal lengths",
        "[sweep]\naxes = [{ zip = [{ key = \"wind.speed_m_s\", values = [1.0, 2.0] }, { key = \"agents.count\", values = [1] }] }]\n",
        &["study.toml:2", "zip"],
    ),
    study(
        "a logspace from zero",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", logspace = { start = 0.0, stop = 1.0, count = 3 } }]\n",
        &["study.toml:2", "logspace"],
    ),
    study(
        "a range that goes nowhere",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", range = { start = 1.0, stop = 2.0, step = 0.0 } }]\n",
        &["study.toml:2", "step"],
    ),
    study(
        "an unknown way to sweep",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", valus = [1.0] }]\n",
        &["study.toml:2", "values"],
    ),
    study(
        "an unknown distribution",
        "[sweep]\naxes = [{ sample = { method = \"random\", count = 3, variables = [{ key = \"wind.speed_m_s\", distribution = \"unifrom\", low = 1.0, high = 2.0 }] } }]\n",
        &["study.toml:2", "uniform"],
    ),
    study(
        "everything excluded",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1.0, 2.0] }]\nexclude = [{ \"wind.speed_m_s\" = { min = 0.5 } }]\n",
        &["study.toml"],
    ),
    study(
        "an absurd size",
        "[study]\nreplicates = 1000000000\n[sweep]\naxes = [{ key = \"wind.speed_m_s\", linspace = { start = 1.0, stop = 2.0, count = 1000000000 } }]\n",
        &["study.toml"],
    ),
    machine(
        "more than the disk holds",
        "[study]\nreplicates = 1000000\n[agents]\ncount = 100\n[sweep]\naxes = [{ key = \"wind.speed_m_s\", linspace = { start = 1.0, stop = 2.0, count = 1000 } }]\n",
        &["free"],
    ),
    // Combinations.
    study(
        "an impossible combination",
        "[episode]\ndt_s = 0.5\n[agents]\nspeed_m_s = 100.0\n",
        &["study.toml"],
    ),
    // Arguments.
    arguments("a missing study", &["-o", "results.h5", "--set", "a"], &["--set"]),
    arguments(
        "an unknown key on the command line",
        &["-o", "results.h5", "--set", "wind.sped_m_s=1"],
        &["--set", "speed_m_s"],
    ),
    arguments(
        "a value out of range on the command line",
        &["-o", "results.h5", "--set", "study.replicates=0"],
        &["--set", "replicates"],
    ),
    arguments("an unknown flag", &["--resum"], &["--resum"]),
    arguments("a walltime that is none", &["--walltime", "soon"], &["soon"]),
    arguments("a folder that isn't there", &["-o", "nowhere/results.h5"], &["nowhere"]),
    arguments("a folder as the results file", &["-o", ".", "--resume"], &["."]),
];

#[test]
fn every_problem_gets_one_clear_message_from_three_ranks() {
    assert!(MISTAKES.len() >= 40);
    let mut wrong = Vec::new();
    for problem in MISTAKES {
        let bench = Bench::new(program(), problem.study);
        let call = bench.call(&["sweep", "study.toml"]).arguments(problem.arguments);
        let output = call.launch(Launch::Ranks(3)).output();
        let error = crate::support::text(&output.stderr);
        let first = problem.says[0];
        let mut complain = |what: String| wrong.push(format!("{}: {what}\n{error}", problem.name));
        if output.status.code() != Some(problem.code) {
            complain(format!("ended with {}", output.status));
        }
        for says in problem.says {
            if !error.contains(says) {
                complain(format!("does not say {says:?}"));
            }
        }
        let messages = error.lines().filter(|line| line.starts_with("error: ")).count();
        if messages != 1 {
            complain(format!("{messages} messages instead of one (looking for {first:?})"));
        }
        let left: Vec<_> = std::fs::read_dir(bench.path())
            .expect("the folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name != "study.toml")
            .collect();
        if !left.is_empty() {
            complain(format!("left {left:?} behind"));
        }
    }
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_missing_study_file_is_named() {
    let bench = Bench::new(program(), "");
    let (_, error) = bench.call(&["sweep", "stduy.toml"]).launch(Launch::Ranks(3)).exits(2);
    assert!(error.contains("stduy.toml"), "{error}");
}

#[test]
fn an_unwritable_folder_is_named() {
    let bench = Bench::new(program(), "");
    // Not even root can write there.
    let (_, error) = bench
        .call(&["sweep", "study.toml", "-o", "/proc/results.h5"])
        .launch(Launch::Ranks(3))
        .exits(2);
    assert!(error.contains("/proc"), "{error}");
}

/// Computed numbers in messages have few digits, and a bound that a hint gives holds when it is used as it is printed.
#[test]
fn bounds_in_hints_are_short_and_hold() {
    let bench = Bench::new(program(), "");
    let cases: [(&str, &[&str], &str); 7] = [
        (
            "navigator/surge_cast",
            &[
                "episode.source_radius_m=0.07",
                "episode.dt_s=0.7",
                "agents.speed_max_m_s=0.3",
            ],
            "episode.dt_s",
        ),
        (
            "navigator/levy_walk",
            &[
                "episode.dt_s=0.03",
                "navigator.speed_m_s=0.7",
                "navigator.leg_min_m=0.001",
            ],
            "navigator.leg_min_m",
        ),
        (
            "navigator/correlated_random_walk",
            &["agents.turn_rate_max_rad_s=0.7"],
            "agents.turn_rate_max_rad_s",
        ),
        (
            "wind/ornstein_uhlenbeck",
            &["wind.speed_m_s=0.7", "wind.speed_sd_m_s=0.6"],
            "wind.speed_sd_m_s",
        ),
        ("navigator/walking_fly", &["navigator.turns_per_s=70.0"], "episode.dt_s"),
        (
            "navigator/infotaxis",
            &["navigator.speed_m_s=0.3", "navigator.step_s=0.2"],
            "navigator.step_s",
        ),
        ("motion/grid_4", &["agents.motion.cell_m=0.3"], "agents.motion.cell_m"),
    ];
    for (preset, keys, key) in cases {
        let walker = if preset.starts_with("navigator/") {
            ""
        } else {
            "\"navigator/correlated_random_walk\", "
        };
        let study = format!("defaults = [\"plume/gaussian\", {walker}\"{preset}\"]\n");
        std::fs::write(bench.file("study.toml"), study).expect("the study is written");
        let validate = |settings: &[&str]| {
            let settings: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
            bench.call(&["config", "validate", "study.toml"]).arguments(&settings)
        };
        let (_, error) = validate(keys).exits(2);
        let numbers = error.split(|character: char| !(character.is_ascii_digit() || character == '.'));
        for number in numbers {
            let digits = number.bytes().filter(u8::is_ascii_digit).count();
            assert!(digits < 8, "{number} in {error}");
        }
        let words = ["at most ", "at least ", "such as "];
        let bound = (words.iter().filter_map(|words| error.split(words).nth(1)))
            .next()
            .unwrap_or_else(|| panic!("no bound in {error}"));
        let bound = bound.split([' ', ',', ')']).next().expect("a number");
        let mended = format!("{key}={bound}");
        let others = keys
            .iter()
            .copied()
            .filter(|setting| !setting.starts_with(&format!("{key}=")));
        validate(&others.chain([mended.as_str()]).collect::<Vec<_>>()).succeeds();
    }
}
