//! Interpolation between the four nodes around a position.

use super::layout::UniformAxis;
use super::movie::Movie;
use crate::lanes::{F64x8, LANES, Mask8};

/// A position this part of a step beyond the edge still counts as on it.
const EDGE: f64 = 1e-9;

/// What holds beyond the outermost nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// 0.
    Zero,
    /// The value at the nearest point of the edge.
    NearestEdge,
}

/// Bilinear interpolation on an evenly spaced grid.
///
/// f = (1 − s)(1 − q) f₀₀ + s (1 − q) f₁₀ + (1 − s) q f₀₁ + s q f₁₁ with s, q in [0, 1] the fractions of the way through
/// the cell along x and y.
#[derive(Clone, Debug)]
pub struct Bilinear {
    x: UniformAxis,
    y: UniformAxis,
    outside: Outside,
}

/// Eight positions in the grid.
#[derive(Clone, Copy, Debug)]
pub struct Cells {
    /// Index of the lower left node.
    node: [usize; LANES],
    s: F64x8,
    q: F64x8,
    inside: Mask8,
}

/// Values at the four nodes around eight positions.
#[derive(Clone, Copy, Debug)]
struct Corners {
    low: [F64x8; 2],
    high: [F64x8; 2],
}

impl Bilinear {
    /// On the grid of `movie`, whose origin is at (`origin_x_m`, `origin_y_m`).
    #[must_use]
    pub fn on(movie: &Movie, origin_x_m: f64, origin_y_m: f64, outside: Outside) -> Self {
        let moved = |axis: UniformAxis, origin_m: f64| UniformAxis {
            first_m: axis.first_m + origin_m,
            ..axis
        };
        Self {
            x: moved(movie.x(), origin_x_m),
            y: moved(movie.y(), origin_y_m),
            outside,
        }
    }

    /// Where eight positions are in the grid. Any number is allowed.
    #[inline(always)]
    #[must_use]
    pub fn locate(&self, x_m: F64x8, y_m: F64x8) -> Cells {
        let (column, s, in_x) = along(&self.x, x_m);
        let (row, q, in_y) = along(&self.y, y_m);
        let mut node = [0; LANES];
        for (lane, node) in node.iter_mut().enumerate() {
            *node = row.0[lane] as usize * self.x.count + column.0[lane] as usize;
        }
        Cells {
            node,
            s,
            q,
            inside: in_x & in_y,
        }
    }

    #[inline(always)]
    fn corners(&self, frame: &[f32], cells: &Cells) -> Corners {
        let mut corners = [F64x8::ZERO; 4];
        for (lane, &node) in cells.node.iter().enumerate() {
            let low = &frame[node..][..2];
            let high = &frame[node + self.x.count..][..2];
            corners[0].0[lane] = f64::from(low[0]);
            corners[1].0[lane] = f64::from(low[1]);
            corners[2].0[lane] = f64::from(high[0]);
            corners[3].0[lane] = f64::from(high[1]);
        }
        Corners {
            low: [corners[0], corners[1]],
            high: [corners[2], corners[3]],
        }
    }

    #[inline(always)]
    fn masked(&self, cells: &Cells, value: F64x8) -> F64x8 {
        match self.outside {
            Outside::Zero => cells.inside.select(value, F64x8::ZERO),
            Outside::NearestEdge => value,
        }
    }

    /// The value of `frame`. Between values of one sign it has that sign.
    #[inline(always)]
    #[must_use]
    pub fn value(&self, frame: &[f32], cells: &Cells) -> F64x8 {
        let corners = self.corners(frame, cells);
        let low = between(corners.low, cells.s);
        let high = between(corners.high, cells.s);
        self.masked(cells, between([low, high], cells.q))
    }

    /// The slopes of [`Self::value`] along x and y, per metre; on the line between two cells, those of the cell beyond.
    #[inline(always)]
    #[must_use]
    pub fn slopes(&self, frame: &[f32], cells: &Cells) -> [F64x8; 2] {
        let Corners { low, high } = self.corners(frame, cells);
        let x = between([low[1] - low[0], high[1] - high[0]], cells.q) / F64x8::splat(self.x.step_m);
        let y = between([high[0] - low[0], high[1] - low[1]], cells.s) / F64x8::splat(self.y.step_m);
        [cells.inside.select(x, F64x8::ZERO), cells.inside.select(y, F64x8::ZERO)]
    }
}

/// Index of the node before, fraction of the way to the next one, and whether the position is on the axis.
#[inline(always)]
fn along(axis: &UniformAxis, position_m: F64x8) -> (F64x8, F64x8, Mask8) {
    let last = (axis.count - 1) as f64;
    let place = (position_m - F64x8::splat(axis.first_m)) / F64x8::splat(axis.step_m);
    let inside = place.ge(F64x8::splat(-EDGE)) & place.le(F64x8::splat(last + EDGE));
    // Lanes without an agent may hold anything: what isn't a number becomes 0 here.
    let place = place.max(F64x8::ZERO).min(F64x8::splat(last));
    let node = place.floor().min(F64x8::splat(last - 1.0));
    (node, place - node, inside)
}

/// From the first value to the second. A sum of products, so that two values that aren't negative give none that is.
#[inline(always)]
fn between(values: [F64x8; 2], fraction: F64x8) -> F64x8 {
    (F64x8::ONE - fraction) * values[0] + fraction * values[1]
}
