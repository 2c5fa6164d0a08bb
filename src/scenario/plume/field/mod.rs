//! Plumes: odour concentration at positions, at the current time.

mod configuration;
mod gaussian;
mod gaussian_isotropic;
mod model;
mod spread;

pub use configuration::FieldConfig;
pub(super) use gaussian::WIND_LOWEST_M_S;
pub use gaussian::{GaussianConfig, GaussianPlume, SteadySourceConfig};
pub use gaussian_isotropic::{CloudConfig, GaussianIsotropicConfig, GaussianIsotropicPlume};
pub use model::{Gradient, Plume, PlumeKey, SourcePosition};
pub use spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};
