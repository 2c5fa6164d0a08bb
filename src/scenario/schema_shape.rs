//! What the JSON Schema of every scenario has to look like for the configuration's validator to walk it.

use serde_json::Value;

/// Words that the validator knows, and annotations that it may skip.
const WORDS: [&str; 22] = [
    "$schema",
    "title",
    "description",
    "default",
    "format",
    "type",
    "properties",
    "additionalProperties",
    "required",
    "enum",
    "const",
    "oneOf",
    "anyOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "items",
    "minItems",
    "maxItems",
    "$ref",
    "$defs",
];

/// Panics, with the place, where the schema has another shape than the validator walks.
pub(in crate::scenario) fn walk(schema: &Value, path: &str) {
    let object = schema.as_object().unwrap_or_else(|| panic!("{path}: {schema}"));
    for word in object.keys() {
        assert!(WORDS.contains(&word.as_str()), "{path}: {word}");
    }
    if let Some(properties) = object.get("properties") {
        for (name, property) in properties.as_object().unwrap() {
            let path = format!("{path}.{name}");
            let leaf = property.get("type").and_then(Value::as_str);
            if matches!(leaf, Some("number" | "integer")) {
                assert!(
                    property.get("minimum").is_some() && property.get("maximum").is_some(),
                    "{path}"
                );
            }
            if name != "kind" {
                assert!(property.get("description").is_some(), "{path} has no help");
                // A table that a study may leave out altogether has none.
                let has_default =
                    property.get("default").is_some() || (leaf == Some("object") && path.contains(".metrics"));
                assert!(has_default, "{path} has no default: {property}");
            }
            walk(property, &path);
        }
    }
    if let Some(variants) = object.get("oneOf") {
        for variant in variants.as_array().unwrap() {
            if variant.get("type").and_then(Value::as_str) == Some("object") {
                let kind = &variant["properties"]["kind"];
                assert!(kind["const"].is_string(), "{path}: {variant}");
                assert!(
                    variant["required"].as_array().unwrap().contains(&"kind".into()),
                    "{path}"
                );
                assert_eq!(variant["additionalProperties"], false, "{path}: {variant}");
            }
            walk(variant, path);
        }
    }
}
