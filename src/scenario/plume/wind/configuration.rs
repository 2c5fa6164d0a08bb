//! `[wind]`.

use super::{ConstantWind, ConstantWindConfig, GriddedWind, GriddedWindConfig, Wind, WindKey};
use crate::grids::Inputs;
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The wind that carries the plume and that agents feel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum WindConfig {
    /// The same velocity everywhere, at all times.
    Constant(ConstantWindConfig),
    /// Movie of velocities on a grid, from a NetCDF or HDF5 file.
    Gridded(GriddedWindConfig),
}

impl Default for WindConfig {
    fn default() -> Self {
        Self::Constant(ConstantWindConfig::default())
    }
}

impl WindConfig {
    /// One realisation at the time `begin_s`, spun up already.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn realise(&self, begin_s: f64, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(match self {
            Self::Constant(config) => Box::new(ConstantWind::new(config)),
            Self::Gridded(config) => Box::new(GriddedWind::new(config, begin_s, seed, inputs)?),
        })
    }

    /// The same without what changes no results.
    pub(in super::super) fn for_key(&self) -> Self {
        match self {
            Self::Gridded(config) => Self::Gridded(config.for_key()),
            other @ Self::Constant(_) => other.clone(),
        }
    }

    /// Identity of the wind for seeding: a hash of its parameters.
    #[must_use]
    pub fn key(&self) -> WindKey {
        let text = serde_json::to_vec(&self.for_key()).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 wind key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        WindKey(key)
    }
}
