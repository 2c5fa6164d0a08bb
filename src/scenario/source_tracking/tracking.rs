//! Source tracking as a [`Scenario`].

use super::configuration::{Evaluation, SourceTrackingConfig};
use super::model::SearchModel;
use super::searcher::{Searcher, draw};
use super::{check, episode, metrics, survival};
use crate::lanes::SimdLevel;
use crate::scenario::{MemberAxis, MetricColumn, Objection, Scenario, Unit, UnitFailure, UnitOutput};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Models are kept up to this many bytes in all, besides those in use.
const KEPT_BYTES: f64 = 1.0e9;

type Slot = Arc<OnceLock<SearchModel>>;

/// Searches for a source on a grid: the scenario `source_tracking`.
///
/// A search is a member; the searches of a unit share nothing but the [`SearchModel`], which units of the same medium
/// and grid share as well.
#[derive(Debug, Default)]
pub struct SourceTracking {
    level: Option<SimdLevel>,
    /// Models by the configuration that they depend on, latest first.
    models: Mutex<VecDeque<(String, Slot)>>,
}

impl SourceTracking {
    /// The same with kernels of a given level, for tests and benchmarks. Results don't depend on it.
    #[must_use]
    pub fn at_level(level: SimdLevel) -> Self {
        Self {
            level: Some(level),
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
}

impl Scenario for SourceTracking {
    type Config = SourceTrackingConfig;

    fn name(&self) -> &'static str {
        "source_tracking"
    }

    fn summary(&self) -> &'static str {
        "searches for a source on a grid, by what is inferred from hits of odour"
    }

    fn check(&self, config: &SourceTrackingConfig) -> Vec<Objection> {
        check::check(config)
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
        let level = match self.level {
            Some(level) => level,
            None => SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string()))?,
        };
        let slot = self.model(config);
        let model = slot.get_or_init(|| SearchModel::new(config));
        for member in 0..config.search.searches {
            for (metric, value) in search(config, model, level, unit, member).into_iter().enumerate() {
                output.set(metric, member as usize, value);
            }
        }
        Ok(())
    }
}

/// One search; the values of its metrics.
fn search(config: &SourceTrackingConfig, model: &SearchModel, level: SimdLevel, unit: &Unit, member: u32) -> Vec<f64> {
    let random = |purpose: &str| unit.streams.generator(purpose, u64::from(member));
    let first_hit = match config.search.first_hit {
        0 => draw(model.first_hits(), random("first_hit").uniform()).unwrap_or(1),
        given => given as usize,
    };
    let mut searcher = Searcher::new(level, model, config.policy.build(random("policy")), first_hit);
    let horizon = match config.search.horizon_steps {
        0 => model.automatic_horizon(),
        given => given,
    };
    let stuck_after = config.search.stuck_after;
    let mut hits = random("hits");
    match config.search.evaluation {
        Evaluation::Episodes => {
            let mut source = random("source");
            let episode = episode::search(&mut searcher, horizon, stuck_after, &mut source, &mut hits, &mut ());
            metrics::episode_values(model.grid(), model.start(), &searcher, &episode)
        }
        Evaluation::Survival => {
            let stop = config.search.stop_probability;
            let trajectory = survival::search(&mut searcher, horizon, stuck_after, stop, &mut hits, &mut ());
            metrics::trajectory_values(&searcher, &trajectory)
        }
    }
}
