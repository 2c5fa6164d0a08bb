//! The own kinds that a program registered, and how configurations find them.

use super::component::{Component, Part};
use super::metrics::OwnMetric;
use super::parts::{OwnBoundary, OwnNavigator, OwnPlume, OwnSensor};
use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;

/// A sort of component, as a trait object: `dyn OwnNavigator`, ….
pub trait Family: Part + 'static {
    /// The kinds of this family.
    fn of(kinds: &Kinds) -> &[Kind<Self>];
}

/// One own kind of a family.
pub struct Kind<P: ?Sized> {
    /// See [`Component::KIND`].
    pub(super) name: &'static str,
    /// JSON Schema of its table.
    pub(super) schema: fn() -> Schema,
    /// Reads its table.
    pub(super) parse: fn(Value) -> Result<Arc<P>, serde_json::Error>,
}

impl<P: ?Sized> Clone for Kind<P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<P: ?Sized> Kind<P> {
    pub(super) fn new<C: Component>(parse: fn(Value) -> Result<Arc<P>, serde_json::Error>) -> Self {
        Self {
            name: C::KIND,
            schema: table_schema::<C>,
            parse,
        }
    }
}

/// JSON Schema of a component's table, without references.
fn table_schema<C: Component>() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .into_generator()
        .into_root_schema_for::<C>();
    schema.remove("title");
    schema.insert("additionalProperties".to_owned(), false.into());
    schema
}

/// All own kinds of a program.
#[derive(Clone, Default)]
pub struct Kinds {
    pub(super) navigators: Vec<Kind<dyn OwnNavigator>>,
    pub(super) sensors: Vec<Kind<dyn OwnSensor>>,
    pub(super) plumes: Vec<Kind<dyn OwnPlume>>,
    pub(super) boundaries: Vec<Kind<dyn OwnBoundary>>,
    pub(super) metrics: Vec<Kind<dyn OwnMetric>>,
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn names<P: ?Sized>(kinds: &[Kind<P>]) -> Vec<&'static str> {
            kinds.iter().map(|kind| kind.name).collect()
        }
        f.debug_struct("Kinds")
            .field("navigators", &names(&self.navigators))
            .field("sensors", &names(&self.sensors))
            .field("plumes", &names(&self.plumes))
            .field("boundaries", &names(&self.boundaries))
            .field("metrics", &names(&self.metrics))
            .finish()
    }
}

thread_local! {
    static CURRENT: RefCell<Arc<Kinds>> = RefCell::default();
}

impl Kinds {
    /// Runs `work` with these kinds in scope: serde and schemars have no way to hand them down to the types that need
    /// them, so they lie with the thread while a configuration is read, written or described.
    pub(in super::super) fn scope<R>(self: &Arc<Self>, work: impl FnOnce() -> R) -> R {
        /// Puts the former kinds back, even after a panic.
        struct Restore(Arc<Kinds>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(Arc::clone(&self.0));
            }
        }
        let _restore = Restore(CURRENT.replace(Arc::clone(self)));
        work()
    }

    /// The kinds in scope; none outside of [`Kinds::scope`].
    pub(super) fn current<R>(look: impl FnOnce(&Kinds) -> R) -> R {
        let kinds = CURRENT.with_borrow(Arc::clone);
        look(&kinds)
    }

    /// Adds a kind to a family that has `list`, and whose built-in kinds are the alternatives of `builtin`.
    ///
    /// # Panics
    /// If the name is taken.
    pub(super) fn add<P: ?Sized>(list: &mut Vec<Kind<P>>, kind: Kind<P>, builtin: &Schema) {
        let is_builtin = alternatives(builtin).any(|name| name == kind.name);
        let is_known = list.iter().any(|known| known.name == kind.name);
        assert!(!is_builtin && !is_known, "the kind {:?} is registered twice", kind.name);
        list.push(kind);
    }
}

/// The kinds that a component's schema lists.
fn alternatives(schema: &Schema) -> impl Iterator<Item = &str> {
    let ways = schema.get("oneOf").and_then(Value::as_array);
    ways.into_iter()
        .flatten()
        .filter_map(|way| way.pointer("/properties/kind/const").and_then(Value::as_str))
}

/// Adds the own kinds in scope to the alternatives of a component's schema.
pub(in super::super) fn add_kinds<P: ?Sized + Family>(schema: &mut Schema) {
    // The variant for own kinds makes it `anyOf`, though that variant isn't in the schema.
    if let Some(ways) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), ways);
    }
    Kinds::current(|kinds| {
        let Some(Value::Array(ways)) = schema.get_mut("oneOf") else {
            return;
        };
        for kind in P::of(kinds) {
            let mut way = (kind.schema)().to_value();
            let mut properties = serde_json::Map::new();
            properties.insert("kind".to_owned(), json!({"type": "string", "const": kind.name}));
            if let Some(Value::Object(fields)) = way.get_mut("properties").map(Value::take) {
                properties.extend(fields);
            }
            way["properties"] = properties.into();
            way["required"] = json!(["kind"]);
            ways.push(way);
        }
    });
}
