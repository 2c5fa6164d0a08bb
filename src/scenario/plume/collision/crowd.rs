//! The collision stage: agents move one after the other, and none through another.

use super::super::agents::Agents;
use super::super::boundary::Boundary;
use super::super::space::Domain;
use super::super::step::Stage;
use super::deflected_path::DeflectedPath;
use super::intended::{Intended, Way};
use super::move_order::MoveOrder;
use super::neighbours::{Neighbours, reach_m};
use super::space::{NOWHERE, Place, Space};
use super::way::Others;
use super::{Contact, DiscsConfig};
use crate::lanes::{F64x8, LANES, kernel, lane};
use crate::random::StreamSeed;

/// Agents keep this much more than their discs' distance, so that no rounding of whoever measures finds an overlap.
const SKIN: f64 = 1e-9;

/// In place of the fraction of a way that nobody cut short, or that has been dealt with.
const WHOLE: f64 = 2.0;

/// The agents of a unit as discs.
///
/// In each step agents move one after the other, in an order that is drawn anew. Each goes its way, as the body and the
/// edges of the domain make it, up to the first contact with the disc of another agent, which is at rest: those before it
/// have moved already, those after it not yet. A place is taken only if it is free, whatever rounding does on the way
/// there, so no two discs overlap at any step. Agents that are done leave the crowd.
#[derive(Clone, Debug)]
pub struct Crowd {
    space: Space,
    contact: Contact,
    contact_distance_m: f64,
    /// Agents, without padding.
    count: usize,
    move_order: MoveOrder,
    intended: Intended,
    neighbours: Neighbours,
    /// By agent, padded to whole blocks.
    made: Vec<Made>,
    /// Steps of each agent that another one cut short; padded to whole blocks.
    collisions: Vec<u32>,
    /// Slots of those whose turn it is, and of those near one of them.
    called: Vec<u32>,
    near: Vec<u32>,
    /// The agents in the order of their moves in the last step.
    #[cfg(test)]
    pub(super) order: Vec<usize>,
}

/// What an agent made of its way.
#[derive(Clone, Copy, Debug)]
struct Made {
    place: Place,
    /// How much of it that is.
    fraction: f64,
}

impl Crowd {
    /// The crowd of `agents`, whose discs don't overlap, where `boundary` rules the edges of `domain`. The order of moves
    /// comes from `seed`.
    #[must_use]
    pub(super) fn new(
        config: &DiscsConfig,
        domain: &Domain,
        boundary: &dyn Boundary,
        agents: &Agents,
        seed: StreamSeed,
    ) -> Self {
        let space = Space::new(domain, boundary.wraps());
        let places = (0..agents.count).map(|agent| [lane(&agents.x_m, agent), lane(&agents.y_m, agent)]);
        let blocks = agents.x_m.len();
        let whole = Made {
            place: NOWHERE,
            fraction: WHOLE,
        };
        Self {
            contact: config.contact,
            contact_distance_m: contact_distance_m(config, &space),
            count: agents.count,
            move_order: MoveOrder::new(seed),
            intended: Intended::new(blocks),
            neighbours: Neighbours::new(&space, places.collect()),
            made: vec![whole; blocks * LANES],
            collisions: vec![0; blocks * LANES],
            called: Vec::new(),
            near: Vec::new(),
            space,
            #[cfg(test)]
            order: Vec::new(),
        }
    }

    /// Steps of each agent that another one cut short.
    #[must_use]
    pub fn collisions(&self) -> &[u32] {
        &self.collisions[..self.count]
    }

    /// Agents, whose bodies have moved, meet the edges of the domain and each other: [`Boundary::confine`], and then ways
    /// that touch another agent are cut short. Sets position, movement, heading and the marks of the boundary.
    pub fn confine(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        self.intended.confine(stage, boundary, agents);
        if self.intended.someone_gone {
            self.neighbours.drop_gone(&self.intended.ways);
        }
        let reach_m = (self.space).roomy_m(reach_m(self.contact_distance_m, self.intended.longest_m()));
        self.neighbours.sort(&self.space, reach_m, &self.intended.ways);
        self.move_in_turn(stage, boundary, agents);
        self.tell();
        // Tells agents where they got to, if their way was straight and another one cut it short.
        let crowd = self;
        kernel!(stage.simd, |crowd: &mut Crowd,
                             stage: Stage<'_>,
                             agents: &mut Agents| {
            for &block in stage.blocks {
                let members = block * LANES..(block + 1) * LANES;
                let made = &crowd.made[members.clone()];
                let each = |value: fn(&Made) -> f64| F64x8(std::array::from_fn(|lane| value(&made[lane])));
                let fraction = each(|made| made.fraction);
                let is_cut = fraction.lt(F64x8::splat(WHOLE)).to_f64() * agents.active[block];
                for (collisions, is_cut) in crowd.collisions[members].iter_mut().zip(is_cut.0) {
                    *collisions += is_cut as u32;
                }
                let is_cut = is_cut.to_mask();
                agents.x_m[block] = is_cut.select(each(|made| made.place[0]), agents.x_m[block]);
                agents.y_m[block] = is_cut.select(each(|made| made.place[1]), agents.y_m[block]);
                agents.moved_x_m[block] = is_cut.select(fraction * agents.moved_x_m[block], agents.moved_x_m[block]);
                agents.moved_y_m[block] = is_cut.select(fraction * agents.moved_y_m[block], agents.moved_y_m[block]);
            }
        });
    }

