//! Checks a tree against the schema and says what is wrong, where, and what would be right.

use super::bounds::{Bounds, plain};
use super::schema::{Resolved, Schema, Variants};
use super::source::Place;
use super::suggest::{alternatives, nearest};
use super::tree::{Data, Node, Table};
use super::{keys, units};
use crate::study::join;
use serde_json::{Number, Value};

/// Unknown keys of one table that are told with what was probably meant.
const MAX_UNKNOWN: usize = 30;

/// One disagreement between a tree and its schema.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) place: Place,
    /// Dotted key.
    pub(super) key: String,
    pub(super) message: String,
    pub(super) hint: String,
}

/// A walk over a tree.
pub(super) struct Check<'a> {
    schema: &'a Schema,
    pub(super) problems: Vec<Problem>,
    /// Unknown keys beyond those among the problems.
    pub(super) more: u64,
}

impl<'a> Check<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Self {
            schema,
            problems: Vec::new(),
            more: 0,
        }
    }

    fn add(&mut self, place: &Place, key: &str, message: String, hint: String) {
        self.problems.push(Problem {
            place: place.clone(),
            key: key.to_owned(),
            message,
            hint,
        });
    }

    /// Checks a whole study.
    pub(super) fn root(&mut self, tree: &Node) {
        let schema = self.schema.root();
        let resolved = self.schema.resolve(schema);
        if let Data::Table(table) = &tree.data {
            self.entries(tree, table, &resolved, schema, "");
        }
    }

    /// Checks `node`, whose dotted key is `key`, against `schema`.
    pub(super) fn value(&mut self, node: &Node, schema: &'a Value, key: &str) {
        if matches!(node.data, Data::Refused) || node.place.is_default() {
            return;
        }
        let mut resolved = self.schema.resolve(schema);
        if let Some(allowed) = resolved.enumeration() {
            self.enumeration(node, &allowed, key);
            return;
        }
        for ways in std::mem::take(&mut resolved.alternatives) {
            let chosen = match self.schema.variants(&ways) {
                Some(variants) => self.choose_variant(node, &variants, key),
                None => self.choose_untagged(node, &ways, key),
            };
            let Some(way) = chosen else { return };
            let chosen = self.schema.resolve(way);
            resolved.facets.extend(chosen.facets);
        }
        if !self.has_type(node, &resolved, key) {
            return;
        }
        match &node.data {
            Data::Scalar(Value::Number(number)) => self.range(node, number, &resolved, key),
            Data::Scalar(Value::String(text)) => self.length(node, text, &resolved, key),
            Data::Array(items) => self.items(node, items, &resolved, key),
            Data::Table(table) => self.entries(node, table, &resolved, schema, key),
            Data::Scalar(_) | Data::Refused => {}
        }
    }

    fn enumeration(&mut self, node: &Node, allowed: &[&Value], key: &str) {
        if let Data::Scalar(value) = &node.data
            && allowed.contains(&value)
        {
            return;
        }
        let words: Vec<String> = allowed.iter().map(|value| bare(value)).collect();
        if let Some(values) = several(node, &words) {
            let message = format!(
                "{}, expected one of {}",
                found(node),
                alternatives(words.iter().map(String::as_str), 20)
            );
            self.add(&node.place, key, message, sweep_hint(key, &values));
            return;
        }
        let list = alternatives(words.iter().map(String::as_str), 20);
        let near = node
            .as_str()
            .and_then(|text| nearest(text, words.iter().map(String::as_str)));
        let hint = near.map_or_else(
            || "write one of these".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        self.add(&node.place, key, format!("{} isn't one of {list}", given(node)), hint);
    }

    fn choose_variant(&mut self, node: &Node, variants: &Variants<'a>, key: &str) -> Option<&'a Value> {
        let kinds = || variants.kinds.iter().map(|(kind, _)| *kind);
        let tag = variants.tag;
        let Some(table) = node.as_table() else {
            let hint = match node.as_str().and_then(|text| nearest(text, kinds())) {
                Some(near) => format!("write {key} = {{ {tag} = \"{near}\" }}"),
                None => format!("give a table with {tag} = {}", alternatives(kinds(), 20)),
            };
            self.add(
                &node.place,
                key,
                format!("{}, expected a table with a `{tag}`", found(node)),
                hint,
            );
            return None;
        };
        let Some(field) = table.get(tag) else {
            let hint = format!("add {tag} = {}", alternatives(kinds(), 20));
            self.add(
                &node.place,
                key,
                format!("has no `{tag}`, so its other keys mean nothing"),
                hint,
            );
            return None;
        };
        if matches!(field.node.data, Data::Refused) {
            return None;
        }
        let words: Vec<String> = kinds().map(str::to_owned).collect();
        if let Some(values) = several(&field.node, &words) {
            let tables: Vec<String> = values.iter().map(|value| format!("{{ {tag} = {value} }}")).collect();
            let message = format!("{}, expected one {tag}", found(&field.node));
            self.add(&field.node.place, &join(key, tag), message, sweep_hint(key, &tables));
            return None;
        }
        let text = field.node.as_str();
        let chosen = variants.kinds.iter().find(|(kind, _)| Some(*kind) == text);
        if chosen.is_none() {
            let list = alternatives(kinds(), 20);
            let near = text.and_then(|text| nearest(text, kinds()));
            let hint = near.map_or_else(
                || "choose one of these; `config list` says what each is".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("{} isn't a known {tag}: {list}", given(&field.node));
            self.add(&field.node.place, &join(key, tag), message, hint);
        }
        chosen.map(|(_, schema)| *schema)
    }

    /// The first way without problems; otherwise the problems of the only way of the right type are told.
    fn choose_untagged(&mut self, node: &Node, ways: &[&'a Value], key: &str) -> Option<&'a Value> {
        let mut fitting = Vec::new();
        for way in ways {
            let mut trial = Check::new(self.schema);
            trial.value(node, way, key);
            if trial.problems.is_empty() {
                return Some(way);
            }
            if has_any_type(node, &self.schema.resolve(way).types()) {
                fitting.push(trial.problems);
            }
        }
        if let [_] = fitting.as_slice() {
            self.problems.append(&mut fitting[0]);
        } else {
            let types: Vec<&str> = ways
                .iter()
                .flat_map(|way| self.schema.resolve(way).types())
                .map(type_words)
                .collect();
            let hint = format!("give {}", types.join(" or "));
            self.add(
                &node.place,
                key,
                format!("{} matches none of the allowed forms", found(node)),
                hint,
            );
        }
        None
    }

    fn has_type(&mut self, node: &Node, resolved: &Resolved<'_>, key: &str) -> bool {
        let types = resolved.types();
        if has_any_type(node, &types) || (resolved.nullable && matches!(node.data, Data::Scalar(Value::Null))) {
            return true;
        }
        let expected = types
            .iter()
            .map(|name| type_words(name))
            .collect::<Vec<_>>()
            .join(" or ");
        let hint = type_hint(node, &types, resolved, key);
        self.add(&node.place, key, format!("{}, expected {expected}", found(node)), hint);
        false
    }

    fn range(&mut self, node: &Node, number: &Number, resolved: &Resolved<'_>, key: &str) {
        let bounds = Bounds::of(resolved);
        if bounds.contain(number) {
            return;
        }
        let words = bounds.words().unwrap_or_default();
        let unit = units::of_key(key).map(|unit| format!(" {unit}")).unwrap_or_default();
        let message = format!("= {} is out of range, allowed: {words}{unit}", node_text(node));
        let hint = match (degrees(key, number), resolved.keyword("default")) {
            (Some(hint), _) => hint,
            (None, Some(Value::Number(default))) => {
                format!("choose a value in this range; the default is {}", plain(default))
            }
            _ => "choose a value in this range".to_owned(),
        };
        self.add(&node.place, key, message, hint);
    }

    fn length(&mut self, node: &Node, text: &str, resolved: &Resolved<'_>, key: &str) {
        let count = text.chars().count() as u64;
        let limit = |word: &str| resolved.keyword(word).and_then(Value::as_u64);
        if let Some(least) = limit("minLength").filter(|least| count < *least) {
            let message = if count == 0 {
                "is empty".to_owned()
            } else {
                format!("has {count} characters, at least {least} are needed")
            };
            self.add(&node.place, key, message, "give a longer text".to_owned());
        }
        if let Some(most) = limit("maxLength").filter(|most| count > *most) {
            let message = format!("has {count} characters, at most {most} are allowed");
            self.add(&node.place, key, message, "shorten it".to_owned());
        }
    }

    fn items(&mut self, node: &Node, items: &[Node], resolved: &Resolved<'a>, key: &str) {
        let count = items.len() as u64;
        let limit = |word: &str| resolved.keyword(word).and_then(Value::as_u64);
        let (least, most) = (limit("minItems").unwrap_or(0), limit("maxItems").unwrap_or(u64::MAX));
        if count < least || count > most {
            let allowed = if least == most {
                format!("exactly {least}")
            } else if count < least {
                format!("at least {least}")
            } else {
                format!("at most {most}")
            };
            let items = if count == 1 { "item" } else { "items" };
            let message = format!("has {count} {items}, allowed: {allowed}");
            self.add(&node.place, key, message, "add or remove items".to_owned());
        }
        let prefix = resolved.keyword("prefixItems").and_then(Value::as_array);
        let rest = resolved.keyword("items");
        for (index, item) in items.iter().enumerate() {
            let schema = prefix.and_then(|prefix| prefix.get(index)).or(rest);
            if let Some(schema) = schema.filter(|schema| schema.is_object()) {
                self.value(item, schema, &format!("{key}[{index}]"));
            }
            // One bad list of a million items has one cause.
            if self.problems.len() > 1000 {
                return;
            }
        }
    }

    fn entries(&mut self, node: &Node, table: &Table, resolved: &Resolved<'a>, schema: &'a Value, key: &str) {
        let properties = resolved.properties();
        let additional = resolved.additional();
        let mut unknown = Vec::new();
        for (name, field) in table {
            let known = properties
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, schema)| *schema);
            match known.or(additional) {
                Some(schema) => self.value(&field.node, schema, &join(key, name)),
                None if field.key.is_default() => {}
                None => unknown.push((name, field)),
            }
        }
        // Looking for what was meant takes its time; thousands of unknown keys have one cause.
        unknown.sort_by(|(_, a), (_, b)| a.key.order(&b.key));
        let known: Vec<&str> = properties.iter().map(|(known, _)| *known).collect();
        for (name, field) in unknown.iter().take(MAX_UNKNOWN) {
            let (message, hint) = keys::unknown(self.schema, schema, table, key, name, &known);
            self.add(&field.key, &join(key, name), message, hint);
        }
        self.more += unknown.len().saturating_sub(MAX_UNKNOWN) as u64;
        let required = resolved
            .facets
            .iter()
            .filter_map(|facet| facet.get("required"))
            .filter_map(Value::as_array);
        for name in required.flatten().filter_map(Value::as_str) {
            if !table.contains_key(name) {
                self.add(
                    &node.place,
                    &join(key, name),
                    "is missing".to_owned(),
                    format!("add `{name}`"),
                );
            }
        }
    }
}

fn has_any_type(node: &Node, types: &[&str]) -> bool {
    types.is_empty()
        || types.iter().any(|name| match (&node.data, *name) {
            (Data::Refused, _) => true,
            (Data::Array(_), name) => name == "array",
            (Data::Table(_), name) => name == "object",
            (Data::Scalar(Value::Null), name) => name == "null",
            (Data::Scalar(Value::Bool(_)), name) => name == "boolean",
            (Data::Scalar(Value::String(_)), name) => name == "string",
            (Data::Scalar(Value::Number(number)), name) => name == "number" || (name == "integer" && !number.is_f64()),
            (Data::Scalar(_), _) => false,
        })
}

pub(super) fn type_words(name: &str) -> &str {
    match name {
        "number" => "a number",
        "integer" => "an integer",
        "string" => "text",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

/// For an angle that is out of range: it may have been meant in degrees.
fn degrees(key: &str, number: &Number) -> Option<String> {
    let degrees = number.as_f64().filter(|degrees| degrees.abs() <= 360.0)?;
    (units::of_key(key) == Some("rad")).then(|| format!("radians: {}° is {:.3}", plain(number), degrees.to_radians()))
}

/// How several values of a key are tried.
fn sweep_hint(key: &str, values: &[String]) -> String {
    let shown: Vec<&str> = values.iter().take(3).map(String::as_str).collect();
    let more = if values.len() > 3 || values.is_empty() {
        "…"
    } else {
        ""
    };
    let comma = if more.is_empty() || shown.is_empty() { "" } else { ", " };
    format!(
        "to try several values, sweep it: axes = [{{ key = \"{key}\", values = [{}{comma}{more}] }}]",
        shown.join(", ")
    )
}

/// The values of what was typed as a list, or as text with commas, where one value is asked for: numbers, or some of
/// `words`.
fn several(node: &Node, words: &[String]) -> Option<Vec<String>> {
    let quoted = |text: &str| format!("\"{}\"", short(text));
    match &node.data {
        Data::Array(items) => Some(
            items
                .iter()
                .take(4)
                .map(|item| item.as_str().map_or_else(|| node_text(item), quoted))
                .filter(|text| !text.is_empty())
                .collect(),
        ),
        Data::Scalar(Value::String(text)) if text.contains(',') && text.len() < 1000 => {
            let parts = text.trim_matches(['[', ']']).split(',').map(str::trim);
            if words.is_empty() {
                return parts.map(super::read::number_meant).collect();
            }
            let is_word = |part: &str| words.iter().any(|word| word == part).then(|| quoted(part));
            parts.map(is_word).collect()
        }
        _ => None,
    }
}

fn type_hint(node: &Node, types: &[&str], resolved: &Resolved<'_>, key: &str) -> String {
    let name = key.rsplit('.').next().unwrap_or(key);
    let wants = |name: &str| types.contains(&name);
    match &node.data {
        Data::Scalar(Value::Number(number)) if wants("integer") => {
            let value = number.as_f64().unwrap_or(0.0);
            if value.fract() == 0.0 && value.abs() < 1e18 {
                return format!("write {name} = {value:.0}");
            }
            return match value.abs() < 1e9 {
                true => format!("a whole number is needed, such as {value:.0}"),
                false => "a whole number is needed".to_owned(),
            };
        }
        Data::Scalar(Value::String(text)) if wants("number") || wants("integer") => {
            if let Some(number) = super::read::number_meant(text.trim()) {
                return match number == text.trim() {
                    true => format!("remove the quotes: {name} = {number}"),
                    false => format!("write {name} = {number}"),
                };
            }
            if let Some(values) = several(node, &[]) {
                return sweep_hint(key, &values);
            }
            if text.trim().starts_with(|c: char| c.is_ascii_digit()) {
                let unit = units::of_key(key).map(|unit| format!(" in {unit}")).unwrap_or_default();
                return format!("give the bare number{unit}");
            }
        }
        Data::Scalar(Value::String(text)) if wants("boolean") && matches!(text.as_str(), "true" | "false") => {
            return format!("remove the quotes: {name} = {text}");
        }
        Data::Scalar(_) if wants("string") => return format!("put quotes around it: {name} = \"{}\"", node_text(node)),
        Data::Scalar(_) if wants("array") => return format!("put brackets around it: {name} = [{}]", node_text(node)),
        Data::Scalar(_) if wants("object") => return format!("open a table: [{key}]"),
        Data::Array(_) if !key.contains('[') => return sweep_hint(key, &several(node, &[]).unwrap_or_default()),
        _ => {}
    }
    match resolved.keyword("default") {
        Some(default @ (Value::Number(_) | Value::String(_) | Value::Bool(_))) => {
            format!("the default is {name} = {default}")
        }
        _ => format!(
            "give {}",
            types
                .iter()
                .map(|name| type_words(name))
                .collect::<Vec<_>>()
                .join(" or ")
        ),
    }
}

/// What was found, as the beginning of a message: `= 5`, `is a table`.
pub(super) fn found(node: &Node) -> String {
    match &node.data {
        Data::Array(items) => format!("is a list of {}", items.len()),
        Data::Table(_) => "is a table".to_owned(),
        Data::Scalar(Value::String(text)) => format!("= \"{}\" is text", short(text)),
        Data::Scalar(Value::Bool(flag)) => format!("= {flag} is a truth value"),
        Data::Scalar(Value::Number(number)) if number.is_f64() => format!("= {} is a decimal number", node_text(node)),
        Data::Scalar(Value::Number(_)) => format!("= {} is an integer", node_text(node)),
        Data::Scalar(_) | Data::Refused => "is nothing".to_owned(),
    }
}

/// What was found, without its type: `= "x"`.
pub(super) fn given(node: &Node) -> String {
    match &node.data {
        Data::Scalar(Value::String(text)) => format!("= \"{}\"", short(text)),
        Data::Scalar(Value::Bool(_) | Value::Number(_)) => format!("= {}", node_text(node)),
        _ => found(node),
    }
}

/// A scalar as it was typed, if that is at hand and short.
fn node_text(node: &Node) -> String {
    match &node.data {
        Data::Scalar(Value::Number(number)) => plain(number),
        Data::Scalar(value) => short(&bare(value)),
        _ => String::new(),
    }
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Text cut to what fits into a message.
pub(super) fn short(text: &str) -> String {
    crate::printable::short(text, 60)
}
