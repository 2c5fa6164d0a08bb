//! Source tracking as a [`Scenario`].

use super::configuration::{Evaluation, SourceTrackingConfig};
use super::model::{SearchModel, bytes, hit_levels, horizon, sides};
use super::searcher::{Searcher, draw};
use super::{check, episode, metrics, survival};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::inference::policy::PolicyConfig;
use crate::scenario::{Chosen, InputFile, MemberAxis, MetricColumn, Problem, Scenario, Unit, UnitFailure, UnitOutput};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Models are kept up to this many bytes in all, besides those in use.
const KEPT_BYTES: f64 = 1.0e9;
/// Keys that the tables of a design point depend on.
const MEMORY_KEYS: &[&str] = &[
    "medium.dimensions",
    "medium.odour_dimensions",
    "medium.dispersion_length",
    "medium.source_intensity",
    "medium.wind",
    "grid.kind",
    "grid.leak",
    "grid.sides",
    "search.hit_levels",
];

/// Keys that what is chosen depends on: those of the tables, and the horizon's.
const CHOSEN_KEYS: &[&str] = &[
    "medium.dimensions",
    "medium.odour_dimensions",
    "medium.dispersion_length",
    "medium.source_intensity",
    "medium.wind",
    "grid.kind",
    "grid.leak",
    "grid.sides",
    "search.hit_levels",
    "search.horizon_steps",
];

type Slot = Arc<OnceLock<SearchModel>>;

/// Searches for a source on a grid: the scenario `source_tracking`.
///
/// A search is a member; the searches of a unit share nothing but the [`SearchModel`], which units of the same medium
/// and grid share as well.
#[derive(Debug, Default)]
pub struct SourceTracking {
    simd: Option<SimdLevel>,
    inputs: Inputs,
    /// Models by the configuration that they depend on, latest first.
    models: Mutex<VecDeque<(String, Slot)>>,
}

impl SourceTracking {
    /// The scenario with kernels of a given level, for tests and benchmarks. Results don't depend on it.
    #[must_use]
    pub fn with_simd(simd: SimdLevel) -> Self {
        Self {
            simd: Some(simd),
            ..Self::default()
        }
    }

    /// The model of a configuration, made by the first thread that asks for it.
    fn model(&self, config: &SourceTrackingConfig) -> Slot {
        let key = serde_json::to_string(&(&config.medium, &config.grid, config.search.hit_levels))
            .expect("a configuration type serialises to JSON");
        let slot = {
            let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
            let known = models.iter().position(|(known, _)| *known == key);
            let entry = known.and_then(|place| models.remove(place));
            let (key, slot) = entry.unwrap_or_else(|| (key, Slot::default()));
            models.push_front((key, slot.clone()));
            let mut bytes = 0.0;
            let mut keep = 0;
            for (_, slot) in models.iter() {
                bytes += slot.get().map_or(0.0, SearchModel::bytes);
                if keep > 0 && bytes > KEPT_BYTES {
                    break;
                }
                keep += 1;
            }
            models.truncate(keep);
            slot
        };
        slot.get_or_init(|| SearchModel::new(config));
        slot
    }

    /// One search; the values of its metrics.
    fn search(
        &self,
        config: &SourceTrackingConfig,
        model: &SearchModel,
        simd: SimdLevel,
        unit: &Unit,
        member: u32,
    ) -> Result<Vec<f64>, UnitFailure> {
        let random = |purpose: &str| unit.streams.generator(purpose, u64::from(member));
        let first_hit = match config.search.first_hit {
            0 => draw(model.first_hits(), random("first_hit").uniform()).unwrap_or(1),
            given => given as usize,
        };
        let policy = (config.policy)
            .build(config.medium.dimensions, random("policy"), &self.inputs)
            .map_err(|error| UnitFailure::Scenario(error.to_string()))?;
        let mut searcher = Searcher::new(simd, model, policy, first_hit);
        let horizon = horizon(config, model.grid().sides());
        let stuck_after = config.search.stuck_after;
        let mut hits = random("hits");
        Ok(match config.search.evaluation {
            Evaluation::Episodes => {
                let mut source = random("source");
                let episode = episode::search(&mut searcher, horizon, stuck_after, &mut source, &mut hits, &mut ());
                metrics::episode_values(model, horizon, &searcher, &episode)
            }
            Evaluation::Survival => {
                let stop = config.search.stop_probability;
                let trajectory = survival::search(&mut searcher, horizon, stuck_after, stop, &mut hits, &mut ());
                metrics::trajectory_values(model, horizon, &searcher, &trajectory)
            }
        })
    }
}

