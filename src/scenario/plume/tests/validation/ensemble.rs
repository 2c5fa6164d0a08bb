//! Ensembles of realisations and what is known of their means.

use crate::grids::Inputs;
use crate::ids::Replicate;
use crate::lanes::{F64x8, SimdLevel, blocks_for, lane, set_lane};
use crate::random::{PointKey, Streams, StudySeed};
use crate::scenario::plume::{PlumeConfig, World};

/// Realisation `replicate` of wind and plume at time 0.
pub fn world(config: &PlumeConfig, replicate: u32) -> World {
    let streams = Streams::new(StudySeed(2026), PointKey::COMMON, Replicate(replicate));
    World::realise(config, &streams, &Inputs::default()).unwrap()
}

/// Points of a plane at which a plume is sampled.
pub struct Sensors {
    count: usize,
    z_m: f64,
    blocks: Vec<usize>,
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    concentration: Vec<F64x8>,
}

impl Sensors {
    pub fn new(points: &[(f64, f64)], z_m: f64) -> Self {
        let blocks = blocks_for(points.len());
        // Lanes without a sensor are where the last one is.
        let last = points[points.len() - 1];
        let mut sensors = Self {
            count: points.len(),
            z_m,
            blocks: (0..blocks).collect(),
            x_m: vec![F64x8::splat(last.0); blocks],
            y_m: vec![F64x8::splat(last.1); blocks],
            concentration: vec![F64x8::ZERO; blocks],
        };
        for (index, (x, y)) in points.iter().enumerate() {
            set_lane(&mut sensors.x_m, index, *x);
            set_lane(&mut sensors.y_m, index, *y);
        }
        sensors
    }

    /// The concentration at all points, now.
    pub fn sample(&mut self, world: &World) -> impl Iterator<Item = f64> {
        world.plume().sample(
            SimdLevel::detect(),
            &self.blocks,
            &self.x_m,
            &self.y_m,
            self.z_m,
            &mut self.concentration,
        );
        (0..self.count).map(|index| lane(&self.concentration, index))
    }
}

/// Mean and standard deviation of one statistic over independent runs.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub mean: f64,
    pub sd: f64,
    pub runs: usize,
}

impl Spread {
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let runs = values.clone().count();
        let mean = values.clone().sum::<f64>() / runs as f64;
        let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
        Self {
            mean,
            sd: (squares / (runs as f64 - 1.0)).sqrt(),
            runs,
        }
    }

    /// Difference of two means over its standard error (Welch).
    pub fn difference(self, other: Self) -> f64 {
        let variance = self.sd * self.sd / self.runs as f64 + other.sd * other.sd / other.runs as f64;
        (self.mean - other.mean) / variance.sqrt()
    }

    /// Where one more run lies among these: its distance from the mean over the standard error of such a difference.
    pub fn score(self, value: f64) -> f64 {
        (value - self.mean) / (self.sd * (1.0 + 1.0 / self.runs as f64).sqrt())
    }
}
