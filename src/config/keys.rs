//! All keys of a schema, and what to say about a key that isn't one.

use super::bounds::Bounds;
use super::check::type_words;
use super::schema::Schema;
use super::suggest::{alternatives, nearest};
use super::tree::Table;
use crate::study::join;
use serde_json::Value;
use std::collections::HashSet;

/// Deepest key that is listed; also ends recursive types.
const MAX_DEPTH: usize = 12;

/// One key that a study can set.
#[derive(Clone, Debug)]
pub(super) struct Key<'a> {
    /// Dotted key.
    pub(super) key: String,
    /// The component and its kind that must be chosen for the key to exist.
    pub(super) requires: Vec<(String, String)>,
    /// Of the key that chooses a component: its kinds, with the first paragraph of what each is.
    pub(super) kinds: Vec<(String, String)>,
    /// What may be given: `a number`, `one of …`.
    pub(super) accepts: String,
    /// The allowed range in words.
    pub(super) range: Option<String>,
    /// The default, if the schema states one.
    pub(super) default: Option<&'a Value>,
    /// The first paragraph of its documentation.
    pub(super) doc: String,
}

/// Every key below `schema`, in order of declaration. The tag of a component comes before the keys of its kinds.
pub(super) fn all<'a>(schema: &'a Schema, root: &'a Value, prefix: &str) -> Vec<Key<'a>> {
    let mut keys = Vec::new();
    walk(schema, root, prefix, &[], 0, &mut keys);
    keys
}

fn walk<'a>(
    schema: &'a Schema,
    value: &'a Value,
    path: &str,
    requires: &[(String, String)],
    depth: usize,
    keys: &mut Vec<Key<'a>>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let resolved = schema.resolve(value);
    let variants = resolved.alternatives.iter().find_map(|ways| schema.variants(ways));
    let properties = resolved.properties();
    if properties.is_empty() && variants.is_none() {
        keys.push(leaf(schema, value, path, requires));
        // The keys of the tables that a list holds.
        if let Some(items) = resolved.keyword("items") {
            let inner = schema.resolve(items);
            if !inner.properties().is_empty() || inner.alternatives.iter().any(|ways| schema.variants(ways).is_some()) {
                walk(schema, items, &format!("{path}[]"), requires, depth + 1, keys);
            }
        }
        return;
    }
    if let Some(variants) = &variants {
        keys.push(Key {
            key: join(path, variants.tag),
            requires: requires.to_vec(),
            kinds: (variants.kinds.iter())
                .map(|(kind, variant)| {
                    let help = doc_of(&schema.resolve(variant).keyword("description"));
                    ((*kind).to_owned(), help)
                })
                .collect(),
            accepts: format!(
                "one of {}",
                alternatives(variants.kinds.iter().map(|(kind, _)| *kind), 20)
            ),
            range: None,
            default: resolved
                .keyword("default")
                .and_then(|default| default.get(variants.tag)),
            doc: doc_of(&resolved.keyword("description")),
        });
        // A component that is used again in a list has the keys that are listed where it stands alone.
        if path.contains("[]") && value.get("$ref").is_some() {
            return;
        }
    }
    for (name, property) in properties {
        walk(schema, property, &join(path, name), requires, depth + 1, keys);
    }
    for (kind, variant) in variants.iter().flat_map(|variants| &variants.kinds) {
        let tag = variants.as_ref().map_or("", |variants| variants.tag);
        let mut needs = requires.to_vec();
        needs.push((path.to_owned(), (*kind).to_owned()));
        for (name, property) in schema.resolve(variant).properties() {
            if name != tag {
                walk(schema, property, &join(path, name), &needs, depth + 1, keys);
            }
        }
    }
}

fn leaf<'a>(schema: &'a Schema, value: &'a Value, path: &str, requires: &[(String, String)]) -> Key<'a> {
    let resolved = schema.resolve(value);
    let accepts = match resolved.enumeration() {
        Some(values) => {
            let words: Vec<String> = values
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect();
            format!("one of {}", alternatives(words.iter().map(String::as_str), 20))
        }
        None => {
            let types = resolved.types();
            if types.is_empty() {
                "anything".to_owned()
            } else {
                types
                    .iter()
                    .map(|name| type_words(name))
                    .collect::<Vec<_>>()
                    .join(" or ")
            }
        }
    };
    Key {
        key: path.to_owned(),
        requires: requires.to_vec(),
        kinds: Vec::new(),
        accepts,
        range: Bounds::of(&resolved).words(),
        default: resolved.keyword("default"),
        doc: doc_of(&resolved.keyword("description")),
    }
}

