//! `[plume]`.

use super::super::component::{Choice, OwnPlume, add_kinds};
use super::super::wind::{Wind, WindConfig};
use super::{
    FilamentConfig, GaussianConfig, GaussianIsotropicConfig, GaussianIsotropicPlume, GaussianPlume, GriddedPlume,
    GriddedPlumeConfig, Plume, PlumeKey, PlumeStartConfig, PuffBounds, SmallPuffConfig, SmallPuffPlume, SourcePosition,
    TurbulentConfig,
};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The odour plume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline, transform = add_kinds::<dyn OwnPlume>)]
pub enum FieldConfig {
    /// Steady plume carried by the mean wind and reflected at the ground.
    Gaussian(GaussianConfig),
    /// Round, motionless cloud: concentration depends only on the distance from the source.
    GaussianIsotropic(GaussianIsotropicConfig),
    /// Puffs released at random, carried by the wind, spread and growing (Farrell et al. 2002).
    Filament(FilamentConfig),
    /// Puffs with a turbulent velocity of their own besides that of the wind.
    Turbulent(TurbulentConfig),
    /// Many small square puffs (Singh et al. 2023).
    SmallPuff(SmallPuffConfig),
    /// Movie of concentrations on a grid, from a NetCDF or HDF5 file.
    Gridded(GriddedPlumeConfig),
    /// A kind of the program's own.
    #[serde(untagged)]
    #[schemars(skip)]
    Own(Choice<dyn OwnPlume>),
}

impl Default for FieldConfig {
    fn default() -> Self {
        Self::Gaussian(GaussianConfig::default())
    }
}

impl FieldConfig {
    /// One realisation at time 0. `wind` stands at the time −[`FieldConfig::spin_up_s`] and is moved along while the
    /// plume spins up.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn realise(
        &self,
        wind: &mut dyn Wind,
        seed: StreamSeed,
        inputs: &Inputs,
    ) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(match self {
            Self::Gaussian(config) => Box::new(GaussianPlume::new(config, wind.mean())?),
            Self::GaussianIsotropic(config) => Box::new(GaussianIsotropicPlume::new(config)),
            Self::Filament(config) => Box::new(config.realise(wind, seed, level()?)?),
            Self::Turbulent(config) => Box::new(config.realise(wind, seed, level()?)?),
            Self::SmallPuff(config) => Box::new(SmallPuffPlume::new(config, wind, seed, level()?)?),
            Self::Gridded(config) => Box::new(GriddedPlume::new(config, wind, seed, inputs)?),
            Self::Own(own) => own.realise(wind, seed)?,
        })
    }

    /// How long the plume runs before agents are released, s.
    #[must_use]
    pub fn spin_up_s(&self) -> f64 {
        match self {
            Self::Gaussian(_) | Self::GaussianIsotropic(_) | Self::Gridded(_) => 0.0,
            Self::Filament(config) => config.spin_up_s,
            Self::Turbulent(config) => config.spin_up_s,
            Self::SmallPuff(config) => config.spin_up_s,
            Self::Own(own) => own.spin_up_s(),
        }
    }

    /// Where the sources are at time 0.
    #[must_use]
    pub fn sources(&self) -> Vec<SourcePosition> {
        match self {
            Self::Gaussian(config) => config.sources(),
            Self::GaussianIsotropic(config) => config.sources(),
            Self::Filament(config) => config.sources().positions(0.0),
            Self::Turbulent(config) => config.sources().positions(0.0),
            Self::SmallPuff(config) => config.sources().positions(0.0),
            Self::Gridded(config) => vec![config.source()],
            Self::Own(own) => own.sources(),
        }
    }

    /// What all plumes of puffs have, if this is one.
    pub(in super::super) fn puffs(&self) -> Option<PuffBounds> {
        match self {
            Self::Gaussian(_) | Self::GaussianIsotropic(_) | Self::Gridded(_) | Self::Own(_) => None,
            Self::Filament(config) => Some(config.settings().into()),
            Self::Turbulent(config) => Some(config.settings().into()),
            Self::SmallPuff(config) => Some(config.bounds()),
        }
    }

    /// Unit of the concentration (UDUNITS): that of sensors' thresholds and of metrics too.
    ///
    /// # Errors
    /// If it stands in a file that can't be read.
    pub fn concentration_unit(&self, inputs: &Inputs) -> Result<String, UnitFailure> {
        match self {
            Self::Gaussian(_) | Self::GaussianIsotropic(_) => Ok("kg m-3".to_owned()),
            Self::Filament(config) => Ok(config.concentration_unit.clone()),
            Self::Turbulent(config) => Ok(config.concentration_unit.clone()),
            Self::SmallPuff(_) => Ok("1".to_owned()),
            Self::Gridded(config) => config.concentration_unit(inputs),
            Self::Own(own) => Ok(own.concentration_unit()),
        }
    }

    /// Whether [`Plume::sample_gradient`] gives a slope.
    #[must_use]
    pub fn has_gradient(&self) -> bool {
        !matches!(self, Self::SmallPuff(_))
    }

    /// Whether replicates have different plumes in the same wind.
    #[must_use]
    pub fn is_random(&self) -> bool {
        match self {
            Self::Gaussian(_) | Self::GaussianIsotropic(_) => false,
            Self::Filament(_) | Self::Turbulent(_) | Self::SmallPuff(_) => true,
            Self::Gridded(config) => matches!(config.start, PlumeStartConfig::Random(_)),
            Self::Own(own) => own.is_random(),
        }
    }

    /// The same without what changes no results.
    fn for_key(&self) -> Self {
        match self {
            Self::Gridded(config) => Self::Gridded(config.for_key()),
            other => other.clone(),
        }
    }

    /// What the realisations depend on besides their seed.
    #[must_use]
    pub fn key(&self, wind: &WindConfig) -> PlumeKey {
        let text =
            serde_json::to_vec(&(self.for_key(), wind.for_key())).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 plume key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        PlumeKey(key)
    }
}

/// The instruction set for plumes that compute on their own.
fn level() -> Result<SimdLevel, UnitFailure> {
    SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_follows_plume_and_wind() {
        let (plume, wind) = (FieldConfig::default(), WindConfig::default());
        assert_eq!(plume.key(&wind), plume.clone().key(&wind.clone()));
        let other_wind: WindConfig = serde_json::from_str(r#"{"kind": "constant", "speed_m_s": 3.0}"#).unwrap();
        assert_ne!(plume.key(&wind), plume.key(&other_wind));
        let other = FieldConfig::GaussianIsotropic(GaussianIsotropicConfig::default());
        assert_ne!(plume.key(&wind), other.key(&wind));
    }
}
