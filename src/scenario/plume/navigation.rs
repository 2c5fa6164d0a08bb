//! Plume navigation as a [`Scenario`].

use super::PlumeConfig;
use super::{check, episode, metrics};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::{MemberAxis, MetricColumn, Objection, Scenario, Unit, UnitFailure, UnitOutput};
use std::sync::Arc;

/// Agents that look for the source of an odour plume: the scenario `plume`.
#[derive(Clone, Debug, Default)]
pub struct PlumeNavigation {
    level: Option<SimdLevel>,
    inputs: Arc<Inputs>,
}

impl PlumeNavigation {
    /// The same with kernels of a given level, for tests and benchmarks. Results don't depend on it.
    #[must_use]
    pub fn at_level(level: SimdLevel) -> Self {
        Self {
            level: Some(level),
            ..Self::default()
        }
    }
}

impl Scenario for PlumeNavigation {
    type Config = PlumeConfig;

    fn name(&self) -> &'static str {
        "plume"
    }

    fn summary(&self) -> &'static str {
        "agents that look for the source of an odour plume"
    }

    fn check(&self, config: &PlumeConfig) -> Vec<Objection> {
        check::check(config, &self.inputs)
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["agents.count", "plume"]
    }

    fn member_axis(&self, config: &PlumeConfig) -> MemberAxis {
        MemberAxis {
            name: "agent".to_owned(),
            count: config.agents.count,
        }
    }

    fn metrics(&self, config: &PlumeConfig) -> Vec<MetricColumn> {
        // A file that can't be read is refused by `check`.
        let unit = config.plume.concentration_unit(&self.inputs);
        metrics::columns(unit.as_deref().unwrap_or("1"))
    }

    fn simulate(&self, config: &PlumeConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let level = match self.level {
            Some(level) => level,
            None => SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string()))?,
        };
        episode::simulate(config, unit, &self.inputs, level, &mut (), output)
    }
}
