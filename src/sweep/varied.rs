//! What a sweep varies: its keys and the places of their values, from the table as it was typed, right or not.

use super::form::{Choice, Form, join};
use super::table::Role;
use serde_json::Value;

/// A key that a sweep varies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariedKey {
    /// Dotted key.
    pub key: String,
    /// The table that has the key: `axes[0]`, `axes[1].zip[0]`.
    pub table: String,
    /// Where the key stands: `axes[0].key`.
    pub key_path: String,
    /// Where its values stand.
    pub values: Vec<ValuePlace>,
    /// The distribution that they are drawn from.
    pub distribution: Option<String>,
}

/// Where values of a key stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValuePlace {
    /// A list of values, and where their names may stand.
    List {
        /// The list.
        path: String,
        /// The list of their names.
        labels: String,
    },
    /// The value of one alternative, and where its name may stand.
    Alternative {
        /// The value.
        path: String,
        /// Its name.
        label: String,
    },
    /// A number that it takes, or a bound of those.
    Number {
        /// The number.
        path: String,
    },
}

/// A table of the sweep, with those inside it.
#[derive(Default)]
struct Branch {
    own: Option<VariedKey>,
    /// Values of the key of an outer table.
    values: Vec<ValuePlace>,
    /// Whether it is one of several alternatives, each with axes of its own.
    is_alternative: bool,
    inner: Vec<Branch>,
}

/// Every key that the table `sweep` varies, with the places of its values, in the order of the text. Tables without the
/// right form are left out.
#[must_use]
pub fn varied_keys(sweep: &Value) -> Vec<VariedKey> {
    let mut found = Vec::new();
    branch(sweep, Form::sweep(), "").collect(None, &mut found);
    found
}

/// The keys that every design point gets a value for, in order, each once: keys that only some alternatives of a
/// `nested` axis sweep aren't among them.
#[must_use]
pub fn keys_always_varied(sweep: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    branch(sweep, Form::sweep(), "").always(&mut keys);
    keys
}

/// [`keys_always_varied`] for a single axis.
#[must_use]
pub fn keys_always_varied_by(axis: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(form) = Form::named("SweepAxis") {
        branch(axis, form, "").always(&mut keys);
    }
    keys
}

fn branch(value: &Value, form: Form<'_>, path: &str) -> Branch {
    let mut found = Branch::default();
    let (Value::Object(entries), Some(chosen)) = (value, form.chosen(value)) else {
        return found;
    };
    let distribution = match form.choice() {
        Some(Choice::Tagged { tag, .. }) => entries.get(tag).and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    for (name, schema) in chosen.properties() {
        let (Some(entry), Some(form)) = (entries.get(name), Form::of(schema)) else {
            continue;
        };
        let here = join(path, name);
        match (Role::of(form.name), entry) {
            (Some(Role::Key), Value::String(key)) => {
                found.own = Some(VariedKey {
                    key: key.clone(),
                    table: path.to_owned(),
                    key_path: here,
                    values: Vec::new(),
                    distribution: distribution.clone(),
                });
            }
            (Some(Role::Key), _) => {}
            (Some(Role::Values), _) => found.values.push(ValuePlace::List {
                path: here,
                labels: join(path, chosen.key_of("SweptLabels")),
            }),
            (Some(Role::Value), _) => {
                found.is_alternative = true;
                found.values.push(ValuePlace::Alternative {
                    path: here,
                    label: join(path, chosen.key_of("SweptLabel")),
                });
            }
            (Some(Role::Number), _) => found.values.push(ValuePlace::Number { path: here }),
            (None, Value::Object(_)) => found.inner.push(branch(entry, form, &here)),
            (None, Value::Array(items)) => {
                if let Some(form) = form.items().and_then(Form::of) {
                    let items = items.iter().enumerate();
                    found
                        .inner
                        .extend(items.map(|(number, item)| branch(item, form, &format!("{here}[{number}]"))));
                }
            }
            (None, _) => {}
        }
    }
    found
}

impl Branch {
    /// Appends its keys to `found`; values without a key of their own are those of the key at index `outer`.
    fn collect(self, outer: Option<usize>, found: &mut Vec<VariedKey>) {
        let mut current = outer;
        if let Some(own) = self.own {
            current = Some(found.len());
            found.push(own);
        }
        if let Some(key) = current.and_then(|index| found.get_mut(index)) {
            key.values.extend(self.values);
        }
        for inner in self.inner {
            inner.collect(current, found);
        }
    }

    /// Appends the keys that are set whichever alternatives are taken.
    fn always(&self, keys: &mut Vec<String>) {
        let push = |key: &String, keys: &mut Vec<String>| {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        };
        self.own.iter().for_each(|own| push(&own.key, keys));
        let mut common: Option<Vec<String>> = None;
        for inner in &self.inner {
            if !inner.is_alternative {
                inner.always(keys);
                continue;
            }
            let mut own = Vec::new();
            inner.always(&mut own);
            match &mut common {
                None => common = Some(own),
                Some(common) => common.retain(|key| own.contains(key)),
            }
        }
        common.iter().flatten().for_each(|key| push(key, keys));
    }
}
