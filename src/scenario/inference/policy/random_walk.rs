//! The baseline that believes nothing.

use super::super::belief::Move;
use super::{Policy, Situation};
use crate::random::Xoshiro256PlusPlus;

/// Every move that the grid allows with equal probability. One random number per move.
#[derive(Clone, Debug)]
pub struct RandomWalk {
    random: Xoshiro256PlusPlus,
}

impl RandomWalk {
    /// A walk with its own random numbers.
    #[must_use]
    pub fn new(random: Xoshiro256PlusPlus) -> Self {
        Self { random }
    }
}

impl Policy for RandomWalk {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        let count = situation.moves().count();
        let number = (self.random.uniform() * count as f64) as usize;
        situation.moves().nth(number).map_or(Move(0), |(step, _)| step)
    }
}
