//! One xoshiro256++ stream per lane.

use super::vector::{F64x8, LANES, Mask8};
use crate::random::{StreamSeed, first_state};

/// Eight xoshiro256++ generators, one per lane; lane i of block b is the stream of member 8b + i, exactly the one that
/// [`StreamSeed::generator`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Random8 {
    state: [[u64; LANES]; 4],
}

impl Random8 {
    /// The streams of the members of block `block`.
    #[must_use]
    pub fn new(seed: StreamSeed, block: usize) -> Self {
        let mut lanes = Self { state: [[0; LANES]; 4] };
        for lane in 0..LANES {
            lanes.begin_lane(lane, seed, (block * LANES + lane) as u64);
        }
        lanes
    }

    /// The streams of blocks 0 … `blocks` − 1.
    #[must_use]
    pub fn blocks(seed: StreamSeed, blocks: usize) -> Vec<Self> {
        (0..blocks).map(|block| Self::new(seed, block)).collect()
    }

    /// Lets lane `lane` begin the stream of `member`.
    pub fn begin_lane(&mut self, lane: usize, seed: StreamSeed, member: u64) {
        for (word, lanes) in first_state(seed.0, member).into_iter().zip(&mut self.state) {
            lanes[lane] = word;
        }
    }

    /// The next 64 random bits of every lane.
    #[inline(always)]
    pub fn next_bits(&mut self) -> [u64; LANES] {
        let [s0, s1, s2, s3] = &mut self.state;
        let mut out = [0; LANES];
        for i in 0..LANES {
            out[i] = s0[i].wrapping_add(s3[i]).rotate_left(23).wrapping_add(s0[i]);
            let t = s1[i] << 17;
            s2[i] ^= s0[i];
            s3[i] ^= s1[i];
            s1[i] ^= s2[i];
            s0[i] ^= s3[i];
            s2[i] ^= t;
            s3[i] = s3[i].rotate_left(45);
        }
        out
    }

    /// Uniform in [0, 1) with 52 random bits.
    #[inline(always)]
    pub fn uniform(&mut self) -> F64x8 {
        let bits = self.next_bits();
        let mut out = [0.0; LANES];
        for i in 0..LANES {
            out[i] = f64::from_bits((bits[i] >> 12) | 0x3ff0_0000_0000_0000) - 1.0;
        }
        F64x8(out)
    }

    /// Takes the state of `other` in the lanes of `mask`: with a clone it lets only some lanes draw.
    #[inline(always)]
    pub fn adopt(&mut self, mask: Mask8, other: &Self) {
        for (ours, theirs) in self.state.iter_mut().zip(&other.state) {
            for i in 0..LANES {
                ours[i] = if mask.0[i] { theirs[i] } else { ours[i] };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_is_its_members_scalar_stream() {
        let seed = StreamSeed(0x5eed);
        for block in [0, 3] {
            let mut lanes = Random8::new(seed, block);
            let mut scalars: Vec<_> = (0..LANES).map(|i| seed.generator((block * LANES + i) as u64)).collect();
            for _ in 0..100 {
                let bits = lanes.next_bits();
                for (bits, scalar) in bits.iter().zip(&mut scalars) {
                    assert_eq!(*bits, scalar.next_bits());
                }
            }
            let uniform = lanes.uniform();
            for (uniform, scalar) in uniform.0.iter().zip(&mut scalars) {
                assert_eq!(*uniform, scalar.uniform());
            }
        }
    }

    #[test]
    fn a_lane_begins_another_stream() {
        let mut lanes = Random8::new(StreamSeed(1), 0);
        let mut other = StreamSeed(2).generator(99);
        let mut expected = lanes.clone().next_bits();
        lanes.begin_lane(3, StreamSeed(2), 99);
        expected[3] = other.next_bits();
        assert_eq!(lanes.next_bits(), expected);
    }

    #[test]
    fn only_chosen_lanes_move_on() {
        let mut lanes = Random8::new(StreamSeed(1), 0);
        let before = lanes.clone();
        let mut moved = lanes.clone();
        moved.next_bits();
        let mask = Mask8([true, false, true, false, false, false, false, true]);
        lanes.adopt(mask, &moved);
        for i in 0..LANES {
            let source = if mask.0[i] { &moved } else { &before };
            for word in 0..4 {
                assert_eq!(lanes.state[word][i], source.state[word][i]);
            }
        }
    }
}
