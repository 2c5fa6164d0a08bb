//! The form of a sweep: every table checked against the schema of its type, all problems with their places.

use super::error::Problems;
use super::table::SweepTable;
use super::words::{describe, example, nearest};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// The schema of the `[sweep]` table, with the definitions that it refers to in `$defs`. TOML has no null, so it says
/// nothing of one.
pub(crate) fn schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
        let mut schema = settings
            .into_generator()
            .into_root_schema_for::<SweepTable>()
            .to_value();
        forget_null(&mut schema);
        schema
    });
    &SCHEMA
}

fn forget_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(forget_null),
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = &types[..] {
                    map["type"] = only.clone();
                }
            }
            if let Some(Value::Array(ways)) = map.get_mut("anyOf") {
                ways.retain(|way| way.get("type").is_none_or(|name| name != "null"));
                if let [Value::Object(only)] = &ways[..] {
                    let only = only.clone();
                    map.remove("anyOf");
                    map.extend(only);
                }
            }
            map.values_mut().for_each(forget_null);
        }
        _ => {}
    }
}

/// What the schema says about one value, with the name of its type.
#[derive(Clone, Copy)]
pub(super) struct Form<'s> {
    pub(super) name: &'s str,
    map: &'s Map<String, Value>,
}

/// A choice between tables.
pub(super) enum Choice<'s> {
    /// By the text under one key.
    Tagged {
        tag: &'s str,
        ways: Vec<(&'s str, Form<'s>)>,
    },
    /// By the one key that only one of them has, of those that it needs.
    ByKey(Vec<(&'s str, Form<'s>)>),
}

impl<'s> Form<'s> {
    /// The whole sweep.
    pub(super) fn sweep() -> Form<'static> {
        Form::of(schema()).expect("the schema of a table is a table")
    }

    /// The type of this name.
    pub(super) fn named(name: &str) -> Option<Form<'static>> {
        let (name, schema) = definitions().get_key_value(name)?;
        Some(Form {
            name,
            map: schema.as_object()?,
        })
    }

    /// Follows a reference; nothing for schemas that allow everything.
    pub(super) fn of(schema: &'s Value) -> Option<Self> {
        let map = schema.as_object()?;
        match map.get("$ref").and_then(Value::as_str) {
            Some(reference) => Form::named(reference.rsplit('/').next()?),
            None => Some(Self { name: "", map }),
        }
    }

    /// The declared keys and their schemas.
    pub(super) fn properties(&self) -> impl Iterator<Item = (&'s str, &'s Value)> + use<'s> {
        let properties = self.map.get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flatten()
            .map(|(key, schema)| (key.as_str(), schema))
    }

    /// The key whose value is of the type of this name; empty if there is none.
    pub(super) fn key_of(&self, type_name: &str) -> &'s str {
        let mut properties = self.properties();
        let is_it = |(_, schema): &(&str, &'s Value)| Form::of(schema).is_some_and(|form| form.name == type_name);
        properties.find(is_it).map_or("", |(key, _)| key)
    }

    fn property(&self, key: &str) -> Option<&'s Value> {
        self.map.get("properties")?.get(key)
    }

    /// The schema of the entries of a list.
    pub(super) fn items(&self) -> Option<&'s Value> {
        self.map.get("items")
    }

    fn required(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        let required = self.map.get("required").and_then(Value::as_array);
        required.into_iter().flatten().filter_map(Value::as_str)
    }

    fn keyword(&self, word: &str) -> Option<&'s Value> {
        self.map.get(word)
    }

    fn kind(&self) -> &'s str {
        self.keyword("type").and_then(Value::as_str).unwrap_or("")
    }

    /// What a text may be, if it is one of several words.
    fn words(&self) -> Option<Vec<&'s str>> {
        let ways = self.keyword("oneOf").and_then(Value::as_array)?;
        ways.iter().map(|way| way.get("const")?.as_str()).collect()
    }

    /// The tables to choose from, if it is a choice.
    pub(super) fn choice(&self) -> Option<Choice<'s>> {
        let ways = ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|word| self.keyword(word)?.as_array())?;
        let forms: Vec<Form<'s>> = ways.iter().filter_map(Form::of).collect();
        let tag = |form: &Form<'s>| form.properties().find(|(_, schema)| schema.get("const").is_some());
        if let Some((tag, _)) = forms.first().and_then(tag) {
            let named = |form: Form<'s>| Some((form.property(tag)?.get("const")?.as_str()?, form));
            return Some(Choice::Tagged {
                tag,
                ways: forms.into_iter().filter_map(named).collect(),
            });
        }
        let only_here = |form: &Form<'s>| {
            let mut required = form.required();
            required.find(|key| forms.iter().filter(|other| other.property(key).is_some()).count() == 1)
        };
        let by_key: Option<Vec<_>> = forms.iter().map(|form| Some((only_here(form)?, *form))).collect();
        by_key.map(Choice::ByKey)
    }

    /// The table that `value` is, where there is a choice and it can be told.
    pub(super) fn chosen(self, value: &Value) -> Option<Self> {
        match self.choice() {
            None => Some(self),
            Some(Choice::Tagged { tag, ways }) => {
                let given = value.get(tag)?.as_str()?;
                Some(ways.into_iter().find(|(name, _)| *name == given)?.1)
            }
            Some(Choice::ByKey(ways)) => {
                let mut present = ways.into_iter().filter(|(key, _)| value.get(key).is_some());
                let first = present.next()?.1;
                present.next().is_none().then_some(first)
            }
        }
    }
}

