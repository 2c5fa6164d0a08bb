//! Dotted keys: checking, comparing and setting.

use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Whether `key` is one: parts of letters, digits, `_` and `-` that don't start with a digit, joined by dots.
pub(super) fn is_valid(key: &str) -> bool {
    key.split('.').all(|part| {
        let mut characters = part.chars();
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    })
}

/// Whether `inner` lies inside the component `outer`: `navigator.cast_s` inside `navigator`.
pub(super) fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether setting one of the keys can change what the other holds.
pub(super) fn touches(left: &str, right: &str) -> bool {
    left == right || is_inside(left, right) || is_inside(right, left)
}

/// Keys that are set one after the other, to tell which of them get in each other's way.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    exact: HashSet<String>,
    /// Every component that some key lies in, with the first such key.
    around: HashMap<String, String>,
}

impl Keys {
    /// Adds a key.
    pub(super) fn add(&mut self, key: &str) {
        for (end, _) in key.match_indices('.') {
            if !self.around.contains_key(&key[..end]) {
                self.around.insert(key[..end].to_owned(), key.to_owned());
            }
        }
        self.exact.insert(key.to_owned());
    }

    /// Whether the key itself is among them.
    pub(super) fn contain(&self, key: &str) -> bool {
        self.exact.contains(key)
    }

    /// The first key that lies inside the component `key`.
    pub(super) fn inside(&self, key: &str) -> Option<&str> {
        self.around.get(key).map(String::as_str)
    }
}

/// Puts `value` at `key`, making tables on the way; whatever was in their place is replaced.
pub(super) fn set(root: &mut Value, key: &str, value: Value) {
    let mut place = root;
    for part in key.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(entries) = place else {
            unreachable!("it was made a table just now");
        };
        place = entries.entry(part).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_told_from_other_text() {
        for good in ["x", "wind.speed_m_s", "_a.b-c.d2"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "2a", "a.2b", "a b", "é", "a/b"] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn components_and_their_parts_touch() {
        assert!(touches("navigator", "navigator.cast_s"));
        assert!(touches("navigator.cast_s", "navigator"));
        assert!(touches("x", "x"));
        assert!(!touches("nav", "navigator"));
        assert!(!touches("a.b", "a.c"));
    }

    #[test]
    fn setting_makes_the_tables_that_are_missing() {
        let mut root = json!({"a": {"b": 1, "c": 2}, "d": 3});
        set(&mut root, "a.b", json!(9));
        set(&mut root, "e.f", json!(true));
        set(&mut root, "d.g", json!("x"));
        assert_eq!(root, json!({"a": {"b": 9, "c": 2}, "d": {"g": "x"}, "e": {"f": true}}));
    }
}
