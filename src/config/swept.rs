//! The values of a sweep: names of presets become the components they stand for, and every value is checked against
//! the schema of its key, at its place.

use super::bounds::Bounds;
use super::check::Check;
use super::components::{component_of_preset, is_component, normalise};
use super::keys;
use super::presets::Presets;
use super::report::Report;
use super::schema::{Found, Schema};
use super::source::Place;
use super::study_schema::ENGINE_KEYS;
use super::suggest::{alternatives, nearest};
use super::tree::{Data, Field, Node, Table};
use serde_json::Value;

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
    pub(super) slots: Vec<Slot>,
}

impl<'a> Swept<'a> {
    /// Expands and checks everything in the table `sweep`. What has the wrong form is left to the sweep's own parser.
    pub(super) fn sweep(&mut self, sweep: &mut Node, report: &mut Report) {
        let Some(axes) = sweep.as_table_mut().and_then(|table| table.get_mut("axes")) else {
            return;
        };
        // Components first: they decide which keys of theirs exist.
        for components in [true, false] {
            self.axes(&mut axes.node, "sweep.axes", components, report);
        }
    }

    fn axes(&mut self, list: &mut Node, path: &str, components: bool, report: &mut Report) {
        let Data::Array(items) = &mut list.data else { return };
        for (index, axis) in items.iter_mut().enumerate() {
            self.axis(axis, &format!("{path}[{index}]"), components, report);
        }
    }

    fn axis(&mut self, axis: &mut Node, path: &str, components: bool, report: &mut Report) {
        if report.is_full() {
            return;
        }
        let Some(table) = axis.as_table_mut() else { return };
        if let Some(zip) = table.get_mut("zip") {
            self.axes(&mut zip.node, &format!("{path}.zip"), components, report);
        }
        if let Some(nested) = table.get_mut("nested").and_then(|field| field.node.as_table_mut()) {
            self.nested(nested, &format!("{path}.nested"), components, report);
        }
        let variables = table
            .get_mut("sample")
            .and_then(|field| field.node.as_table_mut()?.get_mut("variables"));
        if let Some(Field {
            node: Node {
                data: Data::Array(variables),
                ..
            },
            ..
        }) = variables
        {
            for (index, variable) in variables.iter_mut().enumerate() {
                let Some(table) = variable.as_table_mut() else { continue };
                self.sequence(table, &format!("{path}.sample.variables[{index}]"), components, report);
            }
        }
        self.sequence(table, path, components, report);
    }

    fn nested(&mut self, nested: &mut Table, path: &str, components: bool, report: &mut Report) {
        let key = nested
            .get("key")
            .and_then(|field| Some((field.node.as_str()?.to_owned(), field.node.place.clone())));
        let Some(Field {
            node: Node {
                data: Data::Array(cases),
                ..
            },
            ..
        }) = nested.get_mut("cases")
        else {
            return;
        };
        let target = key.and_then(|(key, place)| {
            self.target(&key, &place, path, components, report)
                .map(|found| (key, found))
        });
        for (index, case) in cases.iter_mut().enumerate() {
            let Some(table) = case.as_table_mut() else { continue };
            if let (Some((key, found)), Some(value)) = (&target, table.get_mut("value")) {
                let label = self.value(
                    &mut value.node,
                    key,
                    found,
                    &format!("{path}.cases[{index}].value"),
                    report,
                );
                let place = value.node.place.clone();
                if let (Some(label), false) = (label, table.contains_key("label")) {
                    let node = Node::text(&label, place.clone());
                    table.insert("label".to_owned(), Field { key: place, node });
                }
            }
            if let Some(axes) = table.get_mut("axes") {
                self.axes(
                    &mut axes.node,
                    &format!("{path}.cases[{index}].axes"),
                    components,
                    report,
                );
            }
        }
    }

