//! Poisson random numbers.

use super::Xoshiro256PlusPlus;

/// Larger means are split into parts of at most this: e^(−16) keeps all its digits, and the search stays short.
const MAX_PART: f64 = 16.0;
/// Smaller probabilities don't change a sum that is close to 1.
const MIN_PROBABILITY: f64 = 1e-17;

impl Xoshiro256PlusPlus {
    /// A Poisson number: how many events there are where `mean` are expected.
    ///
    /// By inversion: with u uniform in [0, 1), the smallest n with u < Σ_{k ≤ n} e^(−m) m^k / k! (Devroye, *Non-Uniform
    /// Random Variate Generation*, 1986, section X.3.3). A mean above 16 is the sum of equal parts of at most 16, which
    /// is exact too: Poisson numbers add up to Poisson numbers. It takes one uniform number per part, none for a mean
    /// of 0, and time proportional to the mean. Probabilities below 2⁻⁵² aren't resolved.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean.is_nan() || mean <= 0.0 {
            return 0;
        }
        let parts = (mean / MAX_PART).ceil();
        let part = mean / parts;
        // The platform's exponential may differ in the last bit.
        let none = libm::exp(-part);
        (0..parts as u64)
            .map(|_| by_inversion(self.uniform(), part, none))
            .sum()
    }
}

fn by_inversion(uniform: f64, mean: f64, none: f64) -> u64 {
    let (mut count, mut probability, mut below) = (0, none, none);
    while uniform >= below && probability > MIN_PROBABILITY {
        count += 1;
        probability *= mean / count as f64;
        below += probability;
    }
    count
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// ln k! term by term.
    fn log_factorial(k: u64) -> f64 {
        (1..=k).map(|i| (i as f64).ln()).sum()
    }

    /// Pearson's χ² of `draws` numbers against the Poisson probabilities, over cells of at least 10 expected counts (the
    /// ends joined), and its degrees of freedom.
    pub(in crate::numerics::random) fn chi_squared(mean: f64, draws: u64, mut draw: impl FnMut() -> u64) -> (f64, f64) {
        let highest = (mean + 12.0 * mean.sqrt() + 12.0) as usize;
        let mut counts = vec![0u64; highest + 1];
        for _ in 0..draws {
            counts[(draw() as usize).min(highest)] += 1;
        }
        let (mut cells, mut expected, mut found): (Vec<(f64, f64)>, f64, f64) = (Vec::new(), 0.0, 0.0);
        let mut log_probability = -mean;
        for (k, count) in counts.iter().enumerate() {
            if k > 0 {
                log_probability += mean.ln() - (k as f64).ln();
            }
            expected += draws as f64 * log_probability.exp();
            found += *count as f64;
            if expected >= 10.0 {
                cells.push((expected, found));
                (expected, found) = (0.0, 0.0);
            }
        }
        let last = cells.last_mut().expect("enough draws for a cell");
        last.0 += expected;
        last.1 += found;
        let statistic = cells.iter().map(|(e, f)| (f - e) * (f - e) / e).sum();
        (statistic, cells.len() as f64 - 1.0)
    }

    /// Six means with 200 000 draws each (fewer for large means). By Wilson & Hilferty (χ²/d)^(1/3) is close to normal
    /// with mean 1 − 2/9d and variance 2/9d; the bound of 5 raises a false alarm with probability 3·10⁻⁷ per mean, and
    /// the seed is fixed.
    #[test]
    fn numbers_follow_the_poisson_distribution() {
        for (mean, draws) in [
            (0.01, 200_000),
            (0.2, 200_000),
            (1.0, 200_000),
            (15.9, 200_000),
            (16.1, 100_000),
            (300.0, 20_000),
        ] {
            let mut random = Xoshiro256PlusPlus::from_seed_and_member(2026, 0);
            let (statistic, freedom) = chi_squared(mean, draws, || random.poisson(mean));
            let spread = 2.0 / (9.0 * freedom);
            let deviation = ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
            assert!(deviation.abs() < 5.0, "mean {mean}: {deviation}");
        }
    }

    /// Mean and variance at both ends of the range. Sums of n numbers are within 5 standard errors: false alarms below
    /// 10⁻⁶ each (for the rare events by the Poisson tail beyond 20 + 5√20 = 42 of 20 expected: 8·10⁻⁶).
    #[test]
    fn the_ends_of_the_range() {
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
        let rare: u64 = (0..2_000_000).map(|_| random.poisson(1e-5)).sum();
        assert!((rare as f64 - 20.0).abs() < 5.0 * 20f64.sqrt(), "{rare}");
        let (mean, draws) = (1e4, 2000);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..draws {
            let deviation = random.poisson(mean) as f64 - mean;
            sum += deviation;
            squares += deviation * deviation;
        }
        let n = f64::from(draws);
        assert!((sum / n).abs() < 5.0 * (mean / n).sqrt(), "{sum}");
        // Var of the sample variance of a near-normal number: 2 σ⁴ / n.
        assert!((squares / n / mean - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{squares}");
    }

    #[test]
    fn inversion_finds_the_first_sum_above_the_uniform_number() {
        let mean = 2.5f64;
        let mut below = 0.0;
        for k in 0..12 {
            let probability = (-mean + f64::from(k) * mean.ln() - log_factorial(k as u64)).exp();
            let middle = below + 0.5 * probability;
            assert_eq!(by_inversion(middle, mean, (-mean).exp()), k as u64);
            below += probability;
        }
        assert_eq!(by_inversion(0.0, 1e-6, (-1e-6f64).exp()), 0);
        // The largest uniform number there is: the search ends where the tail is below 10⁻¹⁷.
        assert!((55..65).contains(&by_inversion(1.0 - 2f64.powi(-52), 16.0, (-16f64).exp())));
    }

    #[test]
    fn nothing_is_drawn_for_a_mean_of_zero() {
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
        let before = random.clone();
        assert_eq!(
            (random.poisson(0.0), random.poisson(-1.0), random.poisson(f64::NAN)),
            (0, 0, 0)
        );
        assert_eq!(random, before);
    }
}
