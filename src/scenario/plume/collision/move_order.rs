//! In which order agents move.

use crate::random::{StreamSeed, Xoshiro256PlusPlus};

/// The order of moves within a step.
///
/// Cells are coloured like the squares of a chessboard, but with four colours: by whether column and row are even or odd.
/// Agents move colour by colour. Those in different cells of one colour are farther apart than their ways can bring together,
/// so that it makes no difference which of them is first; within a cell agents move in the order of their indices or the
/// other way round. Which colour begins and which way round cells are taken is drawn anew in each step, so that of every two
/// agents each is first as often as the other.
#[derive(Clone, Debug)]
pub(super) struct MoveOrder {
    random: Xoshiro256PlusPlus,
}

/// The order of one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    /// The lowest bit is the column's, the next one the row's.
    pub colours: [u32; 4],
    /// Within a cell those with higher indices are first.
    pub is_descending: bool,
}

impl MoveOrder {
    pub fn new(seed: StreamSeed) -> Self {
        Self {
            random: seed.generator(0),
        }
    }

    /// The order of the next step.
    pub fn next(&mut self) -> Order {
        let bits = self.random.next_bits();
        let first = (bits >> 62) as u32;
        Order {
            colours: [first, first ^ 1, first ^ 2, first ^ 3],
            is_descending: bits & (1 << 61) != 0,
        }
    }
}
