//! A sensor that reports odour and then is blind for a while.

use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::{Channels, Conditioner, ConditioningConfig, Readings, Scene, Sensor, SensorModel};
use crate::lanes::{F64x8, NormalStream, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reports odour for one step, and not again before a refractory time is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RefractorySensorConfig {
    /// The sensor reports odour at this concentration, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub threshold: f64,
    /// Time from one report to the earliest next one, s; 0 for a report in every step with odour.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub refractory_s: f64,
    /// Standard deviation of the Gaussian noise added to the concentration, in the plume's unit; 0 for none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub noise_sd: f64,
    /// What happens to the concentration before it is compared.
    pub conditioning: ConditioningConfig,
}

impl Default for RefractorySensorConfig {
    fn default() -> Self {
        Self {
            threshold: 1e-7,
            refractory_s: 0.5,
            noise_sd: 0.0,
            conditioning: ConditioningConfig::default(),
        }
    }
}

impl Component for RefractorySensorConfig {
    const KIND: &'static str = "refractory";
}

impl SensorModel for RefractorySensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(RefractorySensor::new(self, seed, blocks, surroundings.dt_s)))
    }

    fn provides(&self) -> Channels {
        Channels::DETECTION
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        self.conditioning.numbers_remembered(dt_s)
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = self.conditioning.problems(self.threshold, self.noise_sd, context);
        if self.refractory_s > 0.0 {
            found.extend(context.shorter_than_step("sensor.refractory_s", self.refractory_s));
        }
        found
    }
}

/// A sensor that reports odour and then is blind for a while.
///
/// With s = c + σ N(0, 1) (concentration c, conditioned as in [`Conditioner`], and noise σ in the plume's unit,
/// independent in every step), it reports odour in a step where s ≥ T and the last report is at least τ ago: threshold T,
/// refractory time τ (s), to the nearest step. The signal is 1 or 0. Odour that comes meanwhile is lost and doesn't make
/// the sensor blind for longer: a counter whose dead time isn't extended (Feller 1948; Müller 1973, *Nuclear Instruments
/// and Methods* 112:47). Of whiffs that begin at random at the rate ν it reports ν/(1 + ν τ); lasting odour once in τ.
#[derive(Clone, Debug)]
pub struct RefractorySensor {
    config: RefractorySensorConfig,
    conditioner: Option<Conditioner>,
    noise: Vec<NormalStream>,
    /// When each agent's sensor is ready again, s.
    ready_at_s: Vec<F64x8>,
}

