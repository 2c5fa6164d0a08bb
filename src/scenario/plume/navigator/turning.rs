//! Turns: on which side they go round, and those that a body takes several steps for.

use crate::lanes::F64x8;

/// Turns are kept this much below half a turn, so that rounding can't reverse them, rad.
const TURN_MARGIN_RAD: f64 = 1e-9;
/// Headings this close to downwind count as downwind, rad.
const DOWNWIND_MARGIN_RAD: f64 = 1e-6;
/// Rounding of angles, rad: a turn that is this close to what was asked for is made, one that is this far off is still the
/// body's own.
const ROUNDING_MARGIN_RAD: f64 = 1e-9;

/// The turn from one angle off upwind to another (`wanted`, in [−π, π]) that doesn't pass through downwind, short of
/// half a turn, rad. Agents that face downwind turn on their `side` (+1 or −1).
#[inline(always)]
pub(super) fn turn_through_upwind(from_upwind: F64x8, wanted: F64x8, side: F64x8) -> F64x8 {
    let from = from_upwind.wrap_angle();
    let downwind = from.abs().gt(F64x8::splat(std::f64::consts::PI - DOWNWIND_MARGIN_RAD));
    let from = downwind.select(from.copysign(side), from);
    let most = F64x8::splat(std::f64::consts::PI - TURN_MARGIN_RAD);
    // The limits come first, so that what isn't a number passes through and is found.
    most.min((-most).max(wanted - from))
}

/// The turn that eight agents are about to make.
///
/// A body whose turn rate is limited takes several steps for a large turn. A navigator that decides on turns now and
/// then, rather than on a course in every step, has to ask for the rest of a turn again. It must not do so after an edge
/// of the domain has turned the agent: then the rest would lead back to the edge. What the body did lies between nothing
/// and all of what was asked for; a heading elsewhere is an edge's work, and the turn is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turning {
    before_rad: F64x8,
    wanted_rad: F64x8,
}

impl Turning {
    /// No turn under way.
    pub(super) const NONE: Self = Self {
        before_rad: F64x8::ZERO,
        wanted_rad: F64x8::ZERO,
    };

    /// What is left of the turn, now that the agents face `heading`, rad.
    #[inline(always)]
    pub(super) fn left(&self, heading: F64x8) -> F64x8 {
        let margin = F64x8::splat(ROUNDING_MARGIN_RAD);
        let made = (heading - self.before_rad).wrap_angle();
        let left = self.wanted_rad - made;
        let own = (made * self.wanted_rad).ge(-margin) & made.abs().le(self.wanted_rad.abs() + margin);
        (own & left.abs().gt(margin)).select(left, F64x8::ZERO)
    }

    /// Turns agents that face `heading` by `turn`; gives the heading to command, rad.
    #[inline(always)]
    pub(super) fn turn(&mut self, heading: F64x8, turn: F64x8) -> F64x8 {
        self.before_rad = heading;
        self.wanted_rad = turn.wrap_angle();
        heading + self.wanted_rad
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// A turn of 2 rad with a body that makes 0.6 rad a step, across ±π.
    #[test]
    fn a_slow_body_makes_the_whole_turn() {
        let mut turning = Turning::NONE;
        let mut heading = F64x8::splat(2.5);
        let mut left = F64x8::splat(2.0);
        for made in [0.6, 0.6, 0.6, 0.2, 0.0] {
            let wanted = turning.turn(heading, left) - heading;
            assert!((wanted.0[3].clamp(-0.6, 0.6) - made).abs() < 1e-12, "{wanted:?}");
            heading = (heading + F64x8::splat(made)).wrap_angle();
            left = turning.left(heading);
        }
        assert!((heading.0[0] - (4.5 - 2.0 * PI)).abs() < 1e-12);
    }

    #[test]
    fn an_edge_ends_the_turn() {
        let mut turning = Turning::NONE;
        turning.turn(F64x8::splat(1.0), F64x8::splat(0.8));
        // Turned by 0.5 and by 0.8 of it; reflected to the other side; turned further than asked for; on the spot.
        let heading = F64x8([1.5, 1.8, -1.5, 0.9, 1.9, 1.0 + PI, 1.0, 1.4]);
        let expected = [0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8, 0.4];
        for (found, expected) in turning.left(heading).0.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
}
