//! A sense of the wind.

use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::conditioning::ExponentialAverage;
use super::noise::ReadingNoise;
use super::{Channels, Delay, Readings, Scene, Sensor, SensorModel, remembered_steps};
use crate::lanes::{F64x8, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Senses the wind, with noise and delay, but no odour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct WindSensorConfig {
    /// Standard deviation of the Gaussian noise of each component of the velocity, m/s; 0 for none.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub noise_sd_m_s: f64,
    /// Standard deviation of the Gaussian error of the direction, rad; 0 for none.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub direction_noise_sd_rad: f64,
    /// Delay of the wind, s; 0 for none.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub delay_s: f64,
    /// Time constant of the exponential average of the velocity, s; 0 for none.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub smoothing_s: f64,
}

impl Default for WindSensorConfig {
    fn default() -> Self {
        Self {
            noise_sd_m_s: 0.0,
            direction_noise_sd_rad: 0.2,
            delay_s: 0.0,
            smoothing_s: 0.0,
        }
    }
}

impl Component for WindSensorConfig {
    const KIND: &'static str = "wind";
}

impl SensorModel for WindSensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(WindSensor::new(self, seed, blocks, surroundings.dt_s)))
    }

    fn provides(&self) -> Channels {
        Channels::WIND
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        2.0 * remembered_steps(self.delay_s, dt_s)
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let smoothing_s = Some(self.smoothing_s).filter(|smoothing_s| *smoothing_s > 0.0);
        smoothing_s
            .and_then(|smoothing_s| context.shorter_than_step("sensor.smoothing_s", smoothing_s))
            .into()
    }
}

/// A sense of the wind: the velocity over ground as the agent feels it.
///
/// The true velocity w (m/s) is delayed, averaged exponentially with the time constant τ (s), turned by σ_φ N(0, 1)
/// (rad), and each component gets σ_w N(0, 1) (m/s), all independent in every step and agent. Before the first step it
/// blew as in the first step. Navigators meet this wind in place of the true one; metrics go by the true one.
#[derive(Clone, Debug)]
pub struct WindSensor {
    /// Whether anything but the true wind is ever felt.
    changes: bool,
    delay: Option<[Delay; 2]>,
    smoothing: Option<[ExponentialAverage; 2]>,
    turn: Option<ReadingNoise>,
    noise: [ReadingNoise; 2],
}

impl WindSensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`; noise comes from the members' streams of the parts
    /// `wind_direction`, `wind_x` and `wind_y` of `seed`.
    #[must_use]
    pub fn new(config: &WindSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let noise = |sd, name| ReadingNoise::new(sd, true, seed.part(name), blocks);
        let turn_sd = config.direction_noise_sd_rad;
        Self {
            changes: *config != WindSensorConfig::exact(),
            delay: Delay::new(config.delay_s, dt_s, blocks).map(|delay| [delay.clone(), delay]),
            smoothing: (config.smoothing_s > 0.0)
                .then(|| ExponentialAverage::new(config.smoothing_s, dt_s, blocks))
                .map(|average| [average.clone(), average]),
            turn: (turn_sd > 0.0).then(|| noise(turn_sd, "wind_direction")),
            noise: [
                noise(config.noise_sd_m_s, "wind_x"),
                noise(config.noise_sd_m_s, "wind_y"),
            ],
        }
    }
}

impl WindSensorConfig {
    /// The one that feels the true wind.
    fn exact() -> Self {
        Self {
            noise_sd_m_s: 0.0,
            direction_noise_sd_rad: 0.0,
            delay_s: 0.0,
            smoothing_s: 0.0,
        }
    }
}

impl Sensor for WindSensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        let sensor = self;
        kernel!(stage.simd, |sensor: &mut WindSensor,
                             stage: Stage<'_>,
                             scene: Scene<'_>,
                             readings: &mut Readings| {
            let Some(felt) = &mut readings.wind else { return };
            if !sensor.changes {
                // Not even the rounding of the direction.
                for &block in stage.blocks {
                    felt.x_m_s[block] = scene.wind.x_m_s[block];
                    felt.y_m_s[block] = scene.wind.y_m_s[block];
                    felt.direction_rad[block] = scene.wind.direction_rad[block];
                }
                return;
            }
            let step = stage.step;
            let rows = sensor.delay.as_ref().map(|[along_x, _]| along_x.rows(step));
            for &block in stage.blocks {
                let (mut x, mut y) = (scene.wind.x_m_s[block], scene.wind.y_m_s[block]);
                if let (Some([along_x, along_y]), Some(rows)) = (&mut sensor.delay, rows) {
                    if step == 0 {
                        along_x.begin(block, x);
                        along_y.begin(block, y);
                    }
                    (x, y) = (along_x.shift(rows, block, x), along_y.shift(rows, block, y));
                }
                if let Some([along_x, along_y]) = &mut sensor.smoothing {
                    if step == 0 {
                        along_x.begin(block, x);
                        along_y.begin(block, y);
                    }
                    (x, y) = (along_x.take(block, x), along_y.take(block, y));
                }
                if let Some(turn) = &mut sensor.turn {
                    let (sine, cosine) = turn.add(step, block, F64x8::ZERO).sin_cos();
                    (x, y) = (x * cosine - y * sine, x * sine + y * cosine);
                }
                let [along_x, along_y] = &mut sensor.noise;
                felt.set(block, along_x.add(step, block, x), along_y.add(step, block, y));
            }
        });
    }
}
