//! Ranges counted in exact decimals.
//!
//! A range is meant as it is typed: from 0 to 1 by 0.1 has eleven values, and the fourth is 0.3. In binary floating
//! point neither holds by itself. So the shortest decimal forms of the start, stop and step are taken as whole
//! multiples of one power of ten; counting is then exact, and each value is the f64 nearest to its decimal.
//!
//! A number of values from one decimal to another are exact fractions of them in the same way, whether their decimals end
//! or not.

/// Largest power of ten, 10⁻³⁶, that two-digit quantities can be multiples of within 128 bits.
const MAX_DECIMALS: u32 = 36;

/// `start + i · step` for `i` in `0..count`, in units of `10^-decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DecimalRange {
    start: i128,
    step: i128,
    decimals: u32,
    /// Number of values.
    pub(super) count: u64,
}

/// Why a range cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RangeFault {
    /// The step is zero.
    NoStep,
    /// The step leads away from the stop.
    WrongDirection,
    /// More values than 64 bits count.
    TooMany,
    /// The magnitudes are too far apart for 128 bits.
    TooFarApart,
}

impl DecimalRange {
    /// The range from `start` to `stop`, which is included when the step reaches it.
    ///
    /// # Errors
    /// See [`RangeFault`].
    pub(super) fn new(start: f64, stop: f64, step: f64) -> Result<Self, RangeFault> {
        let ([start, stop, step], decimals) = multiples([start, stop, step]).ok_or(RangeFault::TooFarApart)?;
        if step == 0 {
            return Err(RangeFault::NoStep);
        }
        let span = stop.checked_sub(start).ok_or(RangeFault::TooFarApart)?;
        if span != 0 && (span > 0) != (step > 0) {
            return Err(RangeFault::WrongDirection);
        }
        let count = u64::try_from(span / step)
            .ok()
            .and_then(|steps| steps.checked_add(1))
            .ok_or(RangeFault::TooMany)?;
        Ok(Self {
            start,
            step,
            decimals,
            count,
        })
    }

    /// The f64 nearest to value `index`.
    pub(super) fn value(&self, index: u64) -> f64 {
        let units = self.start + i128::from(index) * self.step;
        // Exact when both are: 2⁵³ and 10²² bound the integers and powers of ten that f64 holds, and division rounds
        // once. Otherwise parsing rounds once.
        if units.unsigned_abs() <= 1 << 53 && self.decimals <= 22 {
            units as f64 / power_of_ten(self.decimals)
        } else {
            format!("{units}e-{}", self.decimals)
                .parse()
                .expect("digits with an exponent are a number")
        }
    }
}

/// Numbers as whole multiples of `10^-decimals`, and the decimals; `None` where 128 bits don't hold them.
fn multiples<const N: usize>(numbers: [f64; N]) -> Option<([i128; N], u32)> {
    let forms = numbers.map(shortest_decimal);
    let decimals = forms.iter().map(|(_, decimals)| *decimals).max().unwrap_or(0);
    let decimals = u32::try_from(decimals.max(0)).ok()?;
    if decimals > MAX_DECIMALS {
        return None;
    }
    let mut whole = [0_i128; N];
    for (slot, (digits, own_decimals)) in whole.iter_mut().zip(forms) {
        let shift = u32::try_from(i64::from(decimals) - own_decimals).ok()?;
        *slot = 10_i128.checked_pow(shift)?.checked_mul(digits)?;
    }
    Some((whole, decimals))
}

/// `count` values from `start` to `stop` at equal distances, in units of `10^-decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DecimalSpan {
    start: i128,
    stop: i128,
    /// `10^decimals · steps`, which every value is a whole multiple of the inverse of.
    denominator: u128,
    steps: u64,
}

impl DecimalSpan {
    /// `count` values, at least two, from `start` to `stop`; `None` where 128 bits don't hold the values.
    pub(super) fn new(start: f64, stop: f64, count: u64) -> Option<Self> {
        let ([start, stop], decimals) = multiples([start, stop])?;
        let steps = count.checked_sub(1).filter(|steps| *steps > 0)?;
        // Twice, so that the sum of both parts fits, too.
        let largest = start.unsigned_abs().max(stop.unsigned_abs());
        i128::try_from(largest.checked_mul(2 * u128::from(steps))?).ok()?;
        let denominator = 10_u128.checked_pow(decimals)?.checked_mul(u128::from(steps))?;
        // The division goes on digit by digit.
        denominator.checked_mul(10)?;
        Some(Self {
            start,
            stop,
            denominator,
            steps,
        })
    }

    /// Number of values.
    pub(super) fn count(&self) -> u64 {
        self.steps + 1
    }

    /// The f64 nearest to the exact value `index`.
    pub(super) fn value(&self, index: u64) -> f64 {
        let numerator = self.start * i128::from(self.steps - index) + self.stop * i128::from(index);
        let size = numerator.unsigned_abs();
        let nearest = if size.max(self.denominator) <= 1 << 53 {
            // Both are exact, and the division rounds once.
            size as f64 / self.denominator as f64
        } else {
            nearest_quotient(size, self.denominator)
        };
        if numerator < 0 { -nearest } else { nearest }
    }
}

/// The f64 nearest to a quotient, whose denominator is less than a tenth of what 128 bits hold: from more digits than it takes
/// to tell on which side it lies of what is halfway between two of them.
fn nearest_quotient(numerator: u128, denominator: u128) -> f64 {
    // Halfway points here are multiples of 2⁻²¹⁴ (values are 10⁻³⁶ / 10¹² at least), so they differ from the quotient by
    // 2⁻²¹⁴ / 10³⁸, unless by nothing.
    const DECIMALS: usize = 104;
    let mut text = (numerator / denominator).to_string();
    text.push('.');
    let mut rest = numerator % denominator;
    for _ in 0..DECIMALS {
        if rest == 0 {
            break;
        }
        rest *= 10;
        text.push(char::from(b'0' + (rest / denominator) as u8));
        rest %= denominator;
    }
    if rest > 0 {
        text.push('1');
    }
    text.parse().expect("digits with a point are a number")
}