    /// Agents move one after the other.
    fn move_in_turn(&mut self, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        #[cfg(test)]
        self.order.clear();
        let order = self.move_order.next();
        let mut called = std::mem::take(&mut self.called);
        for (run, colour) in self.neighbours.runs(order.colours) {
            let count = self.neighbours.of_colour(run, colour, &mut called);
            if order.is_descending {
                called[..count].reverse();
            }
            for &slot in &called[..count] {
                self.move_one(slot as usize, stage, boundary, agents);
            }
        }
        self.called = called;
    }

    /// The one in `slot` goes its way.
    #[inline(always)]
    fn move_one(&mut self, slot: usize, stage: Stage<'_>, boundary: &mut dyn Boundary, agents: &mut Agents) {
        #[cfg(test)]
        self.order.push(self.neighbours.agents()[slot] as usize);
        let from = self.neighbours.places()[slot];
        let made = match self.neighbours.ways()[slot].end() {
            Ok(end) => self.go_straight(slot, from, end),
            Err(bent) => self.go_bent(slot, from, bent, stage, boundary, agents),
        };
        self.neighbours.set(slot, made.place, Way::made(made.fraction));
    }

    /// How far the one in `slot` gets straight to a place.
    #[inline(always)]
    fn go_straight(&mut self, slot: usize, from: Place, to: Place) -> Made {
        let contact = self.contact;
        let others = self.others(slot, length([to[0] - from[0], to[1] - from[1]]));
        let (place, fraction) = match others.straight(from, to) {
            None => (to, WHOLE),
            Some(made) if contact == Contact::Touch => made,
            Some(_) => (from, 0.0),
        };
        Made { place, fraction }
    }

    /// How far the one in `slot` gets on the `bent`-th of the ways that the boundary bends. Tells it at once.
    #[inline(never)]
    fn go_bent(
        &mut self,
        slot: usize,
        from: Place,
        bent: usize,
        stage: Stage<'_>,
        boundary: &mut dyn Boundary,
        agents: &mut Agents,
    ) -> Made {
        let (agent, contact) = (self.neighbours.agents()[slot] as usize, self.contact);
        let (block, lane) = (agent / LANES, agent % LANES);
        let wanted = self.intended.bent[bent];
        if !length(wanted.moved).is_finite() {
            // What isn't a finite number passes through, and ends the unit.
            return Made {
                place: NOWHERE,
                fraction: WHOLE,
            };
        }
        let mut way = DeflectedPath {
            stage,
            boundary,
            block,
            lane,
            from,
            length_m: length(wanted.moved),
            wanted,
        };
        let is_cut = way.follow(&self.others(slot, way.length_m), contact, agents);
        self.collisions[agent] += u32::from(is_cut);
        let place = match agents.left_domain[block].0[lane] != 0.0 {
            true => NOWHERE,
            false => [agents.x_m[block].0[lane], agents.y_m[block].0[lane]],
        };
        Made { place, fraction: WHOLE }
    }

    /// The agents that the one in `slot` could touch along a path of a length, with their places.
    #[inline(always)]
    fn others(&mut self, slot: usize, length_m: f64) -> Others<'_> {
        let reach_m = self.space.roomy_m(self.contact_distance_m + length_m);
        let count = self.neighbours.find(&self.space, slot, reach_m, &mut self.near);
        Others {
            space: &self.space,
            near: &self.near[..count],
            places: self.neighbours.places(),
            contact_distance_m: self.contact_distance_m,
        }
    }

    /// Puts what the agents of the crowd have made of their ways into the order of their indices. By itself, many fetches
    /// from everywhere are under way at the same time.
    fn tell(&mut self) {
        let made = self.neighbours.places().iter().zip(self.neighbours.ways());
        for ((place, way), agent) in made.zip(self.neighbours.agents()) {
            self.made[*agent as usize] = Made {
                place: *place,
                fraction: way.fraction(),
            };
        }
    }
}

#[cfg(test)]
impl Crowd {
    /// Another order of moves.
    pub fn set_order(&mut self, seed: StreamSeed) {
        self.move_order = MoveOrder::new(seed);
    }
}

#[inline(always)]
fn length(way: Place) -> f64 {
    (way[0] * way[0] + way[1] * way[1]).sqrt()
}

/// The distance that centres keep, m: a little more than that of the discs.
pub(super) fn contact_distance_m(config: &DiscsConfig, space: &Space) -> f64 {
    2.0 * config.radius_m * (1.0 + SKIN) + space.rounding_m()
}
