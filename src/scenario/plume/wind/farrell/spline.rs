//! The bicubic spline through the nodes of a grid, and its values at many positions.

use super::super::WindSample;
use super::field::Field;
use crate::lanes::{F64x8, LANES, SimdLevel, kernel};

/// Velocity components of a node that lie side by side.
const COMPONENTS: usize = 2;
/// Coefficients of a row that a position needs: four nodes of both components.
const REACH: usize = 4 * COMPONENTS;

/// The bicubic spline through all nodes of the grid: two continuous derivatives, not-a-knot ends.
///
/// It is written in cubic B-splines on the grid's own knots (de Boor 1978): s(x, y) = Σ c_{ij} B(x − i) B(y − j), with
/// x and y in units of the spacing and i, j from −1 to n. In each direction the coefficients solve
/// c_{i−1} + 4 c_i + c_{i+1} = 6 f_i with the third derivative continuous at the second and last but one knot (the
/// not-a-knot condition). That makes c_1 = (8 f_1 − f_0 − f_2)/6 and leaves a tridiagonal system in between. The spline
/// reproduces polynomials up to the third degree in x and in y; elsewhere its error is of fourth order in the spacing.
#[derive(Clone, Debug)]
pub(super) struct Spline {
    n_x: usize,
    n_y: usize,
    /// `[n_y + 2][n_x + 2][COMPONENTS]`
    coefficients: Vec<f64>,
    /// After the solution along x: `[n_x + 2][n_y][COMPONENTS]`
    along_x: Vec<f64>,
    /// What is being solved: eight independent lines.
    lines: Vec<F64x8>,
    /// Pivots of the tridiagonal system, enough for the longer direction.
    inverse_pivots: Vec<f64>,
}

impl Spline {
    /// Zero everywhere, for a grid of at least four nodes in each direction.
    pub fn new(n_x: usize, n_y: usize) -> Self {
        // The pivots p_{k+1} = 4 − 1/p_k of the matrix with rows (1, 4, 1).
        let mut inverse_pivots = Vec::with_capacity(n_x.max(n_y));
        let mut inverse = 0.25;
        for _ in 0..n_x.max(n_y) {
            inverse_pivots.push(inverse);
            inverse = 1.0 / (4.0 - inverse);
        }
        Self {
            n_x,
            n_y,
            coefficients: vec![0.0; (n_y + 2) * (n_x + 2) * COMPONENTS],
            along_x: vec![0.0; (n_x + 2) * n_y * COMPONENTS],
            lines: vec![F64x8::ZERO; n_x.max(n_y) + 2],
            inverse_pivots,
        }
    }

    /// Takes the inner nodes of `field`.
    pub fn fit(&mut self, simd: SimdLevel, field: &Field) {
        let spline = self;
        kernel!(simd, |spline: &mut Spline, field: &Field| {
            let Spline {
                n_x,
                n_y,
                coefficients,
                along_x,
                lines,
                inverse_pivots,
            } = spline;
            let (n_x, n_y) = (*n_x, *n_y);
            // Four nodes of both components make a block. The last block overlaps the one before where it has to.
            const NODES: usize = LANES / COMPONENTS;
            let column = n_y * COMPONENTS;
            for j in (0..n_y).step_by(NODES).map(|j| j.min(n_y - NODES)) {
                let rows = [0, 1, 2, 3].map(|row| field.row(j + row));
                for i in 0..n_x {
                    let mut block = [0.0; LANES];
                    for (row, pair) in rows.iter().zip(block.chunks_exact_mut(COMPONENTS)) {
                        pair[0] = row[0][i];
                        pair[1] = row[1][i];
                    }
                    lines[i + 1] = F64x8(block);
                }
                solve(&mut lines[..n_x + 2], inverse_pivots);
                for (line, column) in lines[..n_x + 2].iter().zip(along_x.chunks_exact_mut(column)) {
                    column[j * COMPONENTS..][..LANES].copy_from_slice(&line.0);
                }
            }
            let row = (n_x + 2) * COMPONENTS;
            for i in (0..n_x + 2).step_by(NODES).map(|i| i.min(n_x + 2 - NODES)) {
                let columns = [0, 1, 2, 3].map(|node| &along_x[(i + node) * column..][..column]);
                for j in 0..n_y {
                    let mut block = [0.0; LANES];
                    for (column, pair) in columns.iter().zip(block.chunks_exact_mut(COMPONENTS)) {
                        pair.copy_from_slice(&column[j * COMPONENTS..][..COMPONENTS]);
                    }
                    lines[j + 1] = F64x8(block);
                }
                solve(&mut lines[..n_y + 2], inverse_pivots);
                for (line, row) in lines[..n_y + 2].iter().zip(coefficients.chunks_exact_mut(row)) {
                    row[i * COMPONENTS..][..LANES].copy_from_slice(&line.0);
                }
            }
        });
    }

