//! A sensor that knows where odour gets stronger.

use super::super::component::{Component, Context};
use super::super::field::Gradient;
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::noise::ReadingNoise;
use super::{
    Channels, ConcentrationSensor, ConcentrationSensorConfig, ConditioningConfig, Delay, Readings, Scene, Sensor,
    SensorModel, remembered_steps,
};
use crate::lanes::{F64x8, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a slope is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum GradientMethod {
    /// By the plume's formula where it has one, else by finite differences.
    #[default]
    Automatic,
    /// By the plume's formula.
    Analytic,
    /// By central differences over two steps.
    FiniteDifference,
}

/// Also senses the slope of the concentration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GradientSensorConfig {
    /// How the slope is found: `automatic` (by the plume's formula where it has one), `analytic` or
    /// `finite_difference`.
    pub method: GradientMethod,
    /// Step of finite differences to either side, m.
    #[schemars(range(min = 1e-6, max = 100.0))]
    pub step_m: f64,
    /// Standard deviation of the Gaussian noise of each component of the slope, in the plume's unit per metre; 0 for
    /// none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub slope_noise_sd: f64,
    /// Readings of the concentration from this on count as a detection, in the plume's unit.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub threshold: f64,
    /// Standard deviation of the Gaussian noise of the concentration's reading, in the plume's unit; 0 for none.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub noise_sd: f64,
    /// Whether noise may make a reading of the concentration negative; otherwise such readings are 0.
    pub negative_readings: bool,
    /// Delay of concentration and slope, s; 0 for none.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub delay_s: f64,
}

impl Default for GradientSensorConfig {
    fn default() -> Self {
        Self {
            method: GradientMethod::Automatic,
            step_m: 0.01,
            slope_noise_sd: 0.0,
            threshold: 1e-7,
            noise_sd: 0.0,
            negative_readings: false,
            delay_s: 0.0,
        }
    }
}

impl Component for GradientSensorConfig {
    const KIND: &'static str = "gradient";
}

impl SensorModel for GradientSensorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(GradientSensor::new(self, seed, blocks, surroundings.dt_s)))
    }

    fn provides(&self) -> Channels {
        Channels::DETECTION.and(Channels::CONCENTRATION).and(Channels::SLOPE)
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        3.0 * remembered_steps(self.delay_s, dt_s)
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let (plume, mut found) = (&context.config.plume, Problems::default());
        found.extend(context.far_from_plume("sensor.threshold", self.threshold));
        if self.method == GradientMethod::Analytic && !plume.has_gradient() {
            found.add(
                "sensor.method",
                format!(
                    "\"analytic\", but a plume of kind \"{}\" gives no slope of its own",
                    plume.kind()
                ),
                "use \"finite_difference\" with a step_m of the order of its puffs or cells",
            );
        }
        found
    }
}

impl GradientSensorConfig {
    fn nose(&self) -> ConcentrationSensorConfig {
        ConcentrationSensorConfig {
            threshold: self.threshold,
            noise_sd: self.noise_sd,
            negative_readings: self.negative_readings,
            conditioning: ConditioningConfig {
                delay_s: self.delay_s,
                ..ConditioningConfig::default()
            },
        }
    }
}

/// A sensor that knows where odour gets stronger: the slope (∂c/∂x, ∂c/∂y) of the concentration in world axes, besides
/// the concentration itself.
///
/// By the plume's formula, or by central differences, (c(x + h, y) − c(x − h, y))/2h and the same along y:
/// concentration c (the plume's unit), step h (m). Both are delayed, then each component gets σ N(0, 1) of its own. It
/// is a limiting case to compare others with: no nose measures the slope at a point. It isn't saturated, nor adapts;
/// for that see the sensor of kind `bilateral`.
#[derive(Clone, Debug)]
pub struct GradientSensor {
    method: GradientMethod,
    nose: ConcentrationSensor,
    slope: Gradient,
    differences: Differences,
    along: [SlopeComponent; 2],
}

/// What happens to one component of the slope.
#[derive(Clone, Debug)]
struct SlopeComponent {
    delay: Option<Delay>,
    noise: ReadingNoise,
}

