//! Plumes: odour concentration at positions, at the current time.

mod configuration;
mod filament;
mod gaussian;
mod gaussian_isotropic;
mod model;
mod puff_clock;
mod puff_config;
mod puff_index;
mod puff_plume;
mod puffs;
mod source;
mod source_check;
mod source_config;
mod spread;
#[cfg(test)]
mod tests;
mod turbulent;

pub use configuration::FieldConfig;
pub use filament::{DiffusivityConfig, DispersionConfig, FarrellDispersionConfig, FilamentConfig};
pub use gaussian::{GaussianConfig, GaussianPlume};
pub use gaussian_isotropic::{GaussianIsotropicConfig, GaussianIsotropicPlume};
pub use model::{Gradient, Plume, PlumeKey, SourcePosition};
pub use puff_config::{RegionConfig, Vertical, WhenFull};
pub(super) use puff_plume::PuffSettings;
pub use source::Sources;
pub(super) use source_check::check_sources;
pub use source_config::{
    AtEnd, OtherSourceConfig, PathConfig, PulsesConfig, ScheduleConfig, WaypointsConfig, WindowsConfig,
};
pub use spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};
pub use turbulent::TurbulentConfig;
