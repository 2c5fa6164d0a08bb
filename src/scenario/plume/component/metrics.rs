//! `[metrics]`: metrics of the program, each with a table of its own.

use super::super::episode::StepView;
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

/// A metric, or several that are worked out together. Once registered it is in every study: its columns come after the
/// built-in ones.
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

    /// Sets the values of `agent`, one for each column; NaN, as they are when this is called, means that there is none.
    fn write(&self, agent: usize, values: &mut [f64]);
}

impl Family for dyn MetricModel {
    const NAME: &'static str = "Metric";
    const DESCRIPTION: &'static str = "A metric.";

    fn built_in() -> &'static [Kind<Self>] {
        &[]
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

/// The metrics of the program in a study: all that it registered, in that order.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsConfig(Vec<Choice<dyn MetricModel>>);

impl MetricsConfig {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &dyn MetricModel> {
        self.0.iter().map(|metric| &**metric)
    }

    /// Whether the program has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads the tables, and takes the defaults of those that aren't there.
    fn read(mut tables: Map<String, Value>) -> Result<Self, String> {
        Kinds::current(|kinds| {
            let metrics = kinds.metrics.iter().map(|kind| {
                let table = tables.remove(kind.name).unwrap_or_else(|| json!({}));
                (kind.parse)(table)
                    .map(Choice)
                    .map_err(|error| format!("{}: {error}", kind.name))
            });
            let metrics = metrics.collect::<Result<Vec<_>, _>>()?;
            match tables.keys().next() {
                Some(name) => Err(format!("{name:?} isn't a known metric")),
                None => Ok(Self(metrics)),
            }
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
                let own = defaults.iter().find(|metric| metric.kind() == kind.name);
                table["default"] = own.map_or(Value::Null, |metric| metric.table());
                (kind.name.to_owned(), table)
            };
            kinds.metrics.iter().map(table).collect()
        });
        let mut schema = Schema::default();
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), tables.into());
        schema.insert("additionalProperties".to_owned(), false.into());
        schema
    }
}

/// Takes the table `[metrics]` out of the schema where the program has no own metrics.
pub(in super::super) fn hide_if_empty(schema: &mut Schema) {
    if Kinds::current(|kinds| kinds.metrics.is_empty())
        && let Some(Value::Object(properties)) = schema.get_mut("properties")
    {
        properties.remove("metrics");
    }
}
