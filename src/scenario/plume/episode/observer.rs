//! Something that watches an episode.

use super::super::agents::Agents;
use crate::lanes::F64x8;

/// The world after a step, one entry per block of eight agents in each array.
#[derive(Clone, Copy, Debug)]
pub struct StepView<'a> {
    /// Step of the episode, from 0.
    pub step: u64,
    /// Agents after the step; `active` still tells who took part in it.
    pub agents: &'a Agents,
    /// True concentration at the agents' places before the step, in the plume's unit.
    pub concentration: &'a [F64x8],
    /// What the sensor made of it.
    pub detected: &'a [F64x8],
}

/// Watches an episode without changing it. `()` watches nothing and costs nothing.
pub trait Observer {
    /// Called after every step.
    fn after_step(&mut self, _view: StepView<'_>) {}
}

impl Observer for () {}
