//! `[agents]`.

use super::super::space::Domain;
use super::motion::Body;
use super::start::{StartTable, StartTableError};
use super::varied::{FACTORS, Factors};
use super::{Agents, Motion, MotionConfig, StartConfig, StartHeadingConfig, VariedConfig};
use crate::grids::Inputs;
use crate::random::Streams;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many agents there are, where they start, and what their bodies can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AgentsConfig {
    /// Agents of one unit. They share wind and plume; `[collision]` says whether they get in each other's way.
    #[schemars(range(min = 1, max = 100_000))]
    pub count: u32,
    /// Height above the ground at which agents move, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub height_m: f64,
    /// Largest speed over ground, m/s.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub speed_max_m_s: f64,
    /// Largest turn rate, rad/s. Bodies of kind grid and run_tumble turn instantly.
    #[schemars(range(min = 1e-3, max = 1e4))]
    pub turn_rate_max_rad_s: f64,
    /// How bodies turn commands into motion.
    pub motion: MotionConfig,
    /// How agents differ.
    pub varied: VariedConfig,
    /// Where agents start.
    pub start: StartConfig,
    /// Initial headings, unless a list or file gives them.
    pub start_heading: StartHeadingConfig,
}

impl Default for AgentsConfig {
    fn default() -> Self {
        Self {
            count: 10,
            height_m: 1.0,
            speed_max_m_s: 1.0,
            turn_rate_max_rad_s: 30.0,
            motion: MotionConfig::default(),
            varied: VariedConfig::default(),
            start: StartConfig::default(),
            start_heading: StartHeadingConfig::default(),
        }
    }
}

impl AgentsConfig {
    /// The bodies of `agents`, which are put where such bodies can be. Random streams: `varied` and `motion`, one of
    /// each per agent.
    ///
    /// # Errors
    /// If the file of starts can't be read.
    pub fn build_motion(
        &self,
        domain: &Domain,
        inputs: &Inputs,
        streams: &Streams,
        agents: &mut Agents,
    ) -> Result<Box<dyn Motion>, UnitFailure> {
        let table = self.start_table(inputs).map_err(StartTableError::into_failure)?;
        let body = Body {
            speed_max_m_s: self.speed_max_m_s,
            turn_rate_max_rad_s: self.turn_rate_max_rad_s,
            factors: Factors::new(&self.varied, table.as_deref(), agents.count, streams.seed("varied")),
        };
        Ok(self.motion.build(body, domain, streams.seed("motion"), agents))
    }

    /// The table of starts, if places are listed or in a file.
    pub(in super::super) fn start_table(&self, inputs: &Inputs) -> Result<Option<Arc<StartTable>>, StartTableError> {
        match &self.start {
            StartConfig::List(list) => StartTable::from_list(list).map(|table| Some(Arc::new(table))),
            StartConfig::File(file) => inputs.parsed(&file.file, StartTable::read).map(Some),
            _ => Ok(None),
        }
    }

    /// The smallest and the largest factor of each kind that an agent can have, in the order of the keys of
    /// `[agents.varied]`. A file that can't be used is refused elsewhere, and counts as one without factors.
    fn factor_bounds(&self, inputs: &Inputs) -> [(f64, f64); FACTORS.len()] {
        let table = self.start_table(inputs).ok().flatten();
        let mut bounds = self.varied.factors().map(|factor| factor.bounds());
        for (bound, name) in bounds.iter_mut().zip(FACTORS) {
            if let Some(column) = table.as_ref().and_then(|table| table.column(name)) {
                let ends = (f64::INFINITY, f64::NEG_INFINITY);
                *bound = (column.iter()).fold(ends, |(low, high), value| (value.min(low), value.max(high)));
            }
        }
        bounds
    }

    /// The highest speed of any agent whose navigator asks for up to `commanded_m_s`, m/s.
    #[must_use]
    pub fn max_speed_m_s(&self, commanded_m_s: f64, inputs: &Inputs) -> f64 {
        let [commanded, limit, ..] = self.factor_bounds(inputs);
        (commanded_m_s * commanded.1).min(self.speed_max_m_s * limit.1)
    }

    /// The highest speed that the slowest agent asks for, whose navigator asks for up to `commanded_m_s`, and the highest limit of any
    /// agent, m/s: if the first is above the second, all agents are cut.
    pub(in super::super) fn asked_and_allowed_m_s(&self, commanded_m_s: f64, inputs: &Inputs) -> (f64, f64) {
        let [commanded, limit, ..] = self.factor_bounds(inputs);
        (commanded_m_s * commanded.0, self.speed_max_m_s * limit.1)
    }

    /// The lowest limit on turns of any agent, rad/s.
    #[must_use]
    pub fn min_turn_rate_rad_s(&self, inputs: &Inputs) -> f64 {
        let [_, _, turn_rate, _] = self.factor_bounds(inputs);
        self.turn_rate_max_rad_s * turn_rate.0
    }
}
