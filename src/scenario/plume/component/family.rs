//! Families of components: `[navigator]`, `[plume]`, …, each with its built-in kinds and those of the program.

use super::kinds::Kinds;
use super::part::{Component, Part};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};
use std::sync::Arc;

/// A sort of component, as a trait object: `dyn NavigatorModel`, ….
pub trait Family: Part + 'static {
    /// What the schema calls a choice of this family.
    const NAME: &'static str;
    /// What is chosen, for the help.
    const DESCRIPTION: &'static str;

    /// The kinds that every program has, in the order of the help.
    fn built_in() -> &'static [Kind<Self>];
    /// The kinds that a program added.
    fn of_program(kinds: &Kinds) -> &Vec<Kind<Self>>;
    /// See [`Family::of_program`].
    fn of_program_mut(kinds: &mut Kinds) -> &mut Vec<Kind<Self>>;
    /// What a study has that doesn't say.
    fn usual() -> Arc<Self>;
}

/// Whether a kind is one that every program has.
pub(in super::super) fn is_built_in<P: ?Sized + Family>(kind: &str) -> bool {
    P::built_in().iter().any(|built_in| built_in.name == kind)
}

/// One kind of a family.
pub struct Kind<P: ?Sized> {
    /// See [`Component::KIND`].
    pub(super) name: &'static str,
    /// JSON Schema of its table.
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
    /// Reads its table.
    pub(super) parse: fn(Value) -> Result<Arc<P>, serde_json::Error>,
}

impl<P: ?Sized> Clone for Kind<P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<P: ?Sized> Kind<P> {
    /// The kind of `C`; `parse` reads its table.
    pub(in super::super) const fn new<C: Component>(parse: fn(Value) -> Result<Arc<P>, serde_json::Error>) -> Self {
        Self {
            name: C::KIND,
            schema: C::json_schema,
            parse,
        }
    }
}

/// Hands over all kinds of a family that are in scope: those that are built in, then those of the program.
pub(super) fn kinds_of<P: ?Sized + Family, R>(look: impl FnOnce(Vec<&Kind<P>>) -> R) -> R {
    Kinds::current(|kinds| look(P::built_in().iter().chain(P::of_program(kinds)).collect()))
}

/// A component of each kind in scope, with default values.
pub(in super::super) fn defaults_of<P: ?Sized + Family>() -> Vec<Arc<P>> {
    let default = |kind: &Kind<P>| (kind.parse)(json!({})).expect("all fields of a component have defaults");
    kinds_of(|kinds| kinds.into_iter().map(default).collect())
}

/// Makes `dyn $model` a [`Family`]: with its list of built-in kinds, the place of a program's own ones in [`Kinds`], and
/// the kind that a study has by itself.
macro_rules! family {
    ($model:ident, $name:literal, $description:literal, built_in: $built_in:expr, program: $list:ident, usual: $usual:ty) => {
        impl $crate::scenario::plume::component::Family for dyn $model {
            const NAME: &'static str = $name;
            const DESCRIPTION: &'static str = $description;

            fn built_in() -> &'static [$crate::scenario::plume::component::Kind<Self>] {
                $built_in
            }
            fn of_program(
                kinds: &$crate::scenario::plume::component::Kinds,
            ) -> &Vec<$crate::scenario::plume::component::Kind<Self>> {
                &kinds.$list
            }
            fn of_program_mut(
                kinds: &mut $crate::scenario::plume::component::Kinds,
            ) -> &mut Vec<$crate::scenario::plume::component::Kind<Self>> {
                &mut kinds.$list
            }
            fn usual() -> std::sync::Arc<Self> {
                std::sync::Arc::new(<$usual>::default())
            }
        }

        impl $crate::scenario::plume::component::Kind<dyn $model> {
            /// The kind of a type.
            pub(in $crate::scenario::plume) const fn of<C>() -> Self
            where
                C: $crate::scenario::plume::component::Component + $model,
            {
                Self::new::<C>(|table| Ok(std::sync::Arc::new(serde_json::from_value::<C>(table)?)))
            }
        }

        impl<C> From<C> for $crate::scenario::plume::component::Choice<dyn $model>
        where
            C: $crate::scenario::plume::component::Component + $model,
        {
            fn from(table: C) -> Self {
                Self::new(std::sync::Arc::new(table))
            }
        }
    };
}
pub(in super::super) use family;
