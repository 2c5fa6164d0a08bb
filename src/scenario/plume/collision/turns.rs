//! Whose turn it is.

use super::neighbours::Neighbours;
use super::space::Space;

/// In place of an agent's index: the agent has moved, or doesn't in this step.
const MOVED: u32 = u32::MAX;

/// The order of moves within a step: as if agents moved in the order of their indices, though they are taken in the
/// order of their slots, which is quicker where a crowd doesn't fit the processor's cache.
///
/// Which one of two agents moves first makes no difference unless the way of one can bring it to where the other one is
/// or will be. So an agent waits only for those with lower indices who are so near, and they for theirs.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    /// By slot: the index of the agent that has yet to move.
    waiting: Vec<u32>,
    /// Those whose turn it would be, but that each waits for the one after it.
    held: Vec<Held>,
    /// Slots of those near each of the held ones, and of those near the one whose turn it is.
    near: Vec<u32>,
    /// Where the list of the one whose turn it is begins and ends.
    turn: (usize, usize),
}

#[derive(Clone, Copy, Debug)]
struct Held {
    slot: u32,
    agent: u32,
    /// Where its list begins, where it ends, and who in it has yet to be waited for.
    begin: usize,
    end: usize,
    next: usize,
}

impl Turns {
    pub fn new(agents: usize) -> Self {
        Self {
            waiting: vec![MOVED; agents],
            held: Vec::new(),
            near: Vec::new(),
            turn: (0, 0),
        }
    }

    /// The agent in `slot` wants to move in this step.
    #[inline(always)]
    pub fn wait(&mut self, slot: usize, agent: usize) {
        self.waiting[slot] = agent as u32;
    }

    /// It is the turn of the one in `slot`, whoever waits. Others matter within `reach_m`.
    #[inline(always)]
    pub fn take(&mut self, slot: usize, neighbours: &Neighbours, space: &Space, reach_m: f64) {
        self.turn = (0, neighbours.find(space, slot, reach_m, &mut self.near, 0));
    }

    /// The one in `slot` shall move if it hasn't yet, and before it those who must. `reach_m` is how near others must be
    /// to matter, whether they have moved or not.
    ///
    /// While it waits, only those with lower indices move; who of them isn't near it now won't be.
    #[inline(always)]
    pub fn call(&mut self, slot: usize, neighbours: &Neighbours, space: &Space, reach_m: f64) {
        let agent = self.waiting[slot];
        if agent != MOVED {
            let begin = self.held.last().map_or(0, |held| held.end);
            let end = neighbours.find(space, slot, reach_m, &mut self.near, begin);
            self.held.push(Held {
                slot: slot as u32,
                agent,
                begin,
                end,
                next: begin,
            });
        }
    }

    /// Slot and index of the next one to move, until all who were called have.
    #[inline(always)]
    pub fn next(&mut self, neighbours: &Neighbours, space: &Space, reach_m: f64) -> Option<(usize, usize)> {
        while let Some(held) = self.held.last_mut() {
            let (agent, before) = (held.agent, held.next..held.end);
            let first = (self.near[before].iter()).position(|other| self.waiting[*other as usize] < agent);
            match first {
                Some(first) => {
                    let other = self.near[held.next + first];
                    held.next += first + 1;
                    self.call(other as usize, neighbours, space, reach_m);
                }
                None => {
                    let Held { slot, begin, end, .. } = *held;
                    self.held.pop();
                    self.waiting[slot as usize] = MOVED;
                    self.turn = (begin, end);
                    return Some((slot as usize, agent as usize));
                }
            }
        }
        None
    }

    /// Slots of those near the one whose turn it is.
    #[inline(always)]
    pub fn near(&self) -> &[u32] {
        &self.near[self.turn.0..self.turn.1]
    }
}
