//! What happens at the edges of the domain.

mod axis;
mod configuration;
mod confinement;
mod model;
#[cfg(test)]
mod tests;

pub use configuration::{BoundaryConfig, EdgePolicies, EdgePolicy};
pub use confinement::Confinement;
pub use model::Boundary;
