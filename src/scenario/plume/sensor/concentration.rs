//! A sensor that reads the concentration.

use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::noise::ReadingNoise;
use super::{Conditioner, ConditioningConfig, Readings, Scene, Sensor, SensorModel};
use crate::lanes::{F64x8, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reads the concentration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ConcentrationSensorConfig {
    /// Readings from this on count as a detection, in the plume's unit.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub threshold: f64,
    /// Standard deviation of the Gaussian noise of a reading, in the plume's unit; 0 for none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub noise_sd: f64,
    /// Whether noise may make a reading negative; otherwise such readings are 0.
    pub negative_readings: bool,
    /// What happens to the concentration before it is read.
    pub conditioning: ConditioningConfig,
}

impl Default for ConcentrationSensorConfig {
    fn default() -> Self {
        Self {
            threshold: 1e-7,
            noise_sd: 0.0,
            negative_readings: false,
            conditioning: ConditioningConfig::default(),
        }
    }
}

impl Component for ConcentrationSensorConfig {
    const KIND: &'static str = "concentration";
}

impl SensorModel for ConcentrationSensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(ConcentrationSensor::new(
            self,
            seed,
            blocks,
            surroundings.dt_s,
        )))
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        self.conditioning.numbers_remembered(dt_s)
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.conditioning.problems(self.threshold, self.noise_sd, context)
    }
}

/// A sensor that reads the concentration.
///
/// s = c + σ N(0, 1), cut off at 0 unless `negative_readings`: concentration c (conditioned, see [`Conditioner`]) and
/// noise σ in the plume's unit, independent in every step. Because the noise is white, its effect on averages depends
/// on the time step. Odour counts as detected where s ≥ threshold.
#[derive(Clone, Debug)]
pub struct ConcentrationSensor {
    threshold: f64,
    noise: ReadingNoise,
    conditioner: Option<Conditioner>,
}

impl ConcentrationSensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`; noise comes from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &ConcentrationSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        Self {
            threshold: config.threshold,
            noise: ReadingNoise::new(config.noise_sd, config.negative_readings, seed, blocks),
            conditioner: Conditioner::new(&config.conditioning, seed, blocks, dt_s),
        }
    }

    /// Readings and detections of `concentration` at any places that move with the agents.
    pub(super) fn read(
        &mut self,
        stage: Stage<'_>,
        concentration: &[F64x8],
        signal: &mut [F64x8],
        detected: &mut [F64x8],
    ) {
        let concentration = match &mut self.conditioner {
            None => concentration,
            Some(conditioner) => conditioner.condition(stage, concentration),
        };
        let threshold = self.threshold;
        let noise = &mut self.noise;
        kernel!(stage.simd, |threshold: f64,
                             noise: &mut ReadingNoise,
                             stage: Stage<'_>,
                             concentration: &[F64x8],
                             signal: &mut [F64x8],
                             detected: &mut [F64x8]| {
            let threshold = F64x8::splat(threshold);
            for &block in stage.blocks {
                let read = noise.add(stage.step, block, concentration[block]);
                signal[block] = read;
                detected[block] = read.ge(threshold).to_f64();
            }
        });
    }
}

impl Sensor for ConcentrationSensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        self.read(stage, scene.concentration, &mut readings.signal, &mut readings.detected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::plume::sensor::Channels;
    use crate::scenario::plume::sensor::test_support::{Formula, Moment, sense};

    fn read(config: &ConcentrationSensorConfig, concentration: F64x8, steps: usize) -> Vec<(F64x8, F64x8)> {
        let mut sensor = ConcentrationSensor::new(config, StreamSeed(5), 1, 0.1);
        let moment = Moment {
            x_m: concentration,
            ..Moment::default()
        };
        let found = sense(
            &mut sensor,
            Channels::NONE,
            &Formula(|x, _| x),
            0.1,
            &vec![moment; steps],
        );
        found
            .iter()
            .map(|readings| (readings.signal[0], readings.detected[0]))
            .collect()
    }

    #[test]
    fn without_noise_it_reads_the_truth() {
        let c = F64x8([0.0, 1e-9, 9.9e-8, 1e-7, 1.1e-7, 1e-6, 1e-3, 1.0]);
        for (signal, detected) in read(&ConcentrationSensorConfig::default(), c, 3) {
            assert_eq!(signal, c);
            assert_eq!(detected.0, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        }
    }

    /// The scalar reference: the member's stream through Box & Muller.
    #[test]
    fn noise_is_the_members_own_stream() {
        let config = ConcentrationSensorConfig {
            noise_sd: 0.5,
            negative_readings: true,
            ..ConcentrationSensorConfig::default()
        };
        let found = read(&config, F64x8::splat(0.2), 6);
        for member in 0..8 {
            let mut stream = StreamSeed(5).generator(member as u64);
            for pair in found.chunks(2) {
                let (u, v) = (1.0 - stream.uniform(), stream.uniform());
                let (sine, cosine) = (std::f64::consts::TAU * v).sin_cos();
                let radius = (-2.0 * u.ln()).sqrt();
                assert!((pair[0].0.0[member] - (0.2 + 0.5 * radius * cosine)).abs() < 1e-14);
                assert!((pair[1].0.0[member] - (0.2 + 0.5 * radius * sine)).abs() < 1e-14);
            }
        }
        let cut = ConcentrationSensorConfig {
            negative_readings: false,
            ..config
        };
        for ((raw, _), (signal, _)) in found.iter().zip(read(&cut, F64x8::splat(0.2), 6)) {
            assert_eq!(signal, raw.max(F64x8::ZERO));
        }
    }
}
