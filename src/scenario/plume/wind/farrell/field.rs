//! The wind on the nodes of the grid, and its step.

use crate::lanes::{F64x8, Kernel, LANES, SimdLevel};

/// The grid and the constants of the equation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub n_x: usize,
    pub n_y: usize,
    pub dx_m: f64,
    pub dy_m: f64,
    pub k_x_m2_s: f64,
    pub k_y_m2_s: f64,
    pub mean_x_m_s: f64,
    pub mean_y_m_s: f64,
}

impl Grid {
    /// The longest step that is stable without wind, s: dt (k_x/dx² + k_y/dy²) ≤ 1.
    pub fn diffusion_limit_s(&self) -> f64 {
        1.0 / (self.k_x_m2_s / (self.dx_m * self.dx_m) + self.k_y_m2_s / (self.dy_m * self.dy_m))
    }

    /// The longest step that is stable in a wind of the given components, s: dt (u²/k_x + v²/k_y) ≤ 1 (Hindmarsh,
    /// Gresho & Griffiths 1984, with diffusivities k/2). Together with the other limit it implies Courant's,
    /// dt (|u|/dx + |v|/dy) ≤ 1.
    pub fn advection_limit_s(&self, x_m_s: f64, y_m_s: f64) -> f64 {
        1.0 / (x_m_s * x_m_s / self.k_x_m2_s + y_m_s * y_m_s / self.k_y_m2_s)
    }
}

/// Deviations of the wind from its mean on the nodes of the grid and on one ring of nodes around them, m/s:
/// `[n_y + 2][width]` for each component, with rows padded to whole blocks of eight inner nodes.
///
/// u_t = −(u u_x + v u_y) + ½ k_x u_xx + ½ k_y u_yy for the whole velocity (u, v), the same for v (Farrell et al. 2002).
/// Central differences in space, explicit Euler in time. The ring is prescribed by its four corners and
/// linear along its edges. Deviations obey the same equation as the whole wind, and are exactly 0 where there is no
/// noise.
#[derive(Clone, Debug)]
pub(super) struct Field {
    grid: Grid,
    width: usize,
    ramp_x: Vec<f64>,
    ramp_y: Vec<f64>,
    x_m_s: Vec<f64>,
    y_m_s: Vec<f64>,
    next_x_m_s: Vec<f64>,
    next_y_m_s: Vec<f64>,
}

impl Field {
    /// The field that is bilinear between `corners` (see [`super::corner_noise::CornerNoise`] for their order).
    pub fn new(grid: Grid, corners: F64x8) -> Self {
        let width = grid.n_x.next_multiple_of(LANES) + 2;
        let zero = vec![0.0; width * (grid.n_y + 2)];
        let mut field = Self {
            grid,
            width,
            ramp_x: ramp(grid.n_x + 2),
            ramp_y: ramp(grid.n_y + 2),
            x_m_s: zero.clone(),
            y_m_s: zero.clone(),
            next_x_m_s: zero.clone(),
            next_y_m_s: zero,
        };
        field.set_ring(corners);
        for values in [&mut field.x_m_s, &mut field.y_m_s] {
            for row in values.chunks_exact_mut(width) {
                let (west, east) = (row[0], row[grid.n_x + 1]);
                for (value, along) in row[1..].iter_mut().zip(&field.ramp_x[1..=grid.n_x]) {
                    *value = between(west, east, *along);
                }
            }
        }
        field
    }

    /// This field with the ring that `corners` prescribe.
    pub fn with_ring(mut self, corners: F64x8) -> Self {
        self.set_ring(corners);
        self
    }

    /// This field with these velocities at the inner nodes, row by row from the south.
    pub fn with_nodes(mut self, nodes: &[(f64, f64)]) -> Self {
        for (j, row) in nodes.chunks_exact(self.grid.n_x).enumerate() {
            for (i, (x_m_s, y_m_s)) in row.iter().enumerate() {
                let place = (j + 1) * self.width + i + 1;
                self.x_m_s[place] = x_m_s - self.grid.mean_x_m_s;
                self.y_m_s[place] = y_m_s - self.grid.mean_y_m_s;
            }
        }
        self
    }

    /// Moves the inner nodes on by `dt_s`, with the ring as it is; after that `corners` prescribe the ring. Returns
    /// whether all values are finite.
    pub fn step(&mut self, simd: SimdLevel, dt_s: f64, corners: F64x8) -> bool {
        let finite = simd.run(Step {
            grid: self.grid,
            width: self.width,
            dt_s,
            x: &self.x_m_s,
            y: &self.y_m_s,
            next_x: &mut self.next_x_m_s,
            next_y: &mut self.next_y_m_s,
        });
        std::mem::swap(&mut self.x_m_s, &mut self.next_x_m_s);
        std::mem::swap(&mut self.y_m_s, &mut self.next_y_m_s);
        self.set_ring(corners);
        finite
    }

    fn set_ring(&mut self, corners: F64x8) {
        let [a, b, c, d, e, f, g, h] = corners.0;
        let (width, last_x) = (self.width, self.grid.n_x + 1);
        for (values, [south_west, south_east, north_west, north_east]) in
            [(&mut self.x_m_s, [a, b, c, d]), (&mut self.y_m_s, [e, f, g, h])]
        {
            let top = values.len() - width;
            for (i, along) in self.ramp_x.iter().enumerate() {
                values[i] = between(south_west, south_east, *along);
                values[top + i] = between(north_west, north_east, *along);
            }
            for (row, along) in values.chunks_exact_mut(width).zip(&self.ramp_y) {
                row[0] = between(south_west, north_west, *along);
                // The step also writes the padding: it gets the edge's value, so that it stays finite.
                row[last_x..].fill(between(south_east, north_east, *along));
            }
        }
    }