fn definitions() -> &'static Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    schema().get("$defs").and_then(Value::as_object).unwrap_or(&NONE)
}

/// Adds to `problems` what is wrong with the form of `value` at `path`.
pub(super) fn check(value: &Value, form: Form<'_>, path: &str, problems: &mut Problems) {
    if let Some(words) = form.words() {
        return word(value, &words, path, problems);
    }
    match form.choice() {
        Some(Choice::Tagged { tag, ways }) => tagged(value, form, tag, &ways, path, problems),
        Some(Choice::ByKey(ways)) => by_key(value, &ways, path, problems),
        None => match form.kind() {
            "object" => table(value, form, &[], path, problems),
            "array" => list(value, form, path, problems),
            "number" if !value.is_number() => {
                problems.add(path, format!("must be a finite number, found {}", describe(value)));
            }
            "integer" => whole(value, form, path, problems),
            "string" => {
                let least = form.keyword("minLength").and_then(Value::as_u64).unwrap_or(0);
                if value.as_str().is_none_or(|text| (text.len() as u64) < least) {
                    problems.add(path, format!("must be a text, found {}", describe(value)));
                }
            }
            "boolean" if !value.is_boolean() => {
                problems.add(path, format!("must be true or false, found {}", describe(value)));
            }
            "" if holds_null(value) => not_finite(path, problems),
            _ => {}
        },
    }
}

fn word(value: &Value, words: &[&str], path: &str, problems: &mut Problems) {
    match value.as_str() {
        None => problems.add(path, format!("must be a text, found {}", describe(value))),
        Some(given) if words.contains(&given) => {}
        Some(_) => {
            let what = path.rsplit('.').next().unwrap_or(path);
            problems.add_with_hint(
                path,
                format!("is not a known {what}: {}", describe(value)),
                one_of(value, words),
            );
        }
    }
}

fn one_of(value: &Value, words: &[&str]) -> String {
    match value.as_str().and_then(|given| nearest(given, words.iter().copied())) {
        Some(best) => format!("did you mean `{best}`?"),
        None => format!("one of {}", words.join(", ")),
    }
}

fn whole(value: &Value, form: Form<'_>, path: &str, problems: &mut Problems) {
    let bound = |word: &str| form.keyword(word).and_then(Value::as_u64);
    let (least, most) = (bound("minimum"), bound("maximum"));
    let fits = match least {
        Some(least) => (value.as_u64()).is_some_and(|number| number >= least && most.is_none_or(|most| number <= most)),
        None => value.is_i64(),
    };
    if !fits {
        let range = match (least, most) {
            (Some(least), Some(most)) => format!(" from {least} to {most}"),
            (Some(least), None) => format!(" from {least}"),
            _ => String::new(),
        };
        problems.add(
            path,
            format!("must be a whole number{range}, found {}", describe(value)),
        );
    }
}

