//! JSON Schema of the `[sweep]` table, for editors; the sweep's own parser has the last word and the better messages.

use serde_json::{Map, Value, json};

/// The schema of `[sweep]`.
pub(super) fn sweep() -> Value {
    json!({
        "description": "Axes of the study: every combination of their values is a design point.",
        "type": "object",
        "properties": {
            "axes": {
                "description": "Axes; the first varies slowest.",
                "type": "array", "items": {"$ref": "#/$defs/SweepAxis"}, "default": []
            },
            "exclude": {
                "description": "Combinations to leave out: each entry is a conjunction of conditions on swept keys.",
                "type": "array", "default": [],
                "items": {"type": "object", "additionalProperties": {"$ref": "#/$defs/SweepCondition"}}
            }
        },
        "additionalProperties": false
    })
}

/// What [`sweep`] refers to.
pub(super) fn definitions() -> Map<String, Value> {
    let definitions = json!({
        "SweepAxis": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Name of the axis in the results."},
                "key": {"$ref": "#/$defs/SweepKey"},
                "values": {"type": "array", "minItems": 1, "description": "Values, or names of presets for a component."},
                "labels": {"type": "array", "items": {"type": "string"}, "description": "What to call each value in the results."},
                "range": {"$ref": "#/$defs/SweepRange"},
                "linspace": {"$ref": "#/$defs/SweepSpacing", "description": "Evenly spaced values, both ends included."},
                "logspace": {"$ref": "#/$defs/SweepSpacing", "description": "Values in even ratios, both ends included."},
                "zip": {"type": "array", "items": {"$ref": "#/$defs/SweepAxis"}, "description": "Axes that advance together."},
                "nested": {"$ref": "#/$defs/SweepNested"},
                "sample": {"$ref": "#/$defs/SweepSample"}
            },
            "additionalProperties": false
        },
        "SweepKey": {"type": "string", "minLength": 1, "description": "Dotted key of a value or of a whole component."},
        "SweepRange": {
            "type": "object",
            "description": "Values from start to stop in steps, the stop included.",
            "properties": {"start": {"type": "number"}, "stop": {"type": "number"}, "step": {"type": "number"}},
            "required": ["start", "stop", "step"], "additionalProperties": false
        },
        "SweepSpacing": {
            "type": "object",
            "properties": {"start": {"type": "number"}, "stop": {"type": "number"}, "count": {"type": "integer", "minimum": 1}},
            "required": ["start", "stop", "count"], "additionalProperties": false
        },
        "SweepNested": {
            "type": "object",
            "description": "Axes of their own for each value of a key.",
            "properties": {
                "key": {"$ref": "#/$defs/SweepKey"},
                "cases": {"type": "array", "minItems": 1, "items": {
                    "type": "object",
                    "properties": {
                        "value": {"description": "A value, or the name of a preset for a component."},
                        "label": {"type": "string"},
                        "axes": {"type": "array", "items": {"$ref": "#/$defs/SweepAxis"}}
                    },
                    "required": ["value"], "additionalProperties": false
                }}
            },
            "required": ["key", "cases"], "additionalProperties": false
        },
        "SweepSample": {
            "type": "object",
            "description": "Points drawn from distributions.",
            "properties": {
                "method": {"enum": ["random", "latin_hypercube", "sobol"]},
                "count": {"type": "integer", "minimum": 1},
                "seed": {"type": "integer", "minimum": 0},
                "variables": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/SweepVariable"}}
            },
            "required": ["method", "count", "variables"], "additionalProperties": false
        },
        "SweepVariable": {
            "type": "object",
            "properties": {
                "key": {"$ref": "#/$defs/SweepKey"},
                "distribution": {"enum": ["uniform", "log_uniform", "normal", "choice", "integer"]},
                "low": {"type": "number"}, "high": {"type": "number"},
                "mean": {"type": "number"}, "sd": {"type": "number", "exclusiveMinimum": 0},
                "values": {"type": "array", "minItems": 1},
                "labels": {"type": "array", "items": {"type": "string"}}
            },
            "required": ["key", "distribution"], "additionalProperties": false
        },
        "SweepCondition": {
            "description": "A value, a list of values, or bounds.",
            "anyOf": [
                {"type": ["number", "string", "boolean", "array"]},
                {"type": "object", "properties": {
                    "above": {"type": "number"}, "below": {"type": "number"}, "min": {"type": "number"}, "max": {"type": "number"}
                }, "additionalProperties": false}
            ]
        }
    });
    match definitions {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
