//! One study for every kind of mistake: where it is said to be, for which key, in which words, with which remedy.

use super::*;
use proptest::prelude::*;

/// Start of every study of the table: line 1.
const HEAD: &str = "study.scenario = \"toy\"\n";

/// Text after the head, `line:column` in the file, key, part of the message, part of the hint.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str);

const CASES: &[Case] = &[
    // Syntax
    ("[wind", "2:", "", "syntax error", "toml.io"),
    ("a = ", "2:", "", "syntax error", ""),
    ("a = \"x", "2:", "", "syntax error", ""),
    ("[wind]\n[wind]", "3:", "", "duplicate", "keep one"),
    (
        "[wind]\nspeed_m_s = 1\nspeed_m_s = 2",
        "4:1",
        "",
        "duplicate",
        "keep one",
    ),
    ("wind.speed_m_s = 1 2", "2:", "", "syntax error", ""),
    // Values that no key takes
    (
        "wind.speed_m_s = inf",
        "2:18",
        "",
        "isn't a finite number",
        "finite number",
    ),
    (
        "wind.speed_m_s = nan",
        "2:18",
        "",
        "isn't a finite number",
        "finite number",
    ),
    ("wind.speed_m_s = 1e999", "2:18", "", "overflows", "finite number"),
    (
        "study.seed = 99999999999999999999",
        "2:14",
        "",
        "more than 64 bits",
        "integers go from",
    ),
    ("study.name = 2024-01-01", "2:14", "", "is a date or time", "quotes"),
    // Keys
    (
        "[wnid]\nspeed_m_s = 1",
        "2:2",
        "wnid",
        "isn't a key of a study",
        "did you mean `wind`?",
    ),
    (
        "[wind]\nspeed = 1",
        "3:1",
        "wind.speed",
        "isn't a key of `wind`",
        "did you mean `speed_m_s`?",
    ),
    (
        "[wind]\npersistence = 1",
        "3:1",
        "wind.persistence",
        "isn't a key of `wind`",
        "`navigator.persistence`",
    ),
    (
        "[wind]\ntemperature_k = 1",
        "3:1",
        "wind.temperature_k",
        "isn't a key",
        "has `speed_m_s` or `direction_rad`",
    ),
    (
        "study.repliactes = 3",
        "2:7",
        "study.repliactes",
        "isn't a key of `study`",
        "did you mean `replicates`?",
    ),
    (
        "[navigator]\npersistence = 0.1",
        "3:1",
        "navigator.persistence",
        "isn't a key of kind `spiral`",
        "belongs to kind `walk`",
    ),
    (
        "[navigator]\nkind = \"walk\"\nturn_rad = 1",
        "4:1",
        "navigator.turn_rad",
        "isn't a key of kind `walk`",
        "kind `spiral`",
    ),
    (
        "[navigator]\nkind = \"walk\"\nstep = 1",
        "4:1",
        "navigator.step",
        "isn't a key of kind `walk`",
        "did you mean `steps`?",
    ),
    (
        "[navigator]\nkind = \"wakl\"",
        "3:8",
        "navigator.kind",
        "isn't a known kind",
        "did you mean `walk`?",
    ),
    (
        "[navigator]\nkind = \"zzz\"",
        "3:8",
        "navigator.kind",
        "`spiral` or `walk`",
        "choose",
    ),
    (
        "navigator = \"walk\"",
        "2:13",
        "navigator",
        "expected a table with a `kind`",
        "kind = \"walk\"",
    ),
    ("navigator = 3", "2:13", "navigator", "expected a table", "give a table"),
    // Types
    (
        "wind.speed_m_s = \"1.5\"",
        "2:18",
        "wind.speed_m_s",
        "is text, expected a number",
        "remove the quotes",
    ),
    (
        "wind.speed_m_s = \"1.5 m/s\"",
        "2:18",
        "wind.speed_m_s",
        "expected a number",
        "bare number in m/s",
    ),
    (
        "wind.speed_m_s = true",
        "2:18",
        "wind.speed_m_s",
        "is a truth value, expected a number",
        "default",
    ),
    (
        "wind.speed_m_s = [1, 2]",
        "2:18",
        "wind.speed_m_s",
        "is a list of 2, expected a number",
        "sweep it",
    ),
    (
        "wind.speed_m_s.x = 1",
        "2:",
        "wind.speed_m_s",
        "is a table, expected a number",
        "",
    ),
    ("wind = 3", "2:8", "wind", "expected a table", "[wind]"),
    (
        "agents.count = 2.0",
        "2:16",
        "agents.count",
        "is a decimal number, expected an integer",
        "write count = 2",
    ),
    (
        "agents.count = 2.5",
        "2:16",
        "agents.count",
        "is a decimal number, expected an integer",
        "whole number",
    ),
    (
        "agents.reflect = \"true\"",
        "2:18",
        "agents.reflect",
        "expected true or false",
        "remove the quotes",
    ),
    (
        "agents.reflect = 1",
        "2:18",
        "agents.reflect",
        "expected true or false",
        "default",
    ),
    (
        "agents.label = 7",
        "2:16",
        "agents.label",
        "is an integer, expected text",
        "put quotes",
    ),
    (
        "agents.start_m = 1",
        "2:18",
        "agents.start_m",
        "expected a list",
        "brackets",
    ),
    (
        "agents.start_m = [1]",
        "2:18",
        "agents.start_m",
        "has 1 items, allowed is exactly 2",
        "items",
    ),
    (
        "agents.start_m = [1, \"a\"]",
        "2:22",
        "agents.start_m[1]",
        "expected a number",
        "",
    ),
    (
        "agents.mode = \"swrm\"",
        "2:15",
        "agents.mode",
        "isn't one of `single` or `swarm`",
        "did you mean `swarm`?",
    ),
    ("study = 1", "2:1", "", "duplicate", ""),
    (
        "[output]\nmembers = \"everything\"",
        "3:11",
        "output.members",
        "isn't one of `all` or `statistics`",
        "write one of",
    ),
    // Ranges
    (
        "wind.speed_m_s = -1",
        "2:18",
        "wind.speed_m_s",
        "= -1 is out of range, allowed is from 0 to 30 m/s",
        "the default is 1",
    ),
    (
        "agents.count = 0",
        "2:16",
        "agents.count",
        "= 0 is out of range, allowed is from 1 to 100",
        "from 1 to 100",
    ),
    (
        "study.replicates = 0",
        "2:20",
        "study.replicates",
        "from 1 to 1000000000",
        "default is 10",
    ),
    ("study.seed = -1", "2:14", "study.seed", "out of range", "from 0 to"),
    (
        "statistics.confidence = 95",
        "2:25",
        "statistics.confidence",
        "from 0.5 to 0.9999",
        "0.95",
    ),
    (
        "[navigator]\nkind = \"walk\"\nsteps = 4294967296",
        "4:9",
        "navigator.steps",
        "from 0 to 4294967295",
        "choose",
    ),
    (
        "agents.label = \"far too long\"",
        "2:16",
        "agents.label",
        "has 12 characters, at most 8",
        "shorten",
    ),
    // Impossible combinations
    (
        "agents.count = 60",
        "2:16",
        "agents.count",
        "too many for mode single",
        "swarm",
    ),
    (
        "wind.speed_m_s = 0\nnavigator.cast_s = 1",
        "2:18",
        "wind.speed_m_s",
        "without a direction",
        "wind blow",
    ),
    // Presets
    (
        "defaults = [\"wind/clam\"]",
        "2:13",
        "defaults[0]",
        "there is no preset \"wind/clam\"",
        "did you mean \"wind/calm\"?",
    ),
    (
        "defaults = [\"qqqq/zzzz\"]",
        "2:13",
        "defaults[0]",
        "there is no preset",
        "config list",
    ),
    (
        "defaults = [\"../secret\"]",
        "2:13",
        "defaults[0]",
        "isn't the name of a preset",
        "group/name",
    ),
    (
        "defaults = [\"/etc/passwd\"]",
        "2:13",
        "defaults[0]",
        "isn't the name of a preset",
        "group/name",
    ),
    (
        "defaults = \"wind/calm\"",
        "2:12",
        "defaults",
        "expected a list of presets",
        "[\"group/name\"]",
    ),
    (
        "defaults = [3]",
        "2:13",
        "defaults[0]",
        "expected the name of a preset",
        "group/name",
    ),
    (
        "defaults = [\"wind/calm\", \"wind/calm\"]",
        "2:26",
        "defaults[1]",
        "in the list twice",
        "remove one",
    ),
    (
        "defaults = [\"loop/a\"]",
        "<built-in>/loop/b.toml:1:13",
        "defaults[0]",
        "circle: loop/a → loop/b → loop/a",
        "remove",
    ),
    (
        "defaults = [\"navigator/broken\"]",
        "<built-in>/navigator/broken.toml:3:9",
        "navigator.steps",
        "out of range",
        "choose",
    ),
    (
        "navigator = \"navigator/none\"",
        "2:13",
        "navigator",
        "there is no preset",
        "",
    ),
    // Sweeps
    ("sweep = 3", "2:9", "sweep", "expected a table", "[sweep]"),
    ("[sweep]\naxis = []", "3:8", "sweep.axis", "", "axes"),
    (
        "[sweep]\naxes = [{ key = \"wind.sped_m_s\", values = [1] }]",
        "3:17",
        "sweep.axes[0].key",
        "isn't a key of this study",
        "\"wind.speed_m_s\"",
    ),
    (
        "[sweep]\naxes = [{ key = \"study.replicates\", values = [1] }]",
        "3:17",
        "sweep.axes[0].key",
        "belongs to the engine",
        "study.replicates",
    ),
    (
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1, 99] }]",
        "3:48",
        "wind.speed_m_s",
        "= 99 is out of range",
        "from 0 to 30",
    ),
    (
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1, \"x\"] }]",
        "3:48",
        "wind.speed_m_s",
        "expected a number",
        "",
    ),
    (
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [] }]",
        "3:",
        "sweep.axes[0].values",
        "",
        "",
    ),
    (
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", linspace = { start = 0, stop = 50, count = 3 } }]",
        "3:66",
        "wind.speed_m_s",
        "= 50 is out of range",
        "from 0 to 30",
    ),
    (
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", linspace = { start = 0, stop = 5, count = 0 } }]",
        "3:",
        "sweep.axes[0].linspace.count",
        "",
        "",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator\", values = [\"navigator/spirla\"] }]",
        "3:40",
        "sweep.axes[0].values[0]",
        "there is no preset",
        "\"navigator/spiral\"",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator\", values = [\"spiral\"] }]",
        "3:40",
        "sweep.axes[0].values[0]",
        "expected a table or a preset",
        "\"navigator/spiral\"",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator\", values = [\"wind/calm\"] }]",
        "3:40",
        "sweep.axes[0].values[0]",
        "has no table `navigator`",
        "it sets `wind`",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator\", values = [\"mix/all\"] }]",
        "3:40",
        "sweep.axes[0].values[0]",
        "also sets",
        "only this component",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator\", values = [{ kind = \"walk\", steps = 1.5 }] }]",
        "3:65",
        "navigator.steps",
        "expected an integer",
        "whole number",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator.steps\", values = [1] }]",
        "3:17",
        "sweep.axes[0].key",
        "is a key of kind `walk`, which no value",
        "navigator.kind",
    ),
    (
        "[sweep]\naxes = [{ key = \"navigator\", values = [\"navigator/walk\", \"navigator/spiral\"] }, { key = \"navigator.steps\", values = [1] }]",
        "3:118",
        "navigator.steps",
        "isn't a key of kind `spiral`, at design point 1",
        "kind `walk`",
    ),
    (
        "agents.mode = \"single\"\n[sweep]\naxes = [{ key = \"agents.count\", values = [1, 60] }]",
        "4:46",
        "agents.count",
        "too many for mode single, at design point 1 (agents.count = 60",
        "swarm",
    ),
    (
        "[sweep]\naxes = [{ sample = { method = \"random\", count = 3, variables = [{ key = \"wind.speed_m_s\", distribution = \"normal\", mean = 1, sd = 1 }] } }]",
        "3:",
        "sweep.axes[0].sample.variables[0].distribution",
        "leaves the range",
        "`low` and `high`",
    ),
    (
        "[sweep]\naxes = [{ sample = { method = \"random\", count = 3, variables = [{ key = \"agents.count\", distribution = \"uniform\", low = 1, high = 5 }] } }]",
        "3:",
        "sweep.axes[0].sample.variables[0].distribution",
        "gives decimal numbers",
        "\"integer\"",
    ),
    (
        "[sweep]\naxes = [{ sample = { method = \"random\", count = 3, variables = [{ key = \"agents.count\", distribution = \"integer\", low = 0, high = 5 }] } }]",
        "3:",
        "agents.count",
        "= 0 is out of range",
        "from 1 to 100",
    ),
    (
        "study.replicates = 1000000000\n[sweep]\naxes = [{ key = \"wind.direction_rad\", linspace = { start = 0, stop = 1, count = 2000 } }]",
        "2:20",
        "study.replicates",
        "more than the largest allowed number",
        "split",
    ),
];

