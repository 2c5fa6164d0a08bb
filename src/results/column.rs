//! What a scenario declares about its results.

use serde::{Deserialize, Serialize};

/// The member axis of the results: what one entry along it is, and how many entries a unit has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberAxis {
    /// Name of the axis in the results file: `agent`, `fragment`, `cell`, …
    pub name: String,
    /// Members of one unit; at least 1.
    pub count: u32,
}

/// How a metric's values are stored. Missing values are NaN while simulating and the fill value in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// 64-bit float, fill value NaN.
    Real,
    /// Count below 2³¹, stored as `i32`, fill value −1.
    Count,
    /// 0 or 1, stored as `i8`, fill value −1; summarised as a proportion.
    Flag,
    /// Which of the column's [`meanings`](MetricColumn::meanings), by its index, stored as `i8`, fill value −1. Its mean says
    /// nothing, so it has no interval, and tables leave it out.
    Code,
}

/// The values that a metric can have, whatever is simulated. Intervals of its mean stay inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// Any number.
    #[default]
    Any,
    /// From 0 on.
    NonNegative,
    /// From 0 to 1: fractions and probabilities.
    Fraction,
    /// From −1 to 1.
    SignedFraction,
}

impl Support {
    /// The lowest and the highest value.
    #[must_use]
    pub fn bounds(self) -> (f64, f64) {
        match self {
            Self::Any => (f64::NEG_INFINITY, f64::INFINITY),
            Self::NonNegative => (0.0, f64::INFINITY),
            Self::Fraction => (0.0, 1.0),
            Self::SignedFraction => (-1.0, 1.0),
        }
    }

    /// What holds for values of both kinds.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        if self == other { self } else { Self::Any }
    }
}

/// What tables tell of a metric's values, with an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Centre {
    /// Their mean.
    #[default]
    Mean,
    /// Their median: for values whose variance isn't finite, of whose mean no interval can be trusted.
    Median,
}

/// All that statistics have to know of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Meaning.
    pub kind: MetricKind,
    /// Possible values.
    pub support: Support,
    /// What its interval is of. A flag's is always of the mean.
    pub centre: Centre,
}

impl From<MetricKind> for Measure {
    /// What a kind says by itself: counts aren't negative, flags are fractions.
    fn from(kind: MetricKind) -> Self {
        Self {
            kind,
            support: match kind {
                MetricKind::Real => Support::Any,
                MetricKind::Count | MetricKind::Code => Support::NonNegative,
                MetricKind::Flag => Support::Fraction,
            },
            centre: Centre::Mean,
        }
    }
}

/// Which members a metric is summarised over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Every member has a value; a missing one is a failure of the unit.
    AllMembers,
    /// Only members that have a value; the text says which ones (`agents that reached the source`).
    Conditional(String),
}

/// One metric: a number per member of each unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricColumn {
    /// Name of the dataset: lower-case words joined by `_`, with the unit as a suffix where it has one.
    pub name: String,
    /// One line for people: `time from release to the source`.
    pub long_name: String,
    /// UDUNITS string: `s`, `m`, `m s-1`, `1`.
    pub unit: String,
    /// Storage and meaning.
    pub kind: MetricKind,
    /// Which members count.
    pub aggregation: Aggregation,
    /// Values that are possible.
    #[serde(default)]
    pub support: Support,
    /// What tables tell.
    #[serde(default)]
    pub centre: Centre,
    /// What each value of a [`MetricKind::Code`] means, in one word each; at most [`Self::MAX_MEANINGS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meanings: Vec<String>,
}

impl MetricColumn {
    /// Meanings of a code at most: it is kept in a byte with sign.
    pub const MAX_MEANINGS: usize = 100;

    /// A column over all members.
    #[must_use]
    pub fn new(name: &str, kind: MetricKind, unit: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
            unit: unit.to_owned(),
            kind,
            aggregation: Aggregation::AllMembers,
            support: Measure::from(kind).support,
            centre: Centre::Mean,
            meanings: Vec::new(),
        }
    }

    /// A column of codes over all members: 0 means the first of `meanings`, one word each.
    #[must_use]
    pub fn code(name: &str, meanings: &[&str], long_name: &str) -> Self {
        Self {
            meanings: meanings.iter().map(|word| (*word).to_owned()).collect(),
            ..Self::new(name, MetricKind::Code, "1", long_name)
        }
    }

    /// The same column, whose values always lie in `support`.
    #[must_use]
    pub fn within(mut self, support: Support) -> Self {
        self.support = support;
        self
    }

    /// The same column, a few of whose values may be so large that their mean says little: tables show the median.
    #[must_use]
    pub fn heavy_tailed(mut self) -> Self {
        self.centre = Centre::Median;
        self
    }

    /// Whether both are the same but for what is known of their values.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.clone().within(other.support) == *other
    }

    /// What statistics have to know of it.
    #[must_use]
    pub fn measure(&self) -> Measure {
        Measure {
            kind: self.kind,
            support: self.support,
            centre: self.centre,
        }
    }

    /// The same column, but only for members that have a value.
    #[must_use]
    pub fn conditional(mut self, which_members: &str) -> Self {
        self.aggregation = Aggregation::Conditional(which_members.to_owned());
        self
    }
}
