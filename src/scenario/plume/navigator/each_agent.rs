//! An adaptor for navigators that are written for one agent.

use super::super::agents::Commands;
use super::super::step::Stage;
use super::{Navigator, Perception};
use crate::lanes::{F64x8, SimdLevel, lane, set_lane};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};

/// What one agent knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgentView {
    /// Time at the start of the step, s.
    pub time_s: f64,
    /// Time step, s.
    pub dt_s: f64,
    /// The sensor's value, in its own unit.
    pub signal: f64,
    /// Whether the sensor says that there is odour.
    pub detected: bool,
    /// Concentration at the left and the right antenna, in the plume's unit, if the sensor has two.
    pub sides: Option<(f64, f64)>,
    /// Slope of the concentration along +x and +y, in the plume's unit per metre, if the sensor tells it.
    pub slope_per_m: Option<(f64, f64)>,
    /// Wind velocity (x, y) as the agent feels it, m/s.
    pub wind_m_s: (f64, f64),
    /// Direction that the wind blows to, rad.
    pub wind_direction_rad: f64,
    /// Position (x, y), m.
    pub position_m: (f64, f64),
    /// Direction of motion, in [−π, π], rad.
    pub heading_rad: f64,
}

/// Where one agent wants to go; the body's limits still apply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Direction, rad, any number of turns.
    pub heading_rad: f64,
    /// Speed over ground, m/s.
    pub speed_m_s: f64,
}

/// A navigator for one agent. Wrap it in [`EachAgent`] to use it for a unit. It runs slower than one written for blocks,
/// and takes its random numbers only from `random`, the agent's own stream. Use [`F64x8`]
/// functions rather than the platform's `sin`, `exp`, … where the same bits are wanted on every machine.
///
/// [`NavigatorModel`](super::NavigatorModel) has an example.
pub trait AgentNavigator: Send {
    /// Decides for the agent. Called once per step, from step 0.
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course;

    /// See [`Navigator::state`].
    fn state(&self, _name: &str) -> Option<f64> {
        None
    }
}

/// One [`AgentNavigator`] for each agent of a unit, as a [`Navigator`].
#[derive(Clone, Debug)]
pub struct EachAgent<N> {
    agents: Vec<(N, Xoshiro256PlusPlus)>,
}

impl<N: AgentNavigator> EachAgent<N> {
    /// `count` navigators made by `make` from the agent's index, with the members' streams of `seed`.
    #[must_use]
    pub fn new(seed: StreamSeed, count: usize, make: impl Fn(usize) -> N) -> Self {
        Self {
            agents: (0..count)
                .map(|agent| (make(agent), seed.generator(agent as u64)))
                .collect(),
        }
    }
}

impl<N: AgentNavigator> Navigator for EachAgent<N> {
    fn state(&self, _simd: SimdLevel, name: &str, agent: usize) -> Option<f64> {
        self.agents[agent].0.state(name)
    }

    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        for (agent, (navigator, random)) in self.agents.iter_mut().enumerate() {
            let wind = perception.wind;
            let pair = |first: &[F64x8], second: &[F64x8]| {
                (!first.is_empty()).then(|| (lane(first, agent), lane(second, agent)))
            };
            let view = AgentView {
                time_s: stage.time_s,
                dt_s: stage.dt_s,
                signal: lane(perception.signal, agent),
                detected: lane(perception.detected, agent) != 0.0,
                sides: pair(perception.left, perception.right),
                slope_per_m: pair(perception.slope_x_per_m, perception.slope_y_per_m),
                wind_m_s: (lane(&wind.x_m_s, agent), lane(&wind.y_m_s, agent)),
                wind_direction_rad: lane(&wind.direction_rad, agent),
                position_m: (lane(perception.x_m, agent), lane(perception.y_m, agent)),
                heading_rad: lane(perception.heading_rad, agent),
            };
            let course = navigator.decide(view, random);
            set_lane(&mut commands.heading_rad, agent, course.heading_rad);
            set_lane(&mut commands.speed_m_s, agent, course.speed_m_s);
        }
    }
}