fn list(value: &Value, form: Form<'_>, path: &str, problems: &mut Problems) {
    let items = form.items().and_then(Form::of);
    let Value::Array(entries) = value else {
        let name = path.rsplit('.').next().unwrap_or(path);
        let (what, hint) = match (items.map(|form| form.name), value) {
            (Some("SweepAxis"), Value::Object(_)) if path == "axes" => (
                " of axes",
                format!("write [[sweep.{path}]], with double brackets, before each axis"),
            ),
            (Some("SweepAxis"), Value::Object(_)) => (" of axes", format!("a list has brackets: {name} = [{{ … }}]")),
            (Some("SweepAxis"), _) => (" of axes", String::new()),
            // A long text would fill the screen.
            (_, Value::String(text)) if text.chars().count() > 40 => ("", "put brackets around it".to_owned()),
            (_, Value::Null) => ("", String::new()),
            (_, Value::Object(_)) => ("", format!("a list has brackets: {name} = [{{ … }}]")),
            _ => ("", format!("put brackets around it: {name} = [{value}]")),
        };
        let message = format!("must be a list{what}, found {}", describe(value));
        return problems.add_with_hint(path, message, hint);
    };
    if entries.is_empty() && form.keyword("minItems").is_some() {
        return problems.add(path, "must have at least one entry, found an empty list");
    }
    for (number, entry) in entries.iter().enumerate() {
        if problems.is_full() {
            return;
        }
        match items {
            Some(items) => check(entry, items, &format!("{path}[{number}]"), problems),
            None if holds_null(entry) => not_finite(&format!("{path}[{number}]"), problems),
            None => {}
        }
    }
}

/// JSON has no NaN or infinity: they arrive as null, which no configuration can hold.
fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.iter().any(holds_null),
        Value::Object(entries) => entries.values().any(holds_null),
        _ => false,
    }
}

fn not_finite(path: &str, problems: &mut Problems) {
    problems.add(path, "must be a finite number, a boolean, a text, a list or a table");
}

/// A table of one form; `elsewhere` are the keys of the forms that it could have had instead.
fn table(value: &Value, form: Form<'_>, elsewhere: &[&str], path: &str, problems: &mut Problems) {
    let Value::Object(entries) = value else {
        let message = format!("must be a table, found {}", describe(value));
        return problems.add_with_hint(path, message, as_table(value, form, path).unwrap_or_default());
    };
    // Where keys of any name may stand, they are names of swept keys, which are looked at together with the axes.
    if form.keyword("additionalProperties").is_some_and(Value::is_object) {
        return;
    }
    for (key, entry) in entries {
        if problems.is_full() {
            return;
        }
        match form.property(key) {
            Some(schema) => {
                if let Some(form) = Form::of(schema) {
                    check(entry, form, &join(path, key), problems);
                }
            }
            None if elsewhere.contains(&key.as_str()) => {
                let own = form
                    .required()
                    .find(|own| !elsewhere.contains(own))
                    .unwrap_or("the others");
                problems.add(join(path, key), format!("cannot stand beside `{own}`"));
            }
            None => match as_axis(key, entry).filter(|_| path.is_empty()) {
                Some(axis) => problems.add_with_hint(
                    key,
                    "is not a key of this table",
                    format!("a swept key is given in an axis: axes = [{axis}]"),
                ),
                None => unknown(key, form.properties().map(|(key, _)| key), path, problems),
            },
        }
    }
    for key in form.required().filter(|key| !entries.contains_key(*key)) {
        if form
            .property(key)
            .and_then(Form::of)
            .is_some_and(|form| form.name == "DottedKey")
        {
            problems.add_with_hint(
                path,
                "doesn't say what it varies",
                "give `key`, as in key = \"wind.speed_m_s\"",
            );
        } else {
            problems.add(path, format!("lacks `{key}`"));
        }
    }
}

/// The table that a list of numbers, one for each key, was meant for: `range = { start = 0, stop = 2, step = 0.5 }`.
fn as_table(value: &Value, form: Form<'_>, path: &str) -> Option<String> {
    let numbers = value.as_array()?;
    let keys: Vec<&str> = form.required().collect();
    if numbers.len() != keys.len() || !numbers.iter().all(Value::is_number) {
        return None;
    }
    let entries: Vec<String> = (keys.iter().zip(numbers))
        .map(|(key, number)| format!("{key} = {number}"))
        .collect();
    let name = path.rsplit('.').next().unwrap_or(path);
    Some(format!("write {name} = {{ {} }}", entries.join(", ")))
}

