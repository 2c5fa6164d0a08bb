//! Paths that an edge of the domain deflects.

use super::super::agents::Agents;
use super::super::boundary::Boundary;
use super::super::step::Stage;
use super::Contact;
use super::intended::Bent;
use super::space::Place;
use super::way::Others;
use crate::lanes::F64x8;

/// A way is looked along in pieces of at least this fraction of the contact distance.
const PIECE: f64 = 1.0 / 64.0;
/// Halvings of the piece in which a way meets a disc.
const HALVINGS: u32 = 30;

/// The path of an agent that meets an edge: t ↦ B(p + t d), whatever the boundary B makes of a movement.
pub(super) struct DeflectedPath<'a> {
    pub stage: Stage<'a>,
    pub boundary: &'a mut dyn Boundary,
    pub block: usize,
    pub lane: usize,
    pub from: Place,
    pub wanted: Bent,
    pub length_m: f64,
}

/// All that a boundary may change of a block.
#[derive(Clone, Copy)]
struct Saved {
    values: [F64x8; 7],
    course_rad: Option<F64x8>,
}

impl Saved {
    fn of(agents: &Agents, block: usize) -> Self {
        Self {
            values: [
                agents.x_m[block],
                agents.y_m[block],
                agents.heading_rad[block],
                agents.moved_x_m[block],
                agents.moved_y_m[block],
                agents.boundary_hit[block],
                agents.left_domain[block],
            ],
            course_rad: agents.course_rad.get(block).copied(),
        }
    }

    /// Puts all lanes back but one, which takes its values from `kept`.
    fn restore(mut self, kept: Self, lane: usize, agents: &mut Agents, block: usize) {
        let kept = kept.values.into_iter().chain(kept.course_rad);
        for (values, kept) in self.values.iter_mut().chain(&mut self.course_rad).zip(kept) {
            values.0[lane] = kept.0[lane];
        }
        if let Some(course_rad) = self.course_rad {
            agents.course_rad[block] = course_rad;
        }
        [
            agents.x_m[block],
            agents.y_m[block],
            agents.heading_rad[block],
            agents.moved_x_m[block],
            agents.moved_y_m[block],
            agents.boundary_hit[block],
            agents.left_domain[block],
        ] = self.values;
    }
}

impl DeflectedPath<'_> {
    /// Goes along the way until it touches a disc, and says whether it does. What lies between two places that were
    /// looked at is no farther from one of them than half of [`PIECE`] of a disc.
    pub fn follow(&mut self, others: &Others<'_>, contact: Contact, agents: &mut Agents) -> bool {
        let whole = Saved::of(agents, self.block);
        let piece_m = PIECE * others.contact_distance_m;
        let (mut free, mut blocked) = (0.0, None);
        while blocked.is_none() && free < 1.0 {
            let place = self.at(free, agents);
            let next = (free + others.clearance_m(place).max(piece_m) / self.length_m).min(1.0);
            match self.is_free(next, others, agents) {
                true => free = next,
                false => blocked = Some(next),
            }
        }
        let Some(mut blocked) = blocked else {
            whole.restore(whole, self.lane, agents, self.block);
            // The end was free as it was worked out here; as the boundary had left it, it may differ by rounding, or by
            // chance in a boundary of somebody's own.
            let end = [agents.x_m[self.block].0[self.lane], agents.y_m[self.block].0[self.lane]];
            if others.is_beyond(self.from, end, self.length_m) || !others.is_free(end) {
                self.take(0.0, whole, others, agents);
                return true;
            }
            return false;
        };
        for _ in 0..HALVINGS {
            let middle = 0.5 * (free + blocked);
            match self.is_free(middle, others, agents) {
                true => free = middle,
                false => blocked = middle,
            }
        }
        let fraction = match contact {
            Contact::Touch => free,
            Contact::Stay => 0.0,
        };
        self.take(fraction, whole, others, agents);
        true
    }

    /// Where the agent is after a fraction of its movement. Leaves the block's other agents in disorder.
    fn at(&mut self, fraction: f64, agents: &mut Agents) -> Place {
        let (block, lane) = (self.block, self.lane);
        agents.x_m[block].0[lane] = self.from[0] + fraction * self.wanted.moved[0];
        agents.y_m[block].0[lane] = self.from[1] + fraction * self.wanted.moved[1];
        agents.heading_rad[block].0[lane] = self.wanted.heading_rad;
        if let Some(course_rad) = self.wanted.course_rad {
            agents.course_rad[block].0[lane] = course_rad;
        }
        agents.moved_x_m[block].0[lane] = fraction * self.wanted.moved[0];
        agents.moved_y_m[block].0[lane] = fraction * self.wanted.moved[1];
        agents.boundary_hit[block].0[lane] = 0.0;
        agents.left_domain[block].0[lane] = 0.0;
        let stage = Stage {
            blocks: &[block],
            ..self.stage
        };
        self.boundary.confine(stage, agents);
        [agents.x_m[block].0[lane], agents.y_m[block].0[lane]]
    }

    /// An edge that carries an agent farther than its movement takes it beyond those who were looked for.
    fn is_free(&mut self, fraction: f64, others: &Others<'_>, agents: &mut Agents) -> bool {
        let place = self.at(fraction, agents);
        !others.is_beyond(self.from, place, self.length_m) && others.is_free(place)
    }

    /// Ends the step after a fraction of the movement, or where it began if the place isn't free: a boundary of somebody's own
    /// may carry those who stand, or decide by chance.
    fn take(&mut self, fraction: f64, whole: Saved, others: &Others<'_>, agents: &mut Agents) {
        let place = self.at(fraction, agents);
        let is_taken = || others.is_beyond(self.from, place, self.length_m) || !others.is_free(place);
        if place != self.from && (fraction == 0.0 || is_taken()) {
            let (block, lane) = (self.block, self.lane);
            [agents.x_m[block].0[lane], agents.y_m[block].0[lane]] = self.from;
            agents.moved_x_m[block].0[lane] = 0.0;
            agents.moved_y_m[block].0[lane] = 0.0;
            agents.left_domain[block].0[lane] = 0.0;
        }
        let kept = Saved::of(agents, self.block);
        whole.restore(kept, self.lane, agents, self.block);
    }
}
