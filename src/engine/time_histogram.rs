//! Distribution of unit times in fixed memory.

use std::time::Duration;

/// Buckets per doubling of time.
const PER_OCTAVE: f64 = 4.0;

/// Lower end of the first bucket, s.
const SMALLEST_S: f64 = 1e-7;

/// From 0.1 µs to more than 12 days.
pub(super) const BUCKETS: usize = 176;

/// Counts of unit times in logarithmic buckets, a quarter of an octave wide.
///
/// A quantile is the upper end of its bucket: never too low, at most 19 % too high.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeHistogram {
    counts: [u64; BUCKETS],
    total: u64,
}

impl TimeHistogram {
    pub(super) fn new() -> Self {
        Self {
            counts: [0; BUCKETS],
            total: 0,
        }
    }

    pub(super) fn record(&mut self, time: Duration) {
        let octaves = (time.as_secs_f64() / SMALLEST_S).log2();
        let bucket = (octaves * PER_OCTAVE).clamp(0.0, (BUCKETS - 1) as f64) as usize;
        self.add(bucket, 1);
    }

    /// Adds `count` times to a bucket; a bucket that doesn't exist counts as the last.
    pub(super) fn add(&mut self, bucket: usize, count: u64) {
        self.counts[bucket.min(BUCKETS - 1)] += count;
        self.total += count;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    /// Takes out at most `most` non-empty buckets, to be sent elsewhere.
    pub(super) fn take(&mut self, most: usize) -> Vec<(u8, u32)> {
        let mut taken = Vec::new();
        for (bucket, count) in self.counts.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            if taken.len() == most {
                break;
            }
            let part = (*count).min(u64::from(u32::MAX));
            *count -= part;
            self.total -= part;
            taken.push((bucket as u8, part as u32));
        }
        taken
    }

    /// The time that a share `quantile` of the units doesn't exceed; `None` before the first unit.
    pub(super) fn quantile(&self, quantile: f64) -> Option<Duration> {
        if self.total == 0 {
            return None;
        }
        let rank = (quantile * self.total as f64).ceil().max(1.0) as u64;
        let mut below = 0;
        let bucket = self.counts.iter().position(|count| {
            below += count;
            below >= rank
        })?;
        Some(Duration::from_secs_f64(
            SMALLEST_S * ((bucket + 1) as f64 / PER_OCTAVE).exp2(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_never_too_low_and_hardly_too_high() {
        let mut histogram = TimeHistogram::new();
        assert_eq!(histogram.quantile(0.99), None);
        for k in 1..=1000 {
            histogram.record(Duration::from_millis(k));
        }
        for (quantile, exact_s) in [(0.5, 0.5), (0.99, 0.99), (1.0, 1.0), (0.0, 0.001)] {
            let found_s = histogram.quantile(quantile).expect("there are times").as_secs_f64();
            assert!((exact_s..=exact_s * 1.19).contains(&found_s), "{quantile}: {found_s}");
        }
    }

    #[test]
    fn extremes_stay_inside() {
        let mut histogram = TimeHistogram::new();
        histogram.record(Duration::ZERO);
        histogram.record(Duration::from_secs(10_000_000));
        histogram.add(255, 1);
        assert_eq!(histogram.total, 3);
    }

    #[test]
    fn what_is_taken_arrives_elsewhere() {
        let mut histogram = TimeHistogram::new();
        for k in 0..60 {
            histogram.record(Duration::from_micros(1 << (k % 20)));
        }
        let before = histogram.clone();
        let mut other = TimeHistogram::new();
        while histogram.total > 0 {
            let part = histogram.take(7);
            assert!(part.len() <= 7);
            for (bucket, count) in part {
                other.add(usize::from(bucket), u64::from(count));
            }
        }
        assert_eq!(other, before);
        other.merge(&before);
        assert_eq!(other.total, 120);
    }
}
