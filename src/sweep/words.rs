//! Values and suggestions in messages.

use serde_json::Value;

/// Characters of a text or number that a message shows.
const MAX_SHOWN: usize = 60;

/// What a value is, for messages.
pub(super) fn describe(value: &Value) -> String {
    match value {
        // JSON has no NaN or infinity: they arrive as null.
        Value::Null => "nothing (`nan` and `inf` are not values)".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("\"{}\"", crate::printable::short(text, MAX_SHOWN)),
        Value::Array(entries) => format!("a list of {}", entries.len()),
        Value::Object(_) => "a table".to_owned(),
    }
}

/// A flat table as it is typed.
pub(super) fn example(value: &Value) -> String {
    let entries = value.as_object().into_iter().flatten();
    let words: Vec<String> = entries.map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", words.join(", "))
}

/// The candidate that `word` is most likely a misspelling of.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    // Comparing is quadratic in the length, and no key is that long.
    if word.len() > 120 {
        return None;
    }
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
