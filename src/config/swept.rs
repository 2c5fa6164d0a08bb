//! The values of a sweep: names of presets become the components they stand for, and every value is checked against
//! the schema of its key, at its place.

use super::bounds::Bounds;
use super::check::Check;
use super::components::{component_of_preset, expand_names, is_component, normalise};
use super::keys;
use super::presets::Presets;
use super::report::Report;
use super::schema::{Found, Schema};
use super::source::Place;
use super::study_schema::ENGINE_KEYS;
use super::suggest::{alternatives, nearest};
use super::tree::{Data, Field, Node};
use crate::study::RecordSettings;
use crate::sweep::{ValuePlace, VariedKey, draws_decimals, is_unbounded, varied_keys};
use serde_json::{Number, Value};
use std::collections::{HashMap, HashSet};

/// Axes that are looked at.
const MAX_AXES: usize = 1000;

/// A typed value of a swept key, for blaming it when a whole design point turns out impossible.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) place: Place,
}

/// Walks a sweep.
pub(super) struct Swept<'a> {
    pub(super) schema: &'a Schema,
    pub(super) presets: &'a Presets,
    /// The merged study without the sweep, for the kinds of components that aren't swept.
    pub(super) base: &'a Node,
    /// Components that are swept, and other values that aren't plain numbers.
    pub(super) slots: Vec<Slot>,
}

impl<'a> Swept<'a> {
    /// Expands and checks every value of the table `sweep`. What has the wrong form is left to the sweep's own parser.
    pub(super) fn sweep(&mut self, sweep: &mut Node, report: &mut Report) {
        // More axes than anyone can mean are refused as a whole.
        if sweep
            .get("axes")
            .and_then(Node::as_array)
            .is_some_and(|axes| axes.len() > MAX_AXES)
        {
            return;
        }
        let varied = varied_keys(&sweep.to_value());
        // Components first: they decide which keys of theirs exist.
        for components in [true, false] {
            for key in &varied {
                if report.is_full() {
                    return;
                }
                self.key(sweep, key, components, report);
            }
        }
    }

    fn key(&mut self, sweep: &mut Node, varied: &VariedKey, components: bool, report: &mut Report) {
        let key = varied.key.as_str();
        let place = sweep
            .nearest(&varied.key_path)
            .map_or(&sweep.place, |node| &node.place)
            .clone();
        let Some(found) = self.target(varied, &place, components, sweep, report) else {
            return;
        };
        self.spacing(sweep, varied, &found, report);
        let numbers = Numbers::of(self.schema, &found);
        for values in &varied.values {
            match values {
                ValuePlace::Number { path } => {
                    if let Some(node) = sweep.at_path_mut(path) {
                        self.value(node, key, &found, &format!("sweep.{path}"), report);
                    }
                }
                ValuePlace::Alternative { path, label } => {
                    let Some(node) = sweep.at_path_mut(path) else { continue };
                    let name = self.value(node, key, &found, &format!("sweep.{path}"), report);
                    let place = node.place.clone();
                    if let Some(name) = name {
                        insert_missing(sweep, label, Node::text(&name, place));
                    }
                }
                ValuePlace::List { path, labels } => {
                    let Some(node) = sweep.at_path_mut(path) else { continue };
                    let place = node.place.clone();
                    let Data::Array(values) = &mut node.data else { continue };
                    let mut names = Vec::new();
                    for (index, value) in values.iter_mut().enumerate() {
                        if numbers.as_ref().is_some_and(|numbers| numbers.accept(value)) {
                            continue;
                        }
                        names.resize(index, None);
                        names.push(self.value(value, key, &found, &format!("sweep.{path}[{index}]"), report));
                        if report.is_full() {
                            return;
                        }
                    }
                    if names.iter().any(Option::is_some) {
                        names.resize(values.len(), None);
                        let names = unique(names).into_iter().map(|name| Node::text(&name, place.clone()));
                        let data = Data::Array(names.collect());
                        insert_missing(sweep, labels, Node { place, data });
                    }
                }
            }
        }
        self.support(sweep, varied, &found, report);
    }

