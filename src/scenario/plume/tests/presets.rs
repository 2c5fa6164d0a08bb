//! Every file in `conf/` fits the scenario.

use super::fixture::errors;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation};
use crate::scenario::{ErasedScenario, Problem, Scenario};
use std::path::Path;

fn tables(path: &Path) -> toml::Table {
    let text = std::fs::read_to_string(path).unwrap();
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(group: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf").join(group);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn every_component_preset_loads_and_goes_with_the_others() {
    for group in ["plume", "wind", "sensor", "navigator", "boundary", "collision"] {
        for path in files(group) {
            let tables = tables(&path);
            assert_eq!(tables.keys().collect::<Vec<_>>(), [group], "{}", path.display());
            let mut config: PlumeConfig = tables.try_into().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            go_together(group, &mut config);
            let found = Scenario::check(&PlumeNavigation::default(), &config);
            if [Some("gridded".as_ref()), Some("tabular".as_ref())].contains(&path.file_stem()) {
                // It needs a file, which only the user has: that it is missing is the one thing that is wrong.
                let missing = |problem: &&Problem| problem.key == format!("{group}.file");
                assert_eq!(found.iter().filter(missing).count(), 1, "{found:?}");
                let words = ["can't be read", "No such file"];
                let says_so = |problem: &Problem| words.iter().any(|words| problem.message.contains(words));
                assert!(found.iter().filter(missing).all(says_so), "{found:?}");
                continue;
            }
            // Thresholds are the user's to set: of those of other units people are warned.
            assert_eq!(errors(found), [], "{}", path.display());
        }
    }
}

/// Presets of parts of `[agents]`: `agents.start = "start/disc"`.
#[test]
fn every_preset_of_a_part_of_the_agents_goes_with_the_defaults() {
    for (group, key) in [("motion", "motion"), ("start", "start"), ("varied", "varied")] {
        for path in files(group) {
            let tables = tables(&path);
            assert_eq!(tables.keys().collect::<Vec<_>>(), ["agents"], "{}", path.display());
            let agents = tables["agents"].as_table().unwrap();
            assert_eq!(agents.keys().collect::<Vec<_>>(), [key], "{}", path.display());
            let config: PlumeConfig = tables.try_into().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let found = Scenario::check(&PlumeNavigation::default(), &config);
            if path.file_stem() == Some("file".as_ref()) {
                // It needs a file, which only the user has.
                assert_eq!(found.len(), 1, "{found:?}");
                assert_eq!(found[0].key, "agents.start.file");
                continue;
            }
            assert_eq!(found, [], "{}", path.display());
        }
    }
}

/// Gives a navigator all senses, and a sensor that has no nose a navigator that needs none.
fn go_together(group: &str, config: &mut PlumeConfig) {
    if group == "navigator" {
        config.sensor = serde_json::from_value(serde_json::json!({"kind": "suite", "sensors": [
            {"kind": "concentration"}, {"kind": "bilateral"}, {"kind": "gradient"}]}))
        .unwrap();
    }
    if group == "sensor" && !config.sensor.provides().detection {
        config.navigator = serde_json::from_value(serde_json::json!({"kind": "correlated_random_walk"})).unwrap();
    }
}

/// The scenario's tables of each study, and the presets that it names.
#[test]
fn every_study_fits_the_scenario() {
    let defaults = ErasedScenario::defaults(&PlumeNavigation::default());
    for path in files("studies") {
        let tables = tables(&path);
        for (key, value) in &tables {
            if defaults.get(key).is_some() {
                let table = toml::Table::from_iter([(key.clone(), value.clone())]);
                if value.get("kind").is_some() || ["agents", "episode"].contains(&key.as_str()) {
                    let _: PlumeConfig = table.try_into().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                }
            }
        }
        for name in tables
            .get("defaults")
            .and_then(|names| names.as_array())
            .into_iter()
            .flatten()
        {
            let file = format!("conf/{}.toml", name.as_str().unwrap());
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).exists(), "{file}");
        }
    }
}
