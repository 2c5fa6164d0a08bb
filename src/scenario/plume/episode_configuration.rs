//! `[episode]`.

use super::space::Domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Time step, duration, domain, and when the source counts as found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct EpisodeConfig {
    /// Time step, s.
    #[schemars(range(min = 1e-6, max = 10.0))]
    pub dt_s: f64,
    /// The episode ends after this time, s (rounded up to whole steps).
    #[schemars(range(min = 1e-6, max = 1e7))]
    pub duration_s: f64,
    /// An agent this close to the source, in the horizontal plane, has found it, m.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub source_radius_m: f64,
    /// Whether an agent is done once it has found the source; otherwise it continues until the end.
    pub end_at_source: bool,
    /// Metrics count an agent as inside the plume where the true concentration is at least this, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub plume_threshold: f64,
    /// When the results have columns about beliefs: `automatic`, in studies whose agents have a belief, or `always`, as
    /// needed to compare them with agents that have none.
    pub belief_metrics: BeliefMetrics,
    /// The rectangle that agents live in.
    pub domain: Domain,
}

/// When there are columns for what searches by belief came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum BeliefMetrics {
    /// Where agents have a belief.
    #[default]
    Automatic,
    /// At all design points.
    Always,
}

impl Default for EpisodeConfig {
    fn default() -> Self {
        Self {
            dt_s: 0.02,
            duration_s: 60.0,
            source_radius_m: 0.4,
            end_at_source: true,
            plume_threshold: 1e-7,
            belief_metrics: BeliefMetrics::default(),
            domain: Domain::default(),
        }
    }
}

impl EpisodeConfig {
    /// Steps of a whole episode: the duration over the time step, rounded up.
    #[must_use]
    pub fn steps(&self) -> u64 {
        // A quotient that is whole but for rounding must not gain a step.
        let (quotient, whole) = (self.duration_s / self.dt_s, (self.duration_s / self.dt_s).round());
        let steps = if (quotient - whole).abs() <= 1e-12 * whole {
            whole
        } else {
            quotient.ceil()
        };
        steps.max(1.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_cover_the_duration() {
        for (duration_s, dt_s, steps) in [(60.0, 0.02, 3000), (0.3, 0.1, 3), (0.31, 0.1, 4), (0.001, 1.0, 1)] {
            let episode = EpisodeConfig {
                dt_s,
                duration_s,
                ..EpisodeConfig::default()
            };
            assert_eq!(episode.steps(), steps);
        }
    }

    /// With 10⁹ steps the quotient's last bit is 10⁻⁷.
    #[test]
    fn rounding_adds_no_step_to_long_episodes() {
        for i in 0..1000 {
            let steps = 1_000_000_007 + i;
            for dt_s in [1e-6, 0.003, 0.02, 0.1] {
                let episode = EpisodeConfig {
                    dt_s,
                    duration_s: steps as f64 * dt_s,
                    ..EpisodeConfig::default()
                };
                assert_eq!(episode.steps(), steps, "dt = {dt_s}");
            }
        }
    }
}