impl RefractorySensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`, all ready; noise comes from the members' streams of
    /// `seed`.
    #[must_use]
    pub fn new(config: &RefractorySensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let noisy_blocks = if config.noise_sd > 0.0 { blocks } else { 0 };
        Self {
            config: config.clone(),
            conditioner: Conditioner::new(&config.conditioning, seed, blocks, dt_s),
            noise: NormalStream::blocks(seed, noisy_blocks),
            ready_at_s: vec![F64x8::splat(f64::NEG_INFINITY); blocks],
        }
    }
}

impl Sensor for RefractorySensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        let concentration = match &mut self.conditioner {
            None => scene.concentration,
            Some(conditioner) => conditioner.condition(stage, scene.concentration),
        };
        let config = &self.config;
        let noise = &mut self.noise;
        let ready_at_s = &mut self.ready_at_s;
        kernel!(stage.simd, |config: &RefractorySensorConfig,
                             noise: &mut [NormalStream],
                             ready_at_s: &mut [F64x8],
                             stage: Stage<'_>,
                             concentration: &[F64x8],
                             readings: &mut Readings| {
            let threshold = F64x8::splat(config.threshold);
            let noise_sd = F64x8::splat(config.noise_sd);
            // Half a step ahead: the sensor is ready at the nearest step.
            let by_s = F64x8::splat(stage.time_s + 0.5 * stage.dt_s);
            let ready_again_s = F64x8::splat(stage.time_s + config.refractory_s);
            for &block in stage.blocks {
                let mut smelt = concentration[block];
                if let Some(noise) = noise.get_mut(block) {
                    smelt += noise_sd * noise.at_step(stage.step);
                }
                let reports = smelt.ge(threshold) & ready_at_s[block].le(by_s);
                ready_at_s[block] = reports.select(ready_again_s, ready_at_s[block]);
                readings.signal[block] = reports.to_f64();
                readings.detected[block] = reports.to_f64();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ErasedScenario;
    use crate::scenario::plume::PlumeNavigation;
    use crate::scenario::plume::sensor::test_support::smell;
    use serde_json::json;

    fn reports(refractory_s: f64, noise_sd: f64, dt_s: f64, concentrations: &[f64]) -> Vec<[f64; 8]> {
        let config = RefractorySensorConfig {
            threshold: 1.0,
            refractory_s,
            noise_sd,
            ..RefractorySensorConfig::default()
        };
        let mut sensor = RefractorySensor::new(&config, StreamSeed(11), 1, dt_s);
        let readings = smell(&mut sensor, Channels::DETECTION, dt_s, concentrations);
        readings.iter().map(|readings| readings.detected[0].0).collect()
    }

    #[test]
    fn it_is_blind_after_a_report() {
        let of_one = |refractory_s: f64, concentrations: &[f64]| -> Vec<u8> {
            let found = reports(refractory_s, 0.0, 0.1, concentrations);
            found.iter().map(|lanes| lanes[5] as u8).collect()
        };
        // Odour while it is blind, the second of the three, doesn't count and doesn't make it blind for longer.
        let course = [0.9, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0];
        assert_eq!(of_one(0.3, &course), [0, 1, 0, 0, 1, 0, 0, 1]);
        assert_eq!(of_one(0.0, &course), [0, 1, 1, 0, 1, 0, 0, 1]);
        // Lasting odour is reported once in a refractory time, to the nearest step, with no drift from rounding.
        for (refractory_s, every) in [(0.1, 1), (0.3, 3), (0.34, 3), (0.7, 7)] {
            let found = of_one(refractory_s, &[2.0; 5000]);
            let expected: Vec<u8> = (0..5000).map(|step| u8::from(step % every == 0)).collect();
            assert_eq!(found, expected, "{refractory_s} s");
        }
    }

    /// A counter whose dead time isn't extended. Noise puts the concentration over the threshold with p = Φ(−1) in each
    /// step, independently; dead for k steps, the report's own included, it waits (1 − p)/p steps more on average, so it
    /// reports every k − 1 + 1/p steps. Intervals have the variance (1 − p)/p². The bound of 5 standard errors raises a
    /// false alarm with probability 6·10⁻⁷ for each time.
    #[test]
    fn the_rate_of_reports_is_that_of_a_counter_with_dead_time() {
        let (p, steps) = (0.158_655_253_931_457, 40_000);
        for dead_steps in [1.0, 4.0, 25.0] {
            let found = reports(0.1 * dead_steps, 1.0, 0.1, &vec![0.0; steps]);
            let count: f64 = found.iter().flatten().sum();
            let (mean, variance) = (dead_steps - 1.0 + 1.0 / p, (1.0 - p) / (p * p));
            let all_steps = 8.0 * steps as f64;
            let (expected, sd) = (all_steps / mean, (all_steps * variance / mean.powi(3)).sqrt());
            assert!((count - expected).abs() < 5.0 * sd + 8.0, "{count} {expected} ± {sd}");
        }
    }

    #[test]
    fn a_time_below_a_step_is_refused() {
        let blamed = |refractory_s: f64| -> Vec<String> {
            let config =
                json!({"sensor": {"kind": "refractory", "refractory_s": refractory_s}, "episode": {"dt_s": 0.02}});
            let problems = ErasedScenario::check(&PlumeNavigation::default(), &config).unwrap();
            problems.into_iter().map(|problem| problem.key).collect()
        };
        assert_eq!(blamed(0.01), ["sensor.refractory_s"]);
        assert!(blamed(0.02).is_empty() && blamed(0.0).is_empty());
    }
}
