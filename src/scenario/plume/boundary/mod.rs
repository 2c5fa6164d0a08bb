//! What happens at the edges of the domain.

mod axis;
mod circular;
mod configuration;
mod confinement;
mod edges;
mod model;
#[cfg(test)]
mod tests;

pub use circular::{CircularConfig, WallPolicy};
pub use configuration::{BoundaryConfig, BoundaryModel};
pub use confinement::Confinement;
pub use edges::{ClipConfig, EdgePolicies, EdgePolicy, ReflectConfig, TerminateConfig, WrapConfig};
pub use model::Boundary;

use super::component::Kind;

/// The built-in kinds of `[boundary]`, one line for each.
const BUILT_IN: &[Kind<dyn BoundaryModel>] = &[
    Kind::<dyn BoundaryModel>::of::<TerminateConfig>(),
    Kind::<dyn BoundaryModel>::of::<ClipConfig>(),
    Kind::<dyn BoundaryModel>::of::<ReflectConfig>(),
    Kind::<dyn BoundaryModel>::of::<WrapConfig>(),
    Kind::<dyn BoundaryModel>::of::<EdgePolicies>(),
    Kind::<dyn BoundaryModel>::of::<CircularConfig>(),
];
