//! Ranges counted in exact decimals.
//!
//! A range is meant as it is typed: from 0 to 1 by 0.1 has eleven values, and the fourth is 0.3. In binary floating
//! point neither holds by itself. So the shortest decimal forms of the start, stop and step are taken as whole
//! multiples of one power of ten; counting is then exact, and each value is the f64 nearest to its decimal.

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
        let forms = [start, stop, step].map(shortest_decimal);
        let decimals = forms.iter().map(|(_, decimals)| *decimals).max().unwrap_or(0);
        let decimals = u32::try_from(decimals.max(0)).unwrap_or(u32::MAX);
        if decimals > MAX_DECIMALS {
            return Err(RangeFault::TooFarApart);
        }
        let mut whole = [0_i128; 3];
        for (slot, (digits, own_decimals)) in whole.iter_mut().zip(forms) {
            *slot = u32::try_from(i64::from(decimals) - own_decimals)
                .ok()
                .and_then(|shift| 10_i128.checked_pow(shift))
                .and_then(|scale| scale.checked_mul(digits))
                .ok_or(RangeFault::TooFarApart)?;
        }
        let [start, stop, step] = whole;
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

    proptest! {
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
