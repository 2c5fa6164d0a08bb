//! A component in a configuration: one kind of its family.

use super::family::{Family, Kind, kinds_of};
use super::part::{Component, Part};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::fmt::{Debug, Formatter};
use std::ops::Deref;
use std::sync::Arc;

/// A component of the family `P`, read by its `kind` among those that are built in and those of the program.
pub struct Choice<P: ?Sized>(pub(super) Arc<P>);

impl<P: ?Sized> Choice<P> {
    /// A component that is known by its type.
    pub(in super::super) fn new(part: Arc<P>) -> Self {
        Self(part)
    }
}

impl<P: ?Sized + Part> Choice<P> {
    /// Its table, if it is a `C`.
    #[must_use]
    pub fn as_kind<C: Component>(&self) -> Option<&C> {
        self.0.as_any().downcast_ref()
    }
}

impl<P: ?Sized + Debug> Debug for Choice<P> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<P: ?Sized> Clone for Choice<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: ?Sized + Part> PartialEq for Choice<P> {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.table() == other.table()
    }
}

impl<P: ?Sized> Deref for Choice<P> {
    type Target = P;
    fn deref(&self) -> &P {
        &self.0
    }
}

impl<P: ?Sized + Family> Default for Choice<P> {
    fn default() -> Self {
        Self(P::usual())
    }
}

impl<P: ?Sized + Part> Serialize for Choice<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        identity(self.kind(), self.table()).serialize(serializer)
    }
}

/// A component's table with its kind first.
pub(in super::super) fn identity(kind: &str, table: Value) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("kind".to_owned(), kind.into());
    if let Value::Object(fields) = table {
        all.extend(fields);
    }
    all
}

impl<'de, P: ?Sized + Family> Deserialize<'de> for Choice<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Map::deserialize(deserializer)?;
        let kind = table.remove("kind");
        let name = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
        kinds_of(|kinds| {
            let kind = kinds
                .into_iter()
                .find(|kind| kind.name == name)
                .ok_or_else(|| D::Error::custom(format!("{name:?} isn't a known kind")))?;
            (kind.parse)(Value::Object(table)).map(Self).map_err(D::Error::custom)
        })
    }
}

impl<P: ?Sized + Family> JsonSchema for Choice<P> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        P::NAME.into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        choice_without::<P>(&[], P::DESCRIPTION, generator)
    }
}

/// The schema of a choice among all kinds of a family but those in `left_out`.
pub(in super::super) fn choice_without<P: ?Sized + Family>(
    left_out: &[&str],
    description: &str,
    generator: &mut SchemaGenerator,
) -> Schema {
    let ways: Vec<Value> = kinds_of(|kinds: Vec<&Kind<P>>| {
        kinds
            .into_iter()
            .filter(|kind| !left_out.contains(&kind.name))
            .map(|kind| alternative(kind.name, (kind.schema)(generator)))
            .collect()
    });
    let mut schema = Schema::default();
    schema.insert("description".to_owned(), description.into());
    schema.insert("oneOf".to_owned(), ways.into());
    schema
}

/// One way of a choice: the schema of a kind's table with the kind before its fields.
pub(super) fn alternative(name: &str, table: Schema) -> Value {
    let mut way = table.to_value();
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!({"type": "string", "const": name}));
    if let Some(Value::Object(fields)) = way.get_mut("properties").map(Value::take) {
        properties.extend(fields);
    }
    way["properties"] = properties.into();
    way["required"] = json!(["kind"]);
    way["additionalProperties"] = false.into();
    way
}
