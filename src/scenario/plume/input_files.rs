//! The keys of a study that name files.

use super::PlumeConfig;
use crate::grids::Inputs;
use crate::scenario::InputFile;

/// Keys whose text is the path of a file that has to be there. Kinds without such a key have none.
pub(super) const PATH_KEYS: &[&str] = &[
    "plume.file",
    "wind.file",
    "wind.initial_field.file",
    "agents.start.file",
    "navigator.file",
];

/// All keys on which [`named_files`] depends.
pub(super) const FILE_KEYS: &[&str] = &[
    "plume.kind",
    "plume.file",
    "wind.kind",
    "wind.file",
    "wind.initial_field.kind",
    "wind.initial_field.file",
    "agents.start.kind",
    "agents.start.file",
    "navigator.kind",
    "navigator.file",
    "navigator.strategies",
];

/// The files that a configuration names.
pub(super) fn named_files(config: &PlumeConfig, inputs: &Inputs) -> Vec<InputFile> {
    let tables = serde_json::to_value(config).expect("a configuration type serialises to JSON");
    let file = |key: String, pointer: String| {
        let name = tables.pointer(&pointer)?.as_str().filter(|name| !name.is_empty())?;
        Some(InputFile {
            key,
            name: name.to_owned(),
            path: inputs.locate(name),
        })
    };
    let strategies = tables.pointer("/navigator/strategies").and_then(|list| list.as_array());
    let of_strategies = (0..strategies.map_or(0, Vec::len)).filter_map(|index| {
        file(
            format!("navigator.strategies[{index}].navigator.file"),
            format!("/navigator/strategies/{index}/navigator/file"),
        )
    });
    let plain = PATH_KEYS
        .iter()
        .map(|key| ((*key).to_owned(), format!("/{}", key.replace('.', "/"))));
    plain
        .filter_map(|(key, pointer)| file(key, pointer))
        .chain(of_strategies)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ErasedScenario;
    use crate::scenario::plume::PlumeNavigation;
    use serde_json::Value;

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

    #[test]
    fn a_configuration_without_files_names_none() {
        assert_eq!(named_files(&PlumeConfig::default(), &Inputs::default()), []);
    }
}
