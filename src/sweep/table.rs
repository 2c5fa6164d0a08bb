//! The `[sweep]` table: the one place that says what may stand in it.
//!
//! These types give the schema (derived), and with it the check of a table's form and its messages ([`form`]), the keys
//! that a sweep varies and where their values stand ([`varied`]), and the tables of the guide. Reading takes their
//! fields. A new kind of axis is a type here, an alternative of [`AxisTable`] or [`VariableTable`], and what it means in
//! `parse`.
//!
//! [`form`]: super::form
//! [`varied`]: super::varied

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// The sweep: axes whose product is the design, and what is left out of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "Sweep")]
pub struct SweepTable {
    /// The design is their product; the first varies slowest.
    pub axes: Vec<AxisTable>,
    /// Each entry leaves out the design points for which all its conditions hold.
    pub exclude: Vec<BTreeMap<String, ConditionTable>>,
}

/// One axis: the keys of exactly one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SweepAxis")]
pub enum AxisTable {
    /// Listed values of one key.
    Values(ListAxis),
    /// Values of one key at equal steps.
    Range(RangeAxis),
    /// A number of values of one key at equal distances.
    Linspace(LinearAxis),
    /// A number of values of one key in equal ratios.
    Logspace(LogarithmicAxis),
    /// Several keys that advance together.
    Zip(ZipAxis),
    /// Alternatives of one key, each with axes of its own.
    Nested(NestedAxis),
    /// Draws from distributions.
    Sample(SampleAxis),
}

/// One key of a zip and its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SweepColumn")]
pub enum ColumnTable {
    /// Listed values.
    Values(ListAxis),
    /// Values at equal steps.
    Range(RangeAxis),
    /// A number of values at equal distances.
    Linspace(LinearAxis),
    /// A number of values in equal ratios.
    Logspace(LogarithmicAxis),
}

