//! `[wind]`.

use super::{ConstantWind, ConstantWindConfig, Wind, WindKey};
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
    pub fn realise(&self, _begin_s: f64, _seed: StreamSeed, _inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(match self {
            Self::Constant(config) => Box::new(ConstantWind::new(config)),
        })
    }

    /// Identity of the wind for seeding: a hash of its parameters.
    #[must_use]
    pub fn key(&self) -> WindKey {
        let text = serde_json::to_vec(self).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 wind key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        WindKey(key)
    }
}
