//! The canonical form of a study: what its hash and its comparison are made of.

use super::ResolvedStudy;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

/// Everything that can change a unit's result or the shape of the results file.
pub(super) fn essence(study: &ResolvedStudy) -> Value {
    let mut tree = match &study.scenario {
        Value::Object(map) => map.clone(),
        other => Map::from_iter([("scenario".to_owned(), other.clone())]),
    };
    super::replaced::remove(&mut tree, &study.sweep);
    for key in &study.keys_without_effect {
        remove(&mut tree, key);
    }
    tree.insert(
        "study".to_owned(),
        json!({
            "scenario": study.study.scenario,
            "seed": study.study.seed,
            "replicates": study.study.replicates,
            "common_random_numbers": study.study.common_random_numbers,
        }),
    );
    tree.insert(
        "output".to_owned(),
        serde_json::to_value(&study.output).unwrap_or_default(),
    );
    tree.insert("sweep".to_owned(), study.sweep.clone());
    // By name, so that the order in which the sweep meets them doesn't matter.
    let inputs: Map<String, Value> = (study.inputs.iter())
        .map(|input| {
            (
                input.name.clone(),
                json!({"bytes": input.bytes, "blake3": input.blake3}),
            )
        })
        .collect();
    if !inputs.is_empty() {
        // No table of a scenario can have this name: a key has no blank.
        tree.insert("input files".to_owned(), Value::Object(inputs));
    }
    Value::Object(tree)
}

/// Takes the dotted `key` out, if it is there.
pub(super) fn remove(tree: &mut Map<String, Value>, key: &str) {
    match key.split_once('.') {
        None => drop(tree.remove(key)),
        Some((table, rest)) => {
            if let Some(Value::Object(table)) = tree.get_mut(table) {
                remove(table, rest);
            }
        }
    }
}

/// Canonical text: keys sorted, no spaces, `1` and `1.0` the same, keys without a value left out.
pub(super) fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Number(value) => out.push_str(&number(value)),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            out.push('{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn number(number: &Number) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        // Negative zero is another number: its sign survives in a direction.
        Some(value)
            if number.is_f64()
                && value.fract() == 0.0
                && value.abs() < EXACT
                && !(value == 0.0 && value.is_sign_negative()) =>
        {
            format!("{}", value as i64)
        }
        Some(value) if number.is_f64() => format!("{value:?}"),
        _ => number.to_string(),
    }
}

/// Leaves by dotted key in canonical text. Lists of scalars are leaves.
pub(super) fn leaves(value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect(value: &Value, key: String, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                collect(value, super::join(&key, name), found);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{key}[{index}]"), found);
            }
        }
        leaf => {
            found.insert(key, text(leaf));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_the_spelling_of_numbers_do_not_matter() {
        let a = serde_json::from_str::<Value>(r#"{"b": 1, "a": [2.0, {"y": 1e3, "x": null}]}"#).unwrap();
        let b = serde_json::from_str::<Value>(r#"{"a": [2, {"y": 1000}], "b": 1.0}"#).unwrap();
        assert_eq!(text(&a), text(&b));
        assert_eq!(text(&a), r#"{"a":[2,{"y":1000}],"b":1}"#);
    }

    #[test]
    fn different_values_have_different_texts() {
        let texts: Vec<String> = [
            json!(0.1),
            json!(0.0),
            json!(-0.0),
            json!("0"),
            json!(false),
            json!([]),
            json!({}),
            json!(u64::MAX),
            json!(1e300),
        ]
        .iter()
        .map(text)
        .collect();
        for (i, a) in texts.iter().enumerate() {
            assert!(texts[..i].iter().all(|b| a != b), "{a}");
        }
    }

    #[test]
    fn leaves_have_dotted_keys() {
        let found = leaves(&json!({"a": {"b": 1.0, "c": [1, 2]}, "d": [{"e": "x"}], "n": null}));
        let pairs: Vec<(&str, &str)> = found.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("a.b", "1"), ("a.c", "[1,2]"), ("d[0].e", "\"x\"")]);
    }
}
