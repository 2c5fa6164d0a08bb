//! Plumes: odour concentration at positions, at the current time.

mod configuration;
mod gaussian;
mod gaussian_decaying;
mod gaussian_isotropic;
mod gridded;
mod gridded_check;
mod model;
mod puffs;
mod small_puff;
mod sources;
mod spread;

pub use configuration::{FieldConfig, PlumeModel, SourcePlace};
pub use gaussian::{GaussianConfig, GaussianPlume, SteadySourceConfig};
pub use gaussian_decaying::{GaussianDecayingConfig, GaussianDecayingPlume};
pub use gaussian_isotropic::{CloudConfig, GaussianIsotropicConfig, GaussianIsotropicPlume};
pub use gridded::{AsWindStartConfig, GriddedPlume, GriddedPlumeConfig, PlumeStartConfig};
pub use model::{Gradient, Plume, PlumeKey, SourcePosition};
pub use puffs::{
    DiffusivityConfig, DispersionConfig, FarrellDispersionConfig, FilamentConfig, LimitsConfig, RegionConfig,
    ReleaseConfig, TurbulentConfig, Vertical, WhenFull,
};
pub use small_puff::{CrosswindDiffusion, CrosswindNoise, SmallPuffConfig, SmallPuffDispersion, SmallPuffPlume};
pub use sources::{
    AtEnd, OtherSourceConfig, PathConfig, PulsesConfig, ScheduleConfig, Sources, WaypointsConfig, WindowsConfig,
};
pub use spread::{BriggsSpread, ConstantDiffusivity, PowerLawSpread, SpreadConfig, StabilityClass, Terrain};

use super::component::Kind;

/// The built-in kinds of `[plume]`, one line for each.
const BUILT_IN: &[Kind<dyn PlumeModel>] = &[
    Kind::<dyn PlumeModel>::of::<GaussianConfig>(),
    Kind::<dyn PlumeModel>::of::<GaussianDecayingConfig>(),
    Kind::<dyn PlumeModel>::of::<GaussianIsotropicConfig>(),
    Kind::<dyn PlumeModel>::of::<FilamentConfig>(),
    Kind::<dyn PlumeModel>::of::<TurbulentConfig>(),
    Kind::<dyn PlumeModel>::of::<SmallPuffConfig>(),
    Kind::<dyn PlumeModel>::of::<GriddedPlumeConfig>(),
];
