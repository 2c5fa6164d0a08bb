//! Precedence of layers, origins, and the way back to TOML.

use super::super::{list, show};
use super::*;
use crate::study::Origin;
use serde_json::json;

const HEAD: &str = "study.scenario = \"toy\"\n";

fn number(study: &ResolvedStudy, pointer: &str) -> f64 {
    study
        .scenario
        .pointer(pointer)
        .and_then(|value| value.as_f64())
        .unwrap_or(f64::NAN)
}

#[test]
fn each_layer_wins_over_those_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = sources(&folder, HEAD);
    let mut speeds = vec![number(&load_from(&sources).unwrap(), "/wind/speed_m_s")];
    fs::write(&sources.file, format!("defaults = [\"mix/all\"]\n{HEAD}")).unwrap();
    let composed = load_from(&sources).unwrap();
    speeds.push(number(&composed, "/wind/speed_m_s"));
    assert_eq!(number(&composed, "/wind/direction_rad"), 3.0);
    assert_eq!(number(&composed, "/agents/count"), 7.0);
    assert_eq!(composed.scenario["navigator"]["kind"], json!("walk"));
    fs::write(
        &sources.file,
        format!("defaults = [\"mix/all\"]\n{HEAD}[wind]\nspeed_m_s = 2\n"),
    )
    .unwrap();
    speeds.push(number(&load_from(&sources).unwrap(), "/wind/speed_m_s"));
    sources
        .environment
        .push(("PLUME_NAV_SIM__WIND__SPEED_M_S".to_owned(), "3".to_owned()));
    speeds.push(number(&load_from(&sources).unwrap(), "/wind/speed_m_s"));
    sources.set.push("wind.speed_m_s=4".to_owned());
    let resolved = load_from(&sources).unwrap();
    speeds.push(number(&resolved, "/wind/speed_m_s"));
    assert_eq!(speeds, [1.0, 0.5, 2.0, 3.0, 4.0]);
    assert_eq!(
        resolved.origins["wind.speed_m_s"],
        Origin::CommandLine {
            argument: "wind.speed_m_s=4".to_owned()
        }
    );
    assert_eq!(
        resolved.origins["agents.count"].to_string(),
        "<built-in>/mix/all.toml:3:9"
    );
    assert!(!resolved.origins.contains_key("agents.reflect"));
}

#[test]
fn a_file_beside_the_study_wins_over_the_built_in_preset() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("conf/wind")).unwrap();
    fs::create_dir_all(folder.path().join("deep/er")).unwrap();
    fs::write(folder.path().join("conf/wind/calm.toml"), "[wind]\nspeed_m_s = 0.25\n").unwrap();
    let mut sources = sources(&folder, "");
    sources.file = folder.path().join("deep/er/study.toml");
    fs::write(&sources.file, format!("defaults = [\"wind/calm\"]\n{HEAD}")).unwrap();
    assert_eq!(number(&load_from(&sources).unwrap(), "/wind/speed_m_s"), 0.25);
}

#[test]
fn another_kind_drops_the_keys_of_the_old_one() {
    let study = load_good(&format!(
        "defaults = [\"navigator/spiral\"]\n{HEAD}[navigator]\nkind = \"walk\"\nsteps = 3\n"
    ));
    assert_eq!(
        study.scenario["navigator"],
        json!({"kind": "walk", "persistence": 0.0, "steps": 3})
    );
    let named = load_good(&format!("{HEAD}navigator = \"navigator/spiral\"\n"));
    assert_eq!(named.scenario["navigator"]["turn_rad"], json!(0.5));
}

const SWEPT: &str = r#"
study = { scenario = "toy", name = "a \"b\"", seed = 18446744073709551615 }
agents.label = "x"
[sweep]
axes = [
  { key = "wind.speed_m_s", values = [0.5, 1, 2] },
  { key = "navigator", values = ["navigator/spiral", { kind = "walk", persistence = 1 }, { kind = "walk" }] },
  { key = "agents.count", range = { start = 1, stop = 3, step = 1 } },
]
exclude = [{ "wind.speed_m_s" = 2, navigator = "spiral" }]
"#;

