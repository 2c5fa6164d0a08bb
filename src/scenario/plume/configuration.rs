//! The scenario's tables of a study file.

use super::agents::{AgentsConfig, MotionConfig};
use super::boundary::{BoundaryConfig, BoundaryModel};
use super::collision::CollisionConfig;
use super::component::{MetricsConfig, is_built_in};
use super::episode_configuration::{BeliefMetrics, EpisodeConfig};
use super::field::{FieldConfig, PlumeModel};
use super::navigator::NavigatorConfig;
use super::record_configuration::RecordConfig;
use super::sensor::SensorConfig;
use super::wind::WindConfig;
use crate::grids::Inputs;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Agents that look for the source of an odour plume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlumeConfig {
    /// The odour plume.
    pub plume: FieldConfig,
    /// The wind that carries the plume and that agents feel.
    pub wind: WindConfig,
    /// What agents sense.
    pub sensor: SensorConfig,
    /// How agents decide where to go.
    pub navigator: NavigatorConfig,
    /// What happens at the edges of the domain.
    pub boundary: BoundaryConfig,
    /// Whether agents get in each other's way.
    pub collision: CollisionConfig,
    /// How many agents there are, where they start, and what their bodies can do.
    pub agents: AgentsConfig,
    /// Time step, duration, domain, and when the source counts as found.
    pub episode: EpisodeConfig,
    /// What is recorded of the agents besides their metrics.
    pub record: RecordConfig,
    /// Metrics besides those that every study has.
    #[serde(skip_serializing_if = "MetricsConfig::is_empty")]
    pub metrics: MetricsConfig,
}

impl PlumeConfig {
    /// The longest step that agents ask for, m.
    pub(super) fn max_step_m(&self, inputs: &Inputs) -> f64 {
        match &self.agents.motion {
            MotionConfig::Grid(grid) if grid.directions == 8 => grid.cell_m * std::f64::consts::SQRT_2,
            MotionConfig::Grid(grid) => grid.cell_m,
            MotionConfig::Oriented(oriented) => oriented.step_m,
            MotionConfig::Continuous(_) | MotionConfig::RunTumble(_) => {
                let commanded_m_s = self.navigator.max_speed_m_s();
                self.agents.max_speed_m_s(commanded_m_s, inputs) * self.episode.dt_s
            }
        }
    }

    /// Whether the distance from a source changes by no more than an agent goes: sources stand still, and no edge carries
    /// agents. What a plume or a boundary of the program does isn't known.
    pub(super) fn ways_bound_distances(&self, inputs: &Inputs) -> bool {
        let places = self.plume.source_places(inputs);
        let moves =
            (places.iter().enumerate()).any(|(i, place)| places[..i].iter().any(|one| one.source == place.source));
        let wraps = self.boundary.build(&self.episode.domain).wraps();
        is_built_in::<dyn PlumeModel>(self.plume.kind())
            && is_built_in::<dyn BoundaryModel>(self.boundary.kind())
            && !moves
            && wraps == [false; 2]
    }

    /// Whether the results have columns for what searches by belief came to.
    pub(super) fn has_belief_metrics(&self) -> bool {
        self.episode.belief_metrics == BeliefMetrics::Always || self.navigator.has_beliefs()
    }
}
