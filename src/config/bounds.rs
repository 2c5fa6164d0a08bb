//! Allowed ranges of numbers: the check, and how they are told.

use super::schema::Resolved;
use serde_json::{Number, Value};

/// Lower and upper end of what is allowed, each with whether the end itself is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    low: Option<(Number, bool)>,
    high: Option<(Number, bool)>,
}

impl Bounds {
    /// The tightest bounds of all facets; the width of an integer type counts, too.
    pub(super) fn of(resolved: &Resolved<'_>) -> Self {
        let mut bounds = Self::default();
        for facet in &resolved.facets {
            let number = |word: &str| facet.get(word).and_then(Value::as_number).cloned();
            bounds.raise_low(number("minimum"), true);
            bounds.raise_low(number("exclusiveMinimum"), false);
            bounds.lower_high(number("maximum"), true);
            bounds.lower_high(number("exclusiveMaximum"), false);
            let (low, high): (Option<i64>, Option<u64>) = match facet.get("format").and_then(Value::as_str) {
                Some("uint8") => (Some(0), Some(u8::MAX.into())),
                Some("uint16") => (Some(0), Some(u16::MAX.into())),
                Some("uint32") => (Some(0), Some(u32::MAX.into())),
                Some("uint64" | "uint") => (Some(0), Some(u64::MAX)),
                Some("int8") => (Some(i8::MIN.into()), Some(i8::MAX as u64)),
                Some("int16") => (Some(i16::MIN.into()), Some(i16::MAX as u64)),
                Some("int32") => (Some(i32::MIN.into()), Some(i32::MAX as u64)),
                Some("int64" | "int") => (None, Some(i64::MAX as u64)),
                _ => (None, None),
            };
            bounds.raise_low(low.map(Number::from), true);
            bounds.lower_high(high.map(Number::from), true);
        }
        bounds
    }

    fn raise_low(&mut self, low: Option<Number>, inclusive: bool) {
        let Some(low) = low else { return };
        let tighter = self.low.as_ref().is_none_or(|(known, known_inclusive)| {
            as_f64(&low) > as_f64(known) || (as_f64(&low) == as_f64(known) && *known_inclusive && !inclusive)
        });
        if tighter {
            self.low = Some((low, inclusive));
        }
    }

    fn lower_high(&mut self, high: Option<Number>, inclusive: bool) {
        let Some(high) = high else { return };
        let tighter = self.high.as_ref().is_none_or(|(known, known_inclusive)| {
            as_f64(&high) < as_f64(known) || (as_f64(&high) == as_f64(known) && *known_inclusive && !inclusive)
        });
        if tighter {
            self.high = Some((high, inclusive));
        }
    }

    /// Whether a number is allowed.
    pub(super) fn contain(&self, number: &Number) -> bool {
        let value = as_f64(number);
        let above = self
            .low
            .as_ref()
            .is_none_or(|(low, inclusive)| value > as_f64(low) || (*inclusive && value == as_f64(low)));
        let below = self
            .high
            .as_ref()
            .is_none_or(|(high, inclusive)| value < as_f64(high) || (*inclusive && value == as_f64(high)));
        above && below
    }

    /// `from 0 to 30`, `above 0`, `at least 1 and below 2`; nothing where everything is allowed.
    pub(super) fn words(&self) -> Option<String> {
        match (&self.low, &self.high) {
            (None, None) => None,
            (Some((low, true)), Some((high, true))) => Some(format!("from {} to {}", end(low), end(high))),
            (Some((low, inclusive)), None) => Some(low_words(low, *inclusive)),
            (None, Some((high, inclusive))) => Some(high_words(high, *inclusive)),
            (Some((low, a)), Some((high, b))) => Some(format!("{} and {}", low_words(low, *a), high_words(high, *b))),
        }
    }
}

fn low_words(low: &Number, inclusive: bool) -> String {
    format!("{} {}", if inclusive { "at least" } else { "above" }, end(low))
}

fn high_words(high: &Number, inclusive: bool) -> String {
    format!("{} {}", if inclusive { "at most" } else { "below" }, end(high))
}

fn as_f64(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

/// A number as a person would write it: `30` rather than `30.0`.
pub(super) fn plain(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() && value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        Some(value) if number.is_f64() => format!("{value:?}"),
        _ => number.to_string(),
    }
}

/// An end of a range: multiples of π are told as such.
fn end(number: &Number) -> String {
    let value = as_f64(number);
    let halves = (value / std::f64::consts::FRAC_PI_2).round();
    let is_multiple = halves != 0.0 && halves.abs() <= 16.0 && value == halves * std::f64::consts::FRAC_PI_2;
    if !is_multiple {
        return plain(number);
    }
    let factor = match halves / 2.0 {
        1.0 => String::new(),
        -1.0 => "-".to_owned(),
        factor => factor.to_string(),
    };
    format!("{} ({factor}π)", crate::quantity::significant(value))
}

#[cfg(test)]
mod tests {
    use super::super::schema::Schema;
    use super::*;
    use serde_json::json;

    fn bounds(schema: Value) -> Bounds {
        let schema = Schema::new(schema);
        Bounds::of(&schema.resolve(schema.root()))
    }

    #[test]
    fn ends_are_told_and_checked() {
        let open = bounds(json!({"exclusiveMinimum": 0, "maximum": 30.0}));
        assert_eq!(open.words().unwrap(), "above 0 and at most 30");
        let holds = |value: f64| open.contain(&Number::from_f64(value).unwrap());
        assert!(!holds(0.0) && holds(1e-300) && holds(30.0) && !holds(30.000_001));
        assert_eq!(bounds(json!({})).words(), None);
        assert_eq!(
            bounds(json!({"minimum": 0.5, "maximum": 1})).words().unwrap(),
            "from 0.5 to 1"
        );
    }

    #[test]
    fn multiples_of_pi_are_told_as_such() {
        use std::f64::consts::{PI, TAU};
        let range = bounds(json!({"minimum": -TAU, "exclusiveMaximum": PI}));
        assert_eq!(range.words().unwrap(), "at least -6.2832 (-2π) and below 3.1416 (π)");
        assert_eq!(
            bounds(json!({"maximum": 0.123_456_789})).words().unwrap(),
            "at most 0.123456789"
        );
    }

    #[test]
    fn the_width_of_an_integer_counts() {
        let byte = bounds(json!({"type": "integer", "format": "uint8", "minimum": 1}));
        assert_eq!(byte.words().unwrap(), "from 1 to 255");
        assert!(
            byte.contain(&Number::from(255)) && !byte.contain(&Number::from(256)) && !byte.contain(&Number::from(0))
        );
    }
}
