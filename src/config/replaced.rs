//! Keys that a sweep sets at every design point: what the study itself says about them has no effect.

use super::check::{given, join};
use super::report::Report;
use super::tree::{Data, Node};
use crate::sweep::keys_always_varied;
use serde_json::{Map, Value};

/// Swept keys that every design point gets a value for, in order, each once. A bare `….kind` isn't among them, because it
/// settles which other keys there are.
pub(super) fn keys(sweep: &Value) -> Vec<String> {
    let mut found = keys_always_varied(sweep);
    found.retain(|key| !key.ends_with(".kind"));
    found
}

/// Refuses values that were typed at or under a swept key. Values of presets are silent: a preset can't know what a
/// study sweeps.
pub(super) fn refuse_typed(tree: &Node, sweep: &Value, report: &mut Report) {
    let keys = keys(sweep);
    for key in &keys {
        let is_within = |outer: &String| {
            key.strip_prefix(outer.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
        };
        if keys.iter().any(is_within) {
            continue; // told for the whole component
        }
        let Some(node) = tree.at(key) else { continue };
        let mut typed = Vec::new();
        typed_leaves(node, key, &mut typed);
        if typed.is_empty() && node.place.is_typed() {
            typed.push((key.clone(), node));
        }
        for (leaf, value) in typed {
            let (shown, hint) = if value.place.is_command_line() && leaf == *key {
                let shown = match value.as_table() {
                    Some(_) => String::new(),
                    None => format!("{} ", given(value)),
                };
                (
                    shown,
                    "leave it out, or give the axis this value alone; `run`, `plan` and `field` do that with --set"
                        .to_owned(),
                )
            } else if node.as_table().is_none() {
                (
                    format!("{} ", given(value)),
                    "remove it, or take the key out of the sweep".to_owned(),
                )
            } else if value.as_table().is_some() {
                (
                    String::new(),
                    "remove it, or write it into the axis's values".to_owned(),
                )
            } else {
                let inner = leaf[key.len()..].trim_start_matches('.');
                let text = given(value);
                let example = if inner == "kind" {
                    format!("{{ kind {text}, … }}")
                } else {
                    format!("{{ kind = \"…\", {inner} {text} }}")
                };
                (
                    format!("{text} "),
                    format!("write it into the axis's values, e.g. {example}"),
                )
            };
            let message = format!("{shown}has no effect: axis `{key}` replaces it at every design point");
            report.add(&value.place, &leaf, &message, &hint);
        }
    }
}

/// Values of the study file, the environment and the command line. A list is one value.
fn typed_leaves<'a>(node: &'a Node, key: &str, found: &mut Vec<(String, &'a Node)>) {
    match &node.data {
        Data::Table(table) => {
            for (name, field) in table {
                typed_leaves(&field.node, &join(key, name), found);
            }
        }
        Data::Refused => {}
        _ if node.place.is_typed() => found.push((key.to_owned(), node)),
        _ => {}
    }
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
