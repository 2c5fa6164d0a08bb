//! xoshiro256++ (Blackman & Vigna 2021, <https://prng.di.unimi.it/xoshiro256plusplus.c>), seeded by SplitMix64.

/// A scalar xoshiro256++ generator: 256 bits of state, period 2²⁵⁶ − 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Xoshiro256PlusPlus {
    pub(crate) state: [u64; 4],
}

impl Xoshiro256PlusPlus {
    /// The generator of one member of a stream: SplitMix64 started at a mix of `seed` and `member`.
    #[must_use]
    pub fn from_seed_and_member(seed: u64, member: u64) -> Self {
        // Mixing the member before it meets the seed keeps neighbouring members from sharing SplitMix64 sequences.
        let mut counter = seed ^ mix(member.wrapping_add(0x632b_e59b_d9b4_e019));
        let mut state = [0; 4];
        for word in &mut state {
            counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
            *word = mix(counter);
        }
        // SplitMix64 emits zero at most once in its period, so the state is never all zero.
        Self { state }
    }

    /// The next 64 random bits.
    pub fn next_bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform in [0, 1) with 52 random bits (the same construction as the kernels use).
    pub fn uniform(&mut self) -> f64 {
        f64::from_bits((self.next_bits() >> 12) | 0x3ff0_0000_0000_0000) - 1.0
    }
}

impl rand_core::TryRng for Xoshiro256PlusPlus {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok((self.next_bits() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.next_bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_bits().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
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
        let mut generator = Xoshiro256PlusPlus { state: [1, 2, 3, 4] };
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
}
