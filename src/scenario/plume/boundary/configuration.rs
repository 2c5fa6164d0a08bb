//! `[boundary]`.

use super::super::own::{Own, OwnBoundary, add_kinds};
use super::super::space::Domain;
use super::{Boundary, Confinement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens at the edges of the domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline, transform = add_kinds::<dyn OwnBoundary>)]
pub enum BoundaryConfig {
    /// An agent that crosses an edge is done.
    Terminate {},
    /// An agent stops at the edge and keeps its heading.
    Clip {},
    /// An agent is mirrored at the edge, and so is its heading.
    Reflect {},
    /// An agent comes in again at the opposite edge.
    Wrap {},
    /// Each edge has a policy of its own.
    PerEdge(EdgePolicies),
    /// A kind of the program's own.
    #[serde(untagged)]
    #[schemars(skip)]
    Own(Own<dyn OwnBoundary>),
}

impl Default for BoundaryConfig {
    fn default() -> Self {
        Self::Reflect {}
    }
}

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

/// `[boundary]` of kind `per_edge`: the policy of each edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct EdgePolicies {
    /// At the lowest x: `terminate`, `clip`, `reflect` or `wrap`.
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

impl BoundaryConfig {
    /// The boundary of one unit.
    #[must_use]
    pub fn build(&self, domain: &Domain) -> Box<dyn Boundary> {
        let edges = match self {
            Self::Terminate {} => EdgePolicies::all(EdgePolicy::Terminate),
            Self::Clip {} => EdgePolicies::all(EdgePolicy::Clip),
            Self::Reflect {} => EdgePolicies::all(EdgePolicy::Reflect),
            Self::Wrap {} => EdgePolicies::all(EdgePolicy::Wrap),
            Self::PerEdge(edges) => *edges,
            Self::Own(own) => return own.build(domain),
        };
        Box::new(Confinement::new(domain, edges))
    }
}
