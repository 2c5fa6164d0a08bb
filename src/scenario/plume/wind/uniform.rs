//! A velocity that is the same everywhere.

use super::{MeanWind, WindSample};
use crate::lanes::F64x8;

/// A velocity that is the same everywhere: u = (U cos φ, U sin φ).
#[derive(Clone, Copy, Debug)]
pub(super) struct UniformVelocity {
    wind: MeanWind,
    x_m_s: f64,
    y_m_s: f64,
}

impl UniformVelocity {
    /// Of a speed and the direction that it blows to, which needn't be within one turn.
    pub(super) fn new(speed_m_s: f64, direction_rad: f64) -> Self {
        let direction = F64x8::splat(direction_rad);
        // Our own sine and cosine: the platform's may differ in the last bit.
        let (sine, cosine) = direction.sin_cos();
        Self {
            wind: MeanWind {
                speed_m_s,
                direction_rad: direction.wrap_angle().0[0],
            },
            x_m_s: speed_m_s * cosine.0[0],
            y_m_s: speed_m_s * sine.0[0],
        }
    }

    /// Speed and direction, the latter in [−π, π].
    pub(super) fn wind(&self) -> MeanWind {
        self.wind
    }

    /// Component along +x, m/s.
    pub(super) fn x_m_s(&self) -> f64 {
        self.x_m_s
    }

    /// Component along +y, m/s.
    pub(super) fn y_m_s(&self) -> f64 {
        self.y_m_s
    }

    /// Fills all blocks with this velocity.
    pub(super) fn fill(&self, wind: &mut WindSample) {
        wind.x_m_s.fill(F64x8::splat(self.x_m_s));
        wind.y_m_s.fill(F64x8::splat(self.y_m_s));
        wind.direction_rad.fill(F64x8::splat(self.wind.direction_rad));
    }
}
