//! How long something took, many times over, in little memory.

use super::DurationHistogram;
use serde::{Deserialize, Serialize};

/// Count, sum, largest, and a histogram of durations, which can be merged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Times {
    count: u64,
    sum_s: f64,
    max_s: f64,
    buckets: DurationHistogram,
}

impl Times {
    /// Adds one duration, s; what isn't a number, or is negative, counts as 0.
    pub fn record(&mut self, seconds: f64) {
        let seconds = seconds.max(0.0);
        self.count += 1;
        self.sum_s += seconds;
        self.max_s = self.max_s.max(seconds);
        self.buckets.record(seconds);
    }

    /// Adds those of another one.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_s += other.sum_s;
        self.max_s = self.max_s.max(other.max_s);
        self.buckets.merge(&other.buckets);
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean, s; 0 of none.
    #[must_use]
    pub fn mean_s(&self) -> f64 {
        if self.count == 0 {
            0.0
        } else {
            self.sum_s / self.count as f64
        }
    }

    /// The longest, s; 0 of none.
    #[must_use]
    pub fn max_s(&self) -> f64 {
        self.max_s
    }

    /// The duration that a share `quantile` of them doesn't exceed, s; 0 of none. See [`DurationHistogram`].
    #[must_use]
    pub fn quantile_s(&self, quantile: f64) -> f64 {
        self.buckets
            .quantile_s(quantile)
            .map_or(self.max_s, |seconds| seconds.min(self.max_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_never_too_low_and_hardly_too_high() {
        let mut times = Times::default();
        assert_eq!((times.quantile_s(0.99), times.mean_s(), times.max_s()), (0.0, 0.0, 0.0));
        (1..=1000).for_each(|k| times.record(f64::from(k) * 1e-3));
        for (quantile, exact_s) in [(0.5, 0.5), (0.99, 0.99), (1.0, 1.0), (0.0, 0.001)] {
            let found_s = times.quantile_s(quantile);
            assert!((exact_s..=exact_s * 1.25).contains(&found_s), "{quantile}: {found_s}");
        }
        assert!((times.mean_s() - 0.5005).abs() < 1e-12);
        assert_eq!((times.count(), times.max_s()), (1000, 1.0));
    }

    #[test]
    fn merged_parts_are_the_whole() {
        let (mut whole, mut parts) = (Times::default(), [Times::default(), Times::default()]);
        for k in 0..100_u32 {
            // Sums of powers of two are exact, whatever their order.
            let seconds = f64::from(1 << (k % 10));
            whole.record(seconds);
            parts[k as usize % 2].record(seconds);
        }
        let [mut merged, other] = parts;
        merged.merge(&other);
        assert_eq!(merged, whole);
    }

    #[test]
    fn extremes_stay_inside() {
        let mut times = Times::default();
        [0.0, -1.0, f64::NAN, 1e300]
            .into_iter()
            .for_each(|seconds| times.record(seconds));
        assert_eq!((times.count(), times.max_s(), times.quantile_s(1.0)), (4, 1e300, 1e300));
        assert!(times.quantile_s(0.5) < 1e-300);
    }
}
