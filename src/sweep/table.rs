//! The `[sweep]` table as a schema: what editors complete and `config schema` prints.
//!
//! Reading goes through [`Design::parse`](super::Design::parse), which finds all mistakes with their places; these types
//! only declare the shape. A test holds the two together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The sweep: axes whose product is the design, and what is left out of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SweepTable {
    /// The design is their product; the first varies slowest.
    pub axes: Vec<AxisTable>,
    /// Each entry leaves out the design points for which all its conditions hold.
    pub exclude: Vec<BTreeMap<String, ConditionTable>>,
}

/// One axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AxisTable {
    /// Values of one key.
    Single(SingleAxis),
    /// Keys that advance together.
    Zip(ZipAxis),
    /// Alternatives of one key, each with axes of its own.
    Nested(NestedAxis),
    /// Draws from distributions.
    Sample(SampleAxis),
}

/// One key and its values: exactly one of `values`, `range`, `linspace` and `logspace`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SingleAxis {
    /// Name of the dimension in the results; by default the key with `_` for `.`.
    pub name: Option<String>,
    /// Dotted key, `wind.speed_m_s`, or a whole component, `navigator`.
    pub key: String,
    /// The values themselves: numbers, texts, booleans, names of component presets, or component tables.
    pub values: Option<Vec<Value>>,
    /// What to call each of `values` in tables and exclusions.
    pub labels: Option<Vec<String>>,
    /// Values at equal steps.
    pub range: Option<RangeTable>,
    /// A number of values at equal distances.
    pub linspace: Option<SpacedTable>,
    /// A number of values at equal ratios.
    pub logspace: Option<SpacedTable>,
}

/// Values at equal steps, counted in exact decimals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RangeTable {
    /// First value.
    pub start: f64,
    /// Last value, included if the steps reach it.
    pub stop: f64,
    /// Distance of neighbours; negative to go down.
    pub step: f64,
}

/// A number of values from `start` to `stop`, both included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpacedTable {
    /// First value.
    pub start: f64,
    /// Last value.
    pub stop: f64,
    /// How many.
    #[schemars(range(min = 1))]
    pub count: u64,
}

/// Keys that advance together: equally many values each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ZipAxis {
    /// Name of the dimension in the results; by default `zip_1`, `zip_2`, ….
    pub name: Option<String>,
    /// The keys.
    #[schemars(length(min = 1))]
    pub zip: Vec<SingleAxis>,
}

/// Alternatives of one key, each with axes of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NestedAxis {
    /// Name of the dimension in the results; by default `nested_1`, `nested_2`, ….
    pub name: Option<String>,
    /// The alternatives.
    pub nested: NestedTable,
}

/// The alternatives of one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NestedTable {
    /// Dotted key.
    pub key: String,
    /// One after the other.
    #[schemars(length(min = 1))]
    pub cases: Vec<CaseTable>,
}

/// One value of the key and the axes that are swept under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseTable {
    /// The value: like an entry of `values`.
    pub value: Value,
    /// What to call it in tables and exclusions.
    pub label: Option<String>,
    /// Axes under this value; none by default.
    #[serde(default)]
    pub axes: Vec<AxisTable>,
}

/// Draws from distributions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleAxis {
    /// Name of the dimension in the results; by default `sample_1`, `sample_2`, ….
    pub name: Option<String>,
    /// The draws.
    pub sample: SampleTable,
}

/// A number of draws of several variables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleTable {
    /// How the space is covered.
    pub method: SampleMethod,
    /// How many draws.
    #[schemars(range(min = 1, max = 4_294_967_296_u64))]
    pub count: u64,
    /// Chooses among samples; independent of `study.seed`.
    #[serde(default)]
    pub seed: u64,
    /// For `sobol`: shift the sequence at random (true by default). Unshifted, its first point is a corner.
    pub scramble: Option<bool>,
    /// The variables.
    #[schemars(length(min = 1))]
    pub variables: Vec<VariableTable>,
}

/// How a sample covers the space of its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleMethod {
    /// Independent draws.
    Random,
    /// One draw in each of `count` equally likely strata of every variable.
    LatinHypercube,
    /// The Sobol low-discrepancy sequence; balanced where `count` is a power of two.
    Sobol,
}

/// One variable and its distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariableTable {
    /// Dotted key.
    pub key: String,
    /// The distribution and its parameters.
    #[serde(flatten)]
    pub distribution: DistributionTable,
}

/// The distributions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "distribution", rename_all = "snake_case")]
pub enum DistributionTable {
    /// Uniform between the bounds.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// The logarithm is uniform; both bounds above 0.
    LogUniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Normal, truncated at the bounds that are given.
    Normal {
        /// Mean of the untruncated distribution.
        mean: f64,
        /// Standard deviation of the untruncated distribution.
        sd: f64,
        /// Lower bound.
        low: Option<f64>,
        /// Upper bound.
        high: Option<f64>,
    },
    /// The logarithm is normal; truncated at the bounds that are given.
    LogNormal {
        /// Median of the untruncated distribution.
        median: f64,
        /// Exponential of the standard deviation of the logarithm: a factor above 1.
        geometric_sd: f64,
        /// Lower bound.
        low: Option<f64>,
        /// Upper bound.
        high: Option<f64>,
    },
    /// Each value equally likely.
    Choice {
        /// The values.
        values: Vec<Value>,
        /// What to call them.
        labels: Option<Vec<String>>,
    },
    /// Each whole number equally likely, bounds included.
    Integer {
        /// Lower bound.
        low: i64,
        /// Upper bound.
        high: i64,
    },
    /// True or false.
    Boolean {
        /// Probability of true; 0.5 by default.
        probability: Option<f64>,
    },
}

/// A condition of an exclusion on one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ConditionTable {
    /// A number within all the bounds given.
    Bounds(BoundsTable),
    /// Equal to one of these.
    OneOf(Vec<Value>),
    /// Equal to this: numbers as numbers, texts and components by label.
    Equal(Value),
}

/// Bounds on a number, at least one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoundsTable {
    /// Greater than this.
    pub above: Option<f64>,
    /// Less than this.
    pub below: Option<f64>,
    /// At least this.
    pub min: Option<f64>,
    /// At most this.
    pub max: Option<f64>,
}
