//! What every component is: a typed table of a study that says what it builds.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::any::Any;
use std::fmt::Debug;

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
    /// The same as a value of any type, for questions that only one kind can answer.
    fn as_any(&self) -> &dyn Any;
}

impl<C: Component> Part for C {
    fn kind(&self) -> &'static str {
        C::KIND
    }

    fn table(&self) -> Value {
        serde_json::to_value(self).expect("a configuration type serialises to JSON")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
