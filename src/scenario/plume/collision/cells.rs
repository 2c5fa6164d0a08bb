//! Square cells over the domain, in a table whose length the number of agents bounds.

use super::space::{Place, Space};

/// Cells are wider than the reach by this factor, so that rounding can't put neighbours two cells apart.
const MARGIN: f64 = 1.001;

/// Buckets of the table, at least: empty ones cost less than shared ones.
const BUCKETS_PER_AGENT: u64 = 4;

/// Buckets of a run where cells share them.
const RUN: usize = 512;

/// Cells at least as wide as a reach: whatever is within reach of a place is in its cell or in one of the eight around.
///
/// If there are fewer cells than buckets, they lie in the table row by row, so that cells which are close are close in
/// memory. Otherwise a cell's bucket is its column plus a scrambled row, modulo the length of the table, and no domain
/// is too large. Cells that are far apart may then share a bucket: who asks has to look at the distance too. As discs
/// don't overlap, a cell holds a few agents at most, and so does a bucket on average.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    origin: Place,
    per_m: [f64; 2],
    /// The last cell along each axis.
    last: [i64; 2],
    /// Whether the first cell is next to the last.
    wraps: [bool; 2],
    /// Buckets of a row with one beside each end, if there is a bucket for each cell.
    row: Option<usize>,
    mask: u64,
}

impl Cells {
    pub fn new(space: &Space, reach_m: f64, agents: usize) -> Self {
        let mask = (BUCKETS_PER_AGENT * agents as u64).next_power_of_two().max(16) - 1;
        // Cells of this side would be fewer than buckets, if agents are spread out enough for somewhat larger cells.
        let roomy_m = (space.extent(0) * space.extent(1) / (0.8 * mask as f64)).sqrt();
        let side_m = match roomy_m < 2.0 * reach_m {
            true => roomy_m.max(MARGIN * reach_m),
            false => MARGIN * reach_m,
        };
        let cells = [0, 1].map(|axis| match space.wraps[axis] {
            // Across the seam even and odd alternate, too.
            true => match (space.extent(axis) / side_m).floor() {
                few if few < 2.0 => 1.0,
                cells => 2.0 * (0.5 * cells).floor(),
            },
            // The upper edge is in the domain.
            false => (space.extent(axis) / side_m).floor() + 1.0,
        });
        let row = cells[0] + 2.0;
        Self {
            origin: space.low,
            per_m: [0, 1].map(|axis| match space.wraps[axis] {
                true => cells[axis] / space.extent(axis),
                false => 1.0 / side_m,
            }),
            last: cells.map(|cells| cells as i64 - 1),
            wraps: space.wraps,
            row: (row * (cells[1] + 2.0) <= mask as f64).then_some(row as usize),
            mask,
        }
    }

    /// Buckets of the table.
    pub fn buckets(&self) -> usize {
        match self.row {
            Some(length) => length * (self.last[1] as usize + 3),
            None => self.mask as usize + 1,
        }
    }

    /// Column and row of the cell that a place is in.
    #[inline(always)]
    pub fn cell(&self, place: Place) -> [i64; 2] {
        let cell = |axis: usize| {
            // Places are inside the domain, so the whole part is the integer below.
            (((place[axis] - self.origin[axis]) * self.per_m[axis]) as i64).clamp(0, self.last[axis])
        };
        [cell(0), cell(1)]
    }

    #[inline(always)]
    fn bucket_of_cell(&self, column: i64, row: i64) -> usize {
        match self.row {
            Some(length) => (row + 1) as usize * length + (column + 1) as usize,
            None => {
                // Fibonacci hashing of the row: the highest bits of the product.
                let scrambled = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.mask.leading_zeros();
                (scrambled.wrapping_add(column as u64) & self.mask) as usize
            }
        }
    }

    /// The bucket of the cell that a place is in, and the cell's colour: whether its column (bit 0) and its row (bit 1) are
    /// odd.
    #[inline(always)]
    pub fn bucket_and_colour(&self, place: Place) -> (usize, u32) {
        let [column, row] = self.cell(place);
        (self.bucket_of_cell(column, row), (column & 1 | (row & 1) << 1) as u32)
    }

    /// The bucket of the cell that a place is in.
    #[inline(always)]
    pub fn bucket(&self, place: Place) -> usize {
        self.bucket_and_colour(place).0
    }

    /// Runs of buckets, each the first one and that beyond the last, with a colour: together they hold all agents in cells of
    /// each colour. They come in the order of the colours, of which every two share the parity of rows; or in one that makes no
    /// difference, as rows of the same parity are too far apart.
    pub fn runs(&self, colours: [u32; 4]) -> impl Iterator<Item = ((usize, usize), u32)> + use<> {
        let (length, last, buckets) = (self.row, self.last[1] as usize, self.mask as usize + 1);
        let rows = length.into_iter().flat_map(move |length| {
            colours.into_iter().step_by(2).flat_map(move |colour| {
                let parity = (colour >> 1) as usize;
                (parity..=last).step_by(2).flat_map(move |row| {
                    let first = (row + 1) * length;
                    [colour, colour ^ 1].map(|colour| ((first, first + length), colour))
                })
            })
        });
        let pieces = if length.is_none() { buckets.div_ceil(RUN) } else { 0 };
        let shared = colours.into_iter().flat_map(move |colour| {
            (0..pieces).map(move |piece| ((piece * RUN, ((piece + 1) * RUN).min(buckets)), colour))
        });
        rows.chain(shared)
    }

    /// Visits the buckets of the cell of a place and of those around it, as runs of buckets side by side, first and last.
    /// A bucket that is shared may come twice.
    #[inline(always)]
    pub fn around(&self, place: Place, mut visit: impl FnMut(usize, usize)) {
        let [column, row] = self.cell(place);
        let at_seam = |axis: usize, cell: i64| self.wraps[axis] & ((cell == 0) | (cell == self.last[axis]));
        if at_seam(0, column) | at_seam(1, row) {
            self.around_seam(column, row, &mut visit);
            return;
        }
        for row in [row - 1, row, row + 1] {
            let (first, last) = (
                self.bucket_of_cell(column - 1, row),
                self.bucket_of_cell(column + 1, row),
            );
            if first < last {
                visit(first, last);
            } else {
                // The row goes on at the beginning of the table.
                (first..=self.mask as usize).for_each(|bucket| visit(bucket, bucket));
                (0..=last).for_each(|bucket| visit(bucket, bucket));
            }
        }
    }

    #[inline(never)]
    fn around_seam(&self, column: i64, row: i64, visit: &mut impl FnMut(usize, usize)) {
        for row in self.beside(row, 1).into_iter().flatten() {
            for column in self.beside(column, 0).into_iter().flatten() {
                let bucket = self.bucket_of_cell(column, row);
                visit(bucket, bucket);
            }
        }
    }

    /// The cells next to one along an axis, and itself, each once however few there are around.
    fn beside(&self, cell: i64, axis: usize) -> [Option<i64>; 3] {
        let last = self.last[axis];
        match self.wraps[axis] {
            false => [
                (cell > 0).then(|| cell - 1),
                Some(cell),
                (cell < last).then(|| cell + 1),
            ],
            true if last == 0 => [Some(cell), None, None],
            true if last == 1 => [Some(cell), Some(1 - cell), None],
            true => [
                Some(if cell == 0 { last } else { cell - 1 }),
                Some(cell),
                Some(if cell == last { 0 } else { cell + 1 }),
            ],
        }
    }
}
