//! How cells lie before the first attempt.

use super::lattice::Lattice;
use super::tissue::{Label, label};
use crate::random::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which cells are of which type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Pattern {
    /// Given out by lot, in exactly the shares of the types.
    #[default]
    Random,
    /// One type after the other along rows and columns of cells.
    Checkerboard,
    /// One type beside the other from left to right, in the shares of the types.
    Halves,
}

/// Where cells are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Shape {
    /// A disc in the middle, in medium.
    #[default]
    Disc,
    /// A rectangle in the middle, in medium.
    Rectangle,
    /// At random places of the lattice, in medium, none beside another.
    Dispersed,
}

/// One block of sites that a cell begins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Column and row among the blocks.
    pub column: usize,
    pub row: usize,
}

/// Blocks of sites: as square as may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Sites of a block along x and y.
    pub sides: [usize; 2],
    /// Sites between blocks.
    pub gap: usize,
    /// Blocks that the lattice has room for along x and y.
    pub counts: [usize; 2],
}

impl Blocks {
    /// For cells of about `area` sites.
    #[must_use]
    pub fn new(lattice: &Lattice, area: u32, shape: Shape) -> Self {
        let width = f64::from(area).sqrt().round().max(1.0) as usize;
        let height = (area as usize).div_ceil(width).max(1);
        let gap = usize::from(shape == Shape::Dispersed);
        Self {
            sides: [width, height],
            gap,
            counts: [lattice.width / (width + gap), lattice.height / (height + gap)],
        }
    }

    /// Blocks that the lattice has room for.
    #[must_use]
    pub fn room(&self) -> usize {
        self.counts[0] * self.counts[1]
    }

    /// The blocks of `count` cells, row by row.
    #[must_use]
    pub fn choose(&self, count: usize, shape: Shape, random: &mut Xoshiro256PlusPlus) -> Vec<Block> {
        let [columns, rows] = self.counts;
        let mut all: Vec<Block> = (0..columns * rows)
            .map(|index| Block {
                column: index % columns,
                row: index / columns,
            })
            .collect();
        let squared = |block: &Block| {
            // Twice the distance from the middle, in sites: a whole number.
            let twice = |index: usize, count: usize, side: usize| ((2 * index + 1) as i64 - count as i64) * side as i64;
            let (x, y) = (
                twice(block.column, columns, self.sides[0]),
                twice(block.row, rows, self.sides[1]),
            );
            x * x + y * y
        };
        match shape {
            Shape::Disc => all.sort_by_key(squared),
            Shape::Rectangle => {
                let wide = (count as f64 * self.sides[1] as f64 / self.sides[0] as f64)
                    .sqrt()
                    .ceil() as usize;
                let wide = wide.clamp(count.div_ceil(rows.max(1)), columns.max(1));
                let high = count.div_ceil(wide.max(1));
                let (left, top) = ((columns - wide) / 2, (rows - high.min(rows)) / 2);
                all.retain(|block| (left..left + wide).contains(&block.column) && block.row >= top);
            }
            Shape::Dispersed => shuffle(&mut all, random),
        }
        all.truncate(count);
        all.sort_by_key(|block| (block.row, block.column));
        all
    }

    /// Labels of all sites for cells at `blocks`, numbered from 1, of the given types.
    #[must_use]
    pub fn labels(&self, lattice: &Lattice, blocks: &[Block], types: &[u8]) -> Vec<Label> {
        let mut labels = vec![0; lattice.sites()];
        let [wide, high] = [0, 1].map(|axis| self.sides[axis] + self.gap);
        let left = (lattice.width - self.counts[0] * wide) / 2;
        let top = (lattice.height - self.counts[1] * high) / 2;
        for (index, (block, kind)) in blocks.iter().zip(types).enumerate() {
            for y in 0..self.sides[1] {
                let from = (top + block.row * high + y) * lattice.width + left + block.column * wide;
                labels[from..from + self.sides[0]].fill(label(index + 1, usize::from(*kind)));
            }
        }
        labels
    }
}

/// How many of `count` cells each type has: the parts of whole cells go to the largest remainders, the first types first.
#[must_use]
pub fn type_counts(count: usize, shares: &[f64]) -> Vec<usize> {
    let sum: f64 = shares.iter().sum();
    let wanted: Vec<f64> = shares.iter().map(|share| share / sum * count as f64).collect();
    let mut counts: Vec<usize> = wanted.iter().map(|wanted| wanted.floor() as usize).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|a, b| (wanted[*b] - wanted[*b].floor()).total_cmp(&(wanted[*a] - wanted[*a].floor())));
    let left = count.saturating_sub(counts.iter().sum());
    for kind in order.into_iter().cycle().take(left) {
        counts[kind] += 1;
    }
    counts
}

/// The type of each cell, from 1.
#[must_use]
pub fn types(pattern: Pattern, blocks: &[Block], shares: &[f64], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    if pattern == Pattern::Checkerboard {
        let kind = |block: &Block| ((block.column + block.row) % shares.len()) as u8 + 1;
        return blocks.iter().map(kind).collect();
    }
    let counts = type_counts(blocks.len(), shares);
    let mut types: Vec<u8> = (counts.iter().enumerate())
        .flat_map(|(kind, count)| std::iter::repeat_n(kind as u8 + 1, *count))
        .collect();
    if pattern == Pattern::Random {
        shuffle(&mut types, random);
        return types;
    }
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|index| (blocks[*index].column, blocks[*index].row));
    let mut placed = vec![0; types.len()];
    order.iter().zip(types).for_each(|(index, kind)| placed[*index] = kind);
    placed
}

/// Fisher and Yates.
pub(super) fn shuffle<T>(items: &mut [T], random: &mut Xoshiro256PlusPlus) {
    for index in (1..items.len()).rev() {
        items.swap(index, (random.uniform() * (index + 1) as f64) as usize);
    }
}
