//! Square cells over the domain, in a table whose length depends on the number of agents alone.

use super::space::{Place, Space};

/// Cells are wider than the reach by this factor, so that rounding can't put neighbours two cells apart.
const MARGIN: f64 = 1.001;

/// Cells at least as wide as a reach: whatever is within reach of a place is in its cell or in one of the eight around.
///
/// A cell's bucket is its column plus a scrambled row, modulo the length of the table. Cells of a row lie side by side
/// in memory, and no domain is too large. Cells that are far apart may share a bucket: who asks has to look at the
/// distance too. As discs don't overlap, a cell holds a few agents at most, and so does a bucket on average.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    origin: Place,
    per_m: [f64; 2],
    /// Cells along an axis that wraps around.
    around: [Option<i64>; 2],
    mask: u64,
}

/// Where the cells around a place lie in the table: runs of buckets side by side, first and last.
pub(super) struct Runs {
    runs: [(usize, usize); 9],
    count: usize,
}

impl Runs {
    #[inline(always)]
    fn push(&mut self, first: usize, last: usize) {
        self.runs[self.count] = (first, last);
        self.count += 1;
    }

    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.runs[..self.count].iter().copied()
    }
}

impl Cells {
    pub fn new(space: &Space, reach_m: f64, agents: usize) -> Self {
        let side_m = MARGIN * reach_m;
        let whole = |axis: usize| (space.extent(axis) / side_m).floor().max(1.0);
        let around = [0, 1].map(|axis| space.wraps[axis].then(|| whole(axis) as i64));
        Self {
            origin: space.low,
            per_m: [0, 1].map(|axis| match around[axis] {
                Some(cells) => cells as f64 / space.extent(axis),
                None => 1.0 / side_m,
            }),
            around,
            mask: (2 * agents as u64).next_power_of_two().max(16) - 1,
        }
    }

    /// Buckets of the table.
    pub fn buckets(&self) -> usize {
        self.mask as usize + 1
    }

    #[inline(always)]
    fn cell(&self, place: Place) -> [i64; 2] {
        [0, 1].map(|axis| {
            // Places are inside the domain, so the whole part is the integer below.
            let cell = ((place[axis] - self.origin[axis]) * self.per_m[axis]) as i64;
            self.around[axis].map_or(cell, |cells| cell.clamp(0, cells - 1))
        })
    }

    #[inline(always)]
    fn bucket_of_cell(&self, column: i64, row: i64) -> usize {
        // Fibonacci hashing of the row.
        let scrambled = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        (scrambled.wrapping_add(column as u64) & self.mask) as usize
    }

    /// The bucket of the cell that a place is in.
    #[inline(always)]
    pub fn bucket(&self, place: Place) -> usize {
        let [column, row] = self.cell(place);
        self.bucket_of_cell(column, row)
    }

    /// The buckets of the cell of a place and of those around it. A bucket that is shared may come twice.
    #[inline(always)]
    pub fn around(&self, place: Place) -> Runs {
        let [column, row] = self.cell(place);
        let mut runs = Runs {
            runs: [(0, 0); 9],
            count: 0,
        };
        for row in neighbours(row, self.around[1]).into_iter().flatten() {
            if self.around[0].is_none_or(|cells| column > 0 && column < cells - 1) {
                let (first, last) = (
                    self.bucket_of_cell(column - 1, row),
                    self.bucket_of_cell(column + 1, row),
                );
                if last == first + 2 {
                    runs.push(first, last);
                    continue;
                }
            }
            for column in neighbours(column, self.around[0]).into_iter().flatten() {
                let bucket = self.bucket_of_cell(column, row);
                runs.push(bucket, bucket);
            }
        }
        runs
    }
}

/// The numbers next to a cell's, each once however few cells there are around.
#[inline(always)]
fn neighbours(cell: i64, around: Option<i64>) -> [Option<i64>; 3] {
    match around {
        None => [Some(cell - 1), Some(cell), Some(cell + 1)],
        Some(1) => [Some(cell), None, None],
        Some(2) => [Some(cell), Some(1 - cell), None],
        Some(cells) => [
            Some(if cell == 0 { cells - 1 } else { cell - 1 }),
            Some(cell),
            Some(if cell == cells - 1 { 0 } else { cell + 1 }),
        ],
    }
}
