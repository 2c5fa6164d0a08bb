//! The puffs of one source, in the order of their release.

use super::super::super::wind::{Wind, WindSample};
use super::super::SourcePosition;
use super::super::puffs::RegionConfig;
use crate::lanes::{F64x8, LANES, Mask8, Random8, SimdLevel, blocks_for, kernel, lane, normal_pair, set_lane};

/// Blocks of eight puffs in a carriage.
pub(super) const CARRIAGE_BLOCKS: usize = 4;

/// What changes a puff in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub dt_s: f64,
    /// Standard deviation of the displacement across the wind, m.
    pub sd_m: f64,
    pub growth_m: f64,
}

/// The puffs of one source, in the order of their release.
///
/// Neighbours in that order were released one after the other and are close to each other in space, too. So a *carriage*
/// of 32 of them has a small bounding box, and a position needs a look only into the carriages whose boxes hold it.
/// Puffs are lanes; the rest of the last block has radius −1, and a square with a negative side holds nothing.
#[derive(Clone, Debug)]
pub(super) struct Train {
    count: usize,
    pub x_m: Vec<F64x8>,
    pub y_m: Vec<F64x8>,
    pub radius_m: Vec<F64x8>,
    /// (r₀/r)³.
    pub weight: Vec<F64x8>,
    /// Wind at the beginning of the step under way.
    wind: WindSample,
    boxes: Boxes,
    /// 0, 1, …: all blocks.
    every_block: Vec<usize>,
    noise: Random8,
}

/// Bounding boxes of carriages, one per lane; the rest of the last block holds nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Boxes {
    pub x_min_m: Vec<F64x8>,
    pub x_max_m: Vec<F64x8>,
    pub y_min_m: Vec<F64x8>,
    pub y_max_m: Vec<F64x8>,
}

/// A puff that is nowhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NotFinite {
    pub x_m: f64,
    pub y_m: f64,
}

impl Train {
    pub fn new(noise: Random8) -> Self {
        Self {
            count: 0,
            x_m: Vec::new(),
            y_m: Vec::new(),
            radius_m: Vec::new(),
            weight: Vec::new(),
            wind: WindSample::new(0),
            boxes: Boxes::default(),
            every_block: Vec::new(),
            noise,
        }
    }

    /// Puffs that exist.
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn boxes(&self) -> &Boxes {
        &self.boxes
    }

    /// Ends a step: every puff moves and grows.
    pub fn step(&mut self, simd: SimdLevel, step: Step) {
        // x += u dt + noise across the wind; r += growth.
        let train = self;
        kernel!(simd, |train: &mut Train, step: Step| {
            let (dt, sd, growth) = (
                F64x8::splat(step.dt_s),
                F64x8::splat(step.sd_m),
                F64x8::splat(step.growth_m),
            );
            let mut spare = F64x8::ZERO;
            for block in 0..train.x_m.len() {
                let noise = if block % 2 == 0 {
                    let (now, later) = normal_pair(&mut train.noise);
                    spare = later;
                    now
                } else {
                    spare
                };
                let (u, v) = (train.wind.x_m_s[block], train.wind.y_m_s[block]);
                let speed = (u * u + v * v).sqrt();
                // Without wind "across" is along y.
                let calm = speed.equals(F64x8::ZERO);
                let across_x = calm.select(F64x8::ZERO, -v / speed);
                let across_y = calm.select(F64x8::ONE, u / speed);
                let displacement = sd * noise;
                train.x_m[block] += u * dt + displacement * across_x;
                train.y_m[block] += v * dt + displacement * across_y;
                let radius = train.radius_m[block];
                train.radius_m[block] = radius.lt(F64x8::ZERO).select(radius, radius + growth);
            }
        });
    }

    /// Removes the puffs whose centres are outside `region`; the others keep their order.
    ///
    /// # Errors
    /// If a position isn't finite.
    pub fn drop_outside(&mut self, region: &RegionConfig) -> Result<(), NotFinite> {
        let mut kept = 0;
        for index in 0..self.count {
            let (x_m, y_m) = (lane(&self.x_m, index), lane(&self.y_m, index));
            if !region.contains(x_m, y_m) {
                if x_m.is_finite() && y_m.is_finite() {
                    continue;
                }
                return Err(NotFinite { x_m, y_m });
            }
            if kept < index {
                set_lane(&mut self.x_m, kept, x_m);
                set_lane(&mut self.y_m, kept, y_m);
                let radius_m = lane(&self.radius_m, index);
                set_lane(&mut self.radius_m, kept, radius_m);
            }
            kept += 1;
        }
        self.resize(kept);
        Ok(())
    }

