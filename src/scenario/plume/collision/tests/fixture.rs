//! A crowd that is told where to go, step by step.

use super::super::{Contact, Crowd, DiscsConfig};
use crate::lanes::{F64x8, LANES, SimdLevel, lane, set_lane};
use crate::random::StreamSeed;
use crate::scenario::plume::agents::{Agents, Place};
use crate::scenario::plume::boundary::{
    Boundary, BoundaryModel, ClipConfig, ReflectConfig, TerminateConfig, WrapConfig,
};
use crate::scenario::plume::space::Domain;
use crate::scenario::plume::step::Stage;
use std::f64::consts::TAU;

/// 10 m × 8 m, far from the origin of the coordinates.
pub const DOMAIN: Domain = Domain {
    x_min_m: 100.0,
    x_max_m: 110.0,
    y_min_m: -4.0,
    y_max_m: 4.0,
};

pub const POLICIES: [&dyn BoundaryModel; 4] = [&TerminateConfig {}, &ClipConfig {}, &ReflectConfig {}, &WrapConfig {}];

pub struct Driven {
    pub agents: Agents,
    pub crowd: Crowd,
    boundary: Box<dyn Boundary>,
    blocks: Vec<usize>,
    step: u64,
}

impl Driven {
    /// Agents at `places`, with discs of a radius.
    pub fn new(places: &[(f64, f64)], discs: &DiscsConfig, boundary: &dyn BoundaryModel) -> Self {
        Self::under(places, discs, boundary.build(&DOMAIN))
    }

    /// Agents with discs under any boundary.
    pub fn under(places: &[(f64, f64)], discs: &DiscsConfig, boundary: Box<dyn Boundary>) -> Self {
        let mut random = StreamSeed(1).generator(0);
        let mut turned = |(x_m, y_m): &(f64, f64)| Place {
            x_m: *x_m,
            y_m: *y_m,
            heading_rad: TAU * (random.uniform() - 0.5),
        };
        let places: Vec<Place> = places.iter().map(&mut turned).collect();
        let agents = Agents::at(&places, &DOMAIN);
        Self {
            crowd: Crowd::new(discs, &DOMAIN, boundary.as_ref(), &agents, StreamSeed(2)),
            blocks: (0..agents.x_m.len()).collect(),
            agents,
            boundary,
            step: 0,
        }
    }

    pub fn touching(places: &[(f64, f64)], radius_m: f64, boundary: &dyn BoundaryModel) -> Self {
        let discs = DiscsConfig {
            radius_m,
            contact: Contact::Touch,
        };
        Self::new(places, &discs, boundary)
    }

    /// Another order of moves.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.crowd.set_order(StreamSeed(seed));
        self
    }

    /// One step by `moves`; agents beyond the list stay. Headings are those of the moves.
    pub fn step(&mut self, moves: &[(f64, f64)]) {
        let agents = &mut self.agents;
        let stage = Stage {
            simd: SimdLevel::detect(),
            step: self.step,
            time_s: self.step as f64,
            dt_s: 1.0,
            blocks: &self.blocks,
        };
        agents.moved_x_m.fill(F64x8::ZERO);
        agents.moved_y_m.fill(F64x8::ZERO);
        for (agent, (x_m, y_m)) in moves.iter().enumerate() {
            let active = lane(&agents.active, agent);
            set_lane(&mut agents.moved_x_m, agent, x_m * active);
            set_lane(&mut agents.moved_y_m, agent, y_m * active);
            set_lane(&mut agents.heading_rad, agent, y_m.atan2(*x_m));
        }
        for block in 0..agents.x_m.len() {
            agents.x_m[block] += agents.moved_x_m[block];
            agents.y_m[block] += agents.moved_y_m[block];
        }
        self.crowd.confine(stage, self.boundary.as_mut(), agents);
        self.step += 1;
        for agent in 0..self.agents.count {
            if lane(&self.agents.left_domain, agent) != 0.0 {
                self.end(agent);
            }
        }
    }

    /// The agent is done.
    pub fn end(&mut self, agent: usize) {
        set_lane(&mut self.agents.active, agent, 0.0);
        self.blocks
            .retain(|block| self.agents.active[*block].0.iter().any(|active| *active != 0.0));
    }

    pub fn place(&self, agent: usize) -> (f64, f64) {
        (lane(&self.agents.x_m, agent), lane(&self.agents.y_m, agent))
    }

    pub fn moved(&self, agent: usize) -> (f64, f64) {
        (lane(&self.agents.moved_x_m, agent), lane(&self.agents.moved_y_m, agent))
    }

    /// The agents that are still there.
    pub fn there(&self) -> Vec<usize> {
        (0..self.agents.count)
            .filter(|agent| self.agents.active[agent / LANES].0[agent % LANES] != 0.0)
            .collect()
    }

    /// Their places.
    pub fn places(&self) -> Vec<(f64, f64)> {
        self.there().into_iter().map(|agent| self.place(agent)).collect()
    }
}

/// The smallest distance of two places, m, across the edges of `domain` where it wraps around: plainly, over all pairs
/// and all images.
pub fn closest(places: &[(f64, f64)], domain: &Domain, wraps: bool) -> f64 {
    let shifts: &[f64] = if wraps { &[-1.0, 0.0, 1.0] } else { &[0.0] };
    let mut closest = f64::INFINITY;
    for (i, a) in places.iter().enumerate() {
        for b in &places[..i] {
            for x in shifts {
                for y in shifts {
                    let (dx, dy) = (a.0 - b.0 + x * domain.width_m(), a.1 - b.1 + y * domain.height_m());
                    closest = closest.min(dx.hypot(dy));
                }
            }
        }
    }
    closest
}
