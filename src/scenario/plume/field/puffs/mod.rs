//! Plumes of round puffs that the wind carries.

mod bounds;
mod check;
mod configuration;
mod filament;
mod index;
mod places;
mod plume;
mod release;
#[cfg(test)]
mod tests;
mod turbulent;

pub(in super::super) use bounds::PuffBounds;
pub use configuration::{RegionConfig, Vertical, WhenFull};
pub use filament::{DiffusivityConfig, DispersionConfig, FarrellDispersionConfig, FilamentConfig};
pub use release::{LimitsConfig, ReleaseConfig};
pub use turbulent::TurbulentConfig;
