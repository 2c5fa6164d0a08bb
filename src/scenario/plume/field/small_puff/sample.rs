//! Concentration of small puffs over blocks of positions.

use super::SmallPuffPlume;
use super::train::{CARRIAGE_BLOCKS, Train};
use crate::lanes::{F64x8, Kernel, LANES};

/// c at the positions of `blocks`.
pub(super) struct Sample<'a> {
    pub plume: &'a SmallPuffPlume,
    pub blocks: &'a [usize],
    pub x_m: &'a [F64x8],
    pub y_m: &'a [F64x8],
    pub concentration: &'a mut [F64x8],
}

impl Kernel for Sample<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let (lowest, highest) = (F64x8::splat(self.plume.lowest), F64x8::splat(self.plume.highest));
        for &block in self.blocks {
            let mut sums = F64x8::ZERO;
            for position in 0..LANES {
                let (x, y) = (self.x_m[block].0[position], self.y_m[block].0[position]);
                sums.0[position] = sum(&self.plume.trains, F64x8::splat(x), F64x8::splat(y));
            }
            let noticed = sums.ge(lowest).select(sums, F64x8::ZERO);
            self.concentration[block] = noticed.min(highest);
        }
    }
}

/// Σ (r₀/r)³ over the puffs whose squares hold one position. Puff lanes are added apart and joined at the end, so the
/// sum is the same with and without the carriages that were passed over: those would add zeros.
#[inline(always)]
fn sum(trains: &[Train], x: F64x8, y: F64x8) -> f64 {
    let mut sums = F64x8::ZERO;
    for train in trains {
        let boxes = train.boxes();
        for box_block in 0..boxes.x_min_m.len() {
            let holding = boxes.holding(box_block, x, y);
            if !holding.any() {
                continue;
            }
            for (offset, holds) in holding.0.into_iter().enumerate() {
                if holds {
                    sums += carriage(train, box_block * LANES + offset, x, y);
                }
            }
        }
    }
    let s = sums.0;
    ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}

/// What the puffs of one carriage give.
#[inline(always)]
fn carriage(train: &Train, carriage: usize, x: F64x8, y: F64x8) -> F64x8 {
    let begin = carriage * CARRIAGE_BLOCKS;
    let mut sums = F64x8::ZERO;
    for block in begin..(begin + CARRIAGE_BLOCKS).min(train.x_m.len()) {
        let (puff_x, puff_y, r) = (train.x_m[block], train.y_m[block], train.radius_m[block]);
        // The edges are computed as those of the boxes are, so that rounding can't put them outside.
        let inside = x.gt(puff_x - r) & x.lt(puff_x + r) & y.gt(puff_y - r) & y.lt(puff_y + r);
        sums += inside.select(train.weight[block], F64x8::ZERO);
    }
    sums
}
