//! A sensor that tells only whether there is odour.

use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::{Channels, Conditioner, ConditioningConfig, Readings, Scene, Sensor, SensorModel};
use crate::lanes::{F64x8, NormalStream, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Detects only whether there is odour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct BinarySensorConfig {
    /// The sensor switches on at this concentration, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub threshold: f64,
    /// The detection ends below this fraction of the threshold; 1 for no hysteresis.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub release_fraction: f64,
    /// Standard deviation of the Gaussian noise added to the concentration, in the plume's unit; 0 for none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub noise_sd: f64,
    /// What happens to the concentration before it is compared.
    pub conditioning: ConditioningConfig,
}

impl Default for BinarySensorConfig {
    fn default() -> Self {
        Self {
            threshold: 1e-7,
            release_fraction: 0.8,
            noise_sd: 0.0,
            conditioning: ConditioningConfig::default(),
        }
    }
}

impl Component for BinarySensorConfig {
    const KIND: &'static str = "binary";
}

impl SensorModel for BinarySensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(BinarySensor::new(self, seed, blocks, surroundings.dt_s)))
    }

    fn provides(&self) -> Channels {
        Channels::DETECTION
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        self.conditioning.numbers_remembered(dt_s)
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.conditioning.problems(self.threshold, self.noise_sd, context)
    }
}

/// A sensor that tells only whether there is odour.
///
/// With s = c + σ N(0, 1) (concentration c, conditioned as in [`Conditioner`], and noise σ in the plume's unit,
/// independent in every step), the sensor switches on where s ≥ T and off where s < ρT: threshold T, release fraction
/// ρ. Between the two it keeps its state (hysteresis), which keeps noise from making it chatter. The signal is 1 or 0.
#[derive(Clone, Debug)]
pub struct BinarySensor {
    config: BinarySensorConfig,
    conditioner: Option<Conditioner>,
    noise: Vec<NormalStream>,
    on: Vec<F64x8>,
}

impl BinarySensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`, all off; noise comes from the members' streams of
    /// `seed`.
    #[must_use]
    pub fn new(config: &BinarySensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let noisy_blocks = if config.noise_sd > 0.0 { blocks } else { 0 };
        Self {
            config: config.clone(),
            conditioner: Conditioner::new(&config.conditioning, seed, blocks, dt_s),
            noise: NormalStream::blocks(seed, noisy_blocks),
            on: vec![F64x8::ZERO; blocks],
        }
    }
}

impl Sensor for BinarySensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        let concentration = match &mut self.conditioner {
            None => scene.concentration,
            Some(conditioner) => conditioner.condition(stage, scene.concentration),
        };
        let config = &self.config;
        let noise = &mut self.noise;
        let on = &mut self.on;
        kernel!(stage.simd, |config: &BinarySensorConfig,
                             noise: &mut [NormalStream],
                             on: &mut [F64x8],
                             stage: Stage<'_>,
                             concentration: &[F64x8],
                             readings: &mut Readings| {
            let on_at = F64x8::splat(config.threshold);
            let stay_at = F64x8::splat(config.threshold * config.release_fraction);
            let noise_sd = F64x8::splat(config.noise_sd);
            for &block in stage.blocks {
                let mut smelt = concentration[block];
                if let Some(noise) = noise.get_mut(block) {
                    smelt += noise_sd * noise.at_step(stage.step);
                }
                let switch_at = on[block].to_mask().select(stay_at, on_at);
                let is_on = smelt.ge(switch_at).to_f64();
                on[block] = is_on;
                readings.signal[block] = is_on;
                readings.detected[block] = is_on;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::plume::sensor::test_support::smell;

    fn detections(config: &BinarySensorConfig, concentrations: &[f64]) -> Vec<f64> {
        let mut sensor = BinarySensor::new(config, StreamSeed(11), 1, 0.1);
        let readings = smell(&mut sensor, Channels::DETECTION, 0.1, concentrations);
        readings.iter().map(|readings| readings.detected[0].0[3]).collect()
    }

    #[test]
    fn it_keeps_its_state_between_the_two_levels() {
        let config = BinarySensorConfig {
            threshold: 1.0,
            release_fraction: 0.5,
            noise_sd: 0.0,
            ..BinarySensorConfig::default()
        };
        let found = detections(&config, &[0.0, 0.9, 1.0, 0.6, 0.5, 0.49, 0.9, 1.5]);
        assert_eq!(found, [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
    }

    /// The scalar reference, with noise and hysteresis.
    #[test]
    fn it_follows_the_scalar_reference() {
        let config = BinarySensorConfig {
            threshold: 1.0,
            release_fraction: 0.7,
            noise_sd: 0.3,
            ..BinarySensorConfig::default()
        };
        let concentrations: Vec<f64> = (0..200).map(|i| 1.0 + (f64::from(i) * 0.1).sin()).collect();
        let mut stream = StreamSeed(11).generator(3);
        let (mut on, mut spare) = (false, 0.0);
        let mut expected = Vec::new();
        for (step, c) in concentrations.iter().enumerate() {
            let noise = if step % 2 == 0 {
                let (u, v) = (1.0 - stream.uniform(), stream.uniform());
                let (sine, cosine) = (std::f64::consts::TAU * v).sin_cos();
                let radius = (-2.0 * u.ln()).sqrt();
                spare = radius * sine;
                radius * cosine
            } else {
                spare
            };
            on = c + 0.3 * noise >= if on { 0.7 } else { 1.0 };
            expected.push(f64::from(u8::from(on)));
        }
        assert_eq!(detections(&config, &concentrations), expected);
        assert!(expected.contains(&1.0) && expected.contains(&0.0));
    }
}
