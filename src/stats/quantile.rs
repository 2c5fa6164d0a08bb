//! Sample quantiles by type 7 of Hyndman & Fan (1996): linear interpolation at rank (n − 1)·q, the default of R and
//! NumPy.

/// Median and quartiles of the same values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quartiles {
    pub(super) lower: f64,
    pub(super) median: f64,
    pub(super) upper: f64,
}

impl Quartiles {
    /// Quartiles of `values`, which are reordered; all NaN when there are none.
    ///
    /// Selection instead of sorting: linear in the number of values. Order statistics don't depend on the order of
    /// the input.
    pub(super) fn of(values: &mut [f64]) -> Self {
        if values.is_empty() {
            return Self {
                lower: f64::NAN,
                median: f64::NAN,
                upper: f64::NAN,
            };
        }
        let last = values.len() - 1;
        let median = at_quarters(values, 2 * last);
        // The selection left everything before the median's rank below it and everything after above it, but ranks
        // at its border may lie on either side, so the quartiles are selected from the whole.
        let lower = at_quarters(values, last);
        let upper = at_quarters(values, 3 * last);
        Self { lower, median, upper }
    }
}

/// The value at rank `quarters / 4` (from 0), interpolated. Ranks in quarters are exact integers.
fn at_quarters(values: &mut [f64], quarters: usize) -> f64 {
    let (rank, fraction) = (quarters / 4, (quarters % 4) as f64 / 4.0);
    let (_, &mut below, rest) = values.select_nth_unstable_by(rank, f64::total_cmp);
    if fraction == 0.0 {
        return below;
    }
    let above = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    // Weighted form: the difference of two huge values of opposite sign would overflow.
    let value = (1.0 - fraction) * below + fraction * above;
    // Rounding must not leave the bounds. (`clamp` would panic on the NaN means of units with infinite values.)
    value.max(below).min(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers_of_numpy() {
        // numpy 2.4.6: np.quantile([7, 1, 3, 10, 4, 12], [.25, .5, .75]) == [3.25, 5.5, 9.25]
        let quartiles = Quartiles::of(&mut [7.0, 1.0, 3.0, 10.0, 4.0, 12.0]);
        assert_eq!((quartiles.lower, quartiles.median, quartiles.upper), (3.25, 5.5, 9.25));
        // np.quantile([2, 8], [.25, .5, .75]) == [3.5, 5.0, 6.5]
        let quartiles = Quartiles::of(&mut [8.0, 2.0]);
        assert_eq!((quartiles.lower, quartiles.median, quartiles.upper), (3.5, 5.0, 6.5));
    }

    #[test]
    fn one_value_is_all_of_its_quartiles_and_no_value_has_none() {
        let one = Quartiles::of(&mut [5.0]);
        assert_eq!((one.lower, one.median, one.upper), (5.0, 5.0, 5.0));
        assert!(Quartiles::of(&mut []).median.is_nan());
    }

    #[test]
    fn selection_agrees_with_sorting() {
        for count in 1..40_usize {
            let mut values: Vec<f64> = (0..count).map(|i| ((i * 17) % 23) as f64).collect();
            let quartiles = Quartiles::of(&mut values);
            values.sort_by(f64::total_cmp);
            let sorted_at = |q: f64| {
                let rank = (count - 1) as f64 * q;
                let below = values[rank.floor() as usize];
                below + (values[rank.ceil() as usize] - below) * rank.fract()
            };
            assert_eq!(quartiles.lower, sorted_at(0.25), "count {count}");
            assert_eq!(quartiles.median, sorted_at(0.5), "count {count}");
            assert_eq!(quartiles.upper, sorted_at(0.75), "count {count}");
        }
    }
}
