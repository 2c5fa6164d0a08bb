//! What the loader says about problems.

use super::cases::{CASES, HEAD};
use super::*;
use proptest::prelude::*;

#[test]
fn every_kind_of_problem_has_its_message() {
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
fn a_single_problem_gives_a_single_message() {
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
fn all_problems_are_told_in_order() {
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
        assert!(
            message != "no such file" || !error.to_string().contains(":1:1:"),
            "{error}"
        );
        assert!(error.diagnostics[0].hint.as_ref().unwrap().contains(hint), "{error}");
    }
}

#[test]
fn thousands_of_problems_are_cut_short() {
    let keys: String = (0..5000).map(|i| format!("unknown_{i} = 1\n")).collect();
    let error = load(&format!("{HEAD}[wind]\n{keys}")).unwrap_err();
    assert_eq!(error.diagnostics.len(), 21);
    assert_eq!(error.diagnostics[20].message, "and 4 980 more problems");
    // Those that are told are the first ones of the file, with their remedies.
    let first = &error.diagnostics[0];
    assert_eq!((first.key.as_str(), first.hint.is_some()), ("wind.unknown_0", true));
    assert_eq!(error.diagnostics[19].key, "wind.unknown_19");
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
