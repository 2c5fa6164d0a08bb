//! The same wind everywhere, at all times.

use super::super::component::Component;
use super::uniform::UniformVelocity;
use super::{MeanSpeedRange, MeanWind, Wind, WindModel, WindSample};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The same velocity everywhere, at all times.
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

impl Component for ConstantWindConfig {
    const KIND: &'static str = "constant";
}

impl WindModel for ConstantWindConfig {
    fn realise(&self, _: f64, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(Box::new(ConstantWind::new(self)))
    }

    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        Some(MeanSpeedRange::steady(self.speed_m_s, false))
    }

    fn is_random(&self) -> bool {
        false
    }
}

/// The same wind everywhere, at all times.
///
/// u = (U cos φ, U sin φ): speed U (m/s), direction φ (rad) that the wind blows *to*, counter-clockwise from +x.
/// Meteorological directions name where the wind comes *from*, clockwise from north: φ = 3π/2 − that angle.
#[derive(Clone, Debug)]
pub struct ConstantWind {
    velocity: UniformVelocity,
}

impl ConstantWind {
    /// The wind of `config`.
    #[must_use]
    pub fn new(config: &ConstantWindConfig) -> Self {
        Self {
            velocity: UniformVelocity::new(config.speed_m_s, config.direction_rad),
        }
    }
}

impl Wind for ConstantWind {
    fn mean(&self) -> MeanWind {
        self.velocity.wind()
    }

    fn is_uniform_and_steady(&self) -> bool {
        true
    }

    fn advance(&mut self, _time_s: f64) -> Result<(), UnitFailure> {
        Ok(())
    }

    fn sample(&self, _level: SimdLevel, _blocks: &[usize], _x_m: &[F64x8], _y_m: &[F64x8], wind: &mut WindSample) {
        self.velocity.fill(wind);
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