/// The axis that was meant by a swept key with a list of values, which may stand in tables: `wind.speed_m_s = [1, 2]`.
fn as_axis(key: &str, value: &Value) -> Option<String> {
    const SHOWN: usize = 4;
    match value {
        Value::Array(values)
            if key.contains('.') && values.iter().all(|value| value.is_number() || value.is_string()) =>
        {
            let mut shown: Vec<String> = values.iter().take(SHOWN).map(Value::to_string).collect();
            if values.len() > SHOWN {
                shown.push("…".to_owned());
            }
            let key = crate::printable::short(key, 60);
            Some(format!("{{ key = \"{key}\", values = [{}] }}", shown.join(", ")))
        }
        Value::Object(entries) if entries.len() == 1 => {
            let (inner, value) = entries.iter().next()?;
            as_axis(&join(key, inner), value)
        }
        _ => None,
    }
}

fn unknown<'k>(key: &str, known: impl Iterator<Item = &'k str>, path: &str, problems: &mut Problems) {
    let mut known: Vec<&str> = known.collect();
    let mut seen = Vec::new();
    known.retain(|name| {
        let is_first = !seen.contains(name);
        seen.push(*name);
        is_first
    });
    let hint = nearest(key, known.iter().copied()).map_or_else(
        || format!("allowed here: {}", known.join(", ")),
        |best| format!("did you mean `{best}`?"),
    );
    problems.add_with_hint(join(path, key), "is not a key of this table", hint);
}

/// Without a known tag every key of every way passes, so that one problem makes one message.
fn tagged(value: &Value, form: Form<'_>, tag: &str, ways: &[(&str, Form<'_>)], path: &str, problems: &mut Problems) {
    let Value::Object(entries) = value else {
        return problems.add(path, format!("must be a table, found {}", describe(value)));
    };
    if let Some((_, way)) = ways
        .iter()
        .find(|(name, _)| entries.get(tag).and_then(Value::as_str) == Some(name))
    {
        return table(value, *way, &[], path, problems);
    }
    let known = || ways.iter().flat_map(|(_, way)| way.properties()).map(|(key, _)| key);
    for key in entries.keys().filter(|key| !known().any(|known| known == *key)) {
        unknown(key, known(), path, problems);
    }
    let Some(given) = entries.get(tag) else {
        let examples = form.keyword("examples").and_then(Value::as_array);
        let example = examples.and_then(|examples| examples.first()).map(example);
        return problems.add_with_hint(
            path,
            format!("lacks `{tag}`"),
            example.map(|example| format!("e.g. {example}")).unwrap_or_default(),
        );
    };
    let names: Vec<&str> = ways.iter().map(|(name, _)| *name).collect();
    word(given, &names, &join(path, tag), problems);
}

fn by_key(value: &Value, ways: &[(&str, Form<'_>)], path: &str, problems: &mut Problems) {
    let Value::Object(entries) = value else {
        return problems.add(path, format!("must be a table, found {}", describe(value)));
    };
    let known: Vec<&str> = ways
        .iter()
        .flat_map(|(_, way)| way.properties())
        .map(|(key, _)| key)
        .collect();
    let present: Vec<&(&str, Form<'_>)> = ways.iter().filter(|(key, _)| entries.contains_key(*key)).collect();
    let list = |keys: Vec<&str>| format!("`{}`", keys.join("`, `"));
    match present[..] {
        [(_, way)] => table(value, *way, &known, path, problems),
        [] => {
            for key in entries.keys().filter(|key| !known.contains(&key.as_str())) {
                unknown(key, known.iter().copied(), path, problems);
            }
            let (with_key, without): (Vec<_>, Vec<_>) = ways.iter().partition(|(_, way)| way.property("key").is_some());
            let names = |ways: Vec<&(&str, Form<'_>)>| list(ways.iter().map(|(key, _)| *key).collect());
            if entries.contains_key("key") || without.is_empty() {
                problems.add_with_hint(path, "lacks values", format!("give one of {}", names(with_key)));
            } else {
                let hint = format!("give `key` with values, or one of {}", names(without));
                problems.add_with_hint(path, "doesn't say what it varies", hint);
            }
        }
        _ => problems.add(
            path,
            format!(
                "has {} at once, which exclude each other",
                list(present.iter().map(|(key, _)| *key).collect())
            ),
        ),
    }
}

/// `a.b` from `a` and `b`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
