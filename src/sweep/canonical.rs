//! The canonical bytes of a value: what makes two values the same value.
//!
//! A value is a tag and its content. Numbers that are whole are written as 128-bit integers whether they were typed
//! `1` or `1.0`; others as the bits of their f64. Tables are written in the order of their keys. Lengths come before
//! contents, so that no two values share bytes.

use crate::random::PointKey;
use serde_json::{Number, Value};

/// Beyond this magnitude an f64 is always whole and its i128 form may not exist.
const WHOLE_LIMIT: f64 = 1e37;

/// Appends the canonical bytes of `value` to `bytes`.
pub(super) fn encode(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => bytes.push(b'0'),
        Value::Bool(flag) => bytes.extend([b'b', u8::from(*flag)]),
        Value::Number(number) => encode_number(number, bytes),
        Value::String(text) => {
            bytes.push(b's');
            encode_text(text, bytes);
        }
        Value::Array(entries) => {
            bytes.push(b'a');
            bytes.extend((entries.len() as u64).to_le_bytes());
            for entry in entries {
                encode(entry, bytes);
            }
        }
        Value::Object(entries) => {
            bytes.push(b't');
            bytes.extend((entries.len() as u64).to_le_bytes());
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            for (key, entry) in sorted {
                encode_text(key, bytes);
                encode(entry, bytes);
            }
        }
    }
}

/// The canonical bytes of `value` alone.
pub(super) fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(value, &mut bytes);
    bytes
}

/// BLAKE3 of the assignments in the order of their keys, cut to 16 bytes.
pub(super) fn point_key(mut assignments: Vec<(&str, Vec<u8>)>) -> PointKey {
    assignments.sort_unstable_by_key(|(key, _)| *key);
    let mut hasher = blake3::Hasher::new_derive_key("plume-nav-sim 2026 design point v1");
    for (key, value) in assignments {
        hasher.update(&(key.len() as u64).to_le_bytes());
        hasher.update(key.as_bytes());
        hasher.update(&(value.len() as u64).to_le_bytes());
        hasher.update(&value);
    }
    let mut key = [0; 16];
    hasher.finalize_xof().fill(&mut key);
    PointKey(key)
}

fn encode_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn encode_number(number: &Number, bytes: &mut Vec<u8>) {
    let whole = match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(integer), _, _) => Some(i128::from(integer)),
        (_, Some(integer), _) => Some(i128::from(integer)),
        (_, _, Some(real)) if real.fract() == 0.0 && real.abs() < WHOLE_LIMIT => Some(real as i128),
        _ => None,
    };
    match whole {
        Some(integer) => {
            bytes.push(b'i');
            bytes.extend(integer.to_le_bytes());
        }
        None => {
            bytes.push(b'r');
            bytes.extend(number.as_f64().unwrap_or(f64::NAN).to_bits().to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_agree_however_they_are_typed() {
        assert_eq!(bytes(&json!(1)), bytes(&json!(1.0)));
        assert_eq!(bytes(&json!(0)), bytes(&json!(-0.0)));
        assert_eq!(bytes(&json!(u64::MAX)), bytes(&json!(18_446_744_073_709_551_615_u64)));
        assert_ne!(bytes(&json!(1)), bytes(&json!("1")));
        assert_ne!(bytes(&json!(1)), bytes(&json!(true)));
        assert_ne!(bytes(&json!(0.1)), bytes(&json!(0.1 + 1e-17 + 1e-16)));
        assert_ne!(bytes(&json!(1e300)), bytes(&json!(1e301)));
    }

    #[test]
    fn tables_agree_in_any_order_and_structure_is_kept() {
        assert_eq!(bytes(&json!({"a": 1, "b": [2]})), bytes(&json!({"b": [2.0], "a": 1})));
        assert_ne!(bytes(&json!(["ab", "c"])), bytes(&json!(["a", "bc"])));
        assert_ne!(bytes(&json!([[1], 2])), bytes(&json!([[1, 2]])));
    }

    #[test]
    fn the_point_key_ignores_the_order_of_axes() {
        let (one, two) = (bytes(&json!(1)), bytes(&json!(2)));
        let forward = point_key(vec![("a", one.clone()), ("b", two.clone())]);
        let backward = point_key(vec![("b", two.clone()), ("a", one.clone())]);
        let swapped = point_key(vec![("a", two), ("b", one)]);
        assert_eq!(forward, backward);
        assert_ne!(forward, swapped);
        assert_ne!(point_key(Vec::new()), PointKey::COMMON);
    }
}
