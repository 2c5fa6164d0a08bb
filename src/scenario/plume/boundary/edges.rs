//! Built-in boundaries: each edge has a policy, the same everywhere or one of its own.

use super::super::component::{Component, Context};
use super::super::space::Domain;
use super::{Boundary, BoundaryModel, Confinement};
use crate::scenario::Problems;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens at one edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EdgePolicy {
    /// An agent that crosses it is done.
    Terminate,
    /// An agent stops at it and keeps its heading.
    Clip,
    /// An agent is mirrored at it, and so is its heading.
    #[default]
    Reflect,
    /// An agent comes in again at the opposite edge, which has to wrap too.
    Wrap,
}

macro_rules! same_everywhere {
    ($($(#[$doc:meta])* $name:ident, $kind:literal, $policy:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        #[schemars(inline)]
        pub struct $name {}

        impl Component for $name {
            const KIND: &'static str = $kind;
        }

        impl BoundaryModel for $name {
            fn build(&self, domain: &Domain) -> Box<dyn Boundary> {
                Box::new(Confinement::new(domain, EdgePolicies::all(EdgePolicy::$policy)))
            }
        }
    )*};
}
same_everywhere! {
    /// An agent that crosses an edge is done.
    TerminateConfig, "terminate", Terminate;
    /// An agent stops at the edge and keeps its heading.
    ClipConfig, "clip", Clip;
    /// An agent is mirrored at the edge, and so is its heading.
    ReflectConfig, "reflect", Reflect;
    /// An agent comes in again at the opposite edge.
    WrapConfig, "wrap", Wrap;
}

/// Each edge has a policy of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct EdgePolicies {
    /// At the lowest x.
    pub west: EdgePolicy,
    /// At the highest x.
    pub east: EdgePolicy,
    /// At the lowest y.
    pub south: EdgePolicy,
    /// At the highest y.
    pub north: EdgePolicy,
}

impl EdgePolicies {
    /// The same policy at all edges.
    #[must_use]
    pub fn all(policy: EdgePolicy) -> Self {
        Self {
            west: policy,
            east: policy,
            south: policy,
            north: policy,
        }
    }
}

impl Component for EdgePolicies {
    const KIND: &'static str = "per_edge";
}

impl BoundaryModel for EdgePolicies {
    fn build(&self, domain: &Domain) -> Box<dyn Boundary> {
        Box::new(Confinement::new(domain, *self))
    }

    fn problems(&self, _: Context<'_>) -> Problems {
        let mut found = Problems::default();
        for ((name, policy), (opposite, other)) in [
            (("west", self.west), ("east", self.east)),
            (("south", self.south), ("north", self.north)),
        ] {
            let wraps = [policy, other].map(|policy| policy == EdgePolicy::Wrap);
            if wraps[0] != wraps[1] {
                let (wrapping, lone) = if wraps[0] { (name, opposite) } else { (opposite, name) };
                found.add(
                    format!("boundary.{lone}"),
                    format!("doesn't wrap, but the opposite edge, boundary.{wrapping}, does"),
                    "agents leave at one edge and come in at the other: let both wrap or none",
                );
            }
        }
        found
    }
}
