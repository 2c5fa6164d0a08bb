//! The collision stage: agents move one after the other, and none through another.

use super::super::agents::Agents;
use super::super::boundary::Boundary;
use super::super::episode::{Domain, Stage};
use super::bent_way::BentWay;
use super::neighbours::Neighbours;
use super::space::{NOWHERE, Place, Space};
use super::way::Others;
use super::{Contact, DiscsConfig};
use crate::lanes::{F64x8, LANES, lane};

/// Agents keep this much more than their discs' distance, so that no rounding of whoever measures finds an overlap.
const SKIN: f64 = 1e-9;

/// The agents of a unit as discs.
///
/// In each step agents move one after the other, in the order of their indices. Each goes its way, as the body and the
/// edges of the domain make it, up to the first contact with the disc of another agent, which is at rest: those before
/// it have moved already, those after it not yet. A place is taken only if it is free, whatever rounding does on the
/// way there, so no two discs overlap at any step. Agents that are done leave the crowd.
#[derive(Clone, Debug)]
pub struct Crowd {
    space: Space,
    contact: Contact,
    keep_m: f64,
    rounding_m: f64,
    /// Where the agents are, m; nowhere if they have left.
    places: Vec<Place>,
    neighbours: Neighbours,
    /// Steps of each agent that another one cut short.
    collisions: Vec<u32>,
    wanted: Wanted,
    /// Blocks that had agents to move in the last step.
    blocks: Vec<usize>,
}

/// What the bodies made of the commands, before the edges of the domain.
#[derive(Clone, Debug)]
struct Wanted {
    heading_rad: Vec<F64x8>,
    /// Empty for bodies that have no course of their own.
    course_rad: Vec<F64x8>,
    moved_x_m: Vec<F64x8>,
    moved_y_m: Vec<F64x8>,
    /// The longest of all ways, m.
    longest_m: f64,
}

impl Crowd {
    /// The crowd of `agents`, whose discs don't overlap, where `boundary` rules the edges of `domain`. Agents are
    /// expected to go about `step_m` in a step.
    #[must_use]
    pub(super) fn new(
        config: &DiscsConfig,
        domain: &Domain,
        boundary: &dyn Boundary,
        agents: &Agents,
        step_m: f64,
    ) -> Self {
        let space = Space::new(domain, boundary.wraps());
        let (keep_m, rounding_m) = (keep_m(config, &space), space.rounding_m());
        let blocks = agents.x_m.len();
        Self {
            neighbours: Neighbours::new(&space, agents.count, keep_m, step_m),
            places: (0..agents.count)
                .map(|agent| [lane(&agents.x_m, agent), lane(&agents.y_m, agent)])
                .collect(),
            space,
            contact: config.contact,
            keep_m,
            rounding_m,
            collisions: vec![0; agents.count],
            wanted: Wanted {
                heading_rad: vec![F64x8::ZERO; blocks],
                course_rad: vec![F64x8::ZERO; agents.course_rad.len()],
                moved_x_m: vec![F64x8::ZERO; blocks],
                moved_y_m: vec![F64x8::ZERO; blocks],
                longest_m: 0.0,
            },
            blocks: (0..blocks).collect(),
        }
    }

    /// Steps of each agent that another one cut short.
    #[must_use]
    pub fn collisions(&self) -> &[u32] {
        &self.collisions
    }

    /// Takes note of where agents want to go: after their bodies have moved, before [`Boundary::confine`].
    pub fn before_boundary(&mut self, stage: Stage<'_>, agents: &Agents) {
        self.forget_done(stage, agents);
        let mut longest2 = 0.0;
        for &block in stage.blocks {
            let (x, y) = (agents.moved_x_m[block], agents.moved_y_m[block]);
            self.wanted.heading_rad[block] = agents.heading_rad[block];
            if let Some(course_rad) = agents.course_rad.get(block) {
                self.wanted.course_rad[block] = *course_rad;
            }
            self.wanted.moved_x_m[block] = x;
            self.wanted.moved_y_m[block] = y;
            for length2 in (x * x + y * y).0 {
                // A way that isn't a finite number ends the unit anyway.
                if length2 > longest2 && length2 < f64::INFINITY {
                    longest2 = length2;
                }
            }
        }
        self.wanted.longest_m = longest2.sqrt();
    }