    /// Deviations of both components at the inner nodes of row `j`, each `[n_x]`.
    pub fn row(&self, j: usize) -> [&[f64]; 2] {
        let start = (j + 1) * self.width + 1;
        let nodes = start..start + self.grid.n_x;
        [&self.x_m_s[nodes.clone()], &self.y_m_s[nodes]]
    }

    /// Both components at all nodes as `f(i, j)`, the ring's too: i and j count from the ring's corner, for tests.
    #[cfg(test)]
    pub fn from_nodes(grid: Grid, f: impl Fn(usize, usize) -> (f64, f64)) -> Self {
        let mut field = Self::new(grid, F64x8::ZERO);
        for j in 0..grid.n_y + 2 {
            for i in 0..grid.n_x + 2 {
                (field.x_m_s[j * field.width + i], field.y_m_s[j * field.width + i]) = f(i, j);
            }
        }
        field
    }

    /// Deviations at a node, counted from the ring's corner.
    #[cfg(test)]
    pub fn node(&self, i: usize, j: usize) -> (f64, f64) {
        (self.x_m_s[j * self.width + i], self.y_m_s[j * self.width + i])
    }

    /// The first inner value that isn't finite.
    pub fn not_finite(&self) -> Option<f64> {
        (0..self.grid.n_y)
            .flat_map(|j| self.row(j).concat())
            .find(|value| !value.is_finite())
    }
}

/// 0 to 1 over `count` nodes.
fn ramp(count: usize) -> Vec<f64> {
    (0..count).map(|i| i as f64 / (count - 1) as f64).collect()
}

/// From `low` at 0 to `high` at 1; exactly `low` where the two are equal.
fn between(low: f64, high: f64, fraction: f64) -> f64 {
    low + fraction * (high - low)
}

/// One step of explicit Euler, eight nodes of a row at a time.
struct Step<'a> {
    grid: Grid,
    width: usize,
    dt_s: f64,
    x: &'a [f64],
    y: &'a [f64],
    next_x: &'a mut [f64],
    next_y: &'a mut [f64],
}

/// A block of neighbours in a row.
#[inline(always)]
fn load(row: &[f64], start: usize) -> F64x8 {
    F64x8(row[start..start + LANES].try_into().expect("a whole block"))
}

impl Kernel for Step<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let (grid, width, dt_s) = (self.grid, self.width, self.dt_s);
        let (mean_x, mean_y) = (F64x8::splat(grid.mean_x_m_s), F64x8::splat(grid.mean_y_m_s));
        let slope_x = F64x8::splat(0.5 * dt_s / grid.dx_m);
        let slope_y = F64x8::splat(0.5 * dt_s / grid.dy_m);
        let bend_x = F64x8::splat(0.5 * dt_s * grid.k_x_m2_s / (grid.dx_m * grid.dx_m));
        let bend_y = F64x8::splat(0.5 * dt_s * grid.k_y_m2_s / (grid.dy_m * grid.dy_m));
        // 0 as long as everything is finite, else not a number: 0·∞ and 0·NaN aren't 0.
        let mut watch = F64x8::ZERO;
        for j in 1..=grid.n_y {
            let start = (j - 1) * width;
            let (x_south, x_here, x_north) = three(&self.x[start..start + 3 * width], width);
            let (y_south, y_here, y_north) = three(&self.y[start..start + 3 * width], width);
            let next_x = &mut self.next_x[j * width..(j + 1) * width];
            let next_y = &mut self.next_y[j * width..(j + 1) * width];
            for i in (1..width - 1).step_by(LANES) {
                let (x, y) = (load(x_here, i), load(y_here, i));
                let carried_x = (mean_x + x) * slope_x;
                let carried_y = (mean_y + y) * slope_y;
                let update = Update {
                    carried_x,
                    carried_y,
                    bend_x,
                    bend_y,
                };
                let new_x = update.of(x, x_here, x_south, x_north, i);
                let new_y = update.of(y, y_here, y_south, y_north, i);
                watch += F64x8::ZERO * (new_x + new_y);
                next_x[i..i + LANES].copy_from_slice(&new_x.0);
                next_y[i..i + LANES].copy_from_slice(&new_y.0);
            }
        }
        watch.equals(F64x8::ZERO).all()
    }
}

/// Three rows of equal length.
#[inline(always)]
fn three(rows: &[f64], width: usize) -> (&[f64], &[f64], &[f64]) {
    let (south, rest) = rows.split_at(width);
    let (here, north) = rest.split_at(width);
    (south, here, &north[..width])
}

/// What both components have in common at a block of nodes.
struct Update {
    carried_x: F64x8,
    carried_y: F64x8,
    bend_x: F64x8,
    bend_y: F64x8,
}

impl Update {
    /// The new value of a component at the nodes from `i` on, whose value is `here`.
    #[inline(always)]
    fn of(&self, here: F64x8, row: &[f64], south: &[f64], north: &[f64], i: usize) -> F64x8 {
        let (west, east) = (load(row, i - 1), load(row, i + 1));
        let (south, north) = (load(south, i), load(north, i));
        let twice = here + here;
        let advection = self.carried_x * (east - west) + self.carried_y * (north - south);
        let diffusion = self.bend_x * ((east + west) - twice) + self.bend_y * ((north + south) - twice);
        here + (diffusion - advection)
    }
}
