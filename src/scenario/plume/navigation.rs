//! Plume navigation as a [`Scenario`].

use super::PlumeConfig;
use super::{WorldSampler, check, counters, episode, input_files, metrics};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::{
    Counter, FieldSampler, InputFile, MemberAxis, MetricColumn, Objection, Scenario, Unit, UnitFailure, UnitOutput,
};
use std::path::Path;
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

    fn level(&self) -> Result<SimdLevel, UnitFailure> {
        match self.level {
            Some(level) => Ok(level),
            None => SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string())),
        }
    }
}

/// Keys that the number of agents, the plume's unit and the columns depend on, and no others: an axis over a source's position
/// must not count.
const SHAPE_KEYS: &[&str] = &[
    "agents.count",
    "plume.kind",
    "plume.concentration_unit",
    "plume.file",
    "plume.variable",
    "navigator.kind",
    "episode.belief_metrics",
];

impl Scenario for PlumeNavigation {
    type Config = PlumeConfig;

    fn name(&self) -> &'static str {
        "plume"
    }

    fn summary(&self) -> &'static str {
        "agents that look for the source of an odour plume"
    }

    fn for_folder(&self, folder: &Path) -> Option<Self> {
        Some(Self {
            level: self.level,
            inputs: Arc::new(Inputs::in_folder(folder)),
        })
    }

    fn input_files(&self, config: &PlumeConfig) -> Vec<InputFile> {
        input_files::named_files(config, &self.inputs)
    }

    fn file_keys(&self) -> &'static [&'static str] {
        input_files::FILE_KEYS
    }

    fn memory_bytes_per_rank(&self, config: &PlumeConfig) -> u64 {
        counters::memory_bytes(config, &self.inputs)
    }

    fn counters(&self) -> Vec<Counter> {
        counters::counters(&self.inputs)
    }

    fn check(&self, config: &PlumeConfig) -> Vec<Objection> {
        check::check(config, &self.inputs)
    }

    fn shares_randomness(&self, config: &PlumeConfig) -> bool {
        config.wind.is_random() || config.plume.is_random()
    }

    fn randomness_keys(&self) -> &'static [&'static str] {
        &["wind.kind", "wind.start.kind", "plume.kind", "plume.start.kind"]
    }

    fn neutral_keys(&self) -> &'static [&'static str] {
        &["plume.cache", "wind.cache"]
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        SHAPE_KEYS
    }

    fn member_axis(&self, config: &PlumeConfig) -> MemberAxis {
        MemberAxis {
            name: "agent".to_owned(),
            count: config.agents.count,
        }
    }

    fn metrics(&self, config: &PlumeConfig) -> Vec<MetricColumn> {
        // Only a file without a readable header, or without the variable, gives no unit. `check` refuses it; if it broke
        // later, all its units fail and say why.
        let unit = config.plume.concentration_unit(&self.inputs).unwrap_or_else(|failure| {
            tracing::warn!("the unit of concentrations isn't known, \"1\" is written: {failure}");
            "1".to_owned()
        });
        let mut columns = metrics::columns(&unit);
        if config.has_belief_metrics() {
            columns.extend(metrics::belief_columns());
        }
        columns
    }

    fn simulate(&self, config: &PlumeConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        episode::simulate(config, unit, &self.inputs, self.level()?, &mut (), output)
    }

    fn fields(&self, config: &PlumeConfig, unit: &Unit) -> Result<Option<Box<dyn FieldSampler>>, UnitFailure> {
        let sampler = WorldSampler::new(config, &unit.streams, &self.inputs, self.level()?)?;
        Ok(Some(Box::new(sampler)))
    }
}
