//! Values that were typed for keys that the sweep sets at every design point.

use super::check::given;
use super::report::Report;
use super::tree::{Data, Node};
use crate::study::{join, replaced_keys};
use serde_json::Value;

/// Refuses values that were typed at or under a swept key. Values of presets are silent: a preset can't know what a
/// study sweeps.
pub(super) fn refuse_typed(tree: &Node, sweep: &Value, report: &mut Report) {
    let keys = replaced_keys(sweep);
    for key in &keys {
        let is_within = |outer: &String| {
            key.strip_prefix(outer.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
        };
        if keys.iter().any(is_within) {
            continue; // told for the whole component
        }
        let Some(node) = tree.at(key) else { continue };
        let mut typed = Vec::new();
        typed_leaves(node, key, &mut typed);
        if typed.is_empty() && node.place.is_typed() {
            typed.push((key.clone(), node));
        }
        for (leaf, value) in typed {
            let (shown, hint) = if value.place.is_command_line() && leaf == *key {
                let shown = match value.as_table() {
                    Some(_) => String::new(),
                    None => format!("{} ", given(value)),
                };
                (
                    shown,
                    "leave it out, or give the axis this value alone; `run`, `plan` and `field` do that with --set"
                        .to_owned(),
                )
            } else if node.as_table().is_none() {
                (
                    format!("{} ", given(value)),
                    "remove it, or take the key out of the sweep".to_owned(),
                )
            } else if value.as_table().is_some() {
                (
                    String::new(),
                    "remove it, or write it into the axis's values".to_owned(),
                )
            } else {
                let inner = leaf[key.len()..].trim_start_matches('.');
                let text = given(value);
                let example = if inner == "kind" {
                    format!("{{ kind {text}, … }}")
                } else {
                    format!("{{ kind = \"…\", {inner} {text} }}")
                };
                (
                    format!("{text} "),
                    format!("write it into the axis's values, e.g. {example}"),
                )
            };
            let message = format!("{shown}has no effect: axis `{key}` replaces it at every design point");
            report.add(&value.place, &leaf, &message, &hint);
        }
    }
}

/// Values of the study file, the environment and the command line. A list is one value.
fn typed_leaves<'a>(node: &'a Node, key: &str, found: &mut Vec<(String, &'a Node)>) {
    match &node.data {
        Data::Table(table) => {
            for (name, field) in table {
                typed_leaves(&field.node, &join(key, name), found);
            }
        }
        Data::Refused => {}
        _ if node.place.is_typed() => found.push((key.to_owned(), node)),
        _ => {}
    }
}
