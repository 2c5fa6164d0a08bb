//! `[plume]`.

use super::super::wind::{MeanWind, WindConfig};
use super::{
    GaussianConfig, GaussianIsotropicConfig, GaussianIsotropicPlume, GaussianPlume, Plume, PlumeKey, SourcePosition,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The odour plume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum FieldConfig {
    /// Steady plume carried by the mean wind and reflected at the ground.
    Gaussian(GaussianConfig),
    /// Round, motionless cloud: concentration depends only on the distance from the source.
    GaussianIsotropic(GaussianIsotropicConfig),
}

impl Default for FieldConfig {
    fn default() -> Self {
        Self::Gaussian(GaussianConfig::default())
    }
}

impl FieldConfig {
    /// One realisation in the given mean wind.
    #[must_use]
    pub fn realise(&self, wind: MeanWind) -> Box<dyn Plume> {
        match self {
            Self::Gaussian(config) => Box::new(GaussianPlume::new(config, wind)),
            Self::GaussianIsotropic(config) => Box::new(GaussianIsotropicPlume::new(config)),
        }
    }

    /// Where the source is at the start.
    #[must_use]
    pub fn source(&self) -> SourcePosition {
        match self {
            Self::Gaussian(config) => config.source(),
            Self::GaussianIsotropic(config) => config.source(),
        }
    }

    /// What the realisations depend on besides their seed.
    #[must_use]
    pub fn key(&self, wind: &WindConfig) -> PlumeKey {
        let text = serde_json::to_vec(&(self, wind)).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 plume key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        PlumeKey(key)
    }
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
