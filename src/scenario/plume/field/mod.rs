//! Plumes: odour concentration at positions, at the current time.

mod configuration;
mod gaussian;
mod gaussian_isotropic;
mod gridded;
mod model;
mod puffs;
mod small_puff;
mod sources;
mod spread;

pub use configuration::FieldConfig;
pub(super) use gaussian::WIND_LOWEST_M_S;
pub use gaussian::{GaussianConfig, GaussianPlume, SteadySourceConfig};
pub use gaussian_isotropic::{CloudConfig, GaussianIsotropicConfig, GaussianIsotropicPlume};
pub use gridded::{AsWindStartConfig, GriddedPlume, GriddedPlumeConfig, PlumeStartConfig};
pub(super) use gridded::{failure, no_source};
pub use model::{Gradient, Plume, PlumeKey, SourcePosition};
pub(super) use puffs::PuffBounds;
pub use puffs::{
    DiffusivityConfig, DispersionConfig, FarrellDispersionConfig, FilamentConfig, RegionConfig, TurbulentConfig,
    Vertical, WhenFull,
};
pub use small_puff::{CrosswindDiffusion, CrosswindNoise, SmallPuffConfig, SmallPuffDispersion, SmallPuffPlume};
pub(super) use sources::check_sources;
pub use sources::{
    AtEnd, OtherSourceConfig, PathConfig, PulsesConfig, ScheduleConfig, Sources, WaypointsConfig, WindowsConfig,
};
pub use spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};
