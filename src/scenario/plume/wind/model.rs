//! What every wind answers.

use crate::lanes::{F64x8, SimdLevel};

/// The mean wind at the source, which steady plumes align with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanWind {
    /// Speed, m/s.
    pub speed_m_s: f64,
    /// Direction that the wind blows *to*, counter-clockwise from +x, rad.
    pub direction_rad: f64,
}

/// Wind at every agent, one entry per block of eight.
#[derive(Clone, Debug)]
pub struct WindSample {
    /// Velocity along +x, m/s.
    pub x_m_s: Vec<F64x8>,
    /// Velocity along +y, m/s.
    pub y_m_s: Vec<F64x8>,
    /// Direction that the wind blows *to*, counter-clockwise from +x, in [−π, π], rad.
    pub direction_rad: Vec<F64x8>,
}

impl WindSample {
    /// Still air at `blocks` blocks.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self {
            x_m_s: vec![F64x8::ZERO; blocks],
            y_m_s: vec![F64x8::ZERO; blocks],
            direction_rad: vec![F64x8::ZERO; blocks],
        }
    }
}

/// One realisation of a wind. It doesn't feel the agents.
pub trait Wind: Send {
    /// The mean over time at the source.
    fn mean(&self) -> MeanWind;

    /// Whether [`Wind::sample`] gives the same everywhere at all times, so that once is enough.
    fn is_uniform_and_steady(&self) -> bool {
        false
    }

    /// Moves on to `time_s`, which never decreases.
    fn advance(&mut self, time_s: f64);

    /// The wind at positions `x_m`, `y_m`, one entry per block, now.
    fn sample(&self, level: SimdLevel, x_m: &[F64x8], y_m: &[F64x8], wind: &mut WindSample);
}
