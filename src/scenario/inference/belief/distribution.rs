//! The distribution over the source's place, and Bayes' rule.

use super::likelihood::load;
use super::outlook::{dot_products, sum_of_lanes};
use super::{Cell, Grid, LikelihoodTables};
use crate::lanes::{F64x8, Kernel, LANES, SimdLevel};

/// Probabilities below this become 0: products with likelihoods stay normal numbers, and what is left out weighs less
/// than rounding.
const NEGLIGIBLE: f64 = 1e-150;

/// What a searcher believes about the place of the source: a probability for each cell, with sum 1.
///
/// Kept row by row in blocks of lanes; the last block of a row is padded with zeros. Sums run over the blocks in order,
/// lane by lane, so they have the same bits at every SIMD level.
#[derive(Clone, Debug, PartialEq)]
pub struct Belief {
    grid: Grid,
    blocks: Vec<F64x8>,
}

impl Belief {
    /// Equal probabilities everywhere but at `searcher`.
    #[must_use]
    pub fn uniform_except(grid: &Grid, searcher: Cell) -> Self {
        let mut belief = Self {
            grid: grid.clone(),
            blocks: vec![F64x8::ZERO; grid.rows() * grid.row_blocks()],
        };
        belief.forget(searcher);
        belief
    }

    /// Back to the same probability everywhere but at `searcher`.
    pub fn forget(&mut self, searcher: Cell) {
        let probability = 1.0 / (self.grid.cells() - 1).max(1) as f64;
        for index in 0..self.grid.cells() {
            let cell = self.grid.cell_at(index);
            self.set(cell, if cell == searcher { 0.0 } else { probability });
        }
    }

    /// All of it in one cell.
    pub fn settle(&mut self, cell: Cell) {
        self.blocks.fill(F64x8::ZERO);
        self.set(cell, 1.0);
    }

    fn set(&mut self, cell: Cell, probability: f64) {
        let (row, place) = self.grid.row_and_place(cell);
        self.blocks[row * self.grid.row_blocks() + place / LANES].0[place % LANES] = probability;
    }

    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Probability that the source is in a cell.
    #[must_use]
    pub fn probability(&self, cell: Cell) -> f64 {
        let (row, place) = self.grid.row_and_place(cell);
        self.blocks[row * self.grid.row_blocks() + place / LANES].0[place % LANES]
    }

    /// Every cell with its probability, in row-major order.
    pub fn cells(&self) -> impl Iterator<Item = (Cell, f64)> {
        let (row_cells, row_blocks) = (self.grid.row_cells(), self.grid.row_blocks());
        (0..self.grid.rows()).flat_map(move |row| {
            (0..row_cells).map(move |place| {
                let cell = self.grid.cell_of_row(row, place);
                (cell, self.blocks[row * row_blocks + place / LANES].0[place % LANES])
            })
        })
    }

    /// All blocks, with their padding.
    #[inline(always)]
    pub(super) fn blocks(&self) -> &[F64x8] {
        &self.blocks
    }

    /// Bayes' rule: the source isn't at `searcher`, where `observation` was made. Returns the probability that the
    /// belief gave to that. If it is 0, the observation is impossible in this belief (the model is wrong, or the
    /// source has been ruled out by rounding), and all is forgotten but that the source isn't at `searcher`.
    pub fn observe(&mut self, simd: SimdLevel, tables: &LikelihoodTables, searcher: Cell, observation: usize) -> f64 {
        let mass = simd.run(Observe {
            blocks: &mut self.blocks,
            tables,
            searcher,
            observation,
        });
        if mass <= 0.0 {
            self.forget(searcher);
        }
        mass
    }

    /// The belief after `observation` at `searcher`, made from `before`, which is on the same grid. Returns what
    /// [`Self::observe`] does.
    pub fn become_posterior(
        &mut self,
        before: &Self,
        simd: SimdLevel,
        tables: &LikelihoodTables,
        searcher: Cell,
        observation: usize,
    ) -> f64 {
        self.blocks.copy_from_slice(&before.blocks);
        self.observe(simd, tables, searcher, observation)
    }

    /// Probability of each observation at `searcher` together with not finding the source there: their sum is
    /// 1 − [`Self::probability`] of `searcher`.
    pub fn predict(&self, simd: SimdLevel, tables: &LikelihoodTables, searcher: Cell, joint: &mut [f64]) {
        let _ = dot_products(simd, self, tables, searcher, joint, false);
    }