/// One key and its values, as listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepListAxis")]
pub struct ListAxis {
    /// Dotted key, `wind.speed_m_s`, or a whole component, `navigator`.
    pub key: DottedKey,
    /// The values themselves: numbers, texts, truth values, names of component presets, or component tables.
    pub values: SweptValues,
    /// What to call each of `values` in tables and exclusions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<SweptLabels>,
    /// Name of the dimension in the results; by default the key with `_` for `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One key and its values, at equal steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepRangeAxis")]
pub struct RangeAxis {
    /// Dotted key, `wind.speed_m_s`.
    pub key: DottedKey,
    /// Values at equal steps, counted in exact decimals; the stop is included if the steps reach it.
    pub range: RangeTable,
    /// Name of the dimension in the results; by default the key with `_` for `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One key and its values, at equal distances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepLinearAxis")]
pub struct LinearAxis {
    /// Dotted key, `wind.speed_m_s`.
    pub key: DottedKey,
    /// A number of values at equal distances, both ends included.
    pub linspace: SpacedTable,
    /// Name of the dimension in the results; by default the key with `_` for `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One key and its values, in equal ratios.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepLogarithmicAxis")]
pub struct LogarithmicAxis {
    /// Dotted key, `wind.speed_m_s`.
    pub key: DottedKey,
    /// A number of values in equal ratios, both ends included and on one side of 0.
    pub logspace: SpacedTable,
    /// Name of the dimension in the results; by default the key with `_` for `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Values at equal steps, counted in exact decimals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepRange")]
pub struct RangeTable {
    /// First value.
    pub start: SweptNumber,
    /// Last value, included if the steps reach it.
    pub stop: SweptNumber,
    /// Distance of neighbours; negative to go down.
    pub step: Number,
}

/// A number of values from `start` to `stop`, both included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepSpacing")]
pub struct SpacedTable {
    /// First value.
    pub start: SweptNumber,
    /// Last value.
    pub stop: SweptNumber,
    /// How many.
    #[schemars(range(min = 1, max = 1_000_000_000_000_u64))]
    pub count: u64,
}

/// Keys that advance together: equally many values each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepZipAxis")]
pub struct ZipAxis {
    /// The keys, with as many values each.
    #[schemars(length(min = 1))]
    pub zip: Vec<ColumnTable>,
    /// Name of the dimension in the results; by default `zip_1`, `zip_2`, ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Alternatives of one key, each with axes of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepNestedAxis")]
pub struct NestedAxis {
    /// The alternatives.
    pub nested: NestedTable,
    /// Name of the dimension in the results; by default `nested_1`, `nested_2`, ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The alternatives of one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepNested")]
pub struct NestedTable {
    /// Dotted key, or a whole component.
    pub key: DottedKey,
    /// One after the other.
    #[schemars(length(min = 1))]
    pub cases: Vec<CaseTable>,
}

/// One value of the key and the axes that are swept under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepCase")]
pub struct CaseTable {
    /// The value: like an entry of `values`.
    pub value: SweptValue,
    /// What to call it in tables and exclusions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<SweptLabel>,
    /// Axes under this value; none by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub axes: Vec<AxisTable>,
}

/// Draws from distributions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepSampleAxis")]
pub struct SampleAxis {
    /// The draws.
    pub sample: SampleTable,
    /// Name of the dimension in the results; by default `sample_1`, `sample_2`, ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A number of draws of several variables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SweepSample")]
pub struct SampleTable {
    /// How the space is covered.
    pub method: SampleMethod,
    /// How many draws.
    #[schemars(range(min = 1, max = 4_294_967_296_u64))]
    pub count: u64,
    /// Selects the sample; 0 by default, and independent of `study.seed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// For `sobol`: shift the sequence at random (true by default). Unshifted, its first point is a corner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scramble: Option<bool>,
    /// What is drawn.
    #[schemars(length(min = 1))]
    pub variables: Vec<VariableTable>,
}

/// How a sample covers the space of its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SweepMethod")]
pub enum SampleMethod {
    /// Independent draws.
    Random,
    /// One draw in each of `count` equally likely strata of every variable.
    LatinHypercube,
    /// The Sobol low-discrepancy sequence; balanced where `count` is a power of two.
    Sobol,
}

/// One variable, with its distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "distribution", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(
    rename = "SweepVariable",
    extend("examples" = [{"key": "wind.speed_m_s", "distribution": "uniform", "low": 0.5, "high": 2.0}])
)]
pub enum VariableTable {
    /// Uniform between the bounds.
    Uniform {
        /// Dotted key.
        key: DottedKey,
        /// Lower bound.
        low: SweptNumber,
        /// Upper bound.
        high: SweptNumber,
    },
    /// The logarithm is uniform; both bounds above 0.
    LogUniform {
        /// Dotted key.
        key: DottedKey,
        /// Lower bound.
        low: SweptNumber,
        /// Upper bound.
        high: SweptNumber,
    },
    /// Normal, truncated at the bounds that are given.
    Normal {
        /// Dotted key.
        key: DottedKey,
        /// Mean of the untruncated distribution.
        mean: f64,
        /// Standard deviation of the untruncated distribution.
        sd: f64,
        /// Lower bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<SweptNumber>,
        /// Upper bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<SweptNumber>,
    },
    /// The logarithm is normal; truncated at the bounds that are given.
    LogNormal {
        /// Dotted key.
        key: DottedKey,
        /// Median of the untruncated distribution.
        median: f64,
        /// Exponential of the standard deviation of the logarithm: a factor above 1.
        geometric_sd: f64,
        /// Lower bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        low: Option<SweptNumber>,
        /// Upper bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        high: Option<SweptNumber>,
    },
    /// Each value equally likely.
    Choice {
        /// Dotted key, or a whole component.
        key: DottedKey,
        /// The values, as those of an axis.
        values: SweptValues,
        /// What to call each of them in tables.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        labels: Option<SweptLabels>,
    },
    /// Each whole number equally likely, bounds included.
    Integer {
        /// Dotted key.
        key: DottedKey,
        /// Lower bound.
        low: SweptInteger,
        /// Upper bound.
        high: SweptInteger,
    },
    /// True or false.
    Boolean {
        /// Dotted key.
        key: DottedKey,
        /// Probability of true; 0.5 by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        probability: Option<f64>,
    },
}

/// Whether draws of the distribution of this name can lie anywhere unless bounds are given.
pub(crate) fn is_unbounded(distribution: &str) -> bool {
    distribution == "normal"
}

/// Whether draws of the distribution of this name are decimal numbers.
pub(crate) fn draws_decimals(distribution: &str) -> bool {
    matches!(distribution, "uniform" | "log_uniform" | "normal" | "log_normal")
}

/// A condition of an exclusion on one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SweepCondition")]
pub enum ConditionTable {
    /// Equal to one of these.
    OneOf(Vec<Value>),
    /// A number within all the bounds given.
    Bounds(BoundsTable),
    /// Equal to this: numbers as numbers, texts and components by label.
    Equal(Value),
}

/// Bounds on a number, at least one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "SweepBounds")]
pub struct BoundsTable {
    /// Greater than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Less than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// At least this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// At most this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// What an entry is to the sweep, by the name of its type in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The key that is varied.
    Key,
    /// Values that it takes.
    Values,
    /// One value that it takes, in an alternative of its own.
    Value,
    /// A number that it takes, or a bound of those.
    Number,
}

impl Role {
    /// The role of a type of the schema.
    pub(super) fn of(type_name: &str) -> Option<Self> {
        match type_name {
            "DottedKey" => Some(Self::Key),
            "SweptValues" => Some(Self::Values),
            "SweptValue" => Some(Self::Value),
            "SweptNumber" | "SweptInteger" => Some(Self::Number),
            _ => None,
        }
    }
}

/// A dotted key, `wind.speed_m_s`, or a whole component, `navigator`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DottedKey(pub String);

/// Values of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SweptValues(#[schemars(length(min = 1))] pub Vec<Value>);

/// One value of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SweptValue(pub Value);

/// A number that is a value of a key, or bounds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SweptNumber(pub Number);

/// A whole number that is a value of a key, or bounds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SweptInteger(pub i64);

/// Names of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SweptLabels(#[schemars(length(min = 1))] pub Vec<SweptLabel>);

/// Name of a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SweptLabel(#[schemars(length(min = 1))] pub String);

impl SweptNumber {
    /// As floating point.
    pub(super) fn real(&self) -> f64 {
        self.0.as_f64().unwrap_or(f64::NAN)
    }
}