    /// Agents that are done make room.
    fn forget_done(&mut self, stage: Stage<'_>, agents: &Agents) {
        let places = &mut self.places;
        let mut forget = |block: usize| {
            if agents.active[block] == F64x8::ONE {
                return;
            }
            for lane in 0..LANES.min(agents.count - block * LANES) {
                if agents.active[block].0[lane] == 0.0 {
                    places[block * LANES + lane] = NOWHERE;
                }
            }
        };
        stage.blocks.iter().for_each(|block| forget(*block));
        if self.blocks.len() > stage.blocks.len() {
            let mut live = stage.blocks.iter().peekable();
            for &block in &self.blocks {
                if live.next_if_eq(&&block).is_none() {
                    forget(block);
                }
            }
            self.blocks.clear();
            self.blocks.extend_from_slice(stage.blocks);
        }
    }

    /// Cuts ways short that touch another agent: after [`Boundary::confine`]. Sets position, movement, heading and the
    /// marks of the boundary of agents that are stopped.
    pub fn separate(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        self.neighbours
            .provide(&self.space, &self.places, self.wanted.longest_m);
        for &block in stage.blocks {
            let active = agents.active[block];
            for lane in 0..LANES {
                if active.0[lane] == 0.0 {
                    continue;
                }
                let agent = block * LANES + lane;
                if !self.neighbours.of(agent).is_empty() {
                    self.move_among_others(stage, boundary, agents, agent);
                }
                self.places[agent] = match agents.left_domain[block].0[lane] != 0.0 {
                    true => NOWHERE,
                    false => [agents.x_m[block].0[lane], agents.y_m[block].0[lane]],
                };
            }
        }
    }

    /// Moves one agent that has others about it.
    fn move_among_others(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents, agent: usize) {
        let (block, lane) = (agent / LANES, agent % LANES);
        let from = self.places[agent];
        let moved = [
            self.wanted.moved_x_m[block].0[lane],
            self.wanted.moved_y_m[block].0[lane],
        ];
        let length_m = (moved[0] * moved[0] + moved[1] * moved[1]).sqrt();
        let others = Others {
            space: &self.space,
            near: self.neighbours.of(agent),
            places: &self.places,
            keep_m: self.keep_m,
            rounding_m: self.rounding_m,
        };
        if others.is_out_of_reach(from, length_m) {
            return;
        }
        let cut_short = if agents.boundary_hit[block].0[lane] == 0.0 {
            let to = [agents.x_m[block].0[lane], agents.y_m[block].0[lane]];
            let stopped = others.straight(from, moved, to);
            if let Some((fraction, place)) = stopped {
                let (fraction, place) = match self.contact {
                    Contact::Touch => (fraction, place),
                    Contact::Stay => (0.0, from),
                };
                agents.x_m[block].0[lane] = place[0];
                agents.y_m[block].0[lane] = place[1];
                agents.moved_x_m[block].0[lane] = fraction * moved[0];
                agents.moved_y_m[block].0[lane] = fraction * moved[1];
            }
            stopped.is_some()
        } else {
            let mut way = BentWay {
                stage,
                boundary,
                block,
                lane,
                from,
                moved,
                length_m,
                heading_rad: self.wanted.heading_rad[block].0[lane],
                course_rad: self.wanted.course_rad.get(block).map(|course_rad| course_rad.0[lane]),
            };
            way.follow(&others, self.contact, agents)
        };
        self.collisions[agent] += u32::from(cut_short);
    }
}

/// The distance that centres keep, m: a little more than that of the discs.
pub(super) fn keep_m(config: &DiscsConfig, space: &Space) -> f64 {
    2.0 * config.radius_m * (1.0 + SKIN) + space.rounding_m()
}
