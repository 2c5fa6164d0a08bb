//! `[metrics]`: metrics besides those that every study has, each with a table of its own.

use super::super::episode::StepView;
use super::super::metrics::BUILT_IN;
use super::choice::Choice;
use super::context::Context;
use super::family::{Family, Kind};
use super::kinds::Kinds;
use super::part::{Component, Part};
use crate::scenario::{MetricColumn, Problems};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::sync::Arc;

/// A metric, or several that are worked out together. One of the program is in every study, a built-in one in those that
/// have its table. Their columns come after those that every study has, the built-in ones first.
///
/// A metric of a program of its own:
///
/// ```
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom_components/near_source.rs"))]
///
/// use plume_nav_sim::{scenario::Registry, scenario::plume::PlumeNavigation, trial::Trial};
///
/// let metric = PlumeNavigation::default().with_metric::<NearSource>();
/// let study = "metrics.near_source.distance_m = 1000.0\nepisode.duration_s = 2.0";
/// let trial = Trial::new(&Registry::empty().with(metric), study)?;
/// // Every agent is that near until it is done.
/// let unit = trial.unit(0)?;
/// assert!((unit.metric("time_near_source_s")[0] - unit.metric("episode_duration_s")[0]).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait MetricModel: Part {
    /// Its columns: the same for every table.
    fn columns(&self) -> Vec<MetricColumn>;

    /// What records `count` agents through an episode.
    fn start(&self, count: usize) -> Box<dyn MetricRecorder>;

    /// Combinations of values that each are allowed but don't go together, with keys like
    /// `metrics.near_source.distance_m`.
    fn problems(&self, _context: Context<'_>) -> Problems {
        Problems::default()
    }
}

/// Follows the agents of a unit through an episode.
///
/// [`MetricModel`] has an example.
pub trait MetricRecorder: Send {
    /// Looks at a step.
    fn after_step(&mut self, view: StepView<'_>);

    /// Sets the values of `agent`, one for each column. NaN, as they are when this is called, means that there is none, which
    /// only columns that are [`conditional`](MetricColumn::conditional) can hold.
    fn write(&self, agent: usize, values: &mut [f64]);
}

impl Family for dyn MetricModel {
    const NAME: &'static str = "Metric";
    const DESCRIPTION: &'static str = "A metric.";

    fn built_in() -> &'static [Kind<Self>] {
        BUILT_IN
    }
    fn of_program(kinds: &Kinds) -> &Vec<Kind<Self>> {
        &kinds.metrics
    }
    fn of_program_mut(kinds: &mut Kinds) -> &mut Vec<Kind<Self>> {
        &mut kinds.metrics
    }
    fn usual() -> Arc<Self> {
        unreachable!("metrics aren't chosen")
    }
}

impl Kind<dyn MetricModel> {
    pub(in super::super) const fn of<C: Component + MetricModel>() -> Self {
        Self::new::<C>(|table| Ok(Arc::new(serde_json::from_value::<C>(table)?)))
    }
}

/// The metrics of a study besides those that every one has: the built-in ones that it has a table for, and all that the
/// program registered, in the order of their lists.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsConfig(Vec<Choice<dyn MetricModel>>);

impl MetricsConfig {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &dyn MetricModel> {
        self.0.iter().map(|metric| &**metric)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the tables; for those of the program that aren't there takes the defaults.
    fn read(mut tables: Map<String, Value>) -> Result<Self, String> {
        Kinds::current(|kinds| {
            let asked_for = (BUILT_IN.iter()).filter_map(|kind| Some((kind, tables.remove(kind.name)?)));
            let mut chosen: Vec<_> = asked_for.collect();
            let of_program = kinds.metrics.iter();
            chosen.extend(of_program.map(|kind| (kind, tables.remove(kind.name).unwrap_or_else(|| json!({})))));
            if let Some(name) = tables.keys().next() {
                return Err(format!("{name:?} isn't a known metric"));
            }
            let read = |(kind, table): (&Kind<dyn MetricModel>, Value)| {
                let read = (kind.parse)(table).map(Choice);
                read.map_err(|error| format!("{}: {error}", kind.name))
            };
            chosen.into_iter().map(read).collect::<Result<_, _>>().map(Self)
        })
    }
}

impl Default for MetricsConfig {
    fn default() -> Self {
        Self::read(Map::new()).expect("a component can be read from an empty table: all of its fields have defaults")
    }
}

impl Serialize for MetricsConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|metric| (metric.kind(), metric.table())))
    }
}

impl<'de> Deserialize<'de> for MetricsConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for MetricsConfig {
    fn schema_name() -> Cow<'static, str> {
        "MetricsConfig".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let tables: Map<String, Value> = Kinds::current(|kinds| {
            let defaults = Self::default();
            let table = |kind: &Kind<dyn MetricModel>| {
                let mut table = (kind.schema)(generator).to_value();
                table["additionalProperties"] = false.into();
                // A built-in one isn't there by default.
                if let Some(usual) = defaults.iter().find(|metric| metric.kind() == kind.name) {
                    table["default"] = usual.table();
                }
                (kind.name.to_owned(), table)
            };
            BUILT_IN.iter().chain(&kinds.metrics).map(table).collect()
        });
        let mut schema = Schema::default();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), tables.into());
        schema.insert("additionalProperties".to_owned(), false.into());
        schema
    }
}
