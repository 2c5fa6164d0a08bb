//! Sums and means that don't lose digits, whatever the offset of the values.

/// A running sum as an unevaluated pair `high + low` (Knuth's two-sum at every step), exact to about twice the
/// precision of f64. The result depends on the order of the terms only beyond that precision.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CompensatedSum {
    high: f64,
    low: f64,
}

impl CompensatedSum {
    /// Adds one term.
    #[inline]
    pub(super) fn add(&mut self, term: f64) {
        let (high, error) = two_sum(self.high, term);
        self.high = high;
        self.low += error;
    }

    /// Adds `a · b` without rounding the product.
    #[inline]
    pub(super) fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        self.low += a.mul_add(b, -product);
    }

    /// The sum as one number.
    pub(super) fn value(self) -> f64 {
        self.high + self.low
    }

    /// The sum divided by `count`, still as a pair.
    pub(super) fn mean(self, count: f64) -> Mean {
        let high = self.high / count;
        // What the division lost: `mul_add` rounds once, on every platform, so this is exact.
        let remainder = (-high).mul_add(count, self.high);
        let (high, low) = two_sum(high, (remainder + self.low) / count);
        Mean { high, low }
    }
}

/// A mean as an unevaluated pair, so that deviations from it are right to the last digit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    high: f64,
    low: f64,
}

impl Mean {
    /// The mean rounded to f64.
    pub(super) fn value(self) -> f64 {
        self.high
    }

    /// `value − mean`.
    #[inline]
    pub(super) fn deviation(self, value: f64) -> f64 {
        (value - self.high) - self.low
    }
}

/// `a + b` and its rounding error, exactly.
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_rounded = sum - a;
    let error = (a - (sum - b_rounded)) + (b - b_rounded);
    (sum, error)
}

/// A power of two (2^−1000, 1 or 2^1000) to multiply values by, so that sums of their squares neither overflow nor vanish; 1 for values of
/// ordinary size. Multiplying by it is exact.
pub(super) fn scale_for(largest_magnitude: f64) -> f64 {
    const ORDINARY: std::ops::RangeInclusive<f64> = 1e-120..=1e120;
    if largest_magnitude == 0.0 || !largest_magnitude.is_finite() || ORDINARY.contains(&largest_magnitude) {
        1.0
    } else if largest_magnitude > 1.0 {
        f64::from_bits((1023 - 1000) << 52)
    } else {
        f64::from_bits((1023 + 1000) << 52)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(values: &[f64]) -> Mean {
        let mut sum = CompensatedSum::default();
        for &value in values {
            sum.add(value);
        }
        sum.mean(values.len() as f64)
    }

    #[test]
    fn cancellation_keeps_the_small_term() {
        assert_eq!(mean_of(&[1e16, 1.0, -1e16]).value(), 1.0 / 3.0);
    }

    #[test]
    fn the_mean_of_a_constant_is_the_constant() {
        for count in 1..200 {
            let mean = mean_of(&vec![0.1; count]);
            assert_eq!((mean.value(), mean.deviation(0.1)), (0.1, 0.0), "count {count}");
        }
    }

    #[test]
    fn scaled_extremes_square_without_overflow_or_underflow() {
        for magnitude in [f64::MAX, 1e200, 1e-200, f64::MIN_POSITIVE, 5e-324] {
            let scaled = magnitude * scale_for(magnitude);
            let square = scaled * scaled;
            assert!(square.is_normal(), "{magnitude} became {square}");
            assert_eq!(scaled / scale_for(magnitude), magnitude);
        }
    }
}
