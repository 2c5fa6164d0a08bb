//! `[collision]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether agents get in each other's way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum CollisionConfig {
    /// Agents pass through each other.
    None {},
    /// Agents are discs that never overlap.
    Discs(DiscsConfig),
}

impl Default for CollisionConfig {
    fn default() -> Self {
        Self::None {}
    }
}

/// `[collision]` of kind `discs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct DiscsConfig {
    /// Radius of an agent's disc, m: no two agents are ever closer than twice as much.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub radius_m: f64,
    /// What an agent does in a step whose path is blocked.
    pub contact: Contact,
}

impl Default for DiscsConfig {
    fn default() -> Self {
        Self {
            radius_m: 0.02,
            contact: Contact::Touch,
        }
    }
}

/// What an agent does in a step whose path is blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Contact {
    /// The agent goes up to the first disc on its way.
    #[default]
    Touch,
    /// The agent stays where it is.
    Stay,
}
