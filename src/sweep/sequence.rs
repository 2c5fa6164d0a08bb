//! The values of one swept key along an axis, from their index.

use super::decimal::{DecimalRange, DecimalSpan};
use serde_json::{Number, Value};
use std::borrow::Cow;

/// How the values of a key are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// 64-bit whole numbers.
    Integer,
    /// 64-bit floating point.
    Real,
    /// By label.
    Text,
}

impl ValueKind {
    /// The kind that holds values of both kinds.
    pub(super) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Text, _) | (_, Self::Text) => Self::Text,
            (Self::Integer, Self::Integer) => Self::Integer,
            _ => Self::Real,
        }
    }

    /// The kind of one value.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Number(number) if number.is_i64() => Self::Integer,
            Value::Number(_) => Self::Real,
            _ => Self::Text,
        }
    }
}

/// Values in order. Only a list takes memory.
#[derive(Clone, Debug)]
pub(super) enum Sequence {
    /// As typed; `labels` is empty where the values name themselves.
    List {
        values: Vec<Value>,
        labels: Vec<String>,
        kind: ValueKind,
    },
    /// `start + i · step`.
    Integers { start: i64, step: i64, count: u64 },
    /// Equal steps in exact decimals.
    Decimals(DecimalRange),
    /// Evenly spaced in exact fractions of decimals, both ends included.
    Spaced(DecimalSpan),
    /// Evenly spaced, both ends included, between ends that are too far apart for exact fractions.
    Linear { start: f64, stop: f64, count: u64 },
    /// Evenly spaced in the logarithm, both ends included.
    Logarithmic { start: f64, stop: f64, count: u64 },
}

impl Sequence {
    /// A list of values that name themselves.
    pub(super) fn list(values: Vec<Value>, labels: Vec<String>) -> Self {
        let kind = values
            .iter()
            .map(ValueKind::of)
            .reduce(ValueKind::merge)
            .unwrap_or(ValueKind::Text);
        Self::List { values, labels, kind }
    }

    /// `count` values at equal distances.
    pub(super) fn spaced(start: f64, stop: f64, count: u64) -> Self {
        match DecimalSpan::new(start, stop, count) {
            Some(span) => Self::Spaced(span),
            None => Self::Linear { start, stop, count },
        }
    }

    /// Number of values.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::List { values, .. } => values.len() as u64,
            Self::Decimals(range) => range.count,
            Self::Spaced(span) => span.count(),
            Self::Integers { count, .. } | Self::Linear { count, .. } | Self::Logarithmic { count, .. } => *count,
        }
    }

    /// How to store them.
    pub(super) fn kind(&self) -> ValueKind {
        match self {
            Self::List { kind, .. } => *kind,
            Self::Integers { .. } => ValueKind::Integer,
            _ => ValueKind::Real,
        }
    }

    /// Value `index`.
    pub(super) fn value(&self, index: u64) -> Cow<'_, Value> {
        let last = self.count() - 1;
        let number = match self {
            Self::List { values, .. } => return Cow::Borrowed(&values[index as usize]),
            // Both ends fit i64, so everything between does; the product may not on the way.
            Self::Integers { start, step, .. } => {
                return Cow::Owned(Value::from(start.wrapping_add(step.wrapping_mul(index.cast_signed()))));
            }
            Self::Decimals(range) => range.value(index),
            Self::Spaced(span) => span.value(index),
            Self::Linear { start, .. } | Self::Logarithmic { start, .. } if index == 0 => *start,
            Self::Linear { stop, .. } | Self::Logarithmic { stop, .. } if index == last => *stop,
            Self::Linear { start, stop, .. } => between(*start, *stop, index, last),
            Self::Logarithmic { start, stop, .. } => logarithmically_between(*start, *stop, index, last),
        };
        Cow::Owned(real_value(number))
    }

    /// The label that value `index` was given, if any.
    pub(super) fn given_label(&self, index: u64) -> Option<&str> {
        match self {
            Self::List { labels, .. } => labels.get(index as usize).map(String::as_str),
            _ => None,
        }
    }
}

/// A finite f64 as a JSON value.
pub(super) fn real_value(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// What a value is called where it was given no name: texts and numbers are themselves, a component its `kind`.
pub(super) fn natural_label(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(entries) => match entries.get("kind") {
            Some(Value::String(kind)) => kind.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// The weighted mean is exact at both ends, where steps from the first one miss the last.
fn between(start: f64, stop: f64, index: u64, last: u64) -> f64 {
    (start * (last - index) as f64 + stop * index as f64) / last as f64
}

/// Interpolates the logarithms, in pure Rust so that all machines agree, and takes the 12-digit decimal where that is
/// as good: 10⁻⁵ rather than 9.999999999999999 · 10⁻⁶.
fn logarithmically_between(start: f64, stop: f64, index: u64, last: u64) -> f64 {
    let value = start.signum() * libm::exp(between(libm::log(start.abs()), libm::log(stop.abs()), index, last));
    // `exp` turns the rounding of a logarithm (below 745) into a relative error of up to about 1e-13.
    let tolerance = 2.0 * f64::EPSILON * (1.0 + libm::log(start.abs()).abs().max(libm::log(stop.abs()).abs()));
    let short: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    if (short - value).abs() <= tolerance * value.abs() {
        short
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reals(sequence: &Sequence) -> Vec<f64> {
        (0..sequence.count())
            .map(|i| sequence.value(i).as_f64().unwrap())
            .collect()
    }

    #[test]
    fn linear_values_are_the_short_decimals() {
        let sequence = Sequence::spaced(0.0, 1.0, 11);
        assert_eq!(
            reals(&sequence),
            [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
        );
        let far_apart = Sequence::spaced(-1e300, 1e-300, 3);
        assert_eq!(reals(&far_apart), [-1e300, -5e299, 1e-300]);
        assert_eq!(reals(&Sequence::spaced(0.25, 0.25, 1)), [0.25]);
    }

    #[test]
    fn logarithmic_values_hit_the_powers_of_ten() {
        let sequence = Sequence::Logarithmic {
            start: 1e-6,
            stop: 1e-3,
            count: 4,
        };
        assert_eq!(reals(&sequence), [1e-6, 1e-5, 1e-4, 1e-3]);
        let wide = Sequence::Logarithmic {
            start: 1e-300,
            stop: 1e300,
            count: 601,
        };
        for (i, value) in reals(&wide).into_iter().enumerate() {
            assert_eq!(value, format!("1e{}", i as i32 - 300).parse::<f64>().unwrap());
        }
        let negative = Sequence::Logarithmic {
            start: -1.0,
            stop: -100.0,
            count: 3,
        };
        assert_eq!(reals(&negative), [-1.0, -10.0, -100.0]);
    }

    #[test]
    fn integers_reach_both_ends_of_their_type() {
        let sequence = Sequence::Integers {
            start: i64::MIN,
            step: 1 << 62,
            count: 4,
        };
        assert_eq!(*sequence.value(3), Value::from(1_i64 << 62));
        assert_eq!(*sequence.value(0), Value::from(i64::MIN));
    }
}