    /// Adds the spline to `mean` at positions given in units of the spacing from the first node, see [`Place`].
    /// Beyond the nodes it has the value of the nearest point of the grid's edge.
    pub fn sample(
        &self,
        simd: SimdLevel,
        place: Place,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        wind: &mut WindSample,
    ) {
        let spline = self;
        kernel!(simd, |spline: &Spline,
                       place: Place,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       wind: &mut WindSample| {
            let width = (spline.n_x + 2) * COMPONENTS;
            let (x_min, y_min) = (F64x8::splat(place.x_min_m), F64x8::splat(place.y_min_m));
            let per_dx = F64x8::splat(1.0 / place.dx_m);
            let per_dy = F64x8::splat(1.0 / place.dy_m);
            let (mean_x, mean_y) = (F64x8::splat(place.mean_x_m_s), F64x8::splat(place.mean_y_m_s));
            for &block in blocks {
                let across = Stencil::at((x_m[block] - x_min) * per_dx, spline.n_x);
                let up = Stencil::at((y_m[block] - y_min) * per_dy, spline.n_y);
                // For each position: the sum over its four rows, as one vector of 4 nodes × 2 components.
                let mut sums = [[0.0; REACH]; LANES];
                for (lane, sum) in sums.iter_mut().enumerate() {
                    let start = up.first[lane] * width + across.first[lane] * COMPONENTS;
                    let rows = &spline.coefficients[start..start + 3 * width + REACH];
                    for (row, weights) in up.weights.iter().enumerate() {
                        let weight = weights.0[lane];
                        let row = &rows[row * width..][..REACH];
                        for (sum, value) in sum.iter_mut().zip(row) {
                            *sum += weight * value;
                        }
                    }
                }
                let x_m_s = mean_x + weighted(&sums, 0, &across.weights);
                let y_m_s = mean_y + weighted(&sums, 1, &across.weights);
                wind.set(block, x_m_s, y_m_s);
            }
        });
    }
}

/// Where the grid is, and what its values are deviations from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub x_min_m: f64,
    pub y_min_m: f64,
    pub dx_m: f64,
    pub dy_m: f64,
    pub mean_x_m_s: f64,
    pub mean_y_m_s: f64,
}

/// First of the four coefficients around positions, and their weights.
struct Stencil {
    first: [usize; LANES],
    weights: [F64x8; 4],
}

impl Stencil {
    /// For positions in units of the spacing, among `n` nodes. Not a number counts as 0.
    #[inline(always)]
    fn at(position: F64x8, n: usize) -> Self {
        let last_cell = F64x8::splat((n - 2) as f64);
        let inside = position.max(F64x8::ZERO).min(last_cell + F64x8::ONE);
        let cell = inside.floor().min(last_cell);
        let (t, one) = (inside - cell, F64x8::ONE);
        let rest = one - t;
        let (sixth, half) = (F64x8::splat(1.0 / 6.0), F64x8::splat(0.5));
        let two_thirds = F64x8::splat(2.0 / 3.0);
        let two = F64x8::splat(2.0);
        Self {
            first: indices(cell),
            weights: [
                sixth * (rest * rest * rest),
                two_thirds - half * (t * t) * (two - t),
                two_thirds - half * (rest * rest) * (two - rest),
                sixth * (t * t * t),
            ],
        }
    }
}

#[inline(always)]
fn indices(cell: F64x8) -> [usize; LANES] {
    let mut indices = [0; LANES];
    for (index, cell) in indices.iter_mut().zip(cell.0) {
        *index = cell as usize;
    }
    indices
}

/// The sum over the four nodes of one component.
#[inline(always)]
fn weighted(sums: &[[f64; REACH]; LANES], component: usize, weights: &[F64x8; 4]) -> F64x8 {
    let mut parts = *weights;
    for (node, part) in parts.iter_mut().enumerate() {
        for (part, sum) in part.0.iter_mut().zip(sums) {
            *part *= sum[node * COMPONENTS + component];
        }
    }
    (parts[0] + parts[1]) + (parts[2] + parts[3])
}

/// Solves for the coefficients of eight independent rows of values. `lines` holds the values at 1 … n and gets the
/// coefficients at 0 … n + 1 (that is c_{−1} … c_n).
#[inline(always)]
fn solve(lines: &mut [F64x8], inverse_pivots: &[f64]) {
    let n = lines.len() - 2;
    let (four, six) = (F64x8::splat(4.0), F64x8::splat(6.0));
    let (eight, sixth) = (F64x8::splat(8.0), F64x8::splat(1.0 / 6.0));
    let [f_0, f_1] = [lines[1], lines[2]];
    let [g_0, g_1] = [lines[n], lines[n - 1]];
    // Entry k + 1 belongs to node k.
    let second = (eight * f_1 - (f_0 + lines[3])) * sixth;
    let last_but_one = (eight * g_1 - (g_0 + lines[n - 2])) * sixth;
    lines[2] = second;
    // Elimination downwards, with the coefficients at the ends of the system known.
    let mut before = F64x8::ZERO;
    for entry in 3..n - 1 {
        let mut right = six * lines[entry];
        if entry == 3 {
            right = right - second;
        }
        if entry == n - 2 {
            right = right - last_but_one;
        }
        before = (right - before) * F64x8::splat(inverse_pivots[entry - 3]);
        lines[entry] = before;
    }
    lines[n - 1] = last_but_one;
    for entry in (3..n - 2).rev() {
        lines[entry] = lines[entry] - F64x8::splat(inverse_pivots[entry - 3]) * lines[entry + 1];
    }
    lines[1] = six * f_1 - (four * lines[2] + lines[3]);
    lines[0] = six * f_0 - (four * lines[1] + lines[2]);
    lines[n] = six * g_1 - (four * lines[n - 1] + lines[n - 2]);
    lines[n + 1] = six * g_0 - (four * lines[n] + lines[n - 1]);
}