    /// Entropy, bits. Never negative, never NaN.
    #[must_use]
    pub fn entropy_bits(&self, simd: SimdLevel) -> f64 {
        let sum = simd.run(LogTerms {
            blocks: &self.blocks,
            terms: None,
        });
        // Not `-sum`: of two zeros with different signs, `max` may give either.
        (0.0 - sum).max(0.0)
    }

    /// p log₂ p of all blocks into `terms`; returns their sum, the negative entropy.
    pub(super) fn log_terms(&self, simd: SimdLevel, terms: &mut Vec<F64x8>) -> f64 {
        terms.resize(self.blocks.len(), F64x8::ZERO);
        simd.run(LogTerms {
            blocks: &self.blocks,
            terms: Some(terms),
        })
    }

    /// The cell at which the sum of probabilities, in row-major order, passes `uniform` ∈ [0, 1).
    #[must_use]
    pub fn draw(&self, uniform: f64) -> Cell {
        let mut sum = 0.0;
        let mut last = self.grid.cell_at(0);
        for (cell, probability) in self.cells() {
            if probability > 0.0 {
                last = cell;
                sum += probability;
                if uniform < sum {
                    break;
                }
            }
        }
        last
    }

    /// The first of the likeliest cells. Cells within a relative 10⁻¹² count as equally likely, so that rounding doesn't
    /// choose between mirror images.
    #[must_use]
    pub fn likeliest(&self) -> Cell {
        self.likeliest_by(|_, probability| probability)
    }

    /// [`Self::likeliest`] by a weight of cell and probability instead of the probability.
    pub fn likeliest_by(&self, weight: impl Fn(Cell, f64) -> f64) -> Cell {
        const TIE: f64 = 1.0 - 1e-12;
        let largest = self.cells().map(|(cell, p)| weight(cell, p)).fold(0.0, f64::max);
        let first = self.cells().find(|&(cell, p)| weight(cell, p) >= TIE * largest);
        first.map_or(self.grid.cell_at(0), |(cell, _)| cell)
    }
}

struct Observe<'a> {
    blocks: &'a mut [F64x8],
    tables: &'a LikelihoodTables,
    searcher: Cell,
    observation: usize,
}

impl Kernel for Observe<'_> {
    type Output = f64;
    #[inline(always)]
    fn run(self) -> f64 {
        let window = self.tables.window(self.searcher);
        let table = self.tables.table(self.observation);
        let (planes, rows) = window.planes_and_rows();
        let row_blocks = window.row_blocks();
        let floor = F64x8::splat(NEGLIGIBLE);
        let mut sum = F64x8::ZERO;
        for plane in 0..planes {
            for row in 0..rows {
                let begin = (plane * rows + row) * row_blocks;
                let cells = &mut self.blocks[begin..begin + row_blocks];
                let entries = &table[window.row_begin(plane, row)..][..row_blocks * LANES];
                for (block, entries) in cells.iter_mut().zip(entries.chunks_exact(LANES)) {
                    let product = *block * load(entries);
                    *block = product.ge(floor).select(product, F64x8::ZERO);
                    sum += *block;
                }
            }
        }
        let mass = sum_of_lanes(sum);
        if mass > 0.0 {
            let mass = F64x8::splat(mass);
            for block in self.blocks.iter_mut() {
                *block = *block / mass;
            }
        }
        mass
    }
}

struct LogTerms<'a> {
    blocks: &'a [F64x8],
    terms: Option<&'a mut [F64x8]>,
}

impl Kernel for LogTerms<'_> {
    type Output = f64;
    #[inline(always)]
    fn run(self) -> f64 {
        let mut sum = F64x8::ZERO;
        match self.terms {
            Some(terms) => {
                for (term, &p) in terms.iter_mut().zip(self.blocks) {
                    *term = log_term(p);
                    sum += *term;
                }
            }
            None => {
                for &p in self.blocks {
                    sum += log_term(p);
                }
            }
        }
        sum_of_lanes(sum)
    }
}

/// p log₂ p; 0 at 0.
#[inline(always)]
fn log_term(p: F64x8) -> F64x8 {
    let log2 = p.ln() * F64x8::splat(std::f64::consts::LOG2_E);
    p.gt(F64x8::ZERO).select(p * log2, F64x8::ZERO)
}