#[test]
fn the_resolved_study_loads_again_to_the_same_hash() {
    for text in [HEAD, SWEPT] {
        let study = load_good(text);
        let again = load_good(&study.to_toml());
        assert_eq!(study.hash(), again.hash(), "{}", study.to_toml());
        assert_eq!(study.differences(&again), []);
        assert_eq!(
            (&study.study, &study.sweep, &study.scenario),
            (&again.study, &again.sweep, &again.scenario)
        );
    }
}

#[test]
fn values_that_the_sweep_replaces_are_refused_unless_a_preset_gave_them() {
    let axes = "[sweep]\naxes = [{ key = \"wind.speed_m_s\", values = [1, 2] }, { key = \"navigator\", values = [\"navigator/spiral\", \"navigator/walk\"] }]\n";
    load_good(&format!(
        "defaults = [\"mix/all\"]\n{HEAD}wind.direction_rad = 1\n{axes}"
    ));
    for (text, place, message) in [
        (
            "wind.speed_m_s = 0.25",
            "study.toml:2:18",
            "`wind.speed_m_s` = 0.25 has no effect: axis `wind.speed_m_s`",
        ),
        (
            "[navigator]\nturn_rad = 7.0",
            "study.toml:3:12",
            "{ kind = \"…\", turn_rad = 7 }",
        ),
        (
            "[navigator]\nkind = \"walk\"",
            "study.toml:3:8",
            "`navigator.kind` = \"walk\" has no effect: axis `navigator`",
        ),
        (
            "navigator = \"navigator/walk\"",
            "study.toml:2:13",
            "`navigator` has no effect",
        ),
    ] {
        let error = load(&format!("{HEAD}{text}\n{axes}")).unwrap_err();
        assert_eq!(error.diagnostics.len(), 1, "{error}");
        assert!(
            error.to_string().contains(place) && error.to_string().contains(message),
            "{error}"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let mut sources = sources(&folder, &format!("{HEAD}{axes}"));
    sources.set.push("navigator.turn_rad=0.9".to_owned());
    sources
        .environment
        .push(("PLUME_NAV_SIM__WIND__SPEED_M_S".to_owned(), "3".to_owned()));
    let error = load_from(&sources).unwrap_err().to_string();
    assert!(
        error.starts_with("environment PLUME_NAV_SIM__WIND__SPEED_M_S: `wind.speed_m_s` = 3 has no effect"),
        "{error}"
    );
    assert!(
        error.contains("--set navigator.turn_rad=0.9: `navigator.turn_rad` = 0.9 has no effect"),
        "{error}"
    );
}

#[test]
fn the_sample_of_the_guide_loads() {
    let guide = include_str!("../../../docs/reference/study-files.md");
    let start = guide.find("[[sweep.axes]]\n[sweep.axes.sample]").unwrap();
    let example = &guide[start..start + guide[start..].find("```").unwrap()];
    let study = load_good(&format!("{HEAD}{example}"));
    assert_eq!(crate::sweep::Design::parse(&study.sweep).unwrap().point_count(), 256);
}

#[test]
fn components_of_a_sweep_are_filled_in_and_named() {
    let study = load_good(SWEPT);
    let axis = &study.sweep["axes"][1];
    assert_eq!(axis["labels"], json!(["spiral", "walk", "walk_2"]));
    assert_eq!(axis["values"][0], json!({"kind": "spiral", "turn_rad": 0.5}));
    assert_eq!(axis["values"][1], json!({"kind": "walk", "persistence": 1.0}));
    assert_eq!(study.sweep["axes"][0]["values"], json!([0.5, 1.0, 2.0]));
}

#[test]
fn the_hash_is_of_what_matters() {
    let hash = |text: &str| load_good(&format!("{HEAD}{text}")).hash();
    let base = hash("wind.speed_m_s = 2\nwind.direction_rad = 1");
    assert_eq!(
        base,
        hash("[wind]\ndirection_rad = 1.0\nspeed_m_s = 2e0 # two\n[execution]\nthreads = 3")
    );
    assert_eq!(
        base,
        hash("study.name = \"other\"\nwind.speed_m_s = 2\nwind.direction_rad = 1")
    );
    // A key that the scenario calls neutral.
    assert_eq!(
        base,
        hash("agents.label = \"other\"\nwind.speed_m_s = 2\nwind.direction_rad = 1")
    );
    for other in [
        "wind.speed_m_s = 2.5\nwind.direction_rad = 1",
        "study.seed = 1\nwind.speed_m_s = 2\nwind.direction_rad = 1",
        "study.replicates = 11\nwind.speed_m_s = 2\nwind.direction_rad = 1",
        "output.members = \"statistics\"\nwind.speed_m_s = 2\nwind.direction_rad = 1",
        "sweep.axes = [{ key = \"agents.count\", values = [1, 2] }]\nwind.speed_m_s = 2\nwind.direction_rad = 1",
    ] {
        assert_ne!(base, hash(other), "{other}");
    }
}

#[test]
fn differences_name_keys_and_both_values() {
    let ours = load_good(&format!("{HEAD}wind.speed_m_s = 2\n"));
    let theirs = load_good(&format!("{HEAD}navigator.kind = \"walk\"\nexecution.threads = 2\n"));
    let differences = ours.differences(&theirs);
    let keys: Vec<&str> = differences.iter().map(|(key, _, _)| key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "navigator.cast_s",
            "navigator.kind",
            "navigator.persistence",
            "navigator.steps",
            "navigator.turn_rad",
            "wind.speed_m_s"
        ]
    );
    assert_eq!(
        differences[5],
        ("wind.speed_m_s".to_owned(), "2".to_owned(), "1".to_owned())
    );
    assert_eq!(differences[0].2, "(not set)");
}

#[test]
fn show_gives_every_value_its_origin() {
    let study = load_good(&format!("{HEAD}[wind]\nspeed_m_s = 2\n"));
    let text = show(&study, true);
    let line = |start: &str| {
        text.lines()
            .find(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("{text}"))
    };
    assert!(line("speed_m_s = 2.0 ").ends_with("study.toml:3:13"), "{text}");
    assert!(line("direction_rad = 0.0 ").ends_with("  # default"), "{text}");
    assert_eq!(load_good(&text).hash(), study.hash());
    assert_eq!(show(&study, false), study.to_toml());
}

#[test]
fn whole_numbers_in_even_steps_suit_an_integer_key() {
    for axis in ["start = 1, stop = 9, count = 5", "start = 9, stop = 1, count = 3"] {
        load_good(&format!(
            "study.scenario = \"toy\"\n[sweep]\naxes = [{{ key = \"agents.count\", linspace = {{ {axis} }} }}]"
        ));
    }
    let error = load(
        "study.scenario = \"toy\"\n[sweep]\naxes = [{ key = \"agents.count\", linspace = { start = 1, stop = 4, count = 3 } }]",
    );
    let error = error.expect_err("2.5 is between them").to_string();
    assert!(error.contains("linspace gives 2.5, a decimal number"), "{error}");
}

#[test]
fn list_names_keys_units_ranges_and_defaults() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("conf/wind")).unwrap();
    fs::write(
        folder.path().join("conf/wind/gale.toml"),
        "# Hard to stand in.\n[wind]\nspeed_m_s = 20\n",
    )
    .unwrap();
    let text = list(&registry(), Some("toy"), None, folder.path(), &[]).expect("keys");
    let of_family = list(&registry(), Some("toy"), Some("navigator"), folder.path(), &[]).expect("keys");
    assert!(
        of_family.contains("navigator.kind") && !of_family.contains("wind.speed_m_s"),
        "{of_family}"
    );
    assert_eq!(list(&registry(), Some("toy"), Some("gale"), folder.path(), &[]), None);
    for part in [
        "  toy  one of everything",
        "Hard to stand in.",
        "  wind.speed_m_s [m/s]: a number, from 0 to 30, default 1.0\n      Mean speed.",
        "  navigator.kind: one of `spiral` or `walk`, default \"spiral\"",
        "  navigator.steps: an integer, from 0 to 4294967295, default 0 (with navigator.kind = \"walk\")",
        "  agents.mode: one of `single` or `swarm`, default \"single\"",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}
