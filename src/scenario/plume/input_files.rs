//! The keys of a study that name files.

use super::PlumeConfig;
use crate::grids::Inputs;
use crate::scenario::InputFile;
use serde_json::Value;

/// Keys whose text is the path of a file that has to be there. Kinds without such a key have none.
pub(super) const PATH_KEYS: &[&str] = &[
    "plume.file",
    "wind.file",
    "wind.initial_field.file",
    "sensor.file",
    "agents.start.file",
    "navigator.file",
    "boundary.file",
];

/// Lists of components, each of which may name a file as it does where it stands alone: the key of the list, and where
/// the file's key is in an entry.
const LISTS: &[(&str, &str)] = &[("navigator.strategies", "navigator.file"), ("sensor.sensors", "file")];

/// All keys on which [`named_files`] depends.
pub(super) const FILE_KEYS: &[&str] = &[
    "plume.kind",
    "plume.file",
    "wind.kind",
    "wind.file",
    "wind.initial_field.kind",
    "wind.initial_field.file",
    "sensor.kind",
    "sensor.file",
    "sensor.sensors",
    "agents.start.kind",
    "agents.start.file",
    "navigator.kind",
    "navigator.file",
    "navigator.strategies",
    "boundary.kind",
    "boundary.file",
];

/// The files that a configuration names.
pub(super) fn named_files(config: &PlumeConfig, inputs: &Inputs) -> Vec<InputFile> {
    let tables = serde_json::to_value(config).expect("a configuration type serialises to JSON");
    let pointer = |key: &str| format!("/{}", key.replace('.', "/"));
    let file = |key: String, table: &Value, file: &str| {
        let name = table
            .pointer(&pointer(file))?
            .as_str()
            .filter(|name| !name.is_empty())?;
        Some(InputFile {
            key,
            name: name.to_owned(),
            path: inputs.locate(name),
        })
    };
    let of_tables = PATH_KEYS.iter().filter_map(|key| file((*key).to_owned(), &tables, key));
    let mut files: Vec<InputFile> = of_tables.collect();
    for (list, key) in LISTS {
        let entries = tables.pointer(&pointer(list)).and_then(Value::as_array);
        for (index, entry) in entries.into_iter().flatten().enumerate() {
            files.extend(file(format!("{list}[{index}].{key}"), entry, key));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ErasedScenario;
    use crate::scenario::plume::PlumeNavigation;

    /// What the walk calls the file of a strategy of a mixed crowd: it is in a definition of its own.
    const STRATEGY_FILE: &str = "file";

    /// Dotted keys of all properties called `file`.
    fn files(schema: &Value, path: &str, found: &mut Vec<String>) {
        match schema {
            Value::Array(parts) => parts.iter().for_each(|part| files(part, path, found)),
            Value::Object(parts) => {
                for (word, part) in parts {
                    let Value::Object(properties) = part else {
                        files(part, path, found);
                        continue;
                    };
                    if word != "properties" {
                        files(part, path, found);
                        continue;
                    }
                    for (name, property) in properties {
                        let key = if path.is_empty() {
                            name.clone()
                        } else {
                            format!("{path}.{name}")
                        };
                        if name == "file" {
                            found.push(key.clone());
                        }
                        files(property, &key, found);
                    }
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_key_called_file_is_known() {
        let mut found = Vec::new();
        files(&ErasedScenario::schema(&PlumeNavigation::default()), "", &mut found);
        for key in &found {
            let known = PATH_KEYS.contains(&key.as_str()) || key == STRATEGY_FILE;
            assert!(known, "{key} isn't looked for");
        }
        assert!(PATH_KEYS.iter().all(|key| FILE_KEYS.contains(key)));
        let known = serde_json::json!({"properties": {"a": {"oneOf": [{"properties": {"file": {}, "b": {}}}]}}});
        let mut found = Vec::new();
        files(&known, "", &mut found);
        assert_eq!(found, ["a.file"], "the walk finds them");
    }

    /// Also of kinds that aren't built in, and of entries of lists.
    #[test]
    fn files_are_found_wherever_a_component_names_them() {
        use crate::scenario::plume::component::prelude::*;

        /// Reads a file.
        #[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        struct Tuned {
            /// Its tuning.
            file: String,
        }
        impl Component for Tuned {
            const KIND: &'static str = "tuned";
        }
        impl SensorModel for Tuned {
            fn build(&self, _: StreamSeed, _: usize, _: Surroundings<'_>) -> Result<Box<dyn Sensor>, UnitFailure> {
                Err(UnitFailure::Scenario("it is never built".to_owned()))
            }
        }
        let scenario = PlumeNavigation::default().with_sensor::<Tuned>();
        let keys = |config: Value| -> Vec<String> {
            let files = ErasedScenario::input_files(&scenario, &config).unwrap();
            files.into_iter().map(|file| file.key).collect()
        };
        let tuned = serde_json::json!({"kind": "tuned", "file": "tuning.csv"});
        assert_eq!(keys(serde_json::json!({"sensor": tuned})), ["sensor.file"]);
        let suite = serde_json::json!({"kind": "suite", "sensors": [{"kind": "binary"}, tuned]});
        assert_eq!(keys(serde_json::json!({"sensor": suite})), ["sensor.sensors[1].file"]);
        let table = serde_json::json!({"kind": "tabular", "file": "table.csv"});
        let mixed = serde_json::json!({"kind": "mixed", "strategies": [{"navigator": {"kind": "upwind"}}, {"navigator": table}]});
        assert_eq!(
            keys(serde_json::json!({"navigator": mixed})),
            ["navigator.strategies[1].navigator.file"]
        );
    }

    #[test]
    fn the_file_that_a_wind_begins_with_is_named() {
        let config =
            serde_json::json!({"wind": {"kind": "farrell", "initial_field": {"kind": "gridded", "file": "first.nc"}}});
        let files = ErasedScenario::input_files(&PlumeNavigation::default(), &config).unwrap();
        let named: Vec<(&str, &str)> = files
            .iter()
            .map(|file| (file.key.as_str(), file.name.as_str()))
            .collect();
        assert_eq!(named, [("wind.initial_field.file", "first.nc")]);
    }

    #[test]
    fn a_configuration_without_files_names_none() {
        assert_eq!(named_files(&PlumeConfig::default(), &Inputs::default()), []);
    }
}
