//! Counts of durations in logarithmic buckets.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many durations fell into which bucket, from the shortest number to the longest; the histograms of parts add up to
/// that of the whole.
///
/// A bucket is a quarter of an octave, cut out of the bits of the number: its ends are 1, 1.25, 1.5 and 1.75 times a
/// power of two. So a quantile, the upper end of its bucket, is never too low and at most 25 % too high.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DurationHistogram {
    buckets: BTreeMap<u16, u64>,
}

impl DurationHistogram {
    /// Adds one duration, s; what isn't a number, or is negative, counts as 0.
    pub fn record(&mut self, seconds: f64) {
        // Sign, exponent and the two highest bits of the fraction.
        self.add((seconds.max(0.0).to_bits() >> 50) as u16, 1);
    }

    /// Adds `count` durations to a bucket that [`Self::take`] named.
    pub fn add(&mut self, bucket: u16, count: u64) {
        *self.buckets.entry(bucket).or_insert(0) += count;
    }

    /// Adds those of another one.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.buckets {
            self.add(*bucket, *count);
        }
    }

    /// Takes out the counts of at most `most` buckets, to be sent elsewhere.
    pub fn take(&mut self, most: usize) -> Vec<(u16, u32)> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(mut entry) = self.buckets.first_entry()
        {
            let part = u32::try_from(*entry.get()).unwrap_or(u32::MAX);
            taken.push((*entry.key(), part));
            *entry.get_mut() -= u64::from(part);
            if *entry.get() == 0 {
                entry.remove();
            }
        }
        taken
    }

    /// Whether nothing was recorded, or all of it was taken out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.values().sum()
    }

    /// A duration that a share `quantile` of them doesn't exceed, s; `None` of none.
    #[must_use]
    pub fn quantile_s(&self, quantile: f64) -> Option<f64> {
        let rank = (quantile * self.count() as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        self.buckets.iter().find_map(|(bucket, count)| {
            below += count;
            (below >= rank).then(|| f64::from_bits((u64::from(*bucket) + 1) << 50))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_never_too_low_and_hardly_too_high() {
        let mut histogram = DurationHistogram::default();
        assert_eq!(histogram.quantile_s(0.99), None);
        (1..=1000).for_each(|k| histogram.record(f64::from(k) * 1e-3));
        for (quantile, exact_s) in [(0.5, 0.5), (0.99, 0.99), (1.0, 1.0), (0.0, 0.001)] {
            let found_s = histogram.quantile_s(quantile).expect("there are durations");
            assert!((exact_s..=exact_s * 1.25).contains(&found_s), "{quantile}: {found_s}");
        }
        assert_eq!(histogram.count(), 1000);
    }

    #[test]
    fn extremes_have_buckets() {
        let mut histogram = DurationHistogram::default();
        [0.0, -1.0, f64::NAN, 1e300]
            .into_iter()
            .for_each(|seconds| histogram.record(seconds));
        assert_eq!(histogram.count(), 4);
        assert!(histogram.quantile_s(0.5).is_some_and(|seconds| seconds < 1e-300));
        assert!(
            histogram
                .quantile_s(1.0)
                .is_some_and(|seconds| (1e300..1.3e300).contains(&seconds))
        );
    }

    #[test]
    fn what_is_taken_arrives_elsewhere() {
        let mut histogram = DurationHistogram::default();
        (0..60).for_each(|k| histogram.record(1e-6 * f64::from(1 << (k % 20))));
        // More than a message can say of one bucket.
        histogram.add(0, u64::from(u32::MAX) + 3);
        let before = histogram.clone();
        let mut other = DurationHistogram::default();
        while !histogram.is_empty() {
            let part = histogram.take(7);
            assert!((1..=7).contains(&part.len()));
            for (bucket, count) in part {
                other.add(bucket, u64::from(count));
            }
        }
        assert_eq!(other, before);
        other.merge(&before);
        assert_eq!(other.count(), 2 * before.count());
    }
}
