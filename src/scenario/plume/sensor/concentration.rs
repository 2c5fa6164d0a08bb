//! A sensor that reads the concentration.

use super::super::episode::Stage;
use super::{Readings, Sensor, Surroundings};
use crate::lanes::{F64x8, Kernel, NormalStream};
use crate::random::StreamSeed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[sensor]` of kind `concentration`.
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
}

impl Default for ConcentrationSensorConfig {
    fn default() -> Self {
        Self {
            threshold: 1e-7,
            noise_sd: 0.0,
            negative_readings: false,
        }
    }
}

/// A sensor that reads the concentration.
///
/// s = c + σ N(0, 1), cut off at 0 unless `negative_readings`: concentration c and noise σ in the plume's unit,
/// independent in
/// every step. Because the noise is white, its effect on averages depends on the time step. Odour counts as detected
/// where s ≥ threshold.
#[derive(Clone, Debug)]
pub struct ConcentrationSensor {
    config: ConcentrationSensorConfig,
    noise: Vec<NormalStream>,
}

impl ConcentrationSensor {
    /// Sensors for `blocks` blocks of agents; noise comes from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &ConcentrationSensorConfig, seed: StreamSeed, blocks: usize) -> Self {
        let noisy_blocks = if config.noise_sd > 0.0 { blocks } else { 0 };
        Self {
            config: config.clone(),
            noise: NormalStream::blocks(seed, noisy_blocks),
        }
    }
}

impl Sensor for ConcentrationSensor {
    fn sense(&mut self, stage: Stage<'_>, surroundings: Surroundings<'_>, readings: &mut Readings) {
        stage.level.run(Sense {
            sensor: self,
            stage,
            concentration: surroundings.concentration,
            readings,
        });
    }
}

struct Sense<'a> {
    sensor: &'a mut ConcentrationSensor,
    stage: Stage<'a>,
    concentration: &'a [F64x8],
    readings: &'a mut Readings,
}

impl Kernel for Sense<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let config = &self.sensor.config;
        let threshold = F64x8::splat(config.threshold);
        let noise_sd = F64x8::splat(config.noise_sd);
        for &block in self.stage.blocks {
            let mut signal = self.concentration[block];
            if let Some(noise) = self.sensor.noise.get_mut(block) {
                signal += noise_sd * noise.at_step(self.stage.step);
                if !config.negative_readings {
                    signal = signal.lt(F64x8::ZERO).select(F64x8::ZERO, signal);
                }
            }
            self.readings.signal[block] = signal;
            self.readings.detected[block] = signal.ge(threshold).to_f64();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::plume::sensor::Channels;
    use crate::scenario::plume::sensor::test_support::{Formula, Moment, sense};

    fn read(config: &ConcentrationSensorConfig, concentration: F64x8, steps: usize) -> Vec<(F64x8, F64x8)> {
        let mut sensor = ConcentrationSensor::new(config, StreamSeed(5), 1);
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
