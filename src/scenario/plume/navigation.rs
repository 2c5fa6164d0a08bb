//! Plume navigation as a [`Scenario`].

use super::PlumeConfig;
use super::{check, episode, metrics};
use crate::lanes::SimdLevel;
use crate::scenario::{MemberAxis, MetricColumn, Objection, Scenario, Unit, UnitFailure, UnitOutput};

/// Agents that look for the source of an odour plume: the scenario `plume`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlumeNavigation {
    level: Option<SimdLevel>,
}

impl PlumeNavigation {
    /// The same with kernels of a given level, for tests and benchmarks. Results don't depend on it.
    #[must_use]
    pub fn at_level(level: SimdLevel) -> Self {
        Self { level: Some(level) }
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
        check::check(config)
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["agents.count"]
    }

    fn member_axis(&self, config: &PlumeConfig) -> MemberAxis {
        MemberAxis {
            name: "agent".to_owned(),
            count: config.agents.count,
        }
    }

    fn metrics(&self, _config: &PlumeConfig) -> Vec<MetricColumn> {
        metrics::columns()
    }

    fn simulate(&self, config: &PlumeConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let level = match self.level {
            Some(level) => level,
            None => SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string()))?,
        };
        episode::simulate(config, unit, level, &mut (), output)
    }
}
