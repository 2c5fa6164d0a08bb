//! A pseudo-random permutation of `0..count` without a table.
//!
//! A Feistel network with six keyed rounds permutes the smallest even number of bits that holds `count`; indices that
//! land outside `0..count` are sent through it again until they land inside (cycle walking: Black & Rogaway 2002,
//! "Ciphers with arbitrary finite domains"). The domain is less than four times `count`, so few rounds are walked.

/// Rounds of the network. Three make it indistinguishable from random in theory with ideal round functions; twice
/// that leaves room for the simple ones used here.
const ROUNDS: u64 = 6;

/// A permutation of `0..count` chosen by a seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Permutation {
    count: u64,
    seed: u64,
    half_bits: u32,
}

impl Permutation {
    /// The permutation of `0..count` with this seed.
    pub(super) fn new(count: u64, seed: u64) -> Self {
        let bits = u64::BITS - count.saturating_sub(1).leading_zeros();
        Self {
            count,
            seed,
            half_bits: bits.div_ceil(2).max(1),
        }
    }

    /// Where `index` goes.
    pub(super) fn apply(&self, index: u64) -> u64 {
        let mut image = self.encrypt(index);
        while image >= self.count {
            image = self.encrypt(image);
        }
        image
    }

    fn encrypt(&self, block: u64) -> u64 {
        let mask = (1 << self.half_bits) - 1;
        let (mut left, mut right) = (block >> self.half_bits, block & mask);
        for round in 0..ROUNDS {
            let key = self.seed ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (left, right) = (right, left ^ (mix(mix(right ^ key) ^ self.seed) & mask));
        }
        left << self.half_bits | right
    }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_permuted() {
        for count in (1..70).chain([255, 256, 257, 1000, 4097]) {
            let permutation = Permutation::new(count, count * 77);
            let mut seen = vec![false; count as usize];
            for index in 0..count {
                let image = permutation.apply(index) as usize;
                assert!(!seen[image], "{image} twice in {count}");
                seen[image] = true;
            }
        }
    }

    /// Chi-squared of (index, image) over a 10 × 10 grid with 81 degrees of freedom: above 137 with probability
    /// 1e-4 for a random permutation; the seed is fixed, so the test cannot flicker.
    #[test]
    fn images_do_not_depend_on_indices() {
        let permutation = Permutation::new(10_000, 5);
        let mut cells = [0.0_f64; 100];
        for index in 0..10_000 {
            cells[(index / 1000 * 10 + permutation.apply(index) / 1000) as usize] += 1.0;
        }
        let chi_squared: f64 = cells.iter().map(|n| (n - 100.0).powi(2) / 100.0).sum();
        assert!(chi_squared < 137.0, "{chi_squared}");
        assert!(chi_squared > 40.0, "suspiciously even: {chi_squared}");
    }
}
