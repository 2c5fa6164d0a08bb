//! What is left of one unit's members when only statistics are kept.

use super::sum::{CompensatedSum, scale_for};

/// Statistics of one metric over the members of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitStatistics {
    /// Members with a value.
    pub count: u32,
    /// Mean; NaN without values.
    pub mean: f64,
    /// Standard deviation with divisor `count − 1`; NaN with fewer than two values.
    pub sd: f64,
    /// Smallest value; NaN without values.
    pub min: f64,
    /// Largest value; NaN without values.
    pub max: f64,
}

impl UnitStatistics {
    /// No member has a value: a quarantined unit, or a conditional metric that no member meets.
    pub const MISSING: Self = Self {
        count: 0,
        mean: f64::NAN,
        sd: f64::NAN,
        min: f64::NAN,
        max: f64::NAN,
    };

    /// Statistics of `values` (`[members]`, NaN where missing), in array order.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let Some(extent) = Extent::of(values) else {
            return Self::MISSING;
        };
        let scale = scale_for(extent.magnitude());
        let mut sum = CompensatedSum::default();
        for value in present(values) {
            sum.add(value * scale);
        }
        let count = f64::from(extent.count_u32());
        let mean = sum.mean(count);
        let mut squares = CompensatedSum::default();
        for value in present(values) {
            let deviation = mean.deviation(value * scale);
            squares.add(deviation * deviation);
        }
        Self {
            count: extent.count_u32(),
            mean: (mean.value() / scale).clamp(extent.min, extent.max),
            sd: if extent.count < 2 {
                f64::NAN
            } else {
                (squares.value() / (count - 1.0)).sqrt() / scale
            },
            min: extent.min,
            max: extent.max,
        }
    }
}

/// The values that are there, in order.
pub(super) fn present(values: &[f64]) -> impl Iterator<Item = f64> {
    values.iter().copied().filter(|value| !value.is_nan())
}

/// Number and range of some values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) count: u64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Extent {
    /// `None` when no value is there.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mut all = present(values);
        let first = all.next()?;
        let mut extent = Self {
            count: 1,
            min: first,
            max: first,
        };
        for value in all {
            extent.count += 1;
            // Plain comparisons would let the sign of a zero depend on the order of the values.
            if value.total_cmp(&extent.min).is_lt() {
                extent.min = value;
            }
            if value.total_cmp(&extent.max).is_gt() {
                extent.max = value;
            }
        }
        Some(extent)
    }

    /// Largest magnitude.
    pub(super) fn magnitude(&self) -> f64 {
        self.min.abs().max(self.max.abs())
    }

    /// The count of one unit's members, which are numbered by `u32`.
    fn count_u32(&self) -> u32 {
        u32::try_from(self.count).expect("a unit has fewer than 2^32 members")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answer_with_missing_values() {
        let unit = UnitStatistics::of(&[f64::NAN, 2.0, 4.0, f64::NAN, 9.0]);
        assert_eq!((unit.count, unit.mean, unit.min, unit.max), (3, 5.0, 2.0, 9.0));
        assert_eq!(unit.sd, 13f64.sqrt());
    }

    #[test]
    fn one_value_has_no_spread_and_none_has_nothing() {
        let one = UnitStatistics::of(&[f64::NAN, 3.0]);
        assert_eq!((one.count, one.mean, one.min, one.max), (1, 3.0, 3.0, 3.0));
        assert!(one.sd.is_nan());
        let none = UnitStatistics::of(&[f64::NAN]);
        assert_eq!(none.count, 0);
        assert!(none.mean.is_nan() && none.sd.is_nan() && none.min.is_nan() && none.max.is_nan());
    }

    #[test]
    fn large_offsets_and_extreme_sizes_keep_the_spread() {
        let shifted = UnitStatistics::of(&[1e15, 1e15 + 1.0, 1e15 + 2.0]);
        assert_eq!((shifted.mean, shifted.sd), (1e15 + 1.0, 1.0));
        let huge = UnitStatistics::of(&[f64::MAX, -f64::MAX]);
        assert_eq!(huge.mean, 0.0);
        let tiny = UnitStatistics::of(&[1e-300, 3e-300]);
        assert!((tiny.sd / 1e-300 - 2f64.sqrt()).abs() < 1e-15, "{tiny:?}");
    }
}
