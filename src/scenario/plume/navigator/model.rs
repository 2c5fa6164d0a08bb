//! What every navigator answers.

use super::super::agents::Commands;
use super::super::episode::Stage;
use super::super::wind::WindSample;
use super::BeliefReport;
use crate::lanes::{F64x8, SimdLevel};

/// What all agents know, one entry per block in each array.
#[derive(Clone, Copy, Debug)]
pub struct Perception<'a> {
    /// The sensor's value, in its own unit.
    pub signal: &'a [F64x8],
    /// 1 where the sensor says that there is odour, else 0.
    pub detected: &'a [F64x8],
    /// The wind where the agents are.
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

/// The navigator of every agent of a unit, with its memory. For one that is written agent by agent see
/// [`EachAgent`](super::EachAgent).
pub trait Navigator: Send {
    /// Decides for all agents in the stage's blocks. Called once per step, from step 0.
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands);

    /// What the search of an agent came to so far, if it searches by belief.
    fn belief_report(&self, _level: SimdLevel, _agent: usize) -> Option<BeliefReport> {
        None
    }
}
