//! The puffs that exist, and where they are kept.

use super::super::SourcePosition;
use crate::lanes::{F64x8, LANES, Random8, blocks_for, set_lane};
use crate::random::StreamSeed;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Puffs in blocks of eight places. A puff keeps its place until it leaves; then the place is free for another.
///
/// A place that is free holds the last puff's numbers, or zeros: they are finite and mean nothing.
#[derive(Clone, Debug)]
pub(super) struct Puffs {
    /// Centre along x, m.
    pub x_m: Vec<F64x8>,
    /// Centre along y, m.
    pub y_m: Vec<F64x8>,
    /// Height of the centre, m.
    pub z_m: Vec<F64x8>,
    /// Size squared, r², m².
    pub radius2_m2: Vec<F64x8>,
    /// The random numbers of each puff.
    pub random: Vec<Random8>,
    /// Blocks with at least one puff, in order.
    pub blocks: Vec<usize>,
    /// Places with a puff: one bit per lane of each block.
    occupied: Vec<u8>,
    /// Places with a puff that has moved at least once: only these smell.
    carried: Vec<u8>,
    free: BinaryHeap<Reverse<usize>>,
    count: usize,
    seed: StreamSeed,
}

/// One puff, as tests look at it.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Puff {
    pub x_m: f64,
    pub y_m: f64,
    pub z_m: f64,
    pub radius2_m2: f64,
}

impl Puffs {
    /// None yet, with room for `capacity`. The random numbers come from the members of `seed`.
    pub fn new(capacity: usize, seed: StreamSeed) -> Self {
        let blocks = blocks_for(capacity);
        let zero = vec![F64x8::ZERO; blocks];
        Self {
            x_m: zero.clone(),
            y_m: zero.clone(),
            z_m: zero.clone(),
            // Sizes of free places mustn't divide by zero.
            radius2_m2: vec![F64x8::ONE; blocks],
            random: Random8::blocks(seed, blocks),
            blocks: Vec::with_capacity(blocks),
            occupied: vec![0; blocks],
            carried: vec![0; blocks],
            free: (0..capacity).map(Reverse).collect(),
            count: 0,
            seed,
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Puts a new puff into the lowest free place, which it returns; `None` if there is none. The puff's random numbers
    /// are those of member `name`, whatever the place. Call [`Self::list_blocks`] after the last one.
    pub fn release(&mut self, at: SourcePosition, radius2_m2: f64, name: u64) -> Option<usize> {
        let Reverse(place) = self.free.pop()?;
        set_lane(&mut self.x_m, place, at.x_m);
        set_lane(&mut self.y_m, place, at.y_m);
        set_lane(&mut self.z_m, place, at.z_m);
        set_lane(&mut self.radius2_m2, place, radius2_m2);
        self.random[place / LANES].begin_lane(place % LANES, self.seed, name);
        self.occupied[place / LANES] |= 1 << (place % LANES);
        self.count += 1;
        Some(place)
    }

    /// Takes the puff at `place` away.
    pub fn remove(&mut self, place: usize) {
        let bit = 1 << (place % LANES);
        debug_assert!(self.occupied[place / LANES] & bit != 0, "no puff at {place}");
        self.occupied[place / LANES] &= !bit;
        self.carried[place / LANES] &= !bit;
        self.free.push(Reverse(place));
        self.count -= 1;
    }

    /// Brings [`Self::blocks`] up to date.
    pub fn list_blocks(&mut self) {
        self.blocks.clear();
        let occupied = self.occupied.iter().enumerate();
        self.blocks
            .extend(occupied.filter(|(_, lanes)| **lanes != 0).map(|(block, _)| block));
    }

    /// All that exist have moved, and smell from now on.
    pub fn mark_carried(&mut self) {
        self.carried.copy_from_slice(&self.occupied);
    }

    /// The lanes of `block` with a puff, one bit each.
    pub fn occupied(&self, block: usize) -> u8 {
        self.occupied[block]
    }

    /// The lanes of `block` with a puff that smells, one bit each.
    pub fn carried(&self, block: usize) -> u8 {
        self.carried[block]
    }

    /// The places of all puffs, in order.
    #[cfg(test)]
    pub fn places(&self) -> Vec<usize> {
        (0..self.occupied.len() * LANES)
            .filter(|place| self.occupied[place / LANES] >> (place % LANES) & 1 == 1)
            .collect()
    }

    /// The puffs that smell, in the order of their places.
    #[cfg(test)]
    pub fn carried_puffs(&self) -> Vec<Puff> {
        use crate::lanes::lane;
        (0..self.carried.len() * LANES)
            .filter(|place| self.carried[place / LANES] >> (place % LANES) & 1 == 1)
            .map(|place| Puff {
                x_m: lane(&self.x_m, place),
                y_m: lane(&self.y_m, place),
                z_m: lane(&self.z_m, place),
                radius2_m2: lane(&self.radius2_m2, place),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::lane;

    const SOURCE: SourcePosition = SourcePosition {
        x_m: 1.0,
        y_m: 2.0,
        z_m: 3.0,
    };

    #[test]
    fn places_are_used_again() {
        let mut puffs = Puffs::new(10, StreamSeed(1));
        for name in 0..10 {
            assert_eq!(puffs.release(SOURCE, 0.5, name), Some(name as usize));
        }
        assert_eq!(puffs.release(SOURCE, 0.5, 10), None);
        puffs.mark_carried();
        puffs.remove(9);
        puffs.remove(8);
        puffs.list_blocks();
        assert_eq!((puffs.count(), puffs.blocks.as_slice()), (8, [0].as_slice()));
        puffs.remove(3);
        assert_eq!(puffs.release(SOURCE, 0.25, 11), Some(3));
        assert_eq!(puffs.release(SOURCE, 0.25, 12), Some(8));
        puffs.list_blocks();
        assert_eq!(puffs.places(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(puffs.blocks, [0, 1]);
        assert_eq!((puffs.occupied(0), puffs.carried(0), puffs.carried(1)), (0xff, 0xf7, 0));
        assert_eq!((lane(&puffs.radius2_m2, 3), lane(&puffs.z_m, 8)), (0.25, 3.0));
    }

    /// A puff draws the same numbers in any place.
    #[test]
    fn random_numbers_belong_to_the_puff() {
        let seed = StreamSeed(4);
        let mut puffs = Puffs::new(16, seed);
        for name in [70, 80, 90] {
            puffs.release(SOURCE, 1.0, name);
        }
        puffs.remove(0);
        puffs.release(SOURCE, 1.0, 100);
        let bits = puffs.random[0].next_bits();
        for (place, name) in [(0, 100), (1, 80), (2, 90)] {
            assert_eq!(bits[place], seed.generator(name).next_bits());
        }
    }
}
