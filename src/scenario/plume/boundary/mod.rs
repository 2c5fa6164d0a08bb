//! What happens at the edges of the domain.

mod clip;
mod configuration;
mod model;
mod reflect;
mod terminate;
#[cfg(test)]
mod tests;
mod wrap;

pub use clip::Clip;
pub use configuration::BoundaryConfig;
pub use model::Boundary;
pub use reflect::Reflect;
pub use terminate::Terminate;
pub use wrap::Wrap;
