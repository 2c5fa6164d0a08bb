//! Bodies: what becomes of commands.

mod behaviour;
mod properties;
mod references;
mod strategies;

use super::fixture::unit;
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, SimdLevel};
use crate::scenario::plume::PlumeConfig;
use crate::scenario::plume::agents::{Agents, Commands, Motion, Place};
use crate::scenario::plume::boundary::Boundary;
use crate::scenario::plume::step::Stage;

/// Agents that a test commands itself: bodies and edges without senses, navigators and metrics.
pub struct Trial {
    pub agents: Agents,
    motion: Box<dyn Motion>,
    boundary: Box<dyn Boundary>,
    dt_s: f64,
    step: u64,
    blocks: Vec<usize>,
}

impl Trial {
    pub fn new(config: &PlumeConfig, inputs: &Inputs, places: &[Place]) -> Self {
        let domain = &config.episode.domain;
        let mut agents = Agents::at(places, domain);
        let streams = unit(1).streams;
        let motion = config
            .agents
            .build_motion(domain, inputs, &streams, &mut agents)
            .unwrap();
        Self {
            motion,
            boundary: config.boundary.build(domain),
            dt_s: config.episode.dt_s,
            step: 0,
            blocks: (0..agents.x_m.len()).collect(),
            agents,
        }
    }

    /// The bodies' part of a step.
    pub fn act(&mut self, commands: &Commands) {
        let stage = stage(self.step, self.dt_s, &self.blocks);
        self.motion.act(stage, commands, &mut self.agents);
    }

    /// The edges' part of a step. Agents that leave the domain are done.
    pub fn confine(&mut self) {
        let stage = stage(self.step, self.dt_s, &self.blocks);
        self.boundary.confine(stage, &mut self.agents);
        for (active, left) in self.agents.active.iter_mut().zip(&self.agents.left_domain) {
            *active = *active * (F64x8::ONE - *left);
        }
        self.step += 1;
    }

    /// A step with the same command for all agents.
    pub fn steer(&mut self, heading_rad: f64, speed_m_s: f64) {
        let mut commands = Commands::new(self.blocks.len());
        commands.heading_rad.fill(F64x8::splat(heading_rad));
        commands.speed_m_s.fill(F64x8::splat(speed_m_s));
        self.act(&commands);
        self.confine();
    }
}

fn stage(step: u64, dt_s: f64, blocks: &[usize]) -> Stage<'_> {
    Stage {
        simd: SimdLevel::detect(),
        step,
        time_s: step as f64 * dt_s,
        dt_s,
        blocks,
    }
}

/// The same place for a whole block.
pub fn eight(x_m: f64, y_m: f64, heading_rad: f64) -> [Place; LANES] {
    [Place { x_m, y_m, heading_rad }; LANES]
}