/// `10^exponent` for exponents up to 22, where every product is exact.
fn power_of_ten(exponent: u32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

/// `value = digits · 10^-decimals` for its shortest decimal form.
fn shortest_decimal(value: f64) -> (i128, i64) {
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap_or(0);
    let exponent: i64 = exponent.parse().unwrap_or(0);
    if digits == 0 {
        return (0, 0);
    }
    (digits, fraction.len() as i64 - exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(start: f64, stop: f64, step: f64) -> Vec<f64> {
        let range = DecimalRange::new(start, stop, step).unwrap();
        (0..range.count).map(|i| range.value(i)).collect()
    }

    #[test]
    fn a_range_is_what_it_is_typed_as() {
        let tenths = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
        assert_eq!(values(0.0, 1.0, 0.1), tenths);
        assert_eq!(values(0.0, 1.05, 0.1), tenths);
        assert_eq!(values(0.3, 0.1, -0.1), [0.3, 0.2, 0.1]);
        assert_eq!(values(1e-6, 3e-6, 1e-6), [1e-6, 2e-6, 3e-6]);
        assert_eq!(values(5.0, 5.0, 0.7), [5.0]);
        assert_eq!(values(1.0, 1.999_999, 1.0), [1.0]);
    }

    #[test]
    fn impossible_ranges_are_told_apart() {
        assert_eq!(DecimalRange::new(0.0, 1.0, 0.0), Err(RangeFault::NoStep));
        assert_eq!(DecimalRange::new(0.0, 1.0, -0.5), Err(RangeFault::WrongDirection));
        assert_eq!(DecimalRange::new(0.0, 1.0, 1e-25), Err(RangeFault::TooMany));
        assert_eq!(DecimalRange::new(1e-300, 1.0, 0.1), Err(RangeFault::TooFarApart));
        assert_eq!(DecimalRange::new(0.0, 1e300, 1e299), Err(RangeFault::TooFarApart));
    }

    fn spaced(start: f64, stop: f64, count: u64) -> Vec<f64> {
        let span = DecimalSpan::new(start, stop, count).unwrap();
        (0..span.count()).map(|i| span.value(i)).collect()
    }

    #[test]
    fn equal_distances_are_those_of_the_decimals() {
        assert_eq!(spaced(0.0, 1.0, 11), values(0.0, 1.0, 0.1));
        assert_eq!(spaced(0.1, 0.7, 7), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
        assert_eq!(spaced(0.3, -0.3, 7), [0.3, 0.2, 0.1, 0.0, -0.1, -0.2, -0.3]);
        assert_eq!(spaced(1e-7, 7e-7, 7), [1e-7, 2e-7, 3e-7, 4e-7, 5e-7, 6e-7, 7e-7]);
        // Thirds: from a division that rounds once, and from more digits than f64 holds.
        assert_eq!(spaced(0.0, 1.0, 4), [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]);
        let long = [123_456_789.012_345_67, 123_456_789.112_345_67];
        let expected: f64 = "123456789.0456790033333333333333333333333333".parse().unwrap();
        assert_eq!(spaced(long[0], long[1], 4)[1], expected);
        assert_eq!(nearest_quotient(1, 3).to_bits(), (1.0_f64 / 3.0).to_bits());
        // Halfway between 1 and the next number: to the even one; a hair above it: up.
        let half = (1_u128 << 53) + 1;
        assert_eq!(nearest_quotient(half, 1 << 53), 1.0);
        assert_eq!(nearest_quotient(half << 60 | 1, 1 << 113), 1.0 + f64::EPSILON);
    }

    #[test]
    fn what_128_bits_do_not_hold_is_left_to_others() {
        assert_eq!(DecimalSpan::new(0.0, 1e-300, 3), None);
        assert_eq!(DecimalSpan::new(0.0, 1e300, 3), None);
        assert_eq!(DecimalSpan::new(0.0, 1e-36, 1000), None);
        assert_eq!(DecimalSpan::new(1.0, 1.0, 1), None);
    }

    proptest! {
        #[test]
        fn a_number_of_values_is_as_good_as_steps(
            start in -10_000_i64..10_000, step in 1_i64..500, steps in 1_u64..200, decimals in 0_usize..8,
        ) {
            let typed = |units: i64| format!("{units}e-{decimals}").parse::<f64>().unwrap();
            let found = spaced(typed(start), typed(start + step * steps as i64), steps + 1);
            let expected: Vec<f64> = (0..=steps).map(|i| typed(start + step * i as i64)).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn both_ways_of_dividing_agree(numerator in 0_u128..1 << 53, denominator in 1_u128..1 << 53) {
            let once = numerator as f64 / denominator as f64;
            prop_assert_eq!(nearest_quotient(numerator, denominator).to_bits(), once.to_bits());
        }

        #[test]
        fn values_are_the_nearest_to_their_decimals(
            start in -10_000_i64..10_000, step in 1_i64..500, steps in 0_u64..200, decimals in 0_usize..8,
        ) {
            let typed = |units: i64| format!("{units}e-{decimals}").parse::<f64>().unwrap();
            let range = DecimalRange::new(typed(start), typed(start + step * steps as i64), typed(step)).unwrap();
            prop_assert_eq!(range.count, steps + 1);
            for i in 0..=steps {
                prop_assert_eq!(range.value(i), typed(start + step * i as i64));
            }
        }
    }
}
