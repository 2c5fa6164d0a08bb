//! What the sensors' tests share: plumes whose concentration is known, and a course of steps.

use super::super::field::{Plume, SourcePosition};
use super::super::space::Domain;
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::super::wind::{MeanWind, Wind, WindSample};

use super::{Channels, Readings, Scene, Sensor, SensorConfig};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::UnitFailure;

/// A plume from a function of the place (x, y).
pub struct Formula(pub fn(f64, f64) -> f64);

impl Plume for Formula {
    fn sources(&self) -> &[SourcePosition] {
        &[]
    }

    fn advance(&mut self, _time_s: f64, _wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        Ok(())
    }

    fn sample(
        &self,
        _level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        concentration: &mut [F64x8],
    ) {
        for &block in blocks {
            for lane in 0..8 {
                concentration[block].0[lane] = (self.0)(x_m[block].0[lane], y_m[block].0[lane]);
            }
        }
    }
}

/// What eight agents, one per lane, meet in a step.
#[derive(Clone, Debug)]
pub struct Moment {
    pub x_m: F64x8,
    pub y_m: F64x8,
    pub heading_rad: F64x8,
    pub wind_m_s: (F64x8, F64x8),
}

impl Default for Moment {
    fn default() -> Self {
        Self {
            x_m: F64x8::ZERO,
            y_m: F64x8::ZERO,
            heading_rad: F64x8::ZERO,
            wind_m_s: (F64x8::ONE, F64x8::ZERO),
        }
    }
}

/// Readings of a sensor for one block at each of `moments`, dt_s apart.
pub fn sense(
    sensor: &mut dyn Sensor,
    channels: Channels,
    plume: &dyn Plume,
    dt_s: f64,
    moments: &[Moment],
) -> Vec<Readings> {
    let simd = SimdLevel::detect();
    let mut readings = Readings::of(channels, 1);
    let mut found = Vec::new();
    for (step, moment) in moments.iter().enumerate() {
        let (x_m, y_m) = ([moment.x_m], [moment.y_m]);
        let mut concentration = [F64x8::ZERO];
        plume.sample(simd, &[0], &x_m, &y_m, 0.0, &mut concentration);
        let mut wind = WindSample::new(1);
        wind.set(0, moment.wind_m_s.0, moment.wind_m_s.1);
        let stage = Stage {
            simd,
            step: step as u64,
            time_s: step as f64 * dt_s,
            dt_s,
            blocks: &[0],
        };
        let scene = Scene {
            concentration: &concentration,
            plume,
            wind: &wind,
            x_m: &x_m,
            y_m: &y_m,
            z_m: 0.0,
            heading_rad: &[moment.heading_rad],
        };
        sensor.sense(stage, scene, &mut readings);
        found.push(readings.clone());
    }
    found
}

/// Agents that meet the concentrations `course`, all lanes the same, in a plume whose concentration is x: readings.
pub fn smell(sensor: &mut dyn Sensor, channels: Channels, dt_s: f64, course: &[f64]) -> Vec<Readings> {
    let moments: Vec<Moment> = (course.iter())
        .map(|c| Moment {
            x_m: F64x8::splat(*c),
            ..Moment::default()
        })
        .collect();
    sense(sensor, channels, &Formula(|x, _| x), dt_s, &moments)
}

/// Standard normal numbers of one agent, by the formula of Box & Muller in plain code.
pub struct ScalarNormal {
    random: Xoshiro256PlusPlus,
    spare: Option<f64>,
}

impl ScalarNormal {
    pub fn new(seed: StreamSeed, agent: u64) -> Self {
        Self {
            random: seed.generator(agent),
            spare: None,
        }
    }

    pub fn next(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let (u, v) = (1.0 - self.random.uniform(), self.random.uniform());
        let (sine, cosine) = (std::f64::consts::TAU * v).sin_cos();
        let radius = (-2.0 * u.ln()).sqrt();
        self.spare = Some(radius * sine);
        radius * cosine
    }
}

/// Concentrations that come in whiffs, from 0 to about 10.
pub fn whiffs(steps: usize, seed: u64) -> Vec<f64> {
    let mut random = StreamSeed(seed).generator(0);
    let mut level = 0.0;
    (0..steps)
        .map(|_| {
            if random.uniform() < 0.15 {
                level = if random.uniform() < 0.5 {
                    0.0
                } else {
                    10.0 * random.uniform()
                };
            }
            level * (0.5 + random.uniform())
        })
        .collect()
}

/// A configuration from JSON; what isn't given has its default.
pub fn config(text: &str) -> SensorConfig {
    serde_json::from_str(text).unwrap()
}

/// The sensors of one block.
pub fn built(config: &SensorConfig, seed: StreamSeed, dt_s: f64) -> Box<dyn Sensor> {
    let surroundings = Surroundings {
        domain: &Domain::default(),
        dt_s,
        wind: MeanWind {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        },
        sources: &[],
        inputs: &Inputs::default(),
    };
    config.build(seed, 1, surroundings).unwrap()
}

/// Signals of one agent with the sensor `text` at the concentrations `course`.
pub fn signals(text: &str, seed: StreamSeed, agent: usize, dt_s: f64, course: &[f64]) -> Vec<f64> {
    let config = config(text);
    let found = smell(built(&config, seed, dt_s).as_mut(), config.provides(), dt_s, course);
    found.iter().map(|readings| readings.signal[0].0[agent]).collect()
}
