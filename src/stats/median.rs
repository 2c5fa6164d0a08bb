//! The interval of a median over replicates.
//!
//! Woodruff (Journal of the American Statistical Association 47, 1952): the proportion of values below the true median is
//! ½, so the quantiles of the values at the bounds of an interval of that proportion are the bounds of the median. The
//! proportion's interval knows the replicates; nothing is asked of the values' distribution, not even a finite mean.

use super::clusters::Clusters;
use super::interval::Interval;
use super::sum::CompensatedSum;
use super::unit_statistics::present;

/// The interval of the median of `values` (`[replicates, members]`, NaN where missing), whose estimate is `median`; `None` if
/// fewer than two replicates have a value.
pub(super) fn interval(values: &[f64], members: usize, median: f64, confidence: f64) -> Option<Interval> {
    let shares = || {
        values.chunks_exact(members).map(|replicate| {
            let below = |value: f64| {
                if value < median {
                    1.0
                } else {
                    f64::from(u8::from(value == median)) / 2.0
                }
            };
            present(replicate).fold((0_u64, 0.0), |(size, sum), value| (size + 1, sum + below(value)))
        })
    };
    let mut sum = CompensatedSum::default();
    let mut count = 0;
    for (size, share) in shares() {
        count += size;
        sum.add(share);
    }
    let mean = sum.mean(count as f64);
    let residuals = shares().map(|(size, share)| (size, share - mean.value() * size as f64));
    let clusters = Clusters::new(mean, 0.0, residuals);
    if clusters.replicates() < 2 {
        return None;
    }
    let proportions = Interval::of_half(&clusters, confidence);
    let mut sorted: Vec<f64> = present(values).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    Some(Interval {
        low: at_proportion(&sorted, proportions.low),
        high: at_proportion(&sorted, proportions.high),
        ..proportions
    })
}

/// The quantile of sorted values, type 5 of Hyndman & Fan (1996): linear between the middles of the steps of their
/// distribution, so that rounding favours neither side.
fn at_proportion(sorted: &[f64], proportion: f64) -> f64 {
    let last = sorted.len() - 1;
    let rank = (proportion * sorted.len() as f64 - 0.5).clamp(0.0, last as f64);
    let below = rank.floor();
    let fraction = rank - below;
    let (low, high) = (sorted[below as usize], sorted[last.min(below as usize + 1)]);
    if fraction == 0.0 {
        return low;
    }
    // Weighted form: the difference of two huge values of opposite sign would overflow.
    ((1.0 - fraction) * low + fraction * high).max(low).min(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One value a replicate: Wilson's bounds of ½ with 20 trials, 0.299298 and 0.700702 (SciPy 1.17.1, binomtest(10, 20)),
    /// at ranks 5.48596 and 13.51404 of the values 0, 1, …, 19.
    #[test]
    fn independent_values() {
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        let found = interval(&values, 1, 9.5, 0.95).unwrap();
        assert!((found.low - 5.485_96).abs() < 1e-4, "{found:?}");
        assert!((found.high - 13.514_04).abs() < 1e-4, "{found:?}");
    }

    #[test]
    fn members_that_agree_count_as_one() {
        let once: Vec<f64> = (0..20).map(f64::from).collect();
        let repeated: Vec<f64> = once.iter().flat_map(|value| [*value; 10]).collect();
        let (once, repeated) = (
            interval(&once, 1, 9.5, 0.95).unwrap(),
            interval(&repeated, 10, 9.5, 0.95).unwrap(),
        );
        assert!(
            repeated.high - repeated.low > 0.9 * (once.high - once.low),
            "{once:?} {repeated:?}"
        );
    }

    #[test]
    fn one_replicate_says_nothing() {
        assert_eq!(interval(&[1.0, 2.0, f64::NAN, f64::NAN], 2, 1.5, 0.95), None);
        assert_eq!(interval(&[f64::NAN; 4], 2, f64::NAN, 0.95), None);
    }

    /// Huge and infinite values change no bound that they don't reach.
    #[test]
    fn the_tail_does_not_matter() {
        let mut values: Vec<f64> = (0..60).map(|i| f64::from((i * 37) % 60)).collect();
        let plain = interval(&values, 3, 29.5, 0.95).unwrap();
        for value in &mut values {
            if *value > 55.0 {
                *value = f64::INFINITY;
            }
        }
        assert_eq!(interval(&values, 3, 29.5, 0.95), Some(plain));
    }
}
