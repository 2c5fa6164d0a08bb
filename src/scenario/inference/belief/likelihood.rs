//! Likelihoods of observations by the offset between source and searcher.

use super::{Cell, Grid};
use crate::lanes::{F64x8, LANES};

/// Likelihood of each observation for every offset between two cells of a grid, laid out so that the likelihoods of all
/// cells, seen from one of them, are a window of the table.
///
/// Shape of each table: `[2 s₀ − 1, 2 s₁ − 1, width]` for sides `s`, row-major; offset = cell − searcher; a row is
/// padded with zeros up to where a window of whole blocks can reach. All tables are 0 at offset 0: the searcher's own
/// cell can't hold a source that it hasn't found.
#[derive(Clone, Debug)]
pub struct LikelihoodTables {
    grid: Grid,
    width: usize,
    likelihoods: Vec<Vec<f64>>,
    log_terms: Vec<Vec<f64>>,
    /// Σ over observations of the log terms.
    information: Vec<f64>,
}

impl LikelihoodTables {
    /// Tables for `observations` possible observations. `fill` gives the likelihood of each one for an offset
    /// source − searcher (three coordinates; those that the grid doesn't use come first and are 0); it isn't asked for
    /// offset 0. Likelihoods of an offset are a distribution: not negative, with sum 1.
    pub fn new(grid: &Grid, observations: usize, mut fill: impl FnMut([i32; 3], &mut [f64])) -> Self {
        let sides = grid.internal_sides();
        let width = sides[2] - 1 + grid.row_blocks() * LANES;
        let length = (2 * sides[0] - 1) * (2 * sides[1] - 1) * width;
        let mut tables = Self {
            grid: grid.clone(),
            width,
            likelihoods: vec![vec![0.0; length]; observations],
            log_terms: vec![vec![0.0; length]; observations],
            information: vec![0.0; length],
        };
        let mut likelihoods = vec![0.0; observations];
        let reach = sides.map(|side| side as i32 - 1);
        for x in -reach[0]..=reach[0] {
            for y in -reach[1]..=reach[1] {
                for z in -reach[2]..=reach[2] {
                    if [x, y, z] != [0; 3] {
                        fill([x, y, z], &mut likelihoods);
                        let index = tables.index([x, y, z]);
                        tables.set(index, &likelihoods);
                    }
                }
            }
        }
        tables
    }

    fn set(&mut self, index: usize, likelihoods: &[f64]) {
        for (observation, &likelihood) in likelihoods.iter().enumerate() {
            let log_term = if likelihood > 0.0 {
                likelihood * libm::log2(likelihood)
            } else {
                0.0
            };
            self.likelihoods[observation][index] = likelihood;
            self.log_terms[observation][index] = log_term;
            self.information[index] += log_term;
        }
    }

    fn index(&self, offset: [i32; 3]) -> usize {
        let sides = self.grid.internal_sides();
        let [x, y, z] = [0, 1, 2].map(|axis| (offset[axis] + sides[axis] as i32 - 1) as usize);
        (x * (2 * sides[1] - 1) + y) * self.width + z
    }

    /// Bytes of the tables for a grid with these sides.
    #[must_use]
    pub fn bytes(sides: &[u32], observations: u32) -> f64 {
        let offsets: f64 = sides.iter().map(|&side| 2.0 * f64::from(side) - 1.0).product();
        8.0 * offsets * (2.0 * f64::from(observations) + 1.0)
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Number of possible observations.
    #[must_use]
    pub fn observations(&self) -> usize {
        self.likelihoods.len()
    }

    /// Likelihood of `observation` at `searcher` if the source is at `source`; 0 if they are the same.
    #[must_use]
    pub fn likelihood(&self, observation: usize, searcher: Cell, source: Cell) -> f64 {
        let offset = [0, 1, 2].map(|axis| source.0[axis] as i32 - searcher.0[axis] as i32);
        self.likelihoods[observation][self.index(offset)]
    }

    /// L: likelihood of an observation.
    #[inline(always)]
    pub(super) fn table(&self, observation: usize) -> &[f64] {
        &self.likelihoods[observation]
    }

    /// L log₂ L.
    #[inline(always)]
    pub(super) fn log_term(&self, observation: usize) -> &[f64] {
        &self.log_terms[observation]
    }

    /// Σ L log₂ L over all observations.
    #[inline(always)]
    pub(super) fn information(&self) -> &[f64] {
        &self.information
    }

    /// The window of the tables that a searcher sees.
    #[inline(always)]
    pub(super) fn window(&self, searcher: Cell) -> Window {
        let [a, b, c] = self.grid.internal_sides();
        let [x, y, z] = searcher.0.map(|place| place as usize);
        Window {
            begin: ((a - 1 - x) * (2 * b - 1) + (b - 1 - y)) * self.width + (c - 1 - z),
            planes: a,
            rows: b,
            plane_stride: (2 * b - 1) * self.width,
            width: self.width,
            row_blocks: self.grid.row_blocks(),
        }
    }
}

/// The part of a table that lies under the grid, row by row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    begin: usize,
    planes: usize,
    rows: usize,
    plane_stride: usize,
    width: usize,
    row_blocks: usize,
}

impl Window {
    /// Planes of rows, and rows of a plane: row number = plane × rows of a plane + row.
    #[inline(always)]
    pub(super) fn planes_and_rows(self) -> (usize, usize) {
        (self.planes, self.rows)
    }

    /// Where a row begins in the table.
    #[inline(always)]
    pub(super) fn row_begin(self, plane: usize, row: usize) -> usize {
        self.begin + plane * self.plane_stride + row * self.width
    }

    /// Blocks of a row.
    #[inline(always)]
    pub(super) fn row_blocks(self) -> usize {
        self.row_blocks
    }
}

/// Eight entries of a table.
#[inline(always)]
pub(super) fn load(entries: &[f64]) -> F64x8 {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(&entries[..LANES]);
    F64x8(lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every window entry is the likelihood of its own offset, in 1-D, 2-D and 3-D.
    #[test]
    fn a_window_holds_the_likelihoods_of_all_cells() {
        for sides in [&[11][..], &[4, 9], &[3, 4, 5]] {
            let grid = Grid::new(sides);
            let value = |offset: [i32; 3]| f64::from(offset[0] * 10_000 + offset[1] * 100 + offset[2]) / 1e6;
            let tables = LikelihoodTables::new(&grid, 2, |offset, likelihoods| {
                likelihoods[0] = 0.5 + value(offset);
                likelihoods[1] = 0.5 - value(offset);
            });
            for searcher in (0..grid.cells()).map(|index| grid.cell_at(index)) {
                let window = tables.window(searcher);
                let (planes, rows) = window.planes_and_rows();
                for row in 0..planes * rows {
                    let begin = window.row_begin(row / rows, row % rows);
                    for place in 0..grid.row_cells() {
                        let source = grid.cell_at(row * grid.row_cells() + place);
                        let offset = [0, 1, 2].map(|axis| source.0[axis] as i32 - searcher.0[axis] as i32);
                        let expected = if offset == [0; 3] { 0.0 } else { 0.5 + value(offset) };
                        assert_eq!(tables.table(0)[begin + place], expected);
                        assert_eq!(tables.likelihood(0, searcher, source), expected);
                    }
                    assert!(begin + window.row_blocks() * LANES <= tables.table(0).len());
                }
            }
        }
    }
}
