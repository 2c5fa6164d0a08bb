//! The JSON Schema of a whole study file: the engine's tables, the sweep, and the tables of one scenario.

use super::schema::Schema;
use crate::scenario::{ErasedScenario, Registry};
use crate::study::{ExecutionSettings, OutputSettings, RecordSettings, StatisticsSettings, StudySettings};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Top-level keys that belong to the engine; everything else is the scenario's.
pub(super) const ENGINE_KEYS: [&str; 6] = ["defaults", "study", "execution", "output", "statistics", "sweep"];

/// The schema of studies of `scenario`, as data.
///
/// # Panics
/// If the scenario has a table or a type with the name of one of the engine's: a problem of its author.
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
    let record = record_schema(registry);
    let mut sweep = crate::sweep::schema().clone();
    let definitions_of_sweep = sweep.as_object_mut().and_then(|sweep| {
        sweep.remove("title");
        sweep.remove("$defs")
    });
    properties.insert("sweep".to_owned(), sweep);
    let mut definitions = match definitions_of_sweep {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
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
        for (name, definition) in schema
            .root()
            .get("$defs")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let taken = definitions.insert(name.clone(), definition.clone());
            assert!(
                taken.is_none(),
                "the type `{name}` of scenario {} has the name of one of the sweep's",
                scenario.name()
            );
        }
    }
    let of_scenario = properties.shift_remove(RecordSettings::TABLE);
    properties.insert(RecordSettings::TABLE.to_owned(), with_ours(of_scenario, record));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions,
    })
}

/// The engine's keys of `[record]`.
fn record_schema(registry: &Registry) -> Value {
    let mut record = inline_schema::<RecordSettings>();
    let backends: Vec<&str> = registry.backend_names().collect();
    if let Some(Value::Object(backend)) = record.pointer_mut("/properties/backend") {
        backend.insert("enum".to_owned(), json!(backends));
    }
    record["additionalProperties"] = false.into();
    record
}

/// The scenario's table with the engine's keys behind its own, or the engine's alone.
///
/// # Panics
/// If the scenario has one of the engine's keys: a mistake of its author.
fn with_ours(of_scenario: Option<Value>, mut ours: Value) -> Value {
    let Some(mut record) = of_scenario else { return ours };
    let (Some(keys), Some(more)) = (
        record.get_mut("properties").and_then(Value::as_object_mut),
        ours.get_mut("properties").and_then(Value::as_object_mut),
    ) else {
        return ours;
    };
    for (key, value) in std::mem::take(more) {
        let before = keys.insert(key.clone(), value);
        assert!(before.is_none(), "the key `record.{key}` is the engine's");
    }
    record
}

/// The schema of a study *file*, for editors: what other layers may complete isn't asked for. A component may be the name
/// of a preset, or a table without its `kind`, which a preset gives; a key that one kind needs may come from elsewhere.
pub(super) fn for_editors(mut document: Value) -> Value {
    let schema = Schema::new(document.clone());
    loosen(&mut document, &schema);
    document
}

fn loosen(value: &mut Value, schema: &Schema) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| loosen(item, schema)),
        Value::Object(map) => {
            map.values_mut().for_each(|inner| loosen(inner, schema));
            let Some(ways) = map.get("oneOf").and_then(Value::as_array).cloned() else {
                return;
            };
            let tables: Vec<&Value> = ways.iter().collect();
            let Some(variants) = schema.variants(&tables) else {
                return;
            };
            // The distributions of a sweep aren't components: no preset stands for one.
            if variants.tag != "kind" {
                return;
            }
            let tag = variants.tag.to_owned();
            let mut keys = Map::new();
            for (_, way) in &variants.kinds {
                for (key, _) in schema.resolve(way).properties() {
                    if key != tag {
                        keys.insert(key.to_owned(), Value::Bool(true));
                    }
                }
            }
            let mut ways = ways;
            for way in &mut ways {
                if let Some(required) = way.get_mut("required") {
                    *required = json!([tag]);
                }
            }
            ways.push(json!({
                "description": "Keys of the kind that a preset chooses.",
                "type": "object", "properties": keys, "additionalProperties": false, "not": {"required": [tag]},
            }));
            ways.push(json!({
                "description": "The name of a preset.",
                "type": "string", "pattern": "^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)+$",
            }));
            map.insert("oneOf".to_owned(), Value::Array(ways));
        }
        _ => {}
    }
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
