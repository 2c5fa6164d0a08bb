//! Two antennae.

use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::{
    Channels, ConcentrationSensor, ConcentrationSensorConfig, ConditioningConfig, Readings, Scene, Sensor, SensorModel,
};
use crate::lanes::{F64x8, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Two antennae.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct BilateralSensorConfig {
    /// Distance between the tips of the two antennae, m.
    #[schemars(range(min = 1e-6, max = 100.0))]
    pub separation_m: f64,
    /// Angle between the heading and each antenna, rad: π/2 is straight to the sides, less is forwards.
    #[schemars(range(min = 0.05, max = 3.09))]
    pub angle_rad: f64,
    /// Mean readings of both from this on count as a detection, in the plume's unit.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub threshold: f64,
    /// Standard deviation of the Gaussian noise of each antenna's reading, in the plume's unit; 0 for none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub noise_sd: f64,
    /// Whether noise may make a reading negative; otherwise such readings are 0.
    pub negative_readings: bool,
    /// What happens to the concentration at each antenna before it is read.
    pub conditioning: ConditioningConfig,
}

impl Default for BilateralSensorConfig {
    fn default() -> Self {
        Self {
            separation_m: 0.1,
            angle_rad: std::f64::consts::FRAC_PI_2,
            threshold: 1e-7,
            noise_sd: 0.0,
            negative_readings: false,
            conditioning: ConditioningConfig::default(),
        }
    }
}

impl Component for BilateralSensorConfig {
    const KIND: &'static str = "bilateral";
}

impl SensorModel for BilateralSensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(BilateralSensor::new(self, seed, blocks, surroundings.dt_s)))
    }

    fn provides(&self) -> Channels {
        Channels::DETECTION.and(Channels::CONCENTRATION).and(Channels::SIDES)
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        2.0 * self.conditioning.numbers_remembered(dt_s)
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.conditioning.problems(self.threshold, self.noise_sd, context)
    }
}

impl BilateralSensorConfig {
    /// What reads the concentration at the tip of one antenna.
    fn antenna(&self) -> ConcentrationSensorConfig {
        ConcentrationSensorConfig {
            threshold: self.threshold,
            noise_sd: self.noise_sd,
            negative_readings: self.negative_readings,
            conditioning: self.conditioning.clone(),
        }
    }
}

/// Two antennae, each with a nose of its own.
///
/// Their tips are at x + ℓ (cos(θ ± α), sin(θ ± α)) with ℓ = s/(2 sin α): position x (m), heading θ, angle α (rad),
/// separation s (m); the left one is counter-clockwise of the heading. Each is conditioned and noisy by itself. The
/// signal is the mean of both, detected where it is at least the threshold. A tip may reach beyond the domain's edge,
/// where it smells what the plume has there.
#[derive(Clone, Debug)]
pub struct BilateralSensor {
    threshold: f64,
    /// How far the tips are ahead of the agent, m.
    ahead_m: f64,
    /// How far they are aside, m.
    aside_m: f64,
    left: Antenna,
    right: Antenna,
}

/// One antenna of all agents.
#[derive(Clone, Debug)]
struct Antenna {
    nose: ConcentrationSensor,
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    concentration: Vec<F64x8>,
    /// Whether this one alone would detect odour, which nobody asks for.
    detected: Vec<F64x8>,
}

impl Antenna {
    fn new(config: &ConcentrationSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        Self {
            nose: ConcentrationSensor::new(config, seed, blocks, dt_s),
            x_m: vec![F64x8::ZERO; blocks],
            y_m: vec![F64x8::ZERO; blocks],
            concentration: vec![F64x8::ZERO; blocks],
            detected: vec![F64x8::ZERO; blocks],
        }
    }

    fn smell(&mut self, stage: Stage<'_>, scene: Scene<'_>, signal: &mut [F64x8]) {
        scene.plume.sample(
            stage.simd,
            stage.blocks,
            &self.x_m,
            &self.y_m,
            scene.z_m,
            &mut self.concentration,
        );
        self.nose.read(stage, &self.concentration, signal, &mut self.detected);
    }
}

impl BilateralSensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`; noise comes from the members' streams of the parts
    /// `left` and `right` of `seed`.
    #[must_use]
    pub fn new(config: &BilateralSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let aside_m = 0.5 * config.separation_m;
        let antenna = |side| Antenna::new(&config.antenna(), seed.part(side), blocks, dt_s);
        Self {
            threshold: config.threshold,
            // The platform's functions may differ in the last bit.
            ahead_m: aside_m * libm::cos(config.angle_rad) / libm::sin(config.angle_rad),
            aside_m,
            left: antenna("left"),
            right: antenna("right"),
        }
    }
}

impl Sensor for BilateralSensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        // Puts the tips to their places.
        let sensor = &mut *self;
        kernel!(stage.simd, |sensor: &mut BilateralSensor,
                             stage: Stage<'_>,
                             scene: Scene<'_>| {
            let ahead = F64x8::splat(sensor.ahead_m);
            let aside = F64x8::splat(sensor.aside_m);
            let (left, right) = (&mut sensor.left, &mut sensor.right);
            for &block in stage.blocks {
                let (sine, cosine) = scene.heading_rad[block].sin_cos();
                let x = scene.x_m[block] + ahead * cosine;
                let y = scene.y_m[block] + ahead * sine;
                left.x_m[block] = x - aside * sine;
                left.y_m[block] = y + aside * cosine;
                right.x_m[block] = x + aside * sine;
                right.y_m[block] = y - aside * cosine;
            }
        });
        self.left.smell(stage, scene, &mut readings.left);
        self.right.smell(stage, scene, &mut readings.right);
        // The mean of both.
        let threshold = self.threshold;
        kernel!(stage.simd, |threshold: f64,
                             stage: Stage<'_>,
                             readings: &mut Readings| {
            let threshold = F64x8::splat(threshold);
            let half = F64x8::splat(0.5);
            for &block in stage.blocks {
                let mean = half * (readings.left[block] + readings.right[block]);
                readings.signal[block] = mean;
                readings.detected[block] = mean.ge(threshold).to_f64();
            }
        });
    }
}
