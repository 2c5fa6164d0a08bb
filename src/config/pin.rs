//! `--set` on a swept key, for commands that look at one unit: the axis takes the given value alone.
//!
//! The axis stays, so that the design point is the one of the whole sweep, with its random numbers, where the value is one
//! of those that it takes there.

use super::check::given;
use super::components::component_of_preset;
use super::presets::Presets;
use super::report::Report;
use super::tree::{Data, Field, Node, Table};
use crate::sweep::{ValuePlace, VariedKey, idle_rules, varied_keys};
use serde_json::Value;

/// Moves the values of the command line that stand at swept keys into their axes.
pub(super) fn pin(tree: &mut Node, sweep: &mut Node, presets: &Presets, report: &mut Report) {
    for varied in varied_keys(&sweep.to_value()) {
        let is_set = tree.at(&varied.key).is_some_and(|node| node.place.is_command_line());
        // Under an alternative, the other alternatives have their own.
        if !is_set || varied.table.contains(".cases[") {
            continue;
        }
        let Some(value) = tree.remove_at(&varied.key) else {
            continue;
        };
        // What is wrong with a value is told once.
        if report.has_within(&varied.key) {
            continue;
        }
        let place = value.place.clone();
        let shown = match value.as_table() {
            Some(_) => String::new(),
            None => format!("{} ", given(&value)),
        };
        let pinned = Pinned {
            key: &varied.key,
            value,
            presets,
        };
        if !into_axis(sweep, &varied, pinned) {
            let message = format!("{shown}isn't among the values that its axis takes together with other keys");
            let hint = "give one that is listed, or choose a design point with --point";
            report.add(&place, &varied.key, &message, hint);
        }
    }
}

/// Takes out the exclusions that have nothing to exclude any more.
pub(super) fn drop_idle_rules(sweep: &mut Node) {
    let idle = idle_rules(&sweep.to_value());
    if let Some(Data::Array(rules)) = sweep.at_path_mut("exclude").map(|node| &mut node.data) {
        let mut index = 0;
        rules.retain(|_| {
            index += 1;
            !idle.contains(&(index - 1))
        });
    }
}

/// What the command line gives to a swept key.
struct Pinned<'a> {
    key: &'a str,
    value: Node,
    presets: &'a Presets,
}

impl Pinned<'_> {
    /// Whether it is what an axis lists: `1` as well as `1.0`, and a preset's table as well as its name.
    fn is(&self, listed: &Node) -> bool {
        let same = |listed: &Node| match (listed.to_value(), self.value.to_value()) {
            (Value::Number(listed), Value::Number(value)) => listed.as_f64() == value.as_f64(),
            (listed, value) => listed == value,
        };
        // What is wrong with a listed name is told with the sweep.
        let of_preset = |name: &str| {
            let mut unheard = Report::default();
            component_of_preset(self.presets, name, self.key, &listed.place, self.key, &mut unheard)
        };
        same(listed)
            || (listed.as_str().filter(|name| Presets::is_name(name)))
                .is_some_and(|name| of_preset(name).is_some_and(|component| same(&component)))
    }
}

fn into_axis(sweep: &mut Node, varied: &VariedKey, pinned: Pinned<'_>) -> bool {
    if let Some((zip, _)) = varied.table.rsplit_once(".zip[") {
        return keep_rows(sweep, &format!("{zip}.zip"), varied, &pinned);
    }
    let is_nested = varied
        .values
        .iter()
        .any(|place| matches!(place, ValuePlace::Alternative { .. }));
    if is_nested {
        return keep_alternatives(sweep, varied, &pinned);
    }
    let Some(table) = sweep.at_path_mut(&varied.table).and_then(Node::as_table_mut) else {
        return false;
    };
    let label = label_of(table, &pinned);
    let value = pinned.value;
    let place = value.place.clone();
    table.retain(|name, _| matches!(name.as_str(), "key" | "name"));
    if varied.distribution.is_some() {
        put(table, "distribution", Node::text("choice", place.clone()));
    }
    if let Some(label) = label {
        let labels = Data::Array(vec![label]);
        put(
            table,
            "labels",
            Node {
                place: place.clone(),
                data: labels,
            },
        );
    }
    let values = Data::Array(vec![value]);
    put(table, "values", Node { place, data: values });
    true
}

fn put(table: &mut Table, name: &str, node: Node) {
    let key = node.place.clone();
    table.insert(name.to_owned(), Field { key, node });
}

/// The label that the table gives to a listed value.
fn label_of(table: &Table, pinned: &Pinned<'_>) -> Option<Node> {
    let values = table.get("values")?.node.as_array()?;
    let index = values.iter().position(|listed| pinned.is(listed))?;
    table.get("labels")?.node.as_array()?.get(index).cloned()
}

/// Keeps the rows of a zip of lists in which the key has the value.
fn keep_rows(sweep: &mut Node, zip: &str, varied: &VariedKey, pinned: &Pinned<'_>) -> bool {
    let listed = sweep
        .nearest(&format!("{}.values", varied.table))
        .and_then(Node::as_array);
    let kept: Vec<bool> = listed.into_iter().flatten().map(|listed| pinned.is(listed)).collect();
    let Some(Data::Array(columns)) = sweep.at_path_mut(zip).map(|node| &mut node.data) else {
        return false;
    };
    let are_lists = columns
        .iter()
        .all(|column| column.get("values").and_then(Node::as_array).is_some());
    if !are_lists || !kept.contains(&true) {
        return false;
    }
    for column in columns {
        for list in ["values", "labels"] {
            let list = column.as_table_mut().and_then(|table| table.get_mut(list));
            if let Some(Data::Array(items)) = list.map(|field| &mut field.node.data) {
                let mut kept = kept.iter();
                items.retain(|_| *kept.next().unwrap_or(&false));
            }
        }
    }
    true
}

/// Keeps the alternatives that have the value.
fn keep_alternatives(sweep: &mut Node, varied: &VariedKey, pinned: &Pinned<'_>) -> bool {
    let cases = sweep
        .at_path_mut(&format!("{}.cases", varied.table))
        .map(|node| &mut node.data);
    let Some(Data::Array(cases)) = cases else { return false };
    let has_it = |case: &Node| case.get("value").is_some_and(|listed| pinned.is(listed));
    if !cases.iter().any(has_it) {
        return false;
    }
    cases.retain(has_it);
    true
}
