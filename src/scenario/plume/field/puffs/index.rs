//! The concentration that many puffs make at many positions.
//!
//! A puff of amount Q and size r at distance d makes c = Q / ((8π³)^½ r³) · exp(−d²/2r²). All positions of a call have
//! one height, so the vertical part belongs to the puff, and the rest is a sum over puffs near the position in the
//! plane. Puffs further away than `cutoff_radii`·r count as nothing. Puffs are sorted into cells by a counting sort
//! (stable, in the order of their places); in a row of cells those near a position lie next to each other, eight in a
//! block. The order of the sum depends on the puffs only: neither on other positions nor on the instruction set.

use super::super::Gradient;
use super::configuration::{RegionConfig, Vertical};
use super::places::Puffs;
use crate::lanes::{F64x8, LANES, SimdLevel, kernel};

/// Columns of cells per largest reach: fine, because it costs nothing to look at more of them.
const COLUMNS_PER_REACH: f64 = 4.0;
/// More cells than this per puff would cost more to clear than they save.
const CELLS_PER_PUFF: f64 = 4.0;
const MIN_CELLS: f64 = 16.0;

/// How puffs smell.
#[derive(Clone, Debug)]
pub(super) struct PuffShape {
    /// Q / (8π³)^½, in the plume's unit times m³.
    strength: f64,
    cutoff2: f64,
    /// Whether odour is mirrored at z = 0.
    mirrored: bool,
}

impl PuffShape {
    /// Puffs of `amount` that reach `cutoff_radii` times their size.
    pub fn new(amount: f64, cutoff_radii: f64, vertical: Vertical) -> Self {
        use std::f64::consts::PI;
        Self {
            strength: amount / (8.0 * PI * PI * PI).sqrt(),
            cutoff2: cutoff_radii * cutoff_radii,
            mirrored: vertical == Vertical::Reflected,
        }
    }
}

/// Puffs near any position, for one height.
#[derive(Clone, Debug)]
pub(super) struct PuffIndex {
    region: RegionConfig,
    shape: PuffShape,
    /// Which state of the puffs this is, and for which height.
    state: Option<(u64, f64)>,
    cells: Cells,
    /// Where the puffs of each cell begin, row by row; one more entry at the end.
    begins: Vec<u32>,
    /// Of each sorted puff, and one block of padding: centre, concentration at the centre (as seen from the height of
    /// the positions), −1/2r², reach squared in the plane.
    x_m: Vec<f64>,
    y_m: Vec<f64>,
    peak: Vec<f64>,
    per_distance2: Vec<f64>,
    reach2_m2: Vec<f64>,
    /// Of each place.
    place_peak: Vec<F64x8>,
    place_per_distance2: Vec<F64x8>,
    place_reach2: Vec<F64x8>,
    /// Place and cell of each puff that is heard.
    heard: Vec<(u32, u32)>,
}

/// A grid of cells over the region.
#[derive(Clone, Copy, Debug)]
struct Cells {
    columns: usize,
    rows: usize,
    x_min_m: f64,
    y_min_m: f64,
    columns_per_m: f64,
    rows_per_m: f64,
    /// No puff reaches further.
    reach_m: f64,
}

impl Cells {
    fn new(region: &RegionConfig, reach_m: f64, puffs: usize) -> Self {
        let (width_m, height_m) = (region.x_max_m - region.x_min_m, region.y_max_m - region.y_min_m);
        let most = MIN_CELLS + CELLS_PER_PUFF * puffs as f64;
        let rows = (height_m / reach_m).floor().clamp(1.0, most.sqrt().floor());
        let columns = (COLUMNS_PER_REACH * width_m / reach_m)
            .floor()
            .clamp(1.0, (most / rows).floor());
        Self {
            columns: columns as usize,
            rows: rows as usize,
            x_min_m: region.x_min_m,
            y_min_m: region.y_min_m,
            columns_per_m: columns / width_m,
            rows_per_m: rows / height_m,
            reach_m,
        }
    }

    /// The column that holds `x_m`, or the nearest one.
    #[inline(always)]
    fn column(&self, x_m: f64) -> usize {
        // A conversion of a negative number gives 0.
        (((x_m - self.x_min_m) * self.columns_per_m) as usize).min(self.columns - 1)
    }

