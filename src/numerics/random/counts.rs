//! Poisson random numbers of any mean, in a time that doesn't grow with it.

use super::Xoshiro256PlusPlus;

/// From this mean on numbers are drawn by rejection.
const REJECTION_FROM: f64 = 16.0;
/// From this mean on a Poisson distribution is a normal one: the largest difference of their distribution functions,
/// about 0.07/√mean, is below 10⁻⁵.
const NORMAL_FROM: f64 = 1e8;

impl Xoshiro256PlusPlus {
    /// A Poisson number: how many events are counted where `mean` are expected.
    ///
    /// Below 16 by inversion ([`Self::poisson`]), below 10⁸ by transformed rejection with squeeze (Hörmann 1993,
    /// *Insurance: Mathematics and Economics* 12:39, algorithm PTRS), both exact; above as the nearest integer to a
    /// normal number of the same mean and variance. How many random words it takes varies. 0 for a mean that isn't
    /// positive.
    pub fn counts(&mut self, mean: f64) -> f64 {
        if mean.is_nan() || mean < REJECTION_FROM {
            self.poisson(mean) as f64
        } else if mean < NORMAL_FROM {
            self.by_rejection(mean)
        } else {
            let (u, v) = (1.0 - self.uniform(), self.uniform());
            // The platform's functions may differ in the last bit.
            let normal = (-2.0 * libm::log(u)).sqrt() * libm::cos(std::f64::consts::TAU * v);
            (mean + mean.sqrt() * normal + 0.5).floor()
        }
    }

    /// Hörmann's PTRS, with the names of the paper; the mean is 10 at least.
    fn by_rejection(&mut self, mean: f64) -> f64 {
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.024_83 * b;
        let v_r = 0.9277 - 3.6224 / (b - 2.0);
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let log_mean = libm::log(mean);
        loop {
            let (u, v) = (self.uniform() - 0.5, self.uniform());
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
            if us >= 0.07 && v <= v_r {
                return k;
            }
            if k < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let hat = libm::log(v * inverse_alpha / (a / (us * us) + b));
            if hat <= k * log_mean - mean - libm::lgamma(k + 1.0) {
                return k;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::poisson::tests::chi_squared;
    use super::*;

    /// Four means with 100 000 draws each; the bound of 5 on the cube root of χ²/d (see the tests of `poisson`) raises
    /// a false alarm with probability 3·10⁻⁷ per mean, and the seed is fixed.
    #[test]
    fn counts_follow_the_poisson_distribution() {
        for mean in [3.0, 16.0, 47.3, 900.0] {
            let mut random = Xoshiro256PlusPlus::from_seed_and_member(77, 0);
            let (statistic, freedom) = chi_squared(mean, 100_000, || random.counts(mean) as u64);
            let spread = 2.0 / (9.0 * freedom);
            let deviation = ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
            assert!(deviation.abs() < 5.0, "mean {mean}: {deviation}");
        }
    }

    /// Mean and variance where χ² would need too many cells, below and above the change to normal numbers. 5 standard
    /// errors: false alarms below 10⁻⁶ each.
    #[test]
    fn large_counts_have_the_variance_of_their_mean() {
        for mean in [1e6, 9.9e7, 1.1e8, 1e15] {
            let mut random = Xoshiro256PlusPlus::from_seed_and_member(78, 0);
            let draws = 40_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..draws {
                let count = random.counts(mean);
                assert_eq!(count, count.floor());
                sum += count - mean;
                squares += (count - mean) * (count - mean);
            }
            let n = f64::from(draws);
            assert!((sum / n).abs() < 5.0 * (mean / n).sqrt(), "mean {mean}: {}", sum / n);
            assert!((squares / n / mean - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "mean {mean}");
        }
    }

    #[test]
    fn nothing_is_counted_where_nothing_is_expected() {
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
        assert_eq!(
            (random.counts(0.0), random.counts(-1.0), random.counts(f64::NAN)),
            (0.0, 0.0, 0.0)
        );
    }
}
