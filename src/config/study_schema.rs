//! The JSON Schema of a whole study file: the engine's tables, the sweep, and the tables of one scenario.

use super::schema::Schema;
use super::{ExecutionSettings, OutputSettings, StatisticsSettings, StudySettings};
use crate::scenario::{ErasedScenario, Registry};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Top-level keys that belong to the engine; everything else is the scenario's.
pub(super) const ENGINE_KEYS: [&str; 6] = ["defaults", "study", "execution", "output", "statistics", "sweep"];

/// The schema of studies of `scenario`, as data.
///
/// # Panics
/// If the scenario has a table with the name of one of the engine's: a mistake of its author.
pub(super) fn document(registry: &Registry, scenario: Option<&dyn ErasedScenario>) -> Value {
    let mut properties = Map::new();
    properties.insert(
        "defaults".to_owned(),
        json!({
            "description": "Presets that the study is composed of, `group/name`; later ones win, and the study itself wins over all.",
            "type": "array", "items": {"type": "string"}, "default": []
        }),
    );
    let mut study = inline_schema::<StudySettings>();
    let names: Vec<&str> = registry.iter().map(|scenario| scenario.name()).collect();
    if let Some(Value::Object(name)) = study.pointer_mut("/properties/scenario") {
        name.insert("enum".to_owned(), json!(names));
    }
    properties.insert("study".to_owned(), study);
    properties.insert("execution".to_owned(), inline_schema::<ExecutionSettings>());
    properties.insert("output".to_owned(), inline_schema::<OutputSettings>());
    properties.insert("statistics".to_owned(), inline_schema::<StatisticsSettings>());
    properties.insert("sweep".to_owned(), super::sweep_schema::sweep());
    let mut definitions = Map::new();
    let mut title = "plume-nav-sim study".to_owned();
    if let Some(scenario) = scenario {
        title = format!("{title}: {}", scenario.name());
        let schema = Schema::new(scenario.schema());
        let resolved = schema.resolve(schema.root());
        for (key, value) in resolved.properties() {
            assert!(
                !ENGINE_KEYS.contains(&key),
                "the table `{key}` of scenario {} is the engine's",
                scenario.name()
            );
            properties.insert(key.to_owned(), value.clone());
        }
        if let Some(Value::Object(scenario_definitions)) = schema.root().get("$defs") {
            definitions.clone_from(scenario_definitions);
        }
    }
    definitions.extend(super::sweep_schema::definitions());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn inline_schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(map) = schema.as_object_mut() {
        map.remove("title");
    }
    schema
}
