//! Reads the JSON Schema of a study: what applies to a value, its keys, and the variants of components.

use serde_json::{Map, Value};
use std::sync::OnceLock;

/// References followed and schemas combined for one value; generated schemas need two or three.
const MAX_FACETS: usize = 64;

/// A JSON Schema with its definitions.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    root: Value,
    /// All dotted keys of the root, made when the first suggestion is asked for.
    pub(super) key_names: OnceLock<Vec<String>>,
}

/// What a schema says about one value: all `facets` apply, and one of each list of `alternatives`.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolved<'a> {
    pub(super) facets: Vec<&'a Map<String, Value>>,
    pub(super) alternatives: Vec<Vec<&'a Value>>,
    /// Whether null (a key without a value) is allowed, too.
    pub(super) nullable: bool,
}

/// A choice between tables that are told apart by the text under one key.
#[derive(Clone, Debug)]
pub(super) struct Variants<'a> {
    /// The key, `kind`.
    pub(super) tag: &'a str,
    /// Each text and the schema that goes with it.
    pub(super) kinds: Vec<(&'a str, &'a Value)>,
}

/// A schema found under a dotted key, and the kinds of components that must be chosen for the key to exist.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) schema: &'a Value,
    /// `(dotted key of the component, kind)`.
    pub(super) requires: Vec<(String, String)>,
}

impl Schema {
    /// `root` may hold `$defs`.
    pub(super) fn new(root: Value) -> Self {
        Self {
            root,
            key_names: OnceLock::new(),
        }
    }

    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// Follows references, `allOf`, and choices that have only one way (`Option`).
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> Resolved<'a> {
        let mut resolved = Resolved::default();
        let mut pending = vec![schema];
        while let Some(schema) = pending.pop() {
            let Some(map) = schema.as_object() else { continue };
            if resolved.facets.len() >= MAX_FACETS || resolved.facets.iter().any(|known| std::ptr::eq(*known, map)) {
                continue;
            }
            resolved.facets.push(map);
            if let Some(target) = map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| self.definition(path))
            {
                pending.push(target);
            }
            if let Some(all) = map.get("allOf").and_then(Value::as_array) {
                pending.extend(all);
            }
            for word in ["oneOf", "anyOf"] {
                let Some(choices) = map.get(word).and_then(Value::as_array) else {
                    continue;
                };
                let ways: Vec<&Value> = choices.iter().filter(|choice| !is_null_schema(choice)).collect();
                resolved.nullable |= ways.len() < choices.len();
                match ways.as_slice() {
                    [only] => pending.push(only),
                    _ => resolved.alternatives.push(ways),
                }
            }
            let types = map.get("type").and_then(Value::as_array);
            resolved.nullable |= types.is_some_and(|types| types.iter().any(|name| name == "null"));
        }
        resolved
    }

    fn definition(&self, reference: &str) -> Option<&Value> {
        let pointer = reference.strip_prefix('#')?;
        if pointer.is_empty() {
            Some(&self.root)
        } else {
            self.root.pointer(pointer)
        }
    }

    /// The variants of a choice, if all of them are tables with a text of their own under the same key.
    pub(super) fn variants<'a>(&'a self, alternatives: &[&'a Value]) -> Option<Variants<'a>> {
        let first = self.resolve(alternatives.first()?);
        let tags: Vec<&str> = first
            .properties()
            .into_iter()
            .filter(|(_, s)| constant(s).is_some())
            .map(|(k, _)| k)
            .collect();
        tags.into_iter().find_map(|tag| {
            let kinds: Option<Vec<(&str, &Value)>> = alternatives
                .iter()
                .map(|way| {
                    let resolved = self.resolve(way);
                    let (_, schema) = resolved.properties().into_iter().find(|(key, _)| *key == tag)?;
                    Some((constant(schema)?, *way))
                })
                .collect();
            Some(Variants { tag, kinds: kinds? })
        })
    }

    /// The variants of a component, if `schema` describes one.
    pub(super) fn component<'a>(&'a self, schema: &'a Value) -> Option<Variants<'a>> {
        self.resolve(schema)
            .alternatives
            .iter()
            .find_map(|ways| self.variants(ways))
    }

    /// All places of the schema that a dotted key can mean; several if variants of a component share a key.
    pub(super) fn find<'a>(&'a self, key: &str) -> Vec<Found<'a>> {
        let mut here = vec![Found {
            schema: &self.root,
            requires: Vec::new(),
        }];
        let mut path = String::new();
        for segment in key.split('.') {
            let mut next = Vec::new();
            for found in &here {
                self.step(found, &path, segment, &mut next);
            }
            here = next;
            if here.is_empty() || here.len() > 10_000 {
                return Vec::new();
            }
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(segment);
        }
        here
    }

    fn step<'a>(&'a self, from: &Found<'a>, path: &str, segment: &str, next: &mut Vec<Found<'a>>) {
        let resolved = self.resolve(from.schema);
        let property = |resolved: &Resolved<'a>| resolved.properties().into_iter().find(|(key, _)| *key == segment);
        if let Some((_, schema)) = property(&resolved) {
            next.push(Found {
                schema,
                requires: from.requires.clone(),
            });
            return;
        }
        for ways in &resolved.alternatives {
            let variants = self.variants(ways);
            for (index, way) in ways.iter().enumerate() {
                let Some((_, schema)) = property(&self.resolve(way)) else {
                    continue;
                };
                let mut requires = from.requires.clone();
                if let Some(variants) = variants.as_ref().filter(|variants| variants.tag != segment) {
                    requires.push((path.to_owned(), variants.kinds[index].0.to_owned()));
                }
                next.push(Found { schema, requires });
            }
        }
        if next.is_empty()
            && let Some(schema) = resolved.additional()
        {
            next.push(Found {
                schema,
                requires: from.requires.clone(),
            });
        }
    }
}

