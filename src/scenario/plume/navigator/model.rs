//! What every navigator answers.

use super::super::agents::{Agents, Commands};
use super::super::sensor::Readings;
use super::super::step::Stage;
use super::super::wind::WindSample;
use super::BeliefReport;
use crate::lanes::{F64x8, SimdLevel};

/// What all agents know, one entry per block in each array. Channels that the sensor doesn't fill are empty; a
/// navigator that needs one says so in [`NavigatorModel::requires`](super::NavigatorModel::requires).
#[derive(Clone, Copy, Debug)]
pub struct Perception<'a> {
    /// The sensor's value, in its own unit.
    pub signal: &'a [F64x8],
    /// 1 where the sensor says that there is odour, else 0.
    pub detected: &'a [F64x8],
    /// Concentration at the left antenna, in the plume's unit.
    pub left: &'a [F64x8],
    /// Concentration at the right antenna, in the plume's unit.
    pub right: &'a [F64x8],
    /// Slope of the concentration along +x, in the plume's unit per metre.
    pub slope_x_per_m: &'a [F64x8],
    /// Slope of the concentration along +y, in the plume's unit per metre.
    pub slope_y_per_m: &'a [F64x8],
    /// The wind as the agents feel it: the true one, unless a sensor of kind `wind` tells it.
    pub wind: &'a WindSample,
    /// Position along x, m.
    pub x_m: &'a [F64x8],
    /// Position along y, m.
    pub y_m: &'a [F64x8],
    /// Direction of motion, or the course that a body with discrete actions keeps to as well as it can (see
    /// [`Agents::course`](super::super::agents::Agents::course)), in [−π, π], rad.
    pub heading_rad: &'a [F64x8],
    /// 1 while an agent takes part, 0 once it is done: what costs much is left out for the others.
    pub active: &'a [F64x8],
}

impl<'a> Perception<'a> {
    /// What agents with these sensors' `readings` know; `wind` is the true one.
    #[must_use]
    pub fn new(readings: &'a Readings, wind: &'a WindSample, agents: &'a Agents) -> Self {
        Self {
            signal: &readings.signal,
            detected: &readings.detected,
            left: &readings.left,
            right: &readings.right,
            slope_x_per_m: &readings.slope_x_per_m,
            slope_y_per_m: &readings.slope_y_per_m,
            wind: readings.wind.as_ref().unwrap_or(wind),
            x_m: &agents.x_m,
            y_m: &agents.y_m,
            heading_rad: agents.course(),
            active: &agents.active,
        }
    }
}

/// The navigator of every agent of a unit, with its memory. For one that is written agent by agent see
/// [`EachAgent`](super::EachAgent).
///
/// [`NavigatorModel`](super::NavigatorModel) has an example.
pub trait Navigator: Send {
    /// Decides for all agents in the stage's blocks. Called once per step, from step 0.
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands);

    /// The present state of an agent under the name of one of [`NavigatorModel::state_columns`](super::NavigatorModel::state_columns); `None` if there is none
    /// of this name. Asked for after [`decide`](Self::decide), and only if somebody records it.
    fn state(&self, _simd: SimdLevel, _name: &str, _agent: usize) -> Option<f64> {
        None
    }

    /// What the search of an agent came to so far, if it searches by belief.
    fn belief_report(&self, _simd: SimdLevel, _agent: usize) -> Option<BeliefReport> {
        None
    }
}
