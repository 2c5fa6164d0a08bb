//! Every file in `conf/` fits the scenario.

use crate::scenario::plume::{PlumeConfig, PlumeNavigation};
use crate::scenario::{ErasedScenario, Objection, Scenario};
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
    for group in ["plume", "wind", "sensor", "navigator", "boundary"] {
        for path in files(group) {
            let tables = tables(&path);
            assert_eq!(tables.keys().collect::<Vec<_>>(), [group], "{}", path.display());
            let mut config: PlumeConfig = tables.try_into().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            go_together(group, &mut config);
            let found = Scenario::check(&PlumeNavigation::default(), &config);
            if path.file_stem() == Some("gridded".as_ref()) {
                // It needs a file, which only the user has: that it is missing is the one thing that is wrong.
                let missing = |objection: &&Objection| objection.key == format!("{group}.file");
                assert_eq!(found.iter().filter(missing).count(), 1, "{found:?}");
                assert!(
                    found
                        .iter()
                        .filter(missing)
                        .all(|objection| objection.message.contains("can't be read"))
                );
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
    if group == "sensor" && !config.sensor.gives().detection {
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
        for name in tables["defaults"].as_array().unwrap() {
            let file = format!("conf/{}.toml", name.as_str().unwrap());
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).exists(), "{file}");
        }
    }
}