    /// Refuses evenly spaced decimals for a key that takes integers.
    fn spacing(&self, sweep: &Node, varied: &VariedKey, found: &[Found<'_>], report: &mut Report) {
        let is_integer = |found: &Found<'_>| self.schema.resolve(found.schema).is_integer();
        if found.is_empty() || !found.iter().all(is_integer) {
            return;
        }
        for word in ["linspace", "logspace"] {
            let at = format!("{}.{word}", varied.table);
            let Some(node) = sweep.nearest(&varied.table).and_then(|table| table.get(word)) else {
                continue;
            };
            let number = |name: &str| node.get(name).and_then(|node| node.to_value().as_f64());
            let (Some(start), Some(stop), Some(count)) = (number("start"), number("stop"), number("count")) else {
                continue;
            };
            let steps = (count - 1.0).max(1.0);
            let value = |index: f64| match word {
                "linspace" => start + (stop - start) * index / steps,
                _ => start * (stop / start).powf(index / steps),
            };
            let broken = (0..count.min(1000.0) as u64)
                .map(|index| value(index as f64))
                .find(|value| (value - value.round()).abs() > 1e-9 * value.abs());
            let gives = match broken {
                Some(value) => format!("{}, a decimal number", crate::quantity::significant(value)),
                // Whole numbers in even steps are integers; a logarithm's are decimals all the same.
                None if word == "linspace" => continue,
                None => "decimal numbers".to_owned(),
            };
            let message = format!("{word} gives {gives}, but `{}` is an integer", varied.key);
            let step = ((stop - start) / steps).round();
            let hint = match word {
                "linspace" if step != 0.0 => {
                    format!("use range = {{ start = {start}, stop = {stop}, step = {step} }}, or list values")
                }
                _ => "use `range`, or list values".to_owned(),
            };
            report.add(&node.place, &format!("sweep.{at}"), &message, &hint);
        }
    }

    /// Whether a distribution can leave the allowed range.
    fn support(&self, sweep: &Node, varied: &VariedKey, found: &[Found<'_>], report: &mut Report) {
        let (Some(distribution), Some(first)) = (&varied.distribution, found.first()) else {
            return;
        };
        let key = &varied.key;
        let at = format!("{}.distribution", varied.table);
        let place = sweep.nearest(&at).map_or(&sweep.place, |node| &node.place);
        let at = format!("sweep.{at}");
        let resolved = self.schema.resolve(first.schema);
        if is_unbounded(distribution)
            && let Some(words) = Bounds::of(&resolved).words()
            && varied.values.len() < 2
        {
            let message = format!("a {distribution} distribution without ends leaves the range of `{key}`, {words}");
            report.add(place, &at, &message, "give `low` and `high` within that range");
        }
        if resolved.is_integer() && draws_decimals(distribution) {
            let message = format!("\"{distribution}\" gives decimal numbers, but `{key}` is an integer");
            report.add(
                place,
                &at,
                &message,
                "use distribution = \"integer\" with `low` and `high`",
            );
        }
    }

    /// What a swept key means; reports keys that don't exist or can't be swept. Each key belongs to one of the two
    /// walks, so it is looked at once.
    fn target(
        &self,
        varied: &VariedKey,
        place: &Place,
        components: bool,
        sweep: &Node,
        report: &mut Report,
    ) -> Option<Vec<Found<'a>>> {
        let key = varied.key.as_str();
        let at = format!("sweep.{}", varied.key_path);
        let first = key.split('.').next().unwrap_or("");
        if ENGINE_KEYS.contains(&first) || first == RecordSettings::TABLE {
            if components {
                let hint = "sweep keys of the scenario; for replicates, set study.replicates";
                report.add(
                    place,
                    &at,
                    &format!("= \"{key}\" belongs to the engine and is the same for all points"),
                    hint,
                );
            }
            return None;
        }
        let found = self.schema.find(key);
        if found.is_empty() {
            if components {
                let hint = match (keys::list_around(self.schema, key), keys::nearest_key(self.schema, key)) {
                    (Some(list), _) => format!("sweep `{list}`, with whole lists as values"),
                    (None, Some(near)) => format!("did you mean \"{near}\"?"),
                    (None, None) => "`config list` shows all keys".to_owned(),
                };
                report.add(
                    place,
                    &at,
                    &format!("= \"{}\" isn't a key of this study", super::check::short(key)),
                    &hint,
                );
            }
            return None;
        }
        if let Some((component, tag)) = self.tag_of(key)
            && self.kinds_clash(component, varied, sweep)
        {
            if components {
                let message =
                    format!("= \"{key}\" alone can't be swept: the keys of one {tag} mean nothing to another");
                report.add(place, &at, &message, &self.sweep_whole(component, tag, varied, sweep));
            }
            return None;
        }
        if is_component(self.schema, found[0].schema) != components {
            return None;
        }
        let possible: Vec<Found<'a>> = found.iter().filter(|found| self.is_possible(found)).cloned().collect();
        if possible.is_empty() {
            let (component, kind) = found[0].requires.last()?;
            let message =
                format!("= \"{key}\" is a key of kind `{kind}`, which no value of `{component}` in this study has");
            report.add(
                place,
                &at,
                &message,
                &format!("set {component}.kind = \"{kind}\", or sweep `{component}`, too"),
            );
            return None;
        }
        Some(possible)
    }

    /// The component whose choice `key` is, and the name of the choice.
    fn tag_of<'k>(&self, key: &'k str) -> Option<(&'k str, &'k str)> {
        let (component, name) = key.rsplit_once('.')?;
        let parents = self.schema.find(component);
        let is_tag =
            |found: &Found<'_>| (self.schema.component(found.schema)).is_some_and(|variants| variants.tag == name);
        parents.iter().any(is_tag).then_some((component, name))
    }