    /// Releases `number` puffs.
    pub fn release(&mut self, number: usize, source: SourcePosition, radius_m: f64) {
        let first = self.count;
        self.resize(first + number);
        for index in first..self.count {
            set_lane(&mut self.x_m, index, source.x_m);
            set_lane(&mut self.y_m, index, source.y_m);
            set_lane(&mut self.radius_m, index, radius_m);
        }
    }

    /// Begins a step: looks at the wind at every puff, and gets ready to be sampled.
    pub fn prepare(&mut self, simd: SimdLevel, wind: &dyn Wind, initial_radius_m: f64) {
        wind.sample(simd, &self.every_block, &self.x_m, &self.y_m, &mut self.wind);
        // Weights of the puffs and bounding boxes of the carriages.
        let train = self;
        kernel!(simd, |train: &mut Train, initial_radius_m: f64| {
            let initial = F64x8::splat(initial_radius_m);
            let (least, most) = (F64x8::splat(f64::NEG_INFINITY), F64x8::splat(f64::INFINITY));
            let carriages = train.x_m.len().div_ceil(CARRIAGE_BLOCKS);
            let boxes = &mut train.boxes;
            for (values, nothing) in [
                (&mut boxes.x_min_m, most),
                (&mut boxes.x_max_m, least),
                (&mut boxes.y_min_m, most),
                (&mut boxes.y_max_m, least),
            ] {
                values.clear();
                values.resize(blocks_for(carriages), nothing);
            }
            for carriage in 0..carriages {
                let (mut x_min, mut x_max, mut y_min, mut y_max) = (most, least, most, least);
                let begin = carriage * CARRIAGE_BLOCKS;
                for block in begin..(begin + CARRIAGE_BLOCKS).min(train.x_m.len()) {
                    let (x, y, r) = (train.x_m[block], train.y_m[block], train.radius_m[block]);
                    let ratio = initial / r;
                    let exists = r.ge(F64x8::ZERO);
                    train.weight[block] = exists.select(ratio * ratio * ratio, F64x8::ZERO);
                    x_min = x_min.min(exists.select(x - r, most));
                    x_max = x_max.max(exists.select(x + r, least));
                    y_min = y_min.min(exists.select(y - r, most));
                    y_max = y_max.max(exists.select(y + r, least));
                }
                set_lane(&mut boxes.x_min_m, carriage, smallest(x_min));
                set_lane(&mut boxes.x_max_m, carriage, largest(x_max));
                set_lane(&mut boxes.y_min_m, carriage, smallest(y_min));
                set_lane(&mut boxes.y_max_m, carriage, largest(y_max));
            }
        });
    }

    /// Makes room for `count` puffs; those beyond the old count are nowhere yet, with radius −1.
    fn resize(&mut self, count: usize) {
        let blocks = blocks_for(count);
        self.count = count;
        for values in [&mut self.x_m, &mut self.y_m, &mut self.weight] {
            values.resize(blocks, F64x8::ZERO);
        }
        self.radius_m.resize(blocks, F64x8::splat(-1.0));
        for values in [&mut self.wind.x_m_s, &mut self.wind.y_m_s, &mut self.wind.direction_rad] {
            values.resize(blocks, F64x8::ZERO);
        }
        for index in self.every_block.len()..blocks {
            self.every_block.push(index);
        }
        self.every_block.truncate(blocks);
        for index in count..blocks * LANES {
            set_lane(&mut self.radius_m, index, -1.0);
        }
    }
}

#[inline(always)]
fn smallest(lanes: F64x8) -> f64 {
    let mut found = lanes.0[0];
    for &value in &lanes.0[1..] {
        found = if value < found { value } else { found };
    }
    found
}

#[inline(always)]
fn largest(lanes: F64x8) -> f64 {
    let mut found = lanes.0[0];
    for &value in &lanes.0[1..] {
        found = if value > found { value } else { found };
    }
    found
}

impl Boxes {
    /// The carriages of box block `block` whose boxes hold a point.
    #[inline(always)]
    pub fn holding(&self, block: usize, x_m: F64x8, y_m: F64x8) -> Mask8 {
        x_m.ge(self.x_min_m[block])
            & x_m.le(self.x_max_m[block])
            & y_m.ge(self.y_min_m[block])
            & y_m.le(self.y_max_m[block])
    }
}
