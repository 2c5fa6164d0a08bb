//! The same wind everywhere, at all times.

use super::{MeanWind, Wind, WindSample};
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[wind]` of kind `constant`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ConstantWindConfig {
    /// Wind speed, m/s. An advected plume needs more than 0.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_m_s: f64,
    /// Direction that the wind blows to, counter-clockwise from +x, rad.
    #[schemars(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU))]
    pub direction_rad: f64,
}

impl Default for ConstantWindConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        }
    }
}

/// The same wind everywhere, at all times.
///
/// u = (U cos φ, U sin φ): speed U (m/s), direction φ (rad) that the wind blows *to*, counter-clockwise from +x.
/// Meteorological directions name where the wind comes *from*, clockwise from north: φ = 3π/2 − that angle.
#[derive(Clone, Debug)]
pub struct ConstantWind {
    mean: MeanWind,
    x_m_s: f64,
    y_m_s: f64,
}

impl ConstantWind {
    /// The wind of `config`.
    #[must_use]
    pub fn new(config: &ConstantWindConfig) -> Self {
        let direction = F64x8::splat(config.direction_rad);
        // Our own sine and cosine: the platform's may differ in the last bit.
        let (sine, cosine) = direction.sin_cos();
        Self {
            mean: MeanWind {
                speed_m_s: config.speed_m_s,
                direction_rad: direction.wrap_angle().0[0],
            },
            x_m_s: config.speed_m_s * cosine.0[0],
            y_m_s: config.speed_m_s * sine.0[0],
        }
    }
}

impl Wind for ConstantWind {
    fn mean(&self) -> MeanWind {
        self.mean
    }

    fn is_uniform_and_steady(&self) -> bool {
        true
    }

    fn advance(&mut self, _time_s: f64) -> Result<(), UnitFailure> {
        Ok(())
    }

    fn sample(&self, _level: SimdLevel, _blocks: &[usize], _x_m: &[F64x8], _y_m: &[F64x8], wind: &mut WindSample) {
        wind.x_m_s.fill(F64x8::splat(self.x_m_s));
        wind.y_m_s.fill(F64x8::splat(self.y_m_s));
        wind.direction_rad.fill(F64x8::splat(self.mean.direction_rad));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_blows_to_its_direction() {
        let config = ConstantWindConfig {
            speed_m_s: 2.0,
            direction_rad: std::f64::consts::FRAC_PI_2,
        };
        let mut sample = WindSample::new(1);
        let position = [F64x8::ZERO];
        ConstantWind::new(&config).sample(SimdLevel::detect(), &[0], &position, &position, &mut sample);
        assert!(sample.x_m_s[0].0[0].abs() < 1e-15);
        assert_eq!(sample.y_m_s[0].0[7], 2.0);
        assert_eq!(sample.direction_rad[0].0[3], std::f64::consts::FRAC_PI_2);
    }
}
