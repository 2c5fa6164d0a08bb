//! Plumes: odour concentration at positions, at the current time.

mod configuration;
mod gaussian;
mod gaussian_isotropic;
mod gridded;
mod model;
mod spread;

pub use configuration::FieldConfig;
pub use gaussian::{GaussianConfig, GaussianPlume};
pub use gaussian_isotropic::{GaussianIsotropicConfig, GaussianIsotropicPlume};
pub(super) use gridded::failure;
pub use gridded::{AsWindStartConfig, GriddedPlume, GriddedPlumeConfig, PlumeStartConfig};
pub use model::{Gradient, Plume, PlumeKey, SourcePosition};
pub use spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};
