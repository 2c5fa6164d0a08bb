//! Plumes: odour concentration at positions, at the current time.

mod configuration;
mod filament;
mod gaussian;
mod gaussian_isotropic;
mod gridded;
mod model;
mod puff_bounds;
mod puff_config;
mod puff_index;
mod puff_plume;
mod puffs;
mod small_puff;
mod source;
mod source_check;
mod source_config;
mod spread;
#[cfg(test)]
mod tests;
mod turbulent;

pub use configuration::FieldConfig;
pub use filament::{DiffusivityConfig, DispersionConfig, FarrellDispersionConfig, FilamentConfig};
pub(super) use gaussian::WIND_LOWEST_M_S;
pub use gaussian::{GaussianConfig, GaussianPlume, SteadySourceConfig};
pub use gaussian_isotropic::{CloudConfig, GaussianIsotropicConfig, GaussianIsotropicPlume};
pub(super) use gridded::failure;
pub use gridded::{AsWindStartConfig, GriddedPlume, GriddedPlumeConfig, PlumeStartConfig};
pub use model::{Gradient, Plume, PlumeKey, SourcePosition};
pub(super) use puff_bounds::PuffBounds;
pub use puff_config::{RegionConfig, Vertical, WhenFull};
pub use small_puff::{CrosswindDiffusion, CrosswindNoise, SmallPuffConfig, SmallPuffDispersion, SmallPuffPlume};
pub use source::Sources;
pub(super) use source_check::check_sources;
pub use source_config::{
    AtEnd, OtherSourceConfig, PathConfig, PulsesConfig, ScheduleConfig, WaypointsConfig, WindowsConfig,
};
pub use spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};
pub use turbulent::TurbulentConfig;