impl SlopeComponent {
    fn new(config: &GradientSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        Self {
            delay: Delay::new(config.delay_s, dt_s, blocks),
            noise: ReadingNoise::new(config.slope_noise_sd, true, seed, blocks),
        }
    }
}

impl GradientSensor {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`; noise of the concentration comes from the members'
    /// streams of `seed`, that of the slope from those of its parts `slope_x` and `slope_y`.
    #[must_use]
    pub fn new(config: &GradientSensorConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let component = |name| SlopeComponent::new(config, seed.part(name), blocks, dt_s);
        Self {
            method: config.method,
            nose: ConcentrationSensor::new(&config.nose(), seed, blocks, dt_s),
            slope: Gradient::new(blocks),
            differences: Differences::new(config.step_m, blocks),
            along: [component("slope_x"), component("slope_y")],
        }
    }
}

impl Sensor for GradientSensor {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        self.nose.sense(stage, scene, readings);
        let by_formula = self.method != GradientMethod::FiniteDifference
            && scene.plume.sample_gradient(
                stage.simd,
                stage.blocks,
                scene.x_m,
                scene.y_m,
                scene.z_m,
                &mut self.slope,
            );
        assert!(
            by_formula || self.method != GradientMethod::Analytic,
            "a plume that says that it has a slope gives none"
        );
        if !by_formula {
            self.differences.slope(stage, scene, &mut self.slope);
        }
        let [along_x, along_y] = &mut self.along;
        for (component, slope, reading) in [
            (along_x, &self.slope.x_per_m, &mut readings.slope_x_per_m),
            (along_y, &self.slope.y_per_m, &mut readings.slope_y_per_m),
        ] {
            kernel!(stage.simd, |component: &mut SlopeComponent,
                                 stage: Stage<'_>,
                                 slope: &[F64x8],
                                 reading: &mut [F64x8]| {
                let step = stage.step;
                let rows = component.delay.as_ref().map(|delay| delay.rows(step));
                for &block in stage.blocks {
                    let mut slope = slope[block];
                    if let (Some(delay), Some(rows)) = (&mut component.delay, rows) {
                        slope = delay.shift(rows, block, slope);
                    }
                    reading[block] = component.noise.add(step, block, slope);
                }
            });
        }
    }
}

/// Central differences.
#[derive(Clone, Debug)]
struct Differences {
    step_m: f64,
    shifted_m: Vec<F64x8>,
    above: Vec<F64x8>,
    below: Vec<F64x8>,
}

impl Differences {
    fn new(step_m: f64, blocks: usize) -> Self {
        Self {
            step_m,
            shifted_m: vec![F64x8::ZERO; blocks],
            above: vec![F64x8::ZERO; blocks],
            below: vec![F64x8::ZERO; blocks],
        }
    }

    fn slope(&mut self, stage: Stage<'_>, scene: Scene<'_>, slope: &mut Gradient) {
        let Scene {
            plume, x_m, y_m, z_m, ..
        } = scene;
        let (simd, blocks) = (stage.simd, stage.blocks);
        let (up, down) = (F64x8::splat(self.step_m), F64x8::splat(-self.step_m));
        let divisor = F64x8::splat(2.0 * self.step_m);
        let moved = |places: &[F64x8], by: F64x8, shifted: &mut [F64x8]| {
            for &block in blocks {
                shifted[block] = places[block] + by;
            }
        };
        moved(x_m, up, &mut self.shifted_m);
        plume.sample(simd, blocks, &self.shifted_m, y_m, z_m, &mut self.above);
        moved(x_m, down, &mut self.shifted_m);
        plume.sample(simd, blocks, &self.shifted_m, y_m, z_m, &mut self.below);
        for &block in blocks {
            slope.x_per_m[block] = (self.above[block] - self.below[block]) / divisor;
        }
        moved(y_m, up, &mut self.shifted_m);
        plume.sample(simd, blocks, x_m, &self.shifted_m, z_m, &mut self.above);
        moved(y_m, down, &mut self.shifted_m);
        plume.sample(simd, blocks, x_m, &self.shifted_m, z_m, &mut self.below);
        for &block in blocks {
            slope.y_per_m[block] = (self.above[block] - self.below[block]) / divisor;
        }
    }
}
