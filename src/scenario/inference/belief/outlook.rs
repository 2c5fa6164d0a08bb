//! What a move promises: expectations over all observations at the place that it leads to.
//!
//! With p the belief, L_h the likelihood of observation h at the new cell a (0 for the source in a itself), and
//! Z_h = Σ p L_h the probability of not finding the source there and observing h, the posterior is p L_h / Z_h, and its
//! entropy log₂ Z_h − S_h / Z_h with S_h = Σ p L_h log₂(p L_h) = Σ (p log₂ p) L_h + Σ p (L_h log₂ L_h). So no posterior is
//! ever worked out: p log₂ p is shared by all moves and observations, L log₂ L comes from a table, and what is left
//! are scalar products of the belief with windows of the tables.
//!
//! The expected entropy needs even less. As Σ_h L_h = 1 outside a, the sum of S_h over the observations is
//! Σ p log₂ p − p(a) log₂ p(a) + Σ p G with the table G = Σ_h L_h log₂ L_h: one product more than the observations, and no
//! logarithm of a cell. This is I(source; observation) = I(observation; source).

use super::likelihood::load;
use super::{Belief, Cell, LikelihoodTables};
use crate::lanes::{F64x8, Kernel, LANES, SimdLevel};

/// Products that are summed side by side, to hide the latency of additions.
const TOGETHER: usize = 4;

/// Lanes added in pairs, then pairs of pairs.
#[inline(always)]
pub(super) fn sum_of_lanes(lanes: F64x8) -> f64 {
    let l = lanes.0;
    ((l[0] + l[1]) + (l[2] + l[3])) + ((l[4] + l[5]) + (l[6] + l[7]))
}

/// z log₂ z; 0 at 0.
fn log_term(z: f64) -> f64 {
    if z > 0.0 { z * libm::log2(z) } else { 0.0 }
}

/// Z_h of every observation into `joint`, and Σ p G if `with_information`, else 0.
pub(super) fn dot_products(
    simd: SimdLevel,
    belief: &Belief,
    tables: &LikelihoodTables,
    searcher: Cell,
    joint: &mut [f64],
    with_information: bool,
) -> f64 {
    simd.run(DotProducts {
        belief: belief.blocks(),
        tables,
        searcher,
        joint,
        with_information,
    })
}

struct DotProducts<'a> {
    belief: &'a [F64x8],
    tables: &'a LikelihoodTables,
    searcher: Cell,
    joint: &'a mut [f64],
    with_information: bool,
}

impl DotProducts<'_> {
    /// Scalar products of the belief with `N` tables.
    #[inline(always)]
    fn products<const N: usize>(&self, tables: [&[f64]; N]) -> [f64; N] {
        let window = self.tables.window(self.searcher);
        let (planes, rows) = window.planes_and_rows();
        let row_blocks = window.row_blocks();
        let mut sums = [F64x8::ZERO; N];
        for plane in 0..planes {
            for row in 0..rows {
                let begin = (plane * rows + row) * row_blocks;
                let cells = &self.belief[begin..begin + row_blocks];
                let entries = window.row_begin(plane, row);
                let mut windows: [&[f64]; N] = [&[]; N];
                for i in 0..N {
                    windows[i] = &tables[i][entries..entries + row_blocks * LANES];
                }
                for (block, &p) in cells.iter().enumerate() {
                    for i in 0..N {
                        sums[i] += p * load(&windows[i][block * LANES..]);
                    }
                }
            }
        }
        let mut products = [0.0; N];
        for i in 0..N {
            products[i] = sum_of_lanes(sums[i]);
        }
        products
    }

    #[inline(always)]
    fn table(&self, number: usize) -> &[f64] {
        if number < self.joint.len() {
            self.tables.table(number)
        } else {
            self.tables.information()
        }
    }
}

impl Kernel for DotProducts<'_> {
    type Output = f64;
    #[inline(always)]
    fn run(self) -> f64 {
        let observations = self.joint.len();
        let count = observations + usize::from(self.with_information);
        let mut information = 0.0;
        let mut first = 0;
        while first < count {
            let together = TOGETHER.min(count - first);
            let mut found = [0.0; TOGETHER];
            match together {
                4 => {
                    let [a, b, c, d] = [first, first + 1, first + 2, first + 3];
                    found = self.products([self.table(a), self.table(b), self.table(c), self.table(d)]);
                }
                3 => {
                    let [a, b, c] = self.products([self.table(first), self.table(first + 1), self.table(first + 2)]);
                    found = [a, b, c, 0.0];
                }
                2 => {
                    let [a, b] = self.products([self.table(first), self.table(first + 1)]);
                    found = [a, b, 0.0, 0.0];
                }
                _ => [found[0]] = self.products([self.table(first)]),
            }
            for (i, &product) in found[..together].iter().enumerate() {
                if first + i < observations {
                    self.joint[first + i] = product;
                } else {
                    information = product;
                }
            }
            first += together;
        }
        information
    }
}

