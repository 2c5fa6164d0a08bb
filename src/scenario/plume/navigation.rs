//! Plume navigation as a [`Scenario`].

use super::PlumeConfig;
use super::boundary::BoundaryModel;
use super::component::{Component, Kind, Kinds, MakeHook, MetricModel, Watching};
use super::episode::Observer;
use super::field::PlumeModel;
use super::navigator::NavigatorModel;
use super::record::{self, Recorder};
use super::record_configuration::{AgentEvent, Recorded};
use super::sensor::SensorModel;
use super::wind::WindModel;
use super::{WorldSampler, check, counters, episode, input_files, metrics};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::{
    Counter, FieldSampler, InputFile, MemberAxis, MetricColumn, Problem, RowTable, Scenario, Unit, UnitFailure,
    UnitFeatures, UnitOutput,
};
use std::path::Path;
use std::sync::Arc;

/// Agents that look for the source of an odour plume: the scenario `plume`.
#[derive(Clone, Default)]
pub struct PlumeNavigation {
    simd: Option<SimdLevel>,
    inputs: Arc<Inputs>,
    kinds: Arc<Kinds>,
    hooks: Vec<MakeHook>,
}

impl std::fmt::Debug for PlumeNavigation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlumeNavigation")
            .field("simd", &self.simd)
            .field("kinds", &self.kinds)
            .field("hooks", &self.hooks.len())
            .finish_non_exhaustive()
    }
}

impl PlumeNavigation {
    /// The scenario with kernels of a given level, for tests and benchmarks. Results don't depend on it.
    #[must_use]
    pub fn with_simd(simd: SimdLevel) -> Self {
        Self {
            simd: Some(simd),
            ..Self::default()
        }
    }

    /// Adds a kind of `[navigator]`.
    ///
    /// # Panics
    /// If there is a kind of that name already; the same holds for the other families.
    #[must_use]
    pub fn with_navigator<C: Component + NavigatorModel>(mut self) -> Self {
        Arc::make_mut(&mut self.kinds).add(Kind::<dyn NavigatorModel>::of::<C>());
        self
    }

    /// Adds a kind of `[sensor]`.
    #[must_use]
    pub fn with_sensor<C: Component + SensorModel>(mut self) -> Self {
        Arc::make_mut(&mut self.kinds).add(Kind::<dyn SensorModel>::of::<C>());
        self
    }

    /// Adds a kind of `[plume]`.
    #[must_use]
    pub fn with_plume<C: Component + PlumeModel>(mut self) -> Self {
        Arc::make_mut(&mut self.kinds).add(Kind::<dyn PlumeModel>::of::<C>());
        self
    }

    /// Adds a kind of `[wind]`.
    #[must_use]
    pub fn with_wind<C: Component + WindModel>(mut self) -> Self {
        Arc::make_mut(&mut self.kinds).add(Kind::<dyn WindModel>::of::<C>());
        self
    }

    /// Adds a kind of `[boundary]`.
    #[must_use]
    pub fn with_boundary<C: Component + BoundaryModel>(mut self) -> Self {
        Arc::make_mut(&mut self.kinds).add(Kind::<dyn BoundaryModel>::of::<C>());
        self
    }

    /// Adds a metric, which every study then has.
    #[must_use]
    pub fn with_metric<C: Component + MetricModel>(mut self) -> Self {
        Arc::make_mut(&mut self.kinds).add(Kind::<dyn MetricModel>::of::<C>());
        self
    }

    /// Adds a hook: `make` is called for every unit, and what it gives watches the unit's episode. A hook changes no
    /// result. It runs on the thread that simulates the unit, and again where a unit is retried.
    #[must_use]
    pub fn with_hook<O, F>(mut self, make: F) -> Self
    where
        O: Observer + 'static,
        F: Fn(&Unit) -> O + Send + Sync + 'static,
    {
        self.hooks.push(Arc::new(move |unit| Box::new(make(unit))));
        self
    }

    fn simd(&self) -> Result<SimdLevel, UnitFailure> {
        match self.simd {
            Some(simd) => Ok(simd),
            None => SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string())),
        }
    }
}

