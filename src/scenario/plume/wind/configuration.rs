//! `[wind]`.

use super::{ConstantWind, ConstantWindConfig, Wind};
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
    /// One realisation.
    #[must_use]
    pub fn realise(&self) -> Box<dyn Wind> {
        match self {
            Self::Constant(config) => Box::new(ConstantWind::new(config)),
        }
    }
}
