//! `[boundary]`.

use super::super::episode::Domain;
use super::super::own::{Own, OwnBoundary, add_kinds};
use super::{Boundary, Clip, Reflect, Terminate, Wrap};
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

impl BoundaryConfig {
    /// The policy for one unit.
    #[must_use]
    pub fn build(&self, domain: &Domain) -> Box<dyn Boundary> {
        match self {
            Self::Terminate {} => Box::new(Terminate::new(domain)),
            Self::Clip {} => Box::new(Clip::new(domain)),
            Self::Reflect {} => Box::new(Reflect::new(domain)),
            Self::Wrap {} => Box::new(Wrap::new(domain)),
            Self::Own(own) => own.build(domain),
        }
    }
}
