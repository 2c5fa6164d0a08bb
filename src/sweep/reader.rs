//! Reading a JSON table while keeping track of where one is.

use super::error::Mistakes;
use serde_json::{Map, Value};

/// A table of the sweep and its path.
pub(super) struct Table<'a> {
    path: String,
    entries: &'a Map<String, Value>,
}

impl<'a> Table<'a> {
    /// Takes `value` as a table that may have the keys `known`; others are mistakes.
    pub(super) fn open(value: &'a Value, path: &str, known: &[&str], mistakes: &mut Mistakes) -> Option<Self> {
        let Value::Object(entries) = value else {
            mistakes.add(path, format!("must be a table, found {}", describe(value)));
            return None;
        };
        let table = Self {
            path: path.to_owned(),
            entries,
        };
        for key in entries.keys() {
            if !known.contains(&key.as_str()) {
                let hint = nearest(key, known.iter().copied()).map_or_else(
                    || format!("allowed here: {}", known.join(", ")),
                    |best| format!("did you mean `{best}`?"),
                );
                mistakes.add_with_hint(table.at(key), "is not a key of this table", hint);
            }
        }
        Some(table)
    }

    /// The path of one of its entries.
    pub(super) fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// The path of the table.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// An entry that may be missing.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.entries.get(key)
    }

    /// Whether there is an entry.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// An entry that must be there.
    pub(super) fn required(&self, key: &str, mistakes: &mut Mistakes) -> Option<&'a Value> {
        let value = self.get(key);
        if value.is_none() {
            mistakes.add(&self.path, format!("lacks `{key}`"));
        }
        value
    }

    /// A finite number that must be there, as written (whole or real).
    pub(super) fn number(&self, key: &str, mistakes: &mut Mistakes) -> Option<&'a serde_json::Number> {
        match self.required(key, mistakes)? {
            Value::Number(number) => Some(number),
            other => {
                mistakes.add(
                    self.at(key),
                    format!("must be a finite number, found {}", describe(other)),
                );
                None
            }
        }
    }

    /// A finite number that must be there.
    pub(super) fn real(&self, key: &str, mistakes: &mut Mistakes) -> Option<f64> {
        self.number(key, mistakes)?.as_f64()
    }

    /// A finite number that may be missing; the outer `None` is a mistake.
    pub(super) fn optional_real(&self, key: &str, mistakes: &mut Mistakes) -> Option<Option<f64>> {
        if self.has(key) {
            self.real(key, mistakes).map(Some)
        } else {
            Some(None)
        }
    }

    /// A whole number that must be there.
    pub(super) fn integer(&self, key: &str, mistakes: &mut Mistakes) -> Option<i64> {
        let value = self.required(key, mistakes)?;
        let integer = value.as_i64();
        if integer.is_none() {
            mistakes.add(
                self.at(key),
                format!("must be a whole number, found {}", describe(value)),
            );
        }
        integer
    }

    /// A whole number from `1` to `limit` that must be there.
    pub(super) fn count(&self, key: &str, limit: u64, mistakes: &mut Mistakes) -> Option<u64> {
        let value = self.required(key, mistakes)?;
        match value.as_u64() {
            Some(count) if (1..=limit).contains(&count) => Some(count),
            _ => {
                mistakes.add(
                    self.at(key),
                    format!("must be a whole number from 1 to {limit}, found {}", describe(value)),
                );
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn text(&self, key: &str, mistakes: &mut Mistakes) -> Option<&'a str> {
        let value = self.required(key, mistakes)?;
        let text = value.as_str();
        if text.is_none() {
            mistakes.add(self.at(key), format!("must be a text, found {}", describe(value)));
        }
        text
    }

    /// A list that must be there and have entries.
    pub(super) fn list(&self, key: &str, mistakes: &mut Mistakes) -> Option<&'a [Value]> {
        let value = self.required(key, mistakes)?;
        match value {
            Value::Array(entries) if !entries.is_empty() => Some(entries),
            Value::Array(_) => {
                mistakes.add(self.at(key), "must have at least one entry, found an empty list");
                None
            }
            other => {
                mistakes.add(self.at(key), format!("must be a list, found {}", describe(other)));
                None
            }
        }
    }
}

/// What a value is, for messages.
pub(super) fn describe(value: &Value) -> String {
    match value {
        // JSON has no NaN or infinity: they arrive as null.
        Value::Null => "nothing (`nan` and `inf` are not values)".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("\"{text}\""),
        Value::Array(entries) => format!("a list of {}", entries.len()),
        Value::Object(_) => "a table".to_owned(),
    }
}

/// The candidate that `word` is most likely a misspelling of.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
