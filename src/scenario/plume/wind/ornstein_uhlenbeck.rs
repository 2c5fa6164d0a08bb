//! A wind whose speed and direction wander about their means.

use super::super::component::{Component, Context};
use super::super::own_clock::OwnClock;
use super::uniform::UniformVelocity;
use super::{MeanSpeedRange, MeanWind, Wind, WindModel, WindSample};
use crate::grids::Inputs;
use crate::lanes::{F64x8, NormalStream, SimdLevel};
use crate::quantity::at_most;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The mean speed is at least this many standard deviations: the cut at 0 then hardly changes the moments.
const DEVIATIONS: f64 = 3.0;

/// The same velocity everywhere; speed and direction wander about their means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct OrnsteinUhlenbeckWindConfig {
    /// Mean wind speed, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_m_s: f64,
    /// Standard deviation of the speed, m/s. At most a third of the mean speed.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_sd_m_s: f64,
    /// Correlation time of the speed, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub speed_time_s: f64,
    /// Mean direction that the wind blows to, counter-clockwise from +x, rad.
    #[schemars(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU))]
    pub direction_rad: f64,
    /// Standard deviation of the direction, rad.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub direction_sd_rad: f64,
    /// Correlation time of the direction, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub direction_time_s: f64,
    /// The wind's own time step, s. It determines how often the wind changes, not its statistics.
    #[schemars(range(min = 1e-4, max = 100.0))]
    pub dt_s: f64,
}

impl Default for OrnsteinUhlenbeckWindConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 1.0,
            speed_sd_m_s: 0.2,
            speed_time_s: 5.0,
            direction_rad: 0.0,
            direction_sd_rad: 0.35,
            direction_time_s: 10.0,
            dt_s: 0.1,
        }
    }
}

impl OrnsteinUhlenbeckWindConfig {
    /// What is wrong with it, whatever it is part of.
    fn check(&self) -> Problems {
        let mut found = Problems::default();
        let highest_m_s = self.speed_m_s / DEVIATIONS;
        if self.speed_sd_m_s > highest_m_s {
            found.add(
                "wind.speed_sd_m_s",
                format!(
                    "{} m/s is above a third of wind.speed_m_s = {} m/s: the speed would often be cut off at 0",
                    self.speed_sd_m_s, self.speed_m_s
                ),
                format!("use at most {} m/s, or a higher mean", at_most(highest_m_s)),
            );
        }
        for (key, time_s) in [
            ("speed_time_s", self.speed_time_s),
            ("direction_time_s", self.direction_time_s),
        ] {
            if self.dt_s > time_s {
                found.add(
                    "wind.dt_s",
                    format!("{} s is longer than wind.{key} = {time_s} s", self.dt_s),
                    "use a shorter step: between its steps the wind stands still",
                );
            }
        }
        found
    }
}

impl Component for OrnsteinUhlenbeckWindConfig {
    const KIND: &'static str = "ornstein_uhlenbeck";
}

impl WindModel for OrnsteinUhlenbeckWindConfig {
    fn realise(&self, begin_s: f64, seed: StreamSeed, _: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(Box::new(OrnsteinUhlenbeckWind::new(self, begin_s, seed)))
    }

    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        Some(MeanSpeedRange::steady(self.speed_m_s, self.speed_sd_m_s > 0.0))
    }

    fn own_step_s(&self) -> Option<f64> {
        Some(self.dt_s)
    }

    fn problems(&self, _: Context<'_>) -> Problems {
        self.check()
    }
}

/// A wind that is the same everywhere, whose speed and direction are two independent Ornstein–Uhlenbeck processes.
///
/// Each obeys dX = −(X − m)/T dt + s √(2/T) dW with mean m, standard deviation s and correlation time T (s). It is
/// advanced exactly: X ← m + (X − m) e^{−dt/T} + s √(1 − e^{−2dt/T}) N, N standard normal, so its statistics don't
/// depend on dt: variance s², autocorrelation e^{−t/T} (Uhlenbeck & Ornstein 1930; Gillespie 1996). It starts in its
/// stationary distribution and needs no spin-up. The wind's speed is max(0, X).
///
/// Stream: lane 0 of the wind's stream drives the speed, lane 1 the direction.
#[derive(Clone, Debug)]
pub struct OrnsteinUhlenbeckWind {
    mean: MeanWind,
    /// Direction that deviations are added to, as configured, rad.
    direction_rad: f64,
    /// Speed in lane 0 (m/s), direction in lane 1 (rad): less their means, and without the cut at 0.
    deviation: F64x8,
    decay: F64x8,
    kick: F64x8,
    normals: NormalStream,
    clock: OwnClock,
    velocity: UniformVelocity,
}

impl OrnsteinUhlenbeckWind {
    /// One realisation at `begin_s`.
    #[must_use]
    pub fn new(config: &OrnsteinUhlenbeckWindConfig, begin_s: f64, seed: StreamSeed) -> Self {
        let two = |speed: f64, direction: f64| {
            let mut lanes = F64x8::ZERO;
            lanes.0[0] = speed;
            lanes.0[1] = direction;
            lanes
        };
        let sd = two(config.speed_sd_m_s, config.direction_sd_rad);
        // −expm1 keeps 1 − e^{−2dt/T} accurate where dt ≪ T.
        let kick = |time_s: f64| (-libm::expm1(-2.0 * config.dt_s / time_s)).sqrt();
        let decay = |time_s: f64| libm::exp(-config.dt_s / time_s);
        let mut normals = NormalStream::blocks(seed, 1).remove(0);
        let deviation = sd * normals.at_step(0);
        let mut wind = Self {
            mean: UniformVelocity::new(config.speed_m_s, config.direction_rad).wind(),
            direction_rad: config.direction_rad,
            deviation,
            decay: two(decay(config.speed_time_s), decay(config.direction_time_s)),
            kick: sd * two(kick(config.speed_time_s), kick(config.direction_time_s)),
            normals,
            clock: OwnClock::new(begin_s, config.dt_s),
            velocity: UniformVelocity::new(0.0, 0.0),
        };
        wind.show();
        wind
    }

    /// Sets the velocity from the deviations.
    fn show(&mut self) {
        let speed_m_s = (self.mean.speed_m_s + self.deviation.0[0]).max(0.0);
        self.velocity = UniformVelocity::new(speed_m_s, self.direction_rad + self.deviation.0[1]);
    }
}

impl Wind for OrnsteinUhlenbeckWind {
    fn mean(&self) -> MeanWind {
        self.mean
    }

    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        let before = self.clock.steps_done();
        while self.clock.is_due(time_s) {
            self.clock.step();
            let normal = self.normals.at_step(self.clock.steps_done());
            self.deviation = self.deviation * self.decay + self.kick * normal;
        }
        if self.clock.steps_done() > before {
            self.show();
        }
        Ok(())
    }

    fn sample(&self, _level: SimdLevel, _blocks: &[usize], _x_m: &[F64x8], _y_m: &[F64x8], wind: &mut WindSample) {
        self.velocity.fill(wind);
    }
}

#[cfg(test)]
#[path = "ornstein_uhlenbeck_tests.rs"]
mod tests;
