//! Motion: how bodies turn commands into movement.

mod configuration;
mod continuous;
mod grid;
mod limits;
mod model;
mod oriented;
mod progress;
mod run_tumble;

pub use configuration::{
    ContinuousMotionConfig, GridMotionConfig, MotionConfig, OrientedMotionConfig, RunTumbleMotionConfig,
};
pub(super) use limits::Body;
pub use model::Motion;

use super::super::space::Domain;
use super::Agents;
use crate::random::StreamSeed;
use continuous::Continuous;
use grid::Grid;
use oriented::Oriented;
use run_tumble::RunTumble;

impl MotionConfig {
    /// The bodies of `agents`, which are put where such bodies can be. Random numbers come from the members' streams of
    /// `seed`.
    pub(super) fn build(&self, body: Body, domain: &Domain, seed: StreamSeed, agents: &mut Agents) -> Box<dyn Motion> {
        match self {
            Self::Continuous(config) => Box::new(Continuous::new(config, body, agents.x_m.len())),
            Self::Grid(config) => Box::new(Grid::new(config, body, domain, agents)),
            Self::Oriented(config) => Box::new(Oriented::new(config, body, agents)),
            Self::RunTumble(config) => Box::new(RunTumble::new(config, body, seed, agents)),
        }
    }
}
