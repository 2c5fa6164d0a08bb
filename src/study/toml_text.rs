//! Writes a resolved study as TOML, line by line.

use super::join;
use serde_json::{Map, Number, Value};

/// One line, and the dotted key that it sets, if it sets one.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) key: Option<String>,
}

/// Keys that come first in an inline table, so that it reads well.
const FIRST: [&str; 8] = [
    "name",
    "key",
    "kind",
    "value",
    "distribution",
    "method",
    "start",
    "stop",
];

/// Widest list that stays on one line, characters.
const MAX_WIDTH: usize = 110;

/// The lines of a document. Keys without a value are left out: TOML has no null, and reading fills them again.
pub(crate) fn lines(root: &Map<String, Value>) -> Vec<Line> {
    let mut lines = Vec::new();
    table(root, "", "", &mut lines);
    lines
}

fn table(map: &Map<String, Value>, path: &str, header: &str, lines: &mut Vec<Line>) {
    for (name, value) in map {
        if !value.is_object() && !value.is_null() {
            entry(name, value, path, lines);
        }
    }
    for (name, value) in map {
        let Value::Object(inner) = value else { continue };
        let path = join(path, name);
        if !lines.is_empty() {
            let blank = Line {
                text: String::new(),
                key: None,
            };
            lines.push(blank);
        }
        // The path is for people and origins; only the header needs quotes.
        let header = join(header, &key_text(name));
        lines.push(Line {
            text: format!("[{header}]"),
            key: None,
        });
        table(inner, &path, &header, lines);
    }
}

fn entry(name: &str, value: &Value, path: &str, lines: &mut Vec<Line>) {
    let key = join(path, name);
    let whole = format!("{} = {}", key_text(name), inline(value));
    let items = match value {
        Value::Array(items) if whole.chars().count() > MAX_WIDTH || items.iter().any(Value::is_object) => items,
        _ => {
            lines.push(Line {
                text: whole,
                key: Some(key),
            });
            return;
        }
    };
    lines.push(Line {
        text: format!("{} = [", key_text(name)),
        key: Some(key.clone()),
    });
    for (index, item) in items.iter().enumerate() {
        lines.push(Line {
            text: format!("    {},", inline(item)),
            key: item.is_object().then(|| format!("{key}[{index}]")),
        });
    }
    lines.push(Line {
        text: "]".to_owned(),
        key: None,
    });
}

/// A value on one line.
pub(crate) fn inline(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => string_text(text),
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
            let mut entries: Vec<(&String, &Value)> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            entries.sort_by_key(|(name, _)| rank(name));
            if entries.is_empty() {
                return "{}".to_owned();
            }
            let words: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{} = {}", key_text(name), inline(value)))
                .collect();
            format!("{{ {} }}", words.join(", "))
        }
    }
}

fn number_text(number: &Number) -> String {
    match number.as_f64() {
        // Debug gives the shortest text that reads back to the same bits, always with a point or an exponent.
        Some(value) if number.is_f64() => format!("{value:?}"),
        _ => number.to_string(),
    }
}

fn key_text(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { key.to_owned() } else { string_text(key) }
}

fn string_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn document(value: &Value) -> String {
        lines(value.as_object().unwrap())
            .iter()
            .map(|line| format!("{}\n", line.text))
            .collect()
    }

    #[test]
    fn a_document_reads_like_one_typed_by_hand() {
        let text = document(
            &json!({"top": 1, "a": {"x": 1e-6, "none": null, "b": {"y": [1, 2]}}, "s": {"axes": [{"values": [1], "key": "a"}]}}),
        );
        assert_eq!(
            text,
            "top = 1\n\n[a]\nx = 1e-6\n\n[a.b]\ny = [1, 2]\n\n[s]\naxes = [\n    { key = \"a\", values = [1] },\n]\n"
        );
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter_map("finite", |x| Number::from_f64(x).map(Value::Number)),
            ".{0,12}".prop_map(Value::from),
        ];
        scalar.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z .\"é]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_reads_back_to_the_same(value in any_value()) {
            let text = format!("a = {}\n", inline(&value));
            let read: toml::Table = toml::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::to_value(&read["a"]).unwrap(), value);
        }
    }
}
