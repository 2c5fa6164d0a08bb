//! The scenario's tables of a study file.

use super::agents::AgentsConfig;
use super::boundary::BoundaryConfig;
use super::episode::EpisodeConfig;
use super::field::FieldConfig;
use super::navigator::NavigatorConfig;
use super::own::{OwnMetrics, hide_if_empty};
use super::sensor::SensorConfig;
use super::wind::WindConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Agents that look for the source of an odour plume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(transform = hide_if_empty)]
pub struct PlumeConfig {
    /// The odour plume.
    pub plume: FieldConfig,
    /// The wind that carries the plume and that agents feel.
    pub wind: WindConfig,
    /// What agents smell with.
    pub sensor: SensorConfig,
    /// How agents decide where to go.
    pub navigator: NavigatorConfig,
    /// What happens at the edges of the domain.
    pub boundary: BoundaryConfig,
    /// How many agents there are, where they start, and what their bodies can do.
    pub agents: AgentsConfig,
    /// Time step, duration, domain, and when the source counts as found.
    pub episode: EpisodeConfig,
    /// Metrics of the program's own.
    #[serde(skip_serializing_if = "OwnMetrics::is_empty")]
    pub metrics: OwnMetrics,
}