impl Scenario for SourceTracking {
    type Config = SourceTrackingConfig;

    fn name(&self) -> &'static str {
        "source_tracking"
    }

    fn summary(&self) -> &'static str {
        "searches for a source on a grid, by what is inferred from hits of odour"
    }

    fn for_folder(&self, folder: &Path) -> Option<Self> {
        Some(Self {
            simd: self.simd,
            inputs: Inputs::in_folder(folder),
            ..Self::default()
        })
    }

    fn input_files(&self, config: &SourceTrackingConfig) -> Vec<InputFile> {
        let PolicyConfig::Tabular(table) = &config.policy else {
            return Vec::new();
        };
        // An empty name is refused by `check`.
        let named = (!table.file.is_empty()).then(|| InputFile {
            key: "policy.file".to_owned(),
            name: table.file.clone(),
            path: self.inputs.locate(&table.file),
        });
        named.into_iter().collect()
    }

    fn file_keys(&self) -> &'static [&'static str] {
        &["policy.kind", "policy.file"]
    }

    /// One design point's tables. A searcher's belief is small against them.
    fn memory_bytes_per_rank(&self, config: &SourceTrackingConfig) -> u64 {
        bytes(config) as u64
    }

    fn memory_keys(&self) -> &'static [&'static str] {
        MEMORY_KEYS
    }

    fn max_kept_bytes(&self) -> u64 {
        KEPT_BYTES as u64
    }

    fn chosen_keys(&self) -> &'static [&'static str] {
        CHOSEN_KEYS
    }

    /// What a configuration leaves to the size of the problem; each point's results have it, too.
    fn chosen(&self, config: &SourceTrackingConfig) -> Vec<Chosen> {
        let sides = sides(config);
        let texts: Vec<String> = sides.iter().map(u32::to_string).collect();
        vec![
            Chosen::new("grid", &texts.join(" × "), "cells"),
            Chosen::new("hit levels", &hit_levels(config).to_string(), ""),
            Chosen::new("horizon", &horizon(config, &sides).to_string(), "steps"),
        ]
    }

    fn check(&self, config: &SourceTrackingConfig) -> Vec<Problem> {
        check::check(config, &self.inputs).into_vec()
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        &["search.searches", "search.evaluation"]
    }

    fn member_axis(&self, config: &SourceTrackingConfig) -> MemberAxis {
        MemberAxis {
            name: "searcher".to_owned(),
            count: config.search.searches,
        }
    }

    fn metrics(&self, config: &SourceTrackingConfig) -> Vec<MetricColumn> {
        metrics::columns(config.search.evaluation)
    }

    /// Random streams, one of each per search: `first_hit`, `source`, `hits`, `policy`.
    fn simulate(
        &self,
        config: &SourceTrackingConfig,
        unit: &Unit,
        output: &mut UnitOutput<'_>,
    ) -> Result<(), UnitFailure> {
        let simd = match self.simd {
            Some(simd) => simd,
            None => SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string()))?,
        };
        let slot = self.model(config);
        let model = slot.get_or_init(|| SearchModel::new(config));
        for member in 0..config.search.searches {
            for (metric, value) in self.search(config, model, simd, unit, member)?.into_iter().enumerate() {
                output.set(metric, member as usize, value);
            }
        }
        Ok(())
    }
}