    #[inline(always)]
    fn row(&self, y_m: f64) -> usize {
        (((y_m - self.y_min_m) * self.rows_per_m) as usize).min(self.rows - 1)
    }
}

impl PuffIndex {
    /// Nothing yet, with room for `capacity` puffs in `region`.
    pub fn new(region: &RegionConfig, shape: PuffShape, capacity: usize) -> Self {
        let list = || Vec::with_capacity(capacity + LANES);
        let blocks = || vec![F64x8::ZERO; crate::lanes::blocks_for(capacity)];
        Self {
            region: region.clone(),
            shape,
            state: None,
            cells: Cells::new(region, 1.0, 0),
            begins: Vec::with_capacity((MIN_CELLS + CELLS_PER_PUFF * capacity as f64) as usize + 2),
            x_m: list(),
            y_m: list(),
            peak: list(),
            per_distance2: list(),
            reach2_m2: list(),
            place_peak: blocks(),
            place_per_distance2: blocks(),
            place_reach2: blocks(),
            heard: Vec::with_capacity(capacity),
        }
    }

    /// Brings the index to state `state` of `puffs`, for positions at the height `z_m`.
    pub fn update(&mut self, simd: SimdLevel, puffs: &Puffs, state: u64, z_m: f64) {
        if self.state == Some((state, z_m)) {
            return;
        }
        self.state = Some((state, z_m));
        // What each puff is at the height of the positions.
        let index = &mut *self;
        kernel!(simd, |index: &mut PuffIndex, puffs: &Puffs, z_m: f64| {
            let (strength, cutoff2) = (F64x8::splat(index.shape.strength), F64x8::splat(index.shape.cutoff2));
            let (height, half) = (F64x8::splat(z_m), F64x8::splat(-0.5));
            for &block in &puffs.blocks {
                let r2 = puffs.radius2_m2[block];
                let per_distance2 = half / r2;
                let below = height - puffs.z_m[block];
                let mut vertical = (below * below * per_distance2).exp();
                if index.shape.mirrored {
                    // The mirror image is never nearer, so it doesn't change the reach.
                    let above = height + puffs.z_m[block];
                    vertical += (above * above * per_distance2).exp();
                }
                index.place_peak[block] = strength / (r2 * r2.sqrt()) * vertical;
                index.place_per_distance2[block] = per_distance2;
                index.place_reach2[block] = cutoff2 * r2 - below * below;
            }
        });
        self.sort(puffs);
    }

    /// Sorts puffs, each with its reach at the height of the positions, into cells.
    fn sort(&mut self, puffs: &Puffs) {
        let mut reach2: f64 = 0.0;
        self.heard.clear();
        for &block in &puffs.blocks {
            let carried = puffs.carried(block);
            for lane in 0..LANES {
                if carried >> lane & 1 == 1 && self.place_reach2[block].0[lane] > 0.0 {
                    reach2 = reach2.max(self.place_reach2[block].0[lane]);
                    self.heard.push(((block * LANES + lane) as u32, 0));
                }
            }
        }
        let count = self.heard.len();
        self.cells = if count == 0 {
            Cells::new(&self.region, 1.0, 0)
        } else {
            Cells::new(&self.region, reach2.sqrt(), count)
        };
        let cells = self.cells;
        self.begins.clear();
        self.begins.resize(cells.columns * cells.rows + 2, 0);
        // Counts, shifted by two cells: after summing, entry c + 1 is where cell c begins, and it moves on to where
        // the next cell begins while puffs are put down.
        for (place, cell) in &mut self.heard {
            let (block, lane) = (*place as usize / LANES, *place as usize % LANES);
            let row = cells.row(puffs.y_m[block].0[lane]);
            let column = cells.column(puffs.x_m[block].0[lane]);
            *cell = (row * cells.columns + column) as u32;
            self.begins[*cell as usize + 2] += 1;
        }
        for cell in 2..self.begins.len() {
            self.begins[cell] += self.begins[cell - 1];
        }
        for list in [
            &mut self.x_m,
            &mut self.y_m,
            &mut self.peak,
            &mut self.per_distance2,
            &mut self.reach2_m2,
        ] {
            list.clear();
            list.resize(count + LANES, 0.0);
        }
        for (place, cell) in &self.heard {
            let (block, lane) = (*place as usize / LANES, *place as usize % LANES);
            let to = self.begins[*cell as usize + 1] as usize;
            self.begins[*cell as usize + 1] += 1;
            self.x_m[to] = puffs.x_m[block].0[lane];
            self.y_m[to] = puffs.y_m[block].0[lane];
            self.peak[to] = self.place_peak[block].0[lane];
            self.per_distance2[to] = self.place_per_distance2[block].0[lane];
            self.reach2_m2[to] = self.place_reach2[block].0[lane];
        }
    }

