//! What the tests of the scenario share.

use super::super::agents::{Agents, Commands, Surroundings};
use super::super::episode::{Observer, StepView, simulate};
use super::super::navigator::{Navigator, Perception};
use super::super::step::Stage;
use super::super::wind::WindSample;
use super::super::{PlumeConfig, PlumeNavigation, World};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel, lane};
use crate::random::{PointKey, Streams, StudySeed};
use crate::scenario::{Problem, Scenario, Severity, Unit, UnitFailure, UnitOutput};
use crate::sweep::{PointIndex, Replicate, UnitIndex};

/// A unit with its own random numbers.
pub fn unit(seed: u64) -> Unit {
    Unit {
        index: UnitIndex(0),
        point: PointIndex(0),
        replicate: Replicate(0),
        streams: Streams::new(StudySeed(seed), PointKey::COMMON, Replicate(0)),
    }
}

/// A configuration from JSON; what isn't given has its default.
pub fn config(text: &str) -> PlumeConfig {
    serde_json::from_str(text).unwrap()
}

/// The agents of [`run`] before their first step.
pub fn start(config: &PlumeConfig, inputs: &Inputs) -> Agents {
    try_start(config, inputs).unwrap()
}

/// The same, where it may fail.
pub fn try_start(config: &PlumeConfig, inputs: &Inputs) -> Result<Agents, UnitFailure> {
    let (streams, domain) = (unit(1).streams, &config.episode.domain);
    let world = World::realise(config, &streams, inputs)?;
    let surroundings = Surroundings {
        domain,
        contains: &|x_m, y_m| config.boundary.contains(domain, x_m, y_m),
        wind: world.wind(),
        plume: world.plume(),
        inputs,
        simd: SimdLevel::detect(),
    };
    let mut agents = Agents::start(&config.agents, surroundings, streams.seed("start"))?;
    config.agents.build_motion(domain, inputs, &streams, &mut agents)?;
    Ok(agents)
}

/// Simulates into `[metrics][members]`.
pub fn run<O: Observer>(
    config: &PlumeConfig,
    simd: SimdLevel,
    members: usize,
    observer: &mut O,
) -> Result<Vec<Vec<f64>>, UnitFailure> {
    let columns = PlumeNavigation::default().metrics(config).len();
    let mut values = vec![0.0; columns * members];
    let mut output = UnitOutput::new(&mut values, members);
    simulate(config, &unit(1), &Inputs::default(), simd, observer, &mut output)?;
    Ok(values.chunks(members).map(<[f64]>::to_vec).collect())
}

/// What one agent did in one step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub x: f64,
    pub y: f64,
    pub heading: f64,
    pub moved: (f64, f64),
    pub turned: f64,
    pub hit: bool,
    pub left: bool,
    pub concentration: f64,
    pub signal: f64,
}

/// The recorded ways of all agents.
pub struct Recorder {
    pub ways: Vec<Vec<Step>>,
}

impl Recorder {
    pub fn new(count: usize) -> Self {
        Self {
            ways: vec![Vec::new(); count],
        }
    }
}

impl Observer for Recorder {
    fn after_step(&mut self, view: StepView<'_>) {
        let agents: &Agents = view.agents;
        for (agent, way) in self.ways.iter_mut().enumerate() {
            if lane(&agents.active, agent) != 0.0 {
                way.push(Step {
                    x: lane(&agents.x_m, agent),
                    y: lane(&agents.y_m, agent),
                    heading: lane(&agents.heading_rad, agent),
                    moved: (lane(&agents.moved_x_m, agent), lane(&agents.moved_y_m, agent)),
                    turned: lane(&agents.turned_rad, agent),
                    hit: lane(&agents.boundary_hit, agent) != 0.0,
                    left: lane(&agents.left_domain, agent) != 0.0,
                    concentration: lane(view.concentration, agent),
                    signal: lane(view.signal, agent),
                });
            }
        }
    }
}

/// Runs a navigator of one block on a given course of detections (the same for all lanes) in wind to +x, with a body
/// that takes every course at once, and returns the (heading, speed) of `member`.
pub fn drive(navigator: &mut dyn Navigator, dt_s: f64, detections: &[bool], member: usize) -> Vec<(f64, f64)> {
    let mut wind = WindSample::new(1);
    wind.x_m_s.fill(F64x8::ONE);
    let mut commands = Commands::new(1);
    let zero = [F64x8::ZERO];
    let mut heading = [F64x8::ZERO];
    let mut found = Vec::new();
    for (step, &smells) in detections.iter().enumerate() {
        let detected = [F64x8::splat(f64::from(u8::from(smells)))];
        let stage = Stage {
            simd: SimdLevel::detect(),
            step: step as u64,
            time_s: step as f64 * dt_s,
            dt_s,
            blocks: &[0],
        };
        let perception = Perception {
            signal: &detected,
            detected: &detected,
            left: &[],
            right: &[],
            slope_x_per_m: &[],
            slope_y_per_m: &[],
            wind: &wind,
            x_m: &zero,
            y_m: &zero,
            heading_rad: &heading,
            active: &[F64x8::ONE],
        };
        navigator.decide(stage, perception, &mut commands);
        heading[0] = commands.heading_rad[0].wrap_angle();
        found.push((heading[0].0[member], commands.speed_m_s[0].0[member]));
    }
    found
}

/// The problems for which a study is refused, without what people are only warned of.
pub fn errors(problems: Vec<Problem>) -> Vec<Problem> {
    (problems.into_iter())
        .filter(|problem| problem.severity == Severity::Error)
        .collect()
}