impl<'a> Resolved<'a> {
    /// The declared keys of a table, in order of declaration.
    pub(super) fn properties(&self) -> Vec<(&'a str, &'a Value)> {
        let mut properties: Vec<(&str, &Value)> = Vec::new();
        for facet in &self.facets {
            for (key, schema) in facet.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if !properties.iter().any(|(known, _)| known == key) {
                    properties.push((key, schema));
                }
            }
        }
        properties
    }

    /// The schema of keys that aren't declared, if there may be any.
    pub(super) fn additional(&self) -> Option<&'a Value> {
        static ANYTHING: Value = Value::Bool(true);
        let stated = self.facets.iter().filter_map(|facet| facet.get("additionalProperties"));
        let mut open = None;
        for schema in stated {
            if *schema == Value::Bool(false) {
                return None;
            }
            open = Some(schema);
        }
        // A table with declared keys is closed even where the schema forgets to say so.
        let declares = self.facets.iter().any(|facet| facet.contains_key("properties"));
        open.or((!declares && self.alternatives.is_empty()).then_some(&ANYTHING))
    }

    /// Names of the types that are allowed, without null; empty means any.
    pub(super) fn types(&self) -> Vec<&'a str> {
        for facet in &self.facets {
            match facet.get("type") {
                Some(Value::String(name)) => return vec![name],
                Some(Value::Array(names)) => {
                    return names
                        .iter()
                        .filter_map(Value::as_str)
                        .filter(|name| *name != "null")
                        .collect();
                }
                _ => {}
            }
        }
        Vec::new()
    }

    /// The first facet's value of a keyword.
    pub(super) fn keyword(&self, word: &str) -> Option<&'a Value> {
        self.facets.iter().find_map(|facet| facet.get(word))
    }

    /// The values that an enumeration allows, if it is one.
    pub(super) fn enumeration(&self) -> Option<Vec<&'a Value>> {
        if let Some(value) = self.keyword("const") {
            return Some(vec![value]);
        }
        if let Some(Value::Array(values)) = self.keyword("enum") {
            return Some(values.iter().filter(|value| !value.is_null()).collect());
        }
        self.alternatives.iter().find_map(|ways| {
            let mut values = Vec::new();
            for way in ways {
                match (way.get("const"), way.get("enum")) {
                    (Some(value), _) => values.push(value),
                    (None, Some(Value::Array(several))) => {
                        values.extend(several.iter().filter(|value| !value.is_null()))
                    }
                    _ => return None,
                }
            }
            Some(values)
        })
    }

    /// Whether whole numbers are asked for.
    pub(super) fn is_integer(&self) -> bool {
        self.types() == ["integer"]
    }
}

fn is_null_schema(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null") || schema.get("const").is_some_and(Value::is_null)
}

fn constant(schema: &Value) -> Option<&str> {
    let single = || match schema.get("enum") {
        Some(Value::Array(values)) if values.len() == 1 => values.first(),
        _ => None,
    };
    schema.get("const").or_else(single).and_then(Value::as_str)
}