#[test]
fn every_kind_of_mistake_has_its_message() {
    let mut wrong = Vec::new();
    for (text, place, key, message, hint) in CASES {
        let study = format!("{HEAD}{text}\n");
        let Err(error) = load(&study) else {
            wrong.push(format!("{text:?} was accepted"));
            continue;
        };
        let fits = |found: &super::super::Diagnostic| {
            let origin = found.origin.to_string();
            let place_fits = if place.starts_with('<') {
                origin == *place
            } else {
                origin.contains(&format!("study.toml:{place}")) && (place.ends_with(':') || origin.ends_with(place))
            };
            place_fits
                && found.key == *key
                && found.message.contains(message)
                && found.hint.as_deref().unwrap_or("").contains(hint)
                && found.excerpt.as_ref().is_some_and(|excerpt| excerpt.contains('^'))
        };
        if !error.diagnostics.iter().any(fits) {
            wrong.push(format!(
                "{text:?}\n  wanted {place} `{key}` …{message}… (…{hint}…), got\n{error}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        CASES.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn a_single_mistake_gives_a_single_message() {
    for text in [
        "wind.speed_m_s = -1",
        "wind.speed_m_s = nan",
        "[navigator]\nkind = \"wakl\"\nx = 1",
        "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [nan] }]",
    ] {
        let error = load(&format!("{HEAD}{text}\n")).unwrap_err();
        assert_eq!(error.diagnostics.len(), 1, "{text}: {error}");
    }
}

#[test]
fn all_mistakes_are_told_in_order() {
    let text = format!(
        "{HEAD}[agents]\ncount = 0\n[wind]\nspeed_m_s = -1\nspede = 2\n[sweep]\naxes = [{{ key = \"x\", values = [1] }}]\n"
    );
    let error = load(&text).unwrap_err();
    let lines: Vec<String> = error
        .diagnostics
        .iter()
        .map(|d| d.origin.to_string().rsplit(':').nth(1).unwrap().to_owned())
        .collect();
    assert_eq!(lines, ["3", "5", "6", "8"], "{error}");
}

#[test]
fn an_unknown_scenario_is_told_with_the_known_ones() {
    let error = load("study.scenario = \"tyo\"\n").unwrap_err();
    assert_eq!(error.diagnostics.len(), 1, "{error}");
    assert!(error.to_string().contains("did you mean `toy`?"), "{error}");
}

#[test]
fn files_that_are_no_studies_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("study.toml"), "").unwrap();
    fs::write(path("latin.toml"), b"a = 1\nb = \"\xe9\"\n").unwrap();
    fs::write(path("results.h5"), b"\x89HDF\r\n\x1a\n").unwrap();
    fs::write(path("huge.toml"), vec![b'#'; (16 << 20) + 1]).unwrap();
    for (name, message, hint) in [
        ("stduy.toml", "no such file", "study.toml?"),
        ("nowhere/study.toml", "no such file", "doesn't exist either"),
        ("", "is a directory", "TOML file in it"),
        ("latin.toml", "isn't UTF-8 text: byte 0xe9 at offset 11", "UTF-8"),
        ("results.h5", "isn't UTF-8 text", "HDF5"),
        ("huge.toml", "larger than 16 MiB", "ranges"),
    ] {
        let sources = LayerSources {
            file: path(name),
            ..LayerSources::default()
        };
        let error = load_from(&sources).unwrap_err();
        assert_eq!(error.diagnostics.len(), 1, "{error}");
        assert!(error.diagnostics[0].message.contains(message), "{error}");
        assert!(error.diagnostics[0].hint.as_ref().unwrap().contains(hint), "{error}");
    }
}

#[test]
fn thousands_of_mistakes_are_cut_short() {
    let keys: String = (0..5000).map(|i| format!("unknown_{i} = 1\n")).collect();
    let error = load(&format!("{HEAD}[wind]\n{keys}")).unwrap_err();
    assert_eq!(error.diagnostics.len(), 101);
    assert!(error.to_string().contains("more mistakes"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,80}") {
        let _ = load(&text);
    }

    #[test]
    fn arbitrary_pieces_of_studies_never_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..12)) {
        let _ = load(&format!("{HEAD}{}", pieces.concat()));
    }
}

/// Fragments that make nearly right studies.
const PIECES: &[&str] = &[
    "[wind]\n",
    "[navigator]\n",
    "[sweep]\n",
    "[[sweep.axes]]\n",
    "[agents]\n",
    "axes = [",
    "{ ",
    " }",
    "]",
    ",",
    "\n",
    "\n",
    "key = \"wind.speed_m_s\"",
    "key = \"navigator\"",
    "values = [1, 2]",
    "values = [\"navigator/walk\"]",
    "zip = [",
    "nested = { key = \"navigator\", cases = [{ value = \"navigator/walk\" }] }",
    "range = { start = 0, stop = 3 }",
    "kind = \"walk\"\n",
    "speed_m_s = 1\n",
    "speed_m_s = -1\n",
    "count = 3\n",
    "exclude = [{ navigator = \"walk\" }]\n",
    "é",
    "\u{0}",
    "= 1\n",
];
