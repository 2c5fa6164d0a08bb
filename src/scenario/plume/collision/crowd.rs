//! The collision stage: agents move one after the other, and none through another.

use super::super::agents::Agents;
use super::super::boundary::Boundary;
use super::super::episode::{Domain, Stage};
use super::bent_way::BentWay;
use super::neighbours::{Mover, Neighbours, reach_m};
use super::space::{NOWHERE, Place, Space};
use super::turns::Turns;
use super::way::Others;
use super::{Contact, DiscsConfig};
use crate::lanes::{F64x8, LANES};

/// [`Crowd::in_order_highest`]: among 10 000 agents both orders take about the same time.
const IN_ORDER_HIGHEST: usize = 20_000;

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
    before: Before,
    neighbours: Neighbours,
    turns: Turns,
    /// By agent: its bucket, then its slot.
    slots: Vec<u32>,
    /// Steps of each agent that another one cut short.
    collisions: Vec<u32>,
    /// Most agents that are taken in the order of their indices: larger crowds are quicker in that of their slots.
    pub(super) in_order_highest: usize,
}

/// In place of the fraction of a way that nobody cut short, or that has been dealt with.
const WHOLE: f64 = 2.0;

/// The agents before the edges of the domain bent their ways.
#[derive(Clone, Debug)]
struct Before {
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    heading_rad: Vec<F64x8>,
    /// Empty for bodies that have no course of their own.
    course_rad: Vec<F64x8>,
    moved_x_m: Vec<F64x8>,
    moved_y_m: Vec<F64x8>,
    /// The longest of all ways, squared, m².
    longest2: f64,
}

impl Before {
    /// Where an agent was before it moved.
    #[inline(always)]
    fn place(&self, block: usize, lane: usize) -> Place {
        [self.x_m[block].0[lane], self.y_m[block].0[lane]]
    }

    /// The movement that its body made.
    #[inline(always)]
    fn moved(&self, block: usize, lane: usize) -> Place {
        [self.moved_x_m[block].0[lane], self.moved_y_m[block].0[lane]]
    }
}

impl Crowd {
    /// The crowd of `agents`, whose discs don't overlap, where `boundary` rules the edges of `domain`.
    #[must_use]
    pub(super) fn new(config: &DiscsConfig, domain: &Domain, boundary: &dyn Boundary, agents: &Agents) -> Self {
        let space = Space::new(domain, boundary.wraps());
        let (keep_m, rounding_m) = (keep_m(config, &space), space.rounding_m());
        let zeros = || vec![F64x8::ZERO; agents.x_m.len()];
        Self {
            neighbours: Neighbours::new(&space, agents.count),
            turns: Turns::new(agents.count),
            slots: vec![0; agents.count],
            collisions: vec![0; agents.count],
            before: Before {
                x_m: zeros(),
                y_m: zeros(),
                heading_rad: zeros(),
                course_rad: vec![F64x8::ZERO; agents.course_rad.len()],
                moved_x_m: zeros(),
                moved_y_m: zeros(),
                longest2: 0.0,
            },
            space,
            contact: config.contact,
            keep_m,
            rounding_m,
            in_order_highest: IN_ORDER_HIGHEST,
        }
    }

    /// Steps of each agent that another one cut short.
    #[must_use]
    pub fn collisions(&self) -> &[u32] {
        &self.collisions
    }

    /// Takes note of where agents are, before their bodies move.
    pub fn before_act(&mut self, stage: Stage<'_>, agents: &Agents) {
        for &block in stage.blocks {
            self.before.x_m[block] = agents.x_m[block];
            self.before.y_m[block] = agents.y_m[block];
        }
    }

    /// Takes note of where agents want to go: after their bodies have moved, before [`Boundary::confine`].
    pub fn before_boundary(&mut self, stage: Stage<'_>, agents: &Agents) {
        let before = &mut self.before;
        for &block in stage.blocks {
            let (x, y) = (agents.moved_x_m[block], agents.moved_y_m[block]);
            before.heading_rad[block] = agents.heading_rad[block];
            if let Some(course_rad) = agents.course_rad.get(block) {
                before.course_rad[block] = *course_rad;
            }
            before.moved_x_m[block] = x;
            before.moved_y_m[block] = y;
            for length2 in (x * x + y * y).0 {
                // A way that isn't a finite number ends the unit anyway.
                if length2 > before.longest2 && length2 < f64::INFINITY {
                    before.longest2 = length2;
                }
            }
        }
    }

    /// Cuts ways short that touch another agent: after [`Boundary::confine`]. Sets position, movement, heading and the
    /// marks of the boundary of agents that are stopped.
    pub fn separate(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        let reach_m = self.reach_m();
        self.sort(stage, agents, reach_m);
        if agents.count <= self.in_order_highest {
            self.move_in_order(stage, boundary, agents);
        } else {
            self.move_by_slots(stage, boundary, agents, reach_m);
        }
        self.write_back(stage, agents);
        self.before.longest2 = 0.0;
    }

    /// Agents move in the order of their indices.
    fn move_in_order(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        for &block in stage.blocks {
            for lane in 0..LANES {
                if agents.active[block].0[lane] != 0.0 {
                    let agent = block * LANES + lane;
                    let slot = self.slots[agent] as usize;
                    let reach_m = self.contact_reach_m(length(self.before.moved(block, lane)));
                    self.turns.take(slot, &self.neighbours, &self.space, reach_m);
                    let moved = self.moved(stage, boundary, agents, slot, agent);
                    self.neighbours.set(slot, moved);
                }
            }
        }
    }

