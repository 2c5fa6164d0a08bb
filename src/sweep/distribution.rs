//! Distributions as quantile functions: a number strictly between 0 and 1 to a value.

use super::sequence::{Sequence, ValueKind, real_value};
use crate::numerics::normal;
use serde_json::Value;
use std::borrow::Cow;

/// Least probability that may lie between the truncation limits of a normal distribution: with less, the few digits
/// left of it would show in the sample.
pub(crate) const MIN_MASS: f64 = 1e-9;

/// A distribution of one swept key.
#[derive(Clone, Debug)]
pub(super) enum Distribution {
    /// Uniform between the bounds.
    Uniform { low: f64, high: f64 },
    /// Its logarithm is uniform between those of the bounds.
    LogUniform { low: f64, high: f64 },
    /// Normal, perhaps truncated.
    Normal(Normal),
    /// Its logarithm is normal; the bounds are those of the value itself, infinite or 0 where it isn't cut.
    LogNormal { logarithm: Normal, low: f64, high: f64 },
    /// Each listed value equally likely.
    Choice(Sequence),
    /// Each whole number equally likely, the bounds included.
    Integer { low: i64, high: i64 },
    /// True with this probability.
    Boolean { probability: f64 },
}

/// A normal distribution cut to an interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Normal {
    mean: f64,
    sd: f64,
    low: f64,
    high: f64,
    /// The interval lies above the mean: count probabilities from above, where they have all their digits.
    mirrored: bool,
    /// Probability below the interval (above it, if mirrored).
    before: f64,
    /// Probability of the interval.
    mass: f64,
}

impl Normal {
    /// The normal distribution between `low` and `high` (infinite where it isn't cut).
    pub(crate) fn new(mean: f64, sd: f64, low: f64, high: f64) -> Self {
        let (from, to) = ((low - mean) / sd, (high - mean) / sd);
        let mirrored = from > 0.0;
        let (first, last) = if mirrored { (-to, -from) } else { (from, to) };
        let before = normal::cumulative(first);
        Self {
            mean,
            sd,
            low,
            high,
            mirrored,
            before,
            mass: normal::cumulative(last) - before,
        }
    }

    /// The probability of the interval under the uncut distribution.
    pub(crate) fn mass(&self) -> f64 {
        self.mass
    }

    /// The value below which the fraction `u` lies; `u` strictly between 0 and 1.
    pub(crate) fn quantile(&self, u: f64) -> f64 {
        let u = if self.mirrored { 1.0 - u } else { u };
        let p = (self.before + u * self.mass).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        let z = normal::quantile(p);
        let z = if self.mirrored { -z } else { z };
        (self.mean + self.sd * z).clamp(self.low, self.high)
    }
}

impl Distribution {
    /// The value below which the fraction `u` of the distribution lies; `u` strictly between 0 and 1.
    pub(super) fn quantile(&self, u: f64) -> Cow<'_, Value> {
        let number = match self {
            Self::Choice(sequence) => {
                let count = sequence.count();
                return sequence.value(choose(u, count));
            }
            Self::Integer { low, high } => {
                let count = high.abs_diff(*low) + 1;
                return Cow::Owned(Value::from(low.wrapping_add(choose(u, count).cast_signed())));
            }
            Self::Boolean { probability } => return Cow::Owned(Value::Bool(u < *probability)),
            Self::Uniform { low, high } => (low + u * (high - low)).clamp(*low, *high),
            Self::LogUniform { low, high } => {
                let (first, last) = (libm::log(*low), libm::log(*high));
                libm::exp(first + u * (last - first)).clamp(*low, *high)
            }
            Self::Normal(normal) => normal.quantile(u),
            // The exponential of a bound's logarithm may miss the bound by a rounding.
            Self::LogNormal { logarithm, low, high } => libm::exp(logarithm.quantile(u)).clamp(*low, *high),
        };
        Cow::Owned(real_value(number))
    }

    /// How its values are stored.
    pub(super) fn kind(&self) -> ValueKind {
        match self {
            Self::Choice(sequence) => sequence.kind(),
            Self::Integer { .. } => ValueKind::Integer,
            Self::Boolean { .. } => ValueKind::Text,
            _ => ValueKind::Real,
        }
    }
}

/// Which of `count` equal parts of the unit interval `u` is in.
pub(super) fn choose(u: f64, count: u64) -> u64 {
    ((u * count as f64) as u64).min(count - 1)
}
