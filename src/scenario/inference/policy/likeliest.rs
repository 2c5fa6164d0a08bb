//! Policies that follow single cells of the belief.

use super::super::belief::{Cell, Move};
use super::{Policy, Situation};

/// Into the neighbour with the largest p: the move that most likely finds the source at once. Where no neighbour has
/// any, the first move that is allowed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Greedy;

impl Policy for Greedy {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        situation.least(|_, cell| 1.0 - situation.belief.probability(cell))
    }
}

/// Towards argmax p, by a move that reduces the Manhattan distance. Cassandra, Kaelbling & Kurien (1996).
#[derive(Clone, Copy, Debug, Default)]
pub struct MostLikelyState;

impl Policy for MostLikelyState {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        let target = situation.belief.likeliest();
        situation.least(|_, cell| f64::from(situation.grid().steps_between(cell, target)))
    }
}

/// Towards argmax p/d with d the Manhattan distance of a cell from the searcher; of the moves that reduce the distance to
/// it, the one that most likely finds the source. The policy `p-over-d` of OTTO 1.0.2, by M. Maeritz and L. Negrojevic.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProbabilityOverDistance;

impl Policy for ProbabilityOverDistance {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        let grid = situation.grid();
        let weight = |cell: Cell, probability: f64| match grid.steps_between(situation.cell, cell) {
            0 => 0.0,
            steps => probability / f64::from(steps),
        };
        let target = situation.belief.likeliest_by(weight);
        let steps = |cell: Cell| grid.steps_between(cell, target);
        let fewest = situation.moves().map(|(_, cell)| steps(cell)).min();
        situation.least(|_, cell| {
            if Some(steps(cell)) == fewest {
                1.0 - situation.belief.probability(cell)
            } else {
                f64::INFINITY
            }
        })
    }
}
