//! What the tests of puff plumes share.

use super::super::super::super::wind::{MeanWind, Wind, WindSample};
use super::super::super::Plume;
use super::super::filament::Diffusion;
use super::super::plume::PuffPlume;
use super::super::turbulent::Fluctuation;
use super::super::{FilamentConfig, TurbulentConfig};
use crate::lanes::{F64x8, SimdLevel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;

/// A wind that is a formula of position and time, and remembers what it was asked.
pub struct Formula {
    pub velocity_m_s: fn(f64, f64, f64) -> (f64, f64),
    pub direction_rad: f64,
    pub time_s: f64,
    pub asked_s: Vec<f64>,
}

impl Formula {
    pub fn new(velocity_m_s: fn(f64, f64, f64) -> (f64, f64)) -> Self {
        Self {
            velocity_m_s,
            direction_rad: 0.0,
            time_s: f64::NEG_INFINITY,
            asked_s: Vec::new(),
        }
    }

    /// 1 m/s to +x.
    pub fn steady() -> Self {
        Self::new(|_, _, _| (1.0, 0.0))
    }
}

impl Wind for Formula {
    fn mean(&self) -> MeanWind {
        MeanWind {
            speed_m_s: 1.0,
            direction_rad: self.direction_rad,
        }
    }

    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        // Backwards by rounding errors only.
        assert!(time_s >= self.time_s - 1e-12, "{time_s} after {}", self.time_s);
        self.time_s = time_s;
        self.asked_s.push(time_s);
        Ok(())
    }

    fn sample(&self, _level: SimdLevel, blocks: &[usize], x_m: &[F64x8], y_m: &[F64x8], wind: &mut WindSample) {
        for &block in blocks {
            for lane in 0..8 {
                let (x, y) = (x_m[block].0[lane], y_m[block].0[lane]);
                let (u, v) = (self.velocity_m_s)(x, y, self.time_s);
                wind.x_m_s[block].0[lane] = u;
                wind.y_m_s[block].0[lane] = v;
            }
        }
    }
}

/// A filament plume from JSON, at time 0.
pub fn filament_at(text: &str, wind: &mut dyn Wind, seed: u64, simd: SimdLevel) -> PuffPlume<Diffusion> {
    let config: FilamentConfig = serde_json::from_str(text).unwrap();
    config.with_simd(wind, StreamSeed(seed), simd).unwrap()
}

pub fn filament(text: &str, wind: &mut dyn Wind, seed: u64) -> PuffPlume<Diffusion> {
    filament_at(text, wind, seed, SimdLevel::detect())
}

/// A turbulent plume from JSON, at time 0.
pub fn turbulent(text: &str, wind: &mut dyn Wind, seed: u64) -> PuffPlume<Fluctuation> {
    let config: TurbulentConfig = serde_json::from_str(text).unwrap();
    config.with_simd(wind, StreamSeed(seed), SimdLevel::detect()).unwrap()
}

/// The concentration at single positions.
pub fn sample(plume: &dyn Plume, simd: SimdLevel, positions: &[(f64, f64)], z_m: f64) -> Vec<f64> {
    let (x, y) = in_blocks(positions);
    let mut concentration = vec![F64x8::ZERO; x.len()];
    let blocks: Vec<usize> = (0..x.len()).collect();
    plume.sample(simd, &blocks, &x, &y, z_m, &mut concentration);
    concentration
        .iter()
        .flat_map(|block| block.0)
        .take(positions.len())
        .collect()
}

/// Positions as blocks.
pub fn in_blocks(positions: &[(f64, f64)]) -> (Vec<F64x8>, Vec<F64x8>) {
    positions
        .chunks(8)
        .map(|chunk| {
            let at = |i: usize| chunk.get(i).copied().unwrap_or((0.0, 0.0));
            (
                F64x8(std::array::from_fn(|i| at(i).0)),
                F64x8(std::array::from_fn(|i| at(i).1)),
            )
        })
        .unzip()
}

/// Mean and variance.
pub fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (
        mean,
        values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0),
    )
}
