//! Whole components: what stands for one, and the final form of its numbers.

use super::compose::Composition;
use super::presets::Presets;
use super::report::Report;
use super::schema::{Resolved, Schema};
use super::source::Place;
use super::tree::{Data, Node};
use serde_json::{Number, Value};

/// Whether a schema describes a table, or a choice of tables.
pub(super) fn is_component(schema: &Schema, value: &Value) -> bool {
    let resolved = schema.resolve(value);
    resolved.types() == ["object"] || !resolved.properties().is_empty() || schema.component(value).is_some()
}

/// The table that the preset `name` gives to the component `key`.
pub(super) fn component_of_preset(
    presets: &Presets,
    name: &str,
    key: &str,
    place: &Place,
    path: &str,
    report: &mut Report,
) -> Option<Node> {
    if !name.contains('/') {
        let list = presets.list();
        let group = key.rsplit('.').next().unwrap_or(key);
        let full = format!("{group}/{name}");
        let hint = match super::suggest::nearest(&full, list.keys().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "give a table, as in { kind = \"…\" }, or the name of a preset, group/name".to_owned(),
        };
        let shown = super::check::short(name);
        report.add(
            place,
            path,
            &format!("= \"{shown}\" is text, expected a table or a preset for `{key}`"),
            &hint,
        );
        return None;
    }
    let mut composition = Composition::new(presets);
    composition.add(name, place, path, report);
    let mut tree = Node::empty_table(place.clone());
    let loaded = !composition.trees.is_empty();
    composition.trees.into_iter().for_each(|layer| tree.merge(layer));
    if !loaded {
        return None;
    }
    let Some(component) = tree.at(key) else {
        let has: Vec<&str> = tree
            .as_table()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        let message = format!("the preset \"{name}\" has no table `{key}`");
        report.add(
            place,
            path,
            &message,
            &format!("it sets {}", super::suggest::alternatives(has, 10)),
        );
        return None;
    };
    if let Some(stray) = outside(&tree, key) {
        let message = format!("the preset \"{name}\" also sets `{stray}`, which a value of `{key}` can't");
        report.add(place, path, &message, "use a preset that sets only this component");
        return None;
    }
    Some(component.clone())
}

/// The one table that the preset `name` gives, for an entry of a list of components.
fn component_of_item(presets: &Presets, name: &str, place: &Place, path: &str, report: &mut Report) -> Option<Node> {
    let mut composition = Composition::new(presets);
    composition.add(name, place, path, report);
    let mut tree = Node::empty_table(place.clone());
    let loaded = !composition.trees.is_empty();
    composition.trees.into_iter().for_each(|layer| tree.merge(layer));
    let mut tables = tree.as_table()?.iter();
    match (tables.next(), tables.next()) {
        (Some((_, field)), None) => Some(field.node.clone()),
        (Some((first, _)), Some((second, _))) => {
            let message =
                format!("the preset \"{name}\" sets `{first}` and `{second}`, which one entry of a list can't");
            report.add(place, path, &message, "use a preset of one component");
            None
        }
        _ => {
            if loaded {
                report.add(
                    place,
                    path,
                    &format!("the preset \"{name}\" is empty"),
                    "use a preset of one component",
                );
            }
            None
        }
    }
}

/// A key beside the path `key`.
fn outside(tree: &Node, key: &str) -> Option<String> {
    let mut node = tree;
    let mut path = String::new();
    for segment in key.split('.') {
        if let Some(other) = node.as_table()?.keys().find(|name| *name != segment) {
            return Some(crate::study::join(&path, other));
        }
        path = crate::study::join(&path, segment);
        node = node.get(segment)?;
    }
    None
}

/// Replaces the name of a preset where a component is asked for: `navigator = "navigator/surge_cast"`. In a list of tables
/// a preset gives the table that the key alone names: `strategies = [{ navigator = "navigator/surge_cast" }]`.
pub(super) fn expand_names(
    node: &mut Node,
    schema: &Schema,
    value: &Value,
    path: &str,
    presets: &Presets,
    report: &mut Report,
) {
    for (name, property) in resolve_with_kind(node, schema, value).properties() {
        let Some(field) = node.as_table_mut().and_then(|table| table.get_mut(name)) else {
            continue;
        };
        let key = crate::study::join(path, name);
        if let Data::Array(items) = &mut field.node.data {
            let tables = schema.resolve(property).keyword("items");
            let tables = tables.filter(|schema_of_item| is_component(schema, schema_of_item));
            for (index, item) in items.iter_mut().enumerate() {
                let Some(schema_of_item) = tables else { break };
                if let Some(preset) = item.as_str().filter(|text| Presets::is_name(text)).map(str::to_owned) {
                    let place = item.place.clone();
                    let at = format!("{key}[{index}]");
                    let component = component_of_item(presets, &preset, &place, &at, report);
                    item.data = component.map_or(Data::Refused, |component| component.data);
                    continue;
                }
                expand_names(
                    item,
                    schema,
                    schema_of_item,
                    &format!("{key}[{index}]"),
                    presets,
                    report,
                );
            }
            continue;
        }
        if !is_component(schema, property) {
            continue;
        }
        match field
            .node
            .as_str()
            .filter(|text| Presets::is_name(text))
            .map(str::to_owned)
        {
            Some(preset) => {
                let place = field.node.place.clone();
                let table = if key.contains('[') { name } else { &key };
                let component = component_of_preset(presets, &preset, table, &place, &key, report);
                field.node.data = component.map_or(Data::Refused, |component| component.data);
            }
            None => expand_names(&mut field.node, schema, property, &key, presets, report),
        }
    }
}

/// What the schema says about a node; of a choice, what goes with the kind that the node names.
fn resolve_with_kind<'a>(node: &Node, schema: &'a Schema, value: &'a Value) -> Resolved<'a> {
    let mut resolved = schema.resolve(value);
    for ways in std::mem::take(&mut resolved.alternatives) {
        let Some(variants) = schema.variants(&ways) else {
            continue;
        };
        let kind = node.get(variants.tag).and_then(Node::as_str);
        let Some((_, variant)) = variants.kinds.iter().find(|(known, _)| Some(*known) == kind) else {
            continue;
        };
        let facets = schema.resolve(variant).facets;
        resolved.facets.extend(facets);
    }
    resolved
}

/// Integers become decimal numbers where the schema asks for numbers, so that `1` and `1.0` are the same value.
pub(super) fn normalise(node: &mut Node, schema: &Schema, value: &Value) {
    let resolved = resolve_with_kind(node, schema, value);
    match &mut node.data {
        Data::Scalar(Value::Number(number)) if is_decimal(&resolved) => {
            if let Some(decimal) = number.as_f64().and_then(Number::from_f64) {
                *number = decimal;
            }
        }
        Data::Array(items) => {
            let prefix = resolved.keyword("prefixItems").and_then(Value::as_array);
            let rest = resolved.keyword("items");
            for (index, item) in items.iter_mut().enumerate() {
                if let Some(schema_of_item) = prefix.and_then(|prefix| prefix.get(index)).or(rest) {
                    normalise(item, schema, schema_of_item);
                }
            }
        }
        Data::Table(table) => {
            let properties = resolved.properties();
            for (name, field) in table.iter_mut() {
                if let Some((_, property)) = properties.iter().find(|(known, _)| known == name) {
                    normalise(&mut field.node, schema, property);
                }
            }
        }
        Data::Scalar(_) | Data::Refused => {}
    }
}

fn is_decimal(resolved: &Resolved<'_>) -> bool {
    resolved.types() == ["number"]
}