    /// Whether keys that the component has mean nothing to one of the kinds that it is to take.
    fn kinds_clash(&self, component: &str, varied: &VariedKey, sweep: &Node) -> bool {
        let parents = self.schema.find(component);
        let Some(variants) = parents.first().and_then(|found| self.schema.component(found.schema)) else {
            return false;
        };
        let keys = |kind: &str| {
            let way = variants.kinds.iter().find(|(known, _)| *known == kind);
            way.map(|(_, way)| {
                self.schema
                    .resolve(way)
                    .properties()
                    .into_iter()
                    .map(|(key, _)| key)
                    .collect::<Vec<_>>()
            })
        };
        let base = self
            .base
            .at(component)
            .and_then(|node| node.get(variants.tag)?.as_str());
        let Some(own) = base.and_then(keys) else { return false };
        let means_nothing = |kind: &str| keys(kind).is_some_and(|keys| own.iter().any(|key| !keys.contains(key)));
        swept_texts(varied, sweep).into_iter().any(means_nothing)
    }

    /// How the whole component is swept instead, with its presets where they are called like the values.
    fn sweep_whole(&self, component: &str, tag: &str, varied: &VariedKey, sweep: &Node) -> String {
        let values = swept_texts(varied, sweep);
        let group = component.rsplit('.').next().unwrap_or(component);
        let mut shown: Vec<String> = (values.iter().take(3))
            .map(|value| {
                let preset = format!("{group}/{value}");
                match self.presets.locate(&preset) {
                    Some(_) => format!("\"{preset}\""),
                    None => format!("{{ {tag} = \"{}\" }}", super::check::short(value)),
                }
            })
            .collect();
        if values.len() > 3 || shown.is_empty() {
            shown.push("…".to_owned());
        }
        format!(
            "sweep `{component}` with presets or tables: {{ key = \"{component}\", values = [{}] }}",
            shown.join(", ")
        )
    }

    /// Whether the components that a key needs have the right kind in the base or in a swept value.
    fn is_possible(&self, found: &Found<'_>) -> bool {
        found.requires.iter().all(|(component, kind)| {
            let of_base = self.base.at(component).and_then(|node| node.get("kind")?.as_str());
            of_base == Some(kind.as_str())
                || self.slots.iter().any(|slot| match component.strip_prefix(&slot.key) {
                    Some("") => slot.value.get("kind").and_then(Value::as_str) == Some(kind),
                    Some(rest) if rest.starts_with('.') => {
                        let pointer = format!("{}/kind", rest.replace('.', "/"));
                        slot.value.pointer(&pointer).and_then(Value::as_str) == Some(kind)
                    }
                    _ if slot.key == format!("{component}.kind") => slot.value.as_str() == Some(kind),
                    _ => false,
                })
        })
    }