    /// An axis or variable with a `key` and values in one of the simple forms.
    fn sequence(&mut self, table: &mut Table, path: &str, components: bool, report: &mut Report) {
        let Some(field) = table.get("key") else { return };
        let (Some(key), place) = (field.node.as_str().map(str::to_owned), field.node.place.clone()) else {
            return;
        };
        let Some(found) = self.target(&key, &place, path, components, report) else {
            return;
        };
        let mut labels = Vec::new();
        if let Some(Field {
            node: Node {
                data: Data::Array(values),
                place: values_place,
            },
            ..
        }) = table.get_mut("values")
        {
            let values_place = values_place.clone();
            for (index, value) in values.iter_mut().enumerate() {
                labels.push(self.value(value, &key, &found, &format!("{path}.values[{index}]"), report));
                if report.is_full() {
                    return;
                }
            }
            if labels.iter().any(Option::is_some) && !table.contains_key("labels") {
                let labels = unique(labels);
                let items = labels
                    .iter()
                    .map(|label| Node::text(label, values_place.clone()))
                    .collect();
                let node = Node {
                    place: values_place.clone(),
                    data: Data::Array(items),
                };
                table.insert(
                    "labels".to_owned(),
                    Field {
                        key: values_place,
                        node,
                    },
                );
            }
        }
        for (form, ends) in [
            ("range", ["start", "stop"]),
            ("linspace", ["start", "stop"]),
            ("logspace", ["start", "stop"]),
        ] {
            let Some(inner) = table.get_mut(form).and_then(|field| field.node.as_table_mut()) else {
                continue;
            };
            for end in ends {
                if let Some(field) = inner.get_mut(end) {
                    self.value(&mut field.node, &key, &found, &format!("{path}.{form}.{end}"), report);
                }
            }
        }
        self.support(table, &key, &found, path, report);
    }

    /// Ends of a distribution's support, and whether it can leave the allowed range.
    fn support(&mut self, table: &mut Table, key: &str, found: &[Found<'_>], path: &str, report: &mut Report) {
        let Some((distribution, place)) = table
            .get("distribution")
            .and_then(|f| Some((f.node.as_str()?.to_owned(), f.node.place.clone())))
        else {
            return;
        };
        for end in ["low", "high"] {
            if let Some(field) = table.get_mut(end) {
                self.value(&mut field.node, key, found, &format!("{path}.{end}"), report);
            }
        }
        let Some(first) = found.first() else { return };
        let resolved = self.schema.resolve(first.schema);
        let at = format!("{path}.distribution");
        if distribution == "normal"
            && let Some(words) = Bounds::of(&resolved).words()
            && !(table.contains_key("low") && table.contains_key("high"))
        {
            let message = format!("a normal distribution without ends leaves the range of `{key}`, {words}");
            report.add(&place, &at, &message, "give `low` and `high` within that range");
        }
        if resolved.is_integer() && matches!(distribution.as_str(), "uniform" | "log_uniform" | "normal") {
            let message = format!("\"{distribution}\" gives decimal numbers, but `{key}` is an integer");
            report.add(
                &place,
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
        key: &str,
        place: &Place,
        path: &str,
        components: bool,
        report: &mut Report,
    ) -> Option<Vec<Found<'a>>> {
        let at = format!("{path}.key");
        let first = key.split('.').next().unwrap_or("");
        if ENGINE_KEYS.contains(&first) {
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
                let hint = match keys::nearest_key(self.schema, key) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => "`config list` shows all keys".to_owned(),
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
        }
        let mut first_mistakes = None;
        for candidate in found {
            let mut check = Check::new(schema);
            check.value(node, candidate.schema, key);
            if check.mistakes.is_empty() {
                normalise(node, schema, candidate.schema);
                self.slots.push(Slot {
                    key: key.to_owned(),
                    value: node.to_value(),
                    place: place.clone(),
                });
                return label;
            }
            first_mistakes.get_or_insert(check.mistakes);
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
        for mistake in first_mistakes.into_iter().flatten() {
            // The place names the line; the key is that of the study, since that is what the value is for.
            report.add(
                &mistake.place,
                &mistake.key,
                &format!("{} (in `{path}`)", mistake.message),
                &mistake.hint,
            );
        }
        None
    }
}

/// Labels for all values, each once: repeated ones get a number.
fn unique(labels: Vec<Option<String>>) -> Vec<String> {
    let mut used: Vec<String> = Vec::new();
    for (index, label) in labels.into_iter().enumerate() {
        let base = label.unwrap_or_else(|| format!("value_{}", index + 1));
        let mut name = base.clone();
        let mut number = 2;
        while used.contains(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        used.push(name);
    }
    used
}