    /// The concentration at positions.
    pub fn sample(&self, simd: SimdLevel, blocks: &[usize], x_m: &[F64x8], y_m: &[F64x8], concentration: &mut [F64x8]) {
        let index = self;
        kernel!(simd, |index: &PuffIndex,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       concentration: &mut [F64x8]| {
            for &block in blocks {
                for lane in 0..LANES {
                    let [c, ..] = index.at::<false>(x_m[block].0[lane], y_m[block].0[lane]);
                    concentration[block].0[lane] = c;
                }
            }
        });
    }

    /// Its slope at positions.
    pub fn sample_gradient(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        gradient: &mut Gradient,
    ) {
        let index = self;
        kernel!(simd, |index: &PuffIndex,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       gradient: &mut Gradient| {
            for &block in blocks {
                for lane in 0..LANES {
                    let [_, x, y] = index.at::<true>(x_m[block].0[lane], y_m[block].0[lane]);
                    gradient.x_per_m[block].0[lane] = x;
                    gradient.y_per_m[block].0[lane] = y;
                }
            }
        });
    }
}

/// 0, 1, … 7.
const LANE_NUMBERS: F64x8 = F64x8([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);

/// The eight entries from `from` on.
#[inline(always)]
fn load(list: &[f64], from: usize) -> F64x8 {
    let entries = &list[from..from + LANES];
    F64x8(entries.try_into().expect("a slice of eight entries"))
}

/// The sum over lanes, always in this order.
#[inline(always)]
fn total(F64x8(a): F64x8) -> f64 {
    ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))
}

impl PuffIndex {
    /// Concentration and, if asked for, its slope along x and y at one position.
    #[inline(always)]
    fn at<const SLOPE: bool>(&self, x_m: f64, y_m: f64) -> [f64; 3] {
        let cells = &self.cells;
        let (mut c, mut slope_x, mut slope_y) = (F64x8::ZERO, F64x8::ZERO, F64x8::ZERO);
        let (x, y) = (F64x8::splat(x_m), F64x8::splat(y_m));
        let (first, last) = (cells.column(x_m - cells.reach_m), cells.column(x_m + cells.reach_m));
        for row in cells.row(y_m - cells.reach_m)..=cells.row(y_m + cells.reach_m) {
            let mut from = self.begins[row * cells.columns + first] as usize;
            let until = self.begins[row * cells.columns + last + 1] as usize;
            while from < until {
                let (dx, dy) = (x - load(&self.x_m, from), y - load(&self.y_m, from));
                let distance2 = dx * dx + dy * dy;
                // Entries beyond the end belong to other cells, which have their own turn.
                let ours = LANE_NUMBERS.lt(F64x8::splat((until - from) as f64));
                let near = distance2.le(load(&self.reach2_m2, from)) & ours;
                let per_distance2 = load(&self.per_distance2, from);
                let value = load(&self.peak, from) * (distance2 * per_distance2).exp();
                let value = near.select(value, F64x8::ZERO);
                c += value;
                if SLOPE {
                    // d/dx exp(a d²) = 2 a dx exp(a d²), a = −1/2r².
                    let steepness = (per_distance2 + per_distance2) * value;
                    slope_x += steepness * dx;
                    slope_y += steepness * dy;
                }
                from += LANES;
            }
        }
        [total(c), total(slope_x), total(slope_y)]
    }
}