    /// Checks one value and brings it into its final form; the label of a component is returned.
    fn value(
        &mut self,
        node: &mut Node,
        key: &str,
        found: &[Found<'_>],
        path: &str,
        report: &mut Report,
    ) -> Option<String> {
        if matches!(node.data, Data::Refused) {
            return None;
        }
        let schema = self.schema;
        let place = node.place.clone();
        let mut label = None;
        if is_component(schema, found[0].schema) {
            if let Some(name) = node.as_str().map(str::to_owned) {
                let Some(component) = component_of_preset(self.presets, &name, key, &place, path, report) else {
                    node.data = Data::Refused;
                    return None;
                };
                node.data = component.data;
                label = Some(name.rsplit('/').next().unwrap_or(&name).to_owned());
            } else {
                label = node.get("kind").and_then(Node::as_str).map(str::to_owned);
            }
            for candidate in found {
                expand_names(node, schema, candidate.schema, key, self.presets, report);
            }
        }
        let mut first_problems = None;
        for candidate in found {
            let mut check = Check::new(schema);
            check.value(node, candidate.schema, key);
            if check.problems.is_empty() {
                normalise(node, schema, candidate.schema);
                self.slots.push(Slot {
                    key: key.to_owned(),
                    value: node.to_value(),
                    place: place.clone(),
                });
                return label;
            }
            first_problems.get_or_insert(check.problems);
        }
        let kinds: Vec<&str> = (found.iter())
            .filter_map(|candidate| schema.resolve(candidate.schema).keyword("const")?.as_str())
            .collect();
        if kinds.len() == found.len() && found.len() > 1 {
            // Each candidate is one kind of the component, and knows no other.
            let message = format!(
                "{} isn't one of {} (in `{path}`)",
                super::check::given(node),
                alternatives(kinds.iter().copied(), 20)
            );
            let hint = match node.as_str().and_then(|text| nearest(text, kinds.iter().copied())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`config list` says what each kind is".to_owned(),
            };
            report.add(&place, key, &message, &hint);
            return None;
        }
        for problem in first_problems.into_iter().flatten() {
            // The place names the line; the key is that of the study, since that is what the value is for.
            report.add(
                &problem.place,
                &problem.key,
                &format!("{} (in `{path}`)", problem.message),
                &problem.hint,
            );
        }
        None
    }
}

/// The texts among the values of a swept key.
fn swept_texts<'n>(varied: &VariedKey, sweep: &'n Node) -> Vec<&'n str> {
    let mut texts = Vec::new();
    for place in &varied.values {
        let (ValuePlace::List { path, .. } | ValuePlace::Alternative { path, .. } | ValuePlace::Number { path }) =
            place;
        match sweep.nearest(path).map(|node| &node.data) {
            Some(Data::Array(items)) => texts.extend(items.iter().filter_map(Node::as_str)),
            Some(Data::Scalar(Value::String(text))) => texts.push(text),
            _ => {}
        }
    }
    texts
}

/// What the values of a key must be where all of them are plain numbers: the many values of a long axis are looked at
/// with no more than this.
struct Numbers {
    bounds: Bounds,
    are_integers: bool,
}

impl Numbers {
    fn of(schema: &Schema, found: &[Found<'_>]) -> Option<Self> {
        let [only] = found else { return None };
        let resolved = schema.resolve(only.schema);
        let are_integers = match resolved.types()[..] {
            ["integer"] => true,
            ["number"] => false,
            _ => return None,
        };
        (resolved.alternatives.is_empty() && resolved.enumeration().is_none()).then(|| Self {
            bounds: Bounds::of(&resolved),
            are_integers,
        })
    }

    /// Takes a right value, in its final form.
    fn accept(&self, node: &mut Node) -> bool {
        let Data::Scalar(Value::Number(number)) = &mut node.data else {
            return false;
        };
        if (self.are_integers && number.is_f64()) || !self.bounds.contain(number) {
            return false;
        }
        if !self.are_integers
            && !number.is_f64()
            && let Some(decimal) = number.as_f64().and_then(Number::from_f64)
        {
            *number = decimal;
        }
        true
    }
}

/// Puts `node` at `path`, a key of a table, unless something is there.
fn insert_missing(sweep: &mut Node, path: &str, node: Node) {
    let Some((table, key)) = path.rsplit_once('.') else {
        return;
    };
    if let Some(table) = sweep.at_path_mut(table).and_then(Node::as_table_mut) {
        let place = node.place.clone();
        table.entry(key.to_owned()).or_insert(Field { key: place, node });
    }
}

/// Labels for all values, each once: repeated ones get a number.
fn unique(labels: Vec<Option<String>>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut next: HashMap<String, usize> = HashMap::new();
    let number = |(index, label): (usize, Option<String>)| {
        let base = label.unwrap_or_else(|| format!("value_{}", index + 1));
        let mut name = base.clone();
        while !taken.insert(name.clone()) {
            let number = next.entry(base.clone()).or_insert(1);
            *number += 1;
            name = format!("{base}_{number}");
        }
        name
    };
    labels.into_iter().enumerate().map(number).collect()
}
