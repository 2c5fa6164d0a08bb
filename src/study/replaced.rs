//! Keys that a sweep sets at every design point: what the study itself says about them has no effect.

use crate::sweep::keys_always_varied;
use serde_json::{Map, Value};

/// Swept keys that every design point gets a value for, in order, each once. A bare `….kind` isn't among them, because it
/// settles which other keys there are.
pub(crate) fn keys(sweep: &Value) -> Vec<String> {
    let mut found = keys_always_varied(sweep);
    found.retain(|key| !key.ends_with(".kind"));
    found
}

/// Takes out of the study's tables what the sweep replaces at every point: it can't change a result.
pub(super) fn remove(tables: &mut Map<String, Value>, sweep: &Value) {
    for key in keys(sweep) {
        let (path, last) = key.rsplit_once('.').unwrap_or(("", &key));
        let mut table = Some(&mut *tables);
        for segment in path.split('.').filter(|segment| !segment.is_empty()) {
            table = table
                .and_then(|table| table.get_mut(segment))
                .and_then(Value::as_object_mut);
        }
        if let Some(table) = table {
            table.remove(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sweep() -> Value {
        json!({"axes": [
            {"key": "a.x", "values": [1]},
            {"zip": [{"key": "b", "values": [1]}, {"key": "c.kind", "values": [1]}]},
            {"sample": {"variables": [{"key": "d.y", "distribution": "boolean"}]}},
            {"nested": {"key": "n", "cases": [
                {"value": 1, "axes": [{"key": "both", "values": [1]}, {"key": "one", "values": [1]}]},
                {"value": 2, "axes": [{"key": "both", "values": [1]}]},
            ]}},
        ]})
    }

    #[test]
    fn keys_of_all_forms_are_found_but_not_those_of_single_cases() {
        assert_eq!(keys(&sweep()), ["a.x", "b", "d.y", "n", "both"]);
        assert!(keys(&json!({})).is_empty());
        assert!(keys(&json!({"axes": 3})).is_empty());
    }

    #[test]
    fn replaced_values_are_taken_out() {
        let Value::Object(mut tables) = json!({"a": {"x": 1, "z": 2}, "n": {"k": 1}, "one": 1, "both": 2}) else {
            unreachable!("an object was written")
        };
        remove(&mut tables, &sweep());
        assert_eq!(Value::Object(tables), json!({"a": {"z": 2}, "one": 1}));
    }
}