fn doc_of(description: &Option<&Value>) -> String {
    let text = description.and_then(Value::as_str).unwrap_or("");
    let paragraph = text.split("\n\n").next().unwrap_or("");
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Message and hint for the key `name` that the table at `path` doesn't have.
pub(super) fn unknown(
    schema: &Schema,
    here: &Value,
    table: &Table,
    path: &str,
    name: &str,
    known: &[&str],
) -> (String, String) {
    let owner = if path.is_empty() {
        "a study".to_owned()
    } else {
        format!("`{path}`")
    };
    let listed = alternatives(known.iter().copied(), 30);
    if let Some(variants) = schema.component(here) {
        let chosen = table
            .get(variants.tag)
            .and_then(|field| field.node.as_str())
            .unwrap_or("");
        let has = |variant| schema.resolve(variant).properties().iter().any(|(key, _)| *key == name);
        let others: Vec<&str> = variants
            .kinds
            .iter()
            .filter(|(_, variant)| has(variant))
            .map(|(kind, _)| *kind)
            .collect();
        let message = format!("isn't a key of {} `{chosen}`", variants.tag);
        if !others.is_empty() {
            let kinds = alternatives(others, 10);
            return (
                message,
                format!(
                    "it belongs to {} {kinds}; set {path}.{} to that, or remove it",
                    variants.tag, variants.tag
                ),
            );
        }
        return match nearest(name, known.iter().copied()) {
            Some(near) => (message, format!("did you mean `{near}`?")),
            None => (
                message,
                elsewhere(schema, name).unwrap_or_else(|| format!("its keys are {listed}")),
            ),
        };
    }
    let message = format!("isn't a key of {owner}");
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => elsewhere(schema, name).unwrap_or_else(|| format!("{owner} has {listed}")),
    };
    (message, hint)
}

/// Every dotted key of a study that can be set on its own.
fn names(schema: &Schema) -> &[String] {
    schema.key_names.get_or_init(|| {
        let keys = all(schema, schema.root(), "").into_iter().map(|key| key.key);
        let mut keys: Vec<String> = keys.filter(|key| !key.starts_with("sweep.")).collect();
        let mut seen = HashSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        keys
    })
}

/// Whether two words differ by a slip or two.
fn is_slip(word: &str, other: &str) -> bool {
    strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase()) <= 2
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or("")
}

/// Where else in the study a key of this name, or one very like it, exists.
fn elsewhere(schema: &Schema, name: &str) -> Option<String> {
    let keys = names(schema);
    let places: Vec<&str> = keys
        .iter()
        .map(String::as_str)
        .filter(|key| last(key) == name)
        .collect();
    if !places.is_empty() {
        return Some(format!("did you mean {}?", alternatives(places, 5)));
    }
    // Of keys of other tables only slips of the keyboard: a word that ends alike means something else there.
    let near = nearest(name, keys.iter().map(|key| last(key)).filter(|key| is_slip(name, key)))?;
    let key = keys.iter().find(|key| last(key) == near)?;
    Some(format!("did you mean `{key}`?"))
}

/// The dotted key that is most like `key`, for keys that are typed as a whole (sweeps, environment, `--set`). Keys inside
/// lists can't be.
pub(super) fn nearest_key(schema: &Schema, key: &str) -> Option<String> {
    let keys = || names(schema).iter().filter(|known| !known.contains("[]"));
    let near = nearest(key, keys().map(String::as_str)).map(str::to_owned);
    near.or_else(|| keys().find(|known| last(known) == last(key)).cloned())
}

/// The list that a dotted key reaches into, `navigator.strategies` of `navigator.strategies[0].share`.
pub(super) fn list_around<'k>(schema: &Schema, key: &'k str) -> Option<&'k str> {
    let ends = key
        .char_indices()
        .filter(|(_, character)| matches!(character, '.' | '['))
        .map(|(end, _)| &key[..end]);
    ends.into_iter().find(|start| {
        (schema.find(start).first()).is_some_and(|found| schema.resolve(found.schema).types() == ["array"])
    })
}
