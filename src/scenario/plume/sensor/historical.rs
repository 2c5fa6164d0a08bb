//! A sensor with a memory of what it read.

use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::conditioning::ExponentialAverage;
use super::window::{Join, Maximum, Sum, Window};
use super::{ConcentrationSensor, ConcentrationSensorConfig, ConditioningConfig, Readings, Scene, Sensor, SensorModel};
use crate::lanes::{F64x8, Kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What of its past a sensor tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum MemoryConfig {
    /// The mean over a window of time.
    Mean(WindowConfig),
    /// The highest reading in a window of time.
    Maximum(WindowConfig),
    /// An average that forgets exponentially.
    Exponential(ExponentialConfig),
}

impl Default for MemoryConfig {
    fn default() -> Self {
        Self::Exponential(ExponentialConfig::default())
    }
}

/// `sensor.memory` of kind `mean` or `maximum`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct WindowConfig {
    /// Length of the window, s, rounded to whole steps; it ends with the present step.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub window_s: f64,
}

impl Default for WindowConfig {
    fn default() -> Self {
        Self { window_s: 1.0 }
    }
}

impl WindowConfig {
    /// Its length in steps of `dt_s`, the nearest number of at least one.
    #[must_use]
    pub fn steps(&self, dt_s: f64) -> usize {
        ((self.window_s / dt_s).round() as usize).max(1)
    }
}

/// `sensor.memory` of kind `exponential`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ExponentialConfig {
    /// Time constant, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub time_s: f64,
}

impl Default for ExponentialConfig {
    fn default() -> Self {
        Self { time_s: 1.0 }
    }
}

/// Remembers the concentration: mean or maximum of a window of time, or exponential average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct HistoricalSensorConfig {
    /// How past readings are combined.
    pub memory: MemoryConfig,
    /// What it tells from this on counts as a detection, in the plume's unit.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub threshold: f64,
    /// Standard deviation of the Gaussian noise of each reading that is remembered, in the plume's unit; 0 for none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub noise_sd: f64,
    /// Whether noise may make a reading negative; otherwise such readings are 0.
    pub negative_readings: bool,
    /// What happens to the concentration before it is read.
    pub conditioning: ConditioningConfig,
}

impl Default for HistoricalSensorConfig {
    fn default() -> Self {
        Self {
            memory: MemoryConfig::default(),
            threshold: 1e-7,
            noise_sd: 0.0,
            negative_readings: false,
            conditioning: ConditioningConfig::default(),
        }
    }
}

impl Component for HistoricalSensorConfig {
    const KIND: &'static str = "historical";
}

impl SensorModel for HistoricalSensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(HistoricalSensor::new(self, seed, blocks, surroundings.dt_s)))
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        let window_s = match &self.memory {
            MemoryConfig::Mean(window) | MemoryConfig::Maximum(window) => window.window_s,
            MemoryConfig::Exponential(_) => 0.0,
        };
        self.conditioning.numbers_remembered(dt_s) + window_s / dt_s
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = self.conditioning.problems(self.threshold, self.noise_sd, context);
        found.extend(match &self.memory {
            MemoryConfig::Mean(window) | MemoryConfig::Maximum(window) => {
                context.shorter_than_step("sensor.memory.window_s", window.window_s)
            }
            MemoryConfig::Exponential(average) => context.shorter_than_step("sensor.memory.time_s", average.time_s),
        });
        found
    }
}

/// A sensor with a memory of what it read.
///
/// With the readings s of a sensor of kind `concentration` (conditioned and noisy) it tells their mean or their maximum
/// over the last n steps, n = window/dt, or y ← y + (1 − e^(−dt/τ)) (s − y), the exact exponential average of time
/// constant τ (s). Before the first step there was clean air. Odour counts as detected where what it tells is at least
/// the threshold.
#[derive(Clone, Debug)]
pub struct HistoricalSensor {
    nose: ConcentrationSensor,
    threshold: f64,
    memory: Memory,
}

#[derive(Clone, Debug)]
enum Memory {
    Mean(Window, f64),
    Maximum(Window),
    Exponential(ExponentialAverage),
}

impl HistoricalSensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`; noise comes from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &HistoricalSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let nose = ConcentrationSensorConfig {
            threshold: config.threshold,
            noise_sd: config.noise_sd,
            negative_readings: config.negative_readings,
            conditioning: config.conditioning.clone(),
        };
        let memory = match &config.memory {
            MemoryConfig::Mean(window) => {
                let steps = window.steps(dt_s);
                Memory::Mean(Window::new(steps, blocks), steps as f64)
            }
            MemoryConfig::Maximum(window) => Memory::Maximum(Window::new(window.steps(dt_s), blocks)),
            MemoryConfig::Exponential(average) => {
                Memory::Exponential(ExponentialAverage::new(average.time_s, dt_s, blocks))
            }
        };
        Self {
            nose: ConcentrationSensor::new(&nose, seed, blocks, dt_s),
            threshold: config.threshold,
            memory,
        }
    }
}

/// What a memory makes of a reading.
trait Remember {
    fn take(&mut self, step: u64, block: usize, reading: F64x8) -> F64x8;
}

struct Windowed<'a, J> {
    window: &'a mut Window,
    divisor: F64x8,
    join: std::marker::PhantomData<J>,
}

impl<J: Join> Remember for Windowed<'_, J> {
    #[inline(always)]
    fn take(&mut self, step: u64, block: usize, reading: F64x8) -> F64x8 {
        self.window.take::<J>(step, block, reading) / self.divisor
    }
}

impl Remember for &mut ExponentialAverage {
    #[inline(always)]
    fn take(&mut self, _step: u64, block: usize, reading: F64x8) -> F64x8 {
        ExponentialAverage::take(self, block, reading)
    }
}

impl Sensor for HistoricalSensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        self.nose.sense(stage, scene, readings);
        let threshold = self.threshold;
        match &mut self.memory {
            Memory::Mean(window, steps) => {
                let memory = Windowed::<Sum> {
                    window,
                    divisor: F64x8::splat(*steps),
                    join: std::marker::PhantomData,
                };
                recall(memory, threshold, stage, readings);
            }
            Memory::Maximum(window) => {
                let memory = Windowed::<Maximum> {
                    window,
                    divisor: F64x8::ONE,
                    join: std::marker::PhantomData,
                };
                recall(memory, threshold, stage, readings);
            }
            Memory::Exponential(average) => recall(average, threshold, stage, readings),
        }
    }
}

fn recall(memory: impl Remember, threshold: f64, stage: Stage<'_>, readings: &mut Readings) {
    stage.simd.run(Recall {
        memory,
        threshold,
        stage,
        readings,
    });
}

struct Recall<'a, M> {
    memory: M,
    threshold: f64,
    stage: Stage<'a>,
    readings: &'a mut Readings,
}

impl<M: Remember> Kernel for Recall<'_, M> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let threshold = F64x8::splat(self.threshold);
        for &block in self.stage.blocks {
            let told = self.memory.take(self.stage.step, block, self.readings.signal[block]);
            self.readings.signal[block] = told;
            self.readings.detected[block] = told.ge(threshold).to_f64();
        }
    }
}
