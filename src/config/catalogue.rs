//! What a study can say: every key of a scenario with its default, for `config list` and the reference.

use super::keys::{self, Key};
use super::schema::Schema;
use super::units;
use crate::scenario::ErasedScenario;
use serde_json::Value;

/// One row of a table of keys, in words.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) key: String,
    /// `kind` of the component that has the key, where not all have it.
    pub(super) only: Option<String>,
    /// All components and kinds that must be chosen for the key to exist, the outermost first.
    pub(super) requires: Vec<(String, String)>,
    /// Of the key that chooses a component: its kinds, with what each is.
    pub(super) kinds: Vec<(String, String)>,
    pub(super) accepts: String,
    pub(super) unit: String,
    pub(super) default: String,
    pub(super) doc: String,
}

/// The rows of all keys below `value`, whose dotted key is `prefix`.
pub(super) fn rows(schema: &Schema, value: &Value, prefix: &str, scenario: Option<&dyn ErasedScenario>) -> Vec<Row> {
    let defaults = scenario.map(ErasedScenario::defaults);
    keys::all(schema, value, prefix)
        .iter()
        .map(|key| row(key, defaults.as_ref(), scenario))
        .collect()
}

fn row(key: &Key<'_>, defaults: Option<&Value>, scenario: Option<&dyn ErasedScenario>) -> Row {
    let stated = key.default.filter(|value| !value.is_null());
    let default = match stated {
        Some(value) => crate::study::toml_text::inline(value),
        None => default_of(key, defaults, scenario)
            .map_or_else(String::new, |value| crate::study::toml_text::inline(&value)),
    };
    let accepts = match &key.range {
        Some(range) => format!("{}, {range}", key.accepts),
        None => key.accepts.clone(),
    };
    Row {
        only: key
            .requires
            .last()
            .map(|(component, kind)| format!("{component}.kind = \"{kind}\"")),
        requires: key.requires.clone(),
        kinds: key.kinds.clone(),
        key: key.key.clone(),
        accepts,
        unit: units::of_key(&key.key).unwrap_or("").to_owned(),
        default,
        doc: key.doc.clone(),
    }
}

/// The value that the scenario fills in when only the kinds that the key needs are given.
fn default_of(key: &Key<'_>, defaults: Option<&Value>, scenario: Option<&dyn ErasedScenario>) -> Option<Value> {
    let pointer = |path: &str| format!("/{}", path.replace('.', "/"));
    let mut configuration = defaults?.clone();
    for (component, kind) in &key.requires {
        let place = configuration.pointer_mut(&pointer(component))?;
        if place.get("kind").and_then(Value::as_str) != Some(kind) {
            *place = serde_json::json!({ "kind": kind });
        }
    }
    let complete = scenario?.complete(&configuration).ok()?;
    complete
        .pointer(&pointer(&key.key))
        .filter(|value| !value.is_null())
        .cloned()
}