/// Expectations at one cell, over all observations.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// Probability that the source is there.
    pub found: f64,
    /// Expected entropy after the move and the observation, bits: (1 − found) Σ p_h H(h).
    pub entropy_bits: f64,
}

impl Outlook {
    /// The expectations at `cell` for a belief whose entropy is `entropy_bits` (an error in it shifts those of all cells
    /// alike). `joint` takes the probability of each observation together with not finding the source.
    #[must_use]
    pub fn of(
        simd: SimdLevel,
        belief: &Belief,
        entropy_bits: f64,
        tables: &LikelihoodTables,
        cell: Cell,
        joint: &mut [f64],
    ) -> Self {
        let information = dot_products(simd, belief, tables, cell, joint, true);
        let found = belief.probability(cell);
        let inner = -entropy_bits - log_term(found) + information;
        let outer: f64 = joint.iter().map(|&z| log_term(z)).sum();
        Self {
            found,
            entropy_bits: outer - inner,
        }
    }
}

/// Expectations for each observation at one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OutlookDetail {
    /// Z: probability of the observation together with not finding the source.
    pub joint: f64,
    /// Entropy after it, bits.
    pub entropy_bits: f64,
    /// Mean number of steps (Manhattan distance) to the source after it.
    pub mean_steps: f64,
}

/// The work space of [`OutlookDetail`]: what all moves from one belief share.
#[derive(Clone, Debug, Default)]
pub struct SharedTerms {
    log_terms: Vec<F64x8>,
    /// Distances 0, 1, 2, … along the rows, mirrored: a window of it is |place − searcher's place|.
    row_steps: Vec<f64>,
}

impl SharedTerms {
    /// Works out the terms of a belief; returns its entropy, bits.
    pub fn prepare(&mut self, simd: SimdLevel, belief: &Belief) -> f64 {
        let grid = belief.grid();
        let reach = grid.row_cells() - 1;
        let length = reach + grid.row_blocks() * LANES;
        if self.row_steps.len() != length {
            self.row_steps = (0..length).map(|i| i.abs_diff(reach) as f64).collect();
        }
        (0.0 - belief.log_terms(simd, &mut self.log_terms)).max(0.0)
    }

    /// The expectations for `observation` at `cell`. [`Self::prepare`] comes first.
    #[must_use]
    pub fn detail(
        &self,
        simd: SimdLevel,
        belief: &Belief,
        tables: &LikelihoodTables,
        cell: Cell,
        observation: usize,
    ) -> OutlookDetail {
        let sums = simd.run(Detail {
            shared: self,
            belief,
            tables,
            cell,
            observation,
        });
        let [joint, log_terms, steps] = sums;
        if joint <= 0.0 {
            return OutlookDetail::default();
        }
        OutlookDetail {
            joint,
            entropy_bits: (libm::log2(joint) - log_terms / joint).max(0.0),
            mean_steps: steps / joint,
        }
    }
}

struct Detail<'a> {
    shared: &'a SharedTerms,
    belief: &'a Belief,
    tables: &'a LikelihoodTables,
    cell: Cell,
    observation: usize,
}

impl Kernel for Detail<'_> {
    /// Σ p L, Σ p L log₂(p L), Σ p L · steps.
    type Output = [f64; 3];
    #[inline(always)]
    fn run(self) -> [f64; 3] {
        let window = self.tables.window(self.cell);
        let likelihoods = self.tables.table(self.observation);
        let log_terms = self.tables.log_term(self.observation);
        let (planes, rows) = window.planes_and_rows();
        let row_blocks = window.row_blocks();
        let grid = self.tables.grid();
        let [x, y, z] = grid.internal_place(self.cell);
        let row_steps = &self.shared.row_steps[grid.row_cells() - 1 - z..][..row_blocks * LANES];
        let (mut joint, mut of_belief, mut of_likelihood, mut steps) =
            (F64x8::ZERO, F64x8::ZERO, F64x8::ZERO, F64x8::ZERO);
        for plane in 0..planes {
            for row in 0..rows {
                let begin = (plane * rows + row) * row_blocks;
                let cells = &self.belief.blocks()[begin..begin + row_blocks];
                let shared = &self.shared.log_terms[begin..begin + row_blocks];
                let entries = window.row_begin(plane, row);
                let likelihoods = &likelihoods[entries..entries + row_blocks * LANES];
                let log_terms = &log_terms[entries..entries + row_blocks * LANES];
                let to_row = F64x8::splat((plane.abs_diff(x) + row.abs_diff(y)) as f64);
                for block in 0..row_blocks {
                    let at = block * LANES;
                    let likelihood = load(&likelihoods[at..]);
                    let product = cells[block] * likelihood;
                    joint += product;
                    of_belief += shared[block] * likelihood;
                    of_likelihood += cells[block] * load(&log_terms[at..]);
                    steps += product * (to_row + load(&row_steps[at..]));
                }
            }
        }
        [
            sum_of_lanes(joint),
            sum_of_lanes(of_belief + of_likelihood),
            sum_of_lanes(steps),
        ]
    }
}
