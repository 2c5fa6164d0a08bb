//! xoshiro256++ (Blackman & Vigna 2021, <https://prng.di.unimi.it/xoshiro256plusplus.c>), seeded by SplitMix64.

use rand_core::{Rng as _, SeedableRng as _};

/// A scalar xoshiro256++ generator: 256 bits of state, period 2²⁵⁶ − 1. The kernels' generators, one in each lane, draw the
/// same bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xoshiro256PlusPlus(rand_xoshiro::Xoshiro256PlusPlus);

impl Xoshiro256PlusPlus {
    /// The generator of one member of a stream: SplitMix64 started at a mix of `seed` and `member`.
    #[must_use]
    pub fn from_seed_and_member(seed: u64, member: u64) -> Self {
        Self::from_state(first_state(seed, member))
    }

    /// The generator with this state, whose first word is the first of the reference implementation.
    fn from_state(state: [u64; 4]) -> Self {
        let mut bytes = [0; 32];
        for (word, place) in state.iter().zip(bytes.as_chunks_mut::<8>().0) {
            *place = word.to_le_bytes();
        }
        Self(rand_xoshiro::Xoshiro256PlusPlus::from_seed(bytes))
    }

    /// The next 64 random bits.
    pub fn next_bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in [0, 1) with 52 random bits (the same construction as the kernels use).
    pub fn uniform(&mut self) -> f64 {
        f64::from_bits((self.next_bits() >> 12) | 0x3ff0_0000_0000_0000) - 1.0
    }
}

impl rand_core::TryRng for Xoshiro256PlusPlus {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.try_fill_bytes(bytes)
    }
}

/// The state in which the stream of one member begins.
pub(crate) fn first_state(seed: u64, member: u64) -> [u64; 4] {
    // Mixing the member before it meets the seed keeps neighbouring members from sharing SplitMix64 sequences.
    let mut counter = seed ^ mix(member.wrapping_add(0x632b_e59b_d9b4_e019));
    // SplitMix64 emits zero at most once in its period, so the state is never all zero.
    std::array::from_fn(|_| {
        counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(counter)
    })
}

/// The output function of SplitMix64 (Steele, Lea & Flood 2014), a bijection on 64 bits.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference implementation started at state {1, 2, 3, 4} (the test vector of the `rand_xoshiro` crate).
    #[test]
    fn reference_sequence() {
        let mut generator = Xoshiro256PlusPlus::from_state([1, 2, 3, 4]);
        let expected: [u64; 6] = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        for value in expected {
            assert_eq!(generator.next_bits(), value);
        }
    }

    /// Studies are repeated years later: the stream of a member must not change with a version of a package.
    #[test]
    fn streams_begin_where_they_always_did() {
        assert_eq!(
            first_state(42, 7),
            [
                0x464b_7872_7a6e_2e74,
                0xe0ff_f271_d209_89fc,
                0x5af4_d887_1997_940d,
                0xad54_9757_65b3_25a4,
            ]
        );
    }
}
