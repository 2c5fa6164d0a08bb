//! Gaussian random numbers.

use super::random::Random8;
use super::vector::{F64x8, Mask8};
use crate::random::StreamSeed;

/// Two independent standard normal numbers per lane from two uniforms (Box & Muller 1958): with u, v uniform,
/// √(−2 ln u) · (cos 2πv, sin 2πv). The tail ends at 8.49, where the chance of a larger one is 2⁻⁵².
#[inline(always)]
pub fn normal_pair(random: &mut Random8) -> (F64x8, F64x8) {
    // 1 − u is in (0, 1], so the logarithm is finite.
    let u = F64x8::ONE - random.uniform();
    let v = random.uniform();
    let radius = (F64x8::splat(-2.0) * u.ln()).sqrt();
    let (sine, cosine) = v.sin_cos_turns();
    (radius * cosine, radius * sine)
}

/// A stream of standard normal numbers for one block that uses both outputs of each pair, and the same number of
/// random words in every lane.
#[derive(Clone, Debug)]
pub struct NormalStream {
    random: Random8,
    spare: F64x8,
}

impl NormalStream {
    /// The streams of blocks 0 … `blocks` − 1.
    #[must_use]
    pub fn blocks(seed: StreamSeed, blocks: usize) -> Vec<Self> {
        (0..blocks)
            .map(|block| Self {
                random: Random8::new(seed, block),
                spare: F64x8::ZERO,
            })
            .collect()
    }

    /// The number for step `step`. Call it for every step from 0, in order: even steps draw, odd steps use the
    /// spare.
    #[inline(always)]
    pub fn at_step(&mut self, step: u64) -> F64x8 {
        if step & 1 == 0 {
            let (now, later) = normal_pair(&mut self.random);
            self.spare = later;
            now
        } else {
            self.spare
        }
    }

    /// A uniform number in [0, 1) from the same stream, between two normal ones.
    #[inline(always)]
    pub fn uniform(&mut self) -> F64x8 {
        self.random.uniform()
    }

    /// A pair in the lanes of `mask` only; the other lanes' streams stay where they are (their numbers are of no use).
    #[inline(always)]
    pub fn pair_where(random: &mut Random8, mask: Mask8) -> (F64x8, F64x8) {
        let mut moved = random.clone();
        let pair = normal_pair(&mut moved);
        random.adopt(mask, &moved);
        pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::LANES;

    /// Moments of 1.6·10⁶ numbers against their standard errors. The bound of 5 standard errors on four moments and
    /// one correlation raises a false alarm with probability 3·10⁻⁶; the seed is fixed, so it either always does.
    #[test]
    fn moments_are_those_of_a_standard_normal() {
        let mut random = Random8::new(StreamSeed(2026), 0);
        let pairs = 100_000;
        let (mut sums, mut product) = ([0.0; 4], 0.0);
        for _ in 0..pairs {
            let (a, b) = normal_pair(&mut random);
            for i in 0..LANES {
                product += a.0[i] * b.0[i];
                for z in [a.0[i], b.0[i]] {
                    let square = z * z;
                    for (sum, power) in sums.iter_mut().zip([z, square, square * z, square * square]) {
                        *sum += power;
                    }
                }
            }
        }
        let n = f64::from(pairs * 16);
        // E[z^k] = 0, 1, 0, 3 and Var[z^k] = 1, 2, 15, 96.
        for (k, (mean, variance)) in [(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96f64)]
            .into_iter()
            .enumerate()
        {
            let deviation = (sums[k] / n - mean) / (variance / n).sqrt();
            assert!(deviation.abs() < 5.0, "moment {}: {deviation} standard errors", k + 1);
        }
        assert!((product / (n / 2.0) * (n / 2.0).sqrt()).abs() < 5.0);
    }

    #[test]
    fn pairs_follow_the_scalar_formula() {
        let seed = StreamSeed(7);
        let mut random = Random8::new(seed, 1);
        let (a, b) = normal_pair(&mut random);
        for i in 0..LANES {
            let mut scalar = seed.generator((LANES + i) as u64);
            let u = 1.0 - scalar.uniform();
            let v = scalar.uniform();
            let radius = (-2.0 * u.ln()).sqrt();
            assert!((a.0[i] - radius * (std::f64::consts::TAU * v).cos()).abs() < 1e-14);
            assert!((b.0[i] - radius * (std::f64::consts::TAU * v).sin()).abs() < 1e-14);
        }
    }

    #[test]
    fn a_stream_uses_both_numbers_of_a_pair() {
        let mut stream = NormalStream::blocks(StreamSeed(3), 1).remove(0);
        let mut random = Random8::new(StreamSeed(3), 0);
        for step in 0..10 {
            let (even, odd) = normal_pair(&mut random);
            assert_eq!(stream.at_step(2 * step), even);
            assert_eq!(stream.at_step(2 * step + 1), odd);
        }
    }
}