/// Keys that the number of agents, the plume's unit and the columns depend on, and no others: an axis over a source's
/// position must not count.
const SHAPE_KEYS: &[&str] = &[
    "agents.count",
    "plume.kind",
    "plume.concentration_unit",
    "plume.file",
    "plume.variable",
    "plume.source_path.kind",
    "plume.other_sources",
    "boundary.kind",
    "boundary.west",
    "boundary.south",
    "navigator.kind",
    "navigator.strategies",
    "metrics",
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
            inputs: Arc::new(Inputs::in_folder(folder)),
            ..self.clone()
        })
    }

    fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        self.kinds.scope(work)
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

    fn memory_bytes_per_member(&self, config: &PlumeConfig) -> u64 {
        counters::memory_bytes_per_agent(config)
    }

    fn counters(&self) -> Vec<Counter> {
        counters::counters(&self.inputs)
    }

    fn check(&self, config: &PlumeConfig) -> Vec<Problem> {
        self.kinds.scope(|| check::check(config, &self.inputs)).into_vec()
    }

    fn shares_randomness(&self, config: &PlumeConfig) -> bool {
        config.wind.is_random() || config.plume.is_random()
    }

    fn randomness_keys(&self) -> &'static [&'static str] {
        &["wind.kind", "wind.start.kind", "plume.kind", "plume.start.kind"]
    }

    fn keys_without_effect(&self) -> &'static [&'static str] {
        &["plume.cache", "wind.cache", "record"]
    }

    fn common_columns(&self) -> &'static [(&'static str, &'static str)] {
        &[("episode.belief_metrics", "always")]
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
        let mut columns = metrics::columns(&self.concentration_unit(config));
        if !config.ways_bound_distances(&self.inputs) {
            metrics::let_distances_jump(&mut columns);
        }
        if config.has_belief_metrics() {
            columns.extend(metrics::belief_columns());
        }
        columns.extend(config.metrics.iter().flat_map(MetricModel::columns));
        columns
    }

    fn features(&self, config: &PlumeConfig) -> UnitFeatures {
        UnitFeatures {
            tables: self.tables(config),
            ..UnitFeatures::PLAIN
        }
    }

    fn max_rows(&self, config: &PlumeConfig, (points, replicates): (u64, u32)) -> (Vec<Option<u64>>, u64) {
        let (record, episode) = (&config.record, &config.episode);
        let agents = record.agents_of(config.agents.count as usize) as u64;
        // At the start of every interval, and at the end.
        let of_agent = episode.steps().div_ceil(record.interval_steps(episode.dt_s)) + 1;
        let mut rows = Vec::new();
        rows.extend((!record.columns.is_empty()).then_some(Some(agents * of_agent)));
        rows.extend((!record.events.is_empty()).then_some(None));
        let points = match record.points.len() {
            0 => points,
            _ => record.points.iter().filter(|point| **point < points).count() as u64,
        };
        let replicates = match record.replicates {
            0 => replicates,
            first => first.min(replicates),
        };
        (rows, points * u64::from(replicates))
    }

    fn trace_keys(&self, config: &PlumeConfig) -> Vec<(&'static str, String)> {
        let mut keys = vec![
            ("record.points", "[]".to_owned()),
            ("record.replicates", "0".to_owned()),
            ("record.only", "\"all\"".to_owned()),
        ];
        if config.record.is_off() {
            keys.push(("record.agents", "0".to_owned()));
            keys.push(("record.every_steps", "1".to_owned()));
            keys.push(("record.every_s", "0.0".to_owned()));
            keys.push(("record.columns", format!("{:?}", record::usual_columns(config))));
            keys.push(("record.events", format!("{:?}", AgentEvent::NAMES)));
        }
        keys
    }

    fn simulate(&self, config: &PlumeConfig, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        let record = &config.record;
        if !record.includes(unit.point.0, unit.replicate.0) {
            return self.watch(config, unit, None, output);
        }
        // The recorder looks at kinds alone, whatever concentrations are measured in.
        let tables = (self.kinds).scope(|| record::tables(config, "1"));
        let recorder = |agents| (self.kinds).scope(|| Recorder::new(config, &tables, agents));
        let mut agents: Vec<usize> = (0..record.agents_of(config.agents.count as usize)).collect();
        if record.only == Recorded::All {
            return self.watch(config, unit, Some(recorder(agents)), output);
        }
        self.watch(config, unit, None, output)?;
        agents.retain(|agent| output.values()[*agent] == 1.0);
        if agents.is_empty() {
            return Ok(());
        }
        // The same once more, bit by bit, now that it is known who succeeds; nobody else watches.
        let mut recorder = recorder(agents);
        episode::simulate(config, unit, &self.inputs, self.simd()?, &mut recorder, output)
    }

    fn fields(&self, config: &PlumeConfig, unit: &Unit) -> Result<Option<Box<dyn FieldSampler>>, UnitFailure> {
        let sampler = WorldSampler::new(config, &unit.streams, &self.inputs, self.simd()?)?;
        Ok(Some(Box::new(sampler)))
    }
}

impl PlumeNavigation {
    /// The unit of concentrations at a design point.
    fn concentration_unit(&self, config: &PlumeConfig) -> String {
        // Only a file without a readable header, or without the variable, gives no unit. `check` refuses it; if it broke
        // later, all its units fail and say why.
        config.plume.concentration_unit(&self.inputs).unwrap_or_else(|failure| {
            tracing::warn!("the unit of concentrations isn't known, \"1\" is written: {failure}");
            "1".to_owned()
        })
    }

    /// The tables that a study records.
    fn tables(&self, config: &PlumeConfig) -> Vec<RowTable> {
        match config.record.is_off() {
            true => Vec::new(),
            false => (self.kinds).scope(|| record::tables(config, &self.concentration_unit(config))),
        }
    }

    /// Simulates a unit, watched by the program's own metrics and hooks, and by a recorder.
    fn watch(
        &self,
        config: &PlumeConfig,
        unit: &Unit,
        recorder: Option<Recorder>,
        output: &mut UnitOutput<'_>,
    ) -> Result<(), UnitFailure> {
        let simd = self.simd()?;
        let inputs = &self.inputs;
        if config.metrics.is_empty() && self.hooks.is_empty() {
            return match recorder {
                None => episode::simulate(config, unit, inputs, simd, &mut (), output),
                Some(mut recorder) => episode::simulate(config, unit, inputs, simd, &mut recorder, output),
            };
        }
        let count = config.agents.count as usize;
        let mut watching = Watching::new(&config.metrics, &self.hooks, unit, count);
        match recorder {
            None => episode::simulate(config, unit, inputs, simd, &mut watching, output)?,
            Some(recorder) => {
                let mut both = (watching, recorder);
                episode::simulate(config, unit, inputs, simd, &mut both, output)?;
                watching = both.0;
            }
        }
        let before = match config.has_belief_metrics() {
            true => metrics::COLUMNS + metrics::BELIEF_COLUMNS,
            false => metrics::COLUMNS,
        };
        watching.write(before, count, output);
        Ok(())
    }
}