    /// Agents move in the order of their slots, with the same outcome.
    fn move_by_slots(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents, reach_m: f64) {
        for &block in stage.blocks {
            for lane in 0..LANES {
                if agents.active[block].0[lane] != 0.0 {
                    let agent = block * LANES + lane;
                    self.turns.wait(self.slots[agent] as usize, agent);
                }
            }
        }
        for slot in 0..self.neighbours.movers().len() {
            self.turns.call(slot, &self.neighbours, &self.space, reach_m);
            while let Some((slot, agent)) = self.turns.next(&self.neighbours, &self.space, reach_m) {
                let moved = self.moved(stage, boundary, agents, slot, agent);
                self.neighbours.set(slot, moved);
            }
        }
    }

    /// How near others have to be to matter in this step, whether they have moved or not.
    fn reach_m(&self) -> f64 {
        reach_m(self.keep_m, self.before.longest2.sqrt()) * (1.0 + 1e-9) + self.rounding_m
    }

    /// How near others have to be for a way of this length to touch them where they are.
    #[inline(always)]
    fn contact_reach_m(&self, length_m: f64) -> f64 {
        (self.keep_m + length_m) * (1.0 + 1e-9) + self.rounding_m
    }

    /// Puts all who move side by side with those near them.
    fn sort(&mut self, stage: Stage<'_>, agents: &Agents, reach_m: f64) {
        self.neighbours.clear(&self.space, reach_m, agents.count);
        for &block in stage.blocks {
            for lane in 0..LANES {
                if agents.active[block].0[lane] != 0.0 {
                    self.slots[block * LANES + lane] = self.neighbours.count(self.before.place(block, lane));
                }
            }
        }
        self.neighbours.counted();
        for &block in stage.blocks {
            for lane in 0..LANES {
                if agents.active[block].0[lane] != 0.0 {
                    let agent = block * LANES + lane;
                    let at = self.before.place(block, lane);
                    let to = match agents.boundary_hit[block].0[lane] == 0.0 {
                        true => self.straight_end(at, end(agents, block, lane), self.before.moved(block, lane)),
                        false => NOWHERE,
                    };
                    let slot = self.neighbours.put(self.slots[agent], Mover::waiting(at, to));
                    self.slots[agent] = slot;
                }
            }
        }
    }

    /// The end of a straight way, or nowhere if it isn't one: a boundary may carry an agent elsewhere.
    #[inline(always)]
    fn straight_end(&self, at: Place, to: Place, moved: Place) -> Place {
        let most_m = length(moved) * (1.0 + 1e-9) + self.rounding_m;
        match length([to[0] - at[0], to[1] - at[1]]) <= most_m {
            true => to,
            false => NOWHERE,
        }
    }

    /// Where an agent goes, and how much of its way that is.
    #[inline(always)]
    fn moved(
        &mut self,
        stage: Stage<'_>,
        boundary: &mut dyn Boundary,
        agents: &mut Agents,
        slot: usize,
        agent: usize,
    ) -> Mover {
        let mover = self.neighbours.movers()[slot];
        let (at, to) = (mover.at(), mover.to());
        let others = Others {
            space: &self.space,
            near: self.turns.near(),
            movers: self.neighbours.movers(),
            keep_m: self.keep_m,
            rounding_m: self.rounding_m,
        };
        if !to[0].is_nan() {
            return match others.straight(at, to) {
                None => Mover::moved(to, WHOLE),
                Some((place, fraction)) if self.contact == Contact::Touch => Mover::moved(place, fraction),
                Some(_) => Mover::moved(at, 0.0),
            };
        }
        let (block, lane) = (agent / LANES, agent % LANES);
        let moved = self.before.moved(block, lane);
        let mut way = BentWay {
            stage,
            boundary,
            block,
            lane,
            from: at,
            moved,
            length_m: length(moved),
            heading_rad: self.before.heading_rad[block].0[lane],
            course_rad: self.before.course_rad.get(block).map(|course_rad| course_rad.0[lane]),
        };
        let cut_short = way.follow(&others, self.contact, agents);
        self.collisions[agent] += u32::from(cut_short);
        Mover::moved(end(agents, block, lane), WHOLE)
    }

    /// Tells agents where they got to, if their way was straight and another one cut it short.
    fn write_back(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        for &block in stage.blocks {
            for lane in 0..LANES {
                if agents.active[block].0[lane] == 0.0 {
                    continue;
                }
                let agent = block * LANES + lane;
                let mover = self.neighbours.movers()[self.slots[agent] as usize];
                let (place, fraction) = (mover.at(), mover.fraction());
                if fraction != WHOLE {
                    let moved = self.before.moved(block, lane);
                    agents.x_m[block].0[lane] = place[0];
                    agents.y_m[block].0[lane] = place[1];
                    agents.moved_x_m[block].0[lane] = fraction * moved[0];
                    agents.moved_y_m[block].0[lane] = fraction * moved[1];
                    self.collisions[agent] += 1;
                }
            }
        }
    }
}

#[inline(always)]
fn length(moved: Place) -> f64 {
    (moved[0] * moved[0] + moved[1] * moved[1]).sqrt()
}

/// Where an agent is, nowhere if it has left the domain.
#[inline(always)]
fn end(agents: &Agents, block: usize, lane: usize) -> Place {
    match agents.left_domain[block].0[lane] != 0.0 {
        true => NOWHERE,
        false => [agents.x_m[block].0[lane], agents.y_m[block].0[lane]],
    }
}

/// The distance that centres keep, m: a little more than that of the discs.
pub(super) fn keep_m(config: &DiscsConfig, space: &Space) -> f64 {
    2.0 * config.radius_m * (1.0 + SKIN) + space.rounding_m()
}
