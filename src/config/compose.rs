//! Composition: the presets that a study names in `defaults`, each after those that it names itself.

use super::presets::Presets;
use super::report::Report;
use super::source::Place;
use super::tree::{Data, Node};

/// Presets that one study may be composed of.
const MAX_PRESETS: usize = 200;

/// The presets of a list `defaults`, in the order in which they are to be merged.
pub(super) struct Composition<'a> {
    presets: &'a Presets,
    /// Names that are being loaded, outermost first.
    chain: Vec<String>,
    /// Names that were merged already.
    done: Vec<String>,
    /// The loaded trees, without their own `defaults`.
    pub(super) trees: Vec<Node>,
}

impl<'a> Composition<'a> {
    pub(super) fn new(presets: &'a Presets) -> Self {
        Self {
            presets,
            chain: Vec::new(),
            done: Vec::new(),
            trees: Vec::new(),
        }
    }

    /// Adds everything that the list `defaults` names.
    pub(super) fn add_list(&mut self, defaults: &Node, report: &mut Report) {
        let Some(items) = defaults.as_array() else {
            if !matches!(defaults.data, Data::Refused) {
                let message = format!("{}, expected a list of presets", super::check::found(defaults));
                report.add(
                    &defaults.place,
                    "defaults",
                    &message,
                    "write defaults = [\"group/name\"]",
                );
            }
            return;
        };
        let mut seen: Vec<&str> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let key = format!("defaults[{index}]");
            match item.as_str() {
                Some(name) if seen.contains(&name) => {
                    report.add(
                        &item.place,
                        &key,
                        &format!("\"{name}\" is in the list twice"),
                        "remove one of the two",
                    );
                }
                Some(name) => {
                    seen.push(name);
                    self.add(name, &item.place, &key, report);
                }
                None if matches!(item.data, Data::Refused) => {}
                None => {
                    let message = format!("{}, expected the name of a preset", super::check::found(item));
                    report.add(&item.place, &key, &message, "write defaults = [\"group/name\"]");
                }
            }
            if report.is_full() {
                return;
            }
        }
    }

    /// Adds one preset after what it is composed of. One that was added before isn't added again.
    pub(super) fn add(&mut self, name: &str, place: &Place, key: &str, report: &mut Report) {
        if self.chain.iter().any(|open| open == name) {
            let chain = self.chain.join(" → ");
            report.add(
                place,
                key,
                &format!("presets refer to each other in a circle: {chain} → {name}"),
                "remove one of these `defaults`",
            );
            return;
        }
        if self.done.iter().any(|known| known == name) {
            return;
        }
        if self.done.len() >= MAX_PRESETS {
            report.add(
                place,
                key,
                &format!("more than {MAX_PRESETS} presets are combined"),
                "use fewer",
            );
            return;
        }
        self.done.push(name.to_owned());
        let layer = 1 + self.trees.len() as u32;
        let Some(mut tree) = self.presets.load(name, place, key, layer, report) else {
            return;
        };
        if let Some(own) = tree.as_table_mut().and_then(|table| table.remove("defaults")) {
            self.chain.push(name.to_owned());
            self.add_list(&own.node, report);
            self.chain.pop();
        }
        self.trees.push(tree);
    }
}
