//! What every body does with commands.

use super::super::super::step::Stage;
use super::super::{Agents, Commands};

/// The bodies of all agents of a unit. Speeds and turns keep to the limits of the body.
pub trait Motion: Send {
    /// Turns and moves all active agents: heading, position, `turned_rad`, `moved_x_m` and `moved_y_m`. Called once per
    /// step, from step 0.
    fn act(&mut self, stage: Stage<'_>, commands: &Commands, agents: &mut Agents);

    /// The place beside `place` (x, y; m) where such a body can stand: all but those on a grid can stand anywhere.
    fn standing_place(&self, place: (f64, f64)) -> (f64, f64) {
        place
    }
}
