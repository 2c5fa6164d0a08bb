//! What every component is: a typed table of a study that says what it builds.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::any::Any;
use std::fmt::Debug;

/// A component's table. Give every field a serde default, and the type `#[serde(default, deny_unknown_fields)]`; doc
/// comments become the help texts, `#[schemars(range(min = …, max = …))]` the allowed ranges.
///
/// ```
/// use plume_nav_sim::scenario::plume::component::prelude::*;
///
/// /// What is printed as the help of the kind.
/// #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[serde(default, deny_unknown_fields)]
/// struct Drifter {
///     /// Speed over ground, m/s.
///     #[schemars(range(min = 0.0, max = 10.0))]
///     speed_m_s: f64,
/// }
///
/// impl Default for Drifter {
///     fn default() -> Self {
///         Self { speed_m_s: 0.1 }
///     }
/// }
///
/// impl Component for Drifter {
///     const KIND: &'static str = "drifter";
/// }
///
/// // What isn't given has its default, and what isn't known is refused.
/// let drifter: Drifter = serde_json::from_str("{}")?;
/// assert_eq!(drifter.speed_m_s, 0.1);
/// assert!(serde_json::from_str::<Drifter>("{\"spede_m_s\": 1.0}").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
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
    /// The component as a value of any type, for questions that only one kind can answer.
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
