//! What every own component is: a typed table of a study.

use super::kinds::{Family, Kinds};
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt::Debug;
use std::ops::Deref;
use std::sync::Arc;

/// A component's table. Give every field a serde default, and the type `#[serde(default, deny_unknown_fields)]`; doc
/// comments become the help texts, `#[schemars(range(min = …, max = …))]` the allowed ranges.
pub trait Component: Debug + Default + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// What `kind` says for it; for a metric the name of its table below `[metrics]`.
    const KIND: &'static str;
}

/// A [`Component`] whose type isn't known. Implemented for all of them; not to be implemented by hand.
pub trait Part: Debug + Send + Sync {
    /// See [`Component::KIND`].
    fn kind(&self) -> &'static str;
    /// The table, without its kind.
    fn table(&self) -> Value;
}

impl<C: Component> Part for C {
    fn kind(&self) -> &'static str {
        C::KIND
    }

    fn table(&self) -> Value {
        serde_json::to_value(self).expect("a configuration type serialises to JSON")
    }
}

/// An own component in a configuration: read through the [`Kinds`] in scope.
#[derive(Debug)]
pub struct Own<P: ?Sized>(pub(super) Arc<P>);

impl<P: ?Sized> Clone for Own<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: ?Sized + Part> PartialEq for Own<P> {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.table() == other.table()
    }
}

impl<P: ?Sized> Deref for Own<P> {
    type Target = P;
    fn deref(&self) -> &P {
        &self.0
    }
}

impl<P: ?Sized + Part> Serialize for Own<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut table = serde_json::Map::new();
        table.insert("kind".to_owned(), self.kind().into());
        if let Value::Object(fields) = self.table() {
            table.extend(fields);
        }
        table.serialize(serializer)
    }
}

impl<'de, P: ?Sized + Family> Deserialize<'de> for Own<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = serde_json::Map::deserialize(deserializer)?;
        let kind = table.remove("kind");
        let name = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
        Kinds::current(|kinds| {
            let kind = P::of(kinds)
                .iter()
                .find(|kind| kind.name == name)
                .ok_or_else(|| D::Error::custom(format!("{name:?} isn't a known kind")))?;
            (kind.parse)(Value::Object(table)).map(Self).map_err(D::Error::custom)
        })
    }
}
