//! `[record]`: what is recorded besides the metrics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is recorded of the agents besides their metrics: their steps and events, in tables beside the results. It changes no
/// result and no digest of results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RecordConfig {
    /// Columns of the table of steps besides agent and time: `x_m`, `y_m`, `heading_rad`, `speed_m_s`, `source_distance_m`, `concentration`, `signal`,
    /// `detected`, `left`, `right`, `slope_x_per_m`, `slope_y_per_m`, `wind_x_m_s`, `wind_y_m_s`, and the state of components, such as `surge_cast_state` and
    /// `belief_entropy_bits`. Without any there is no such table.
    pub columns: Vec<String>,
    /// Steps from one row of an agent to the next.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub every_steps: u32,
    /// Time from one row of an agent to the next, s, in whole steps; 0 leaves it to `every_steps`.
    #[schemars(range(min = 0.0, max = 1e7))]
    pub every_s: f64,
    /// Events that have a row in the table of events. Without any there is no such table.
    pub events: Vec<AgentEvent>,
    /// Design points that are recorded, by their indices; all if there are none.
    pub points: Vec<u64>,
    /// Replicates of a point that are recorded, the first ones; 0 records all.
    #[schemars(range(min = 0, max = 1_000_000_000))]
    pub replicates: u32,
    /// Agents of a unit that are recorded, the first ones; 0 records all.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub agents: u32,
    /// Whether only those agents are recorded that reach the source. Units in which some do are simulated twice.
    pub only: Recorded,
    /// Bits of the numbers: `f32` has 7 digits, `f64` all of them. Times are always f64.
    pub precision: Precision,
}

impl Default for RecordConfig {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            every_steps: 1,
            every_s: 0.0,
            events: Vec::new(),
            points: Vec::new(),
            replicates: 0,
            agents: 0,
            only: Recorded::All,
            precision: Precision::F32,
        }
    }
}

impl RecordConfig {
    /// Whether there is anything to record.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.columns.is_empty() && self.events.is_empty()
    }

    /// Whether a unit of this point and replicate is recorded.
    #[must_use]
    pub fn includes(&self, point: u64, replicate: u32) -> bool {
        !self.is_off()
            && (self.points.is_empty() || self.points.contains(&point))
            && (self.replicates == 0 || replicate < self.replicates)
    }

    /// How many of `count` agents are recorded.
    #[must_use]
    pub fn agents_of(&self, count: usize) -> usize {
        match self.agents {
            0 => count,
            first => count.min(first as usize),
        }
    }

    /// Steps of `dt_s` from one row of an agent to the next.
    #[must_use]
    pub fn interval_steps(&self, dt_s: f64) -> u64 {
        if self.every_s > 0.0 {
            // Beyond any episode is as good as never.
            return (self.every_s / dt_s).round().max(1.0) as u64;
        }
        u64::from(self.every_steps.max(1))
    }
}

/// What can happen to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AgentEvent {
    /// It comes into the plume.
    EncounterBegins,
    /// It goes out of the plume.
    EncounterEnds,
    /// Another agent cuts its step short.
    Collision,
    /// It meets an edge of the domain.
    Edge,
    /// It reaches the source.
    Arrival,
    /// It is done.
    End,
}

impl AgentEvent {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::EncounterBegins,
        Self::EncounterEnds,
        Self::Collision,
        Self::Edge,
        Self::Arrival,
        Self::End,
    ];

    /// What the results call them, in the order of their codes.
    pub const NAMES: [&'static str; 6] = [
        "encounter_begins",
        "encounter_ends",
        "collision",
        "edge",
        "arrival",
        "end",
    ];
}

/// Whose steps and events are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Recorded {
    /// Those of all agents.
    #[default]
    All,
    /// Those of agents that reach the source.
    Successful,
}

/// How exact recorded numbers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// 64 bits.
    F64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_chosen_by_point_and_replicate() {
        let on = RecordConfig {
            columns: vec!["x_m".to_owned()],
            ..RecordConfig::default()
        };
        assert!(!RecordConfig::default().includes(0, 0));
        assert!(on.includes(7, 9));
        let some = RecordConfig {
            points: vec![3, 7],
            replicates: 2,
            ..on
        };
        assert!(some.includes(7, 1) && some.includes(3, 0));
        assert!(!some.includes(7, 2) && !some.includes(4, 0));
    }

    #[test]
    fn intervals_are_whole_steps() {
        let every = |every_steps, every_s| {
            RecordConfig {
                every_steps,
                every_s,
                ..RecordConfig::default()
            }
            .interval_steps(0.1)
        };
        assert_eq!(every(4, 0.0), 4);
        assert_eq!(every(4, 0.3), 3);
        assert_eq!(every(4, 0.01), 1);
        assert_eq!(every(4, 1e7), 100_000_000);
    }

    #[test]
    fn events_are_called_as_they_are_typed() {
        for (event, name) in AgentEvent::ALL.into_iter().zip(AgentEvent::NAMES) {
            assert_eq!(serde_json::to_value(event).unwrap(), name);
            assert_eq!(AgentEvent::NAMES[event as usize], name);
        }
    }
}
