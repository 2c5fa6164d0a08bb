//! Every cell votes for the moves that lead towards it.

use super::super::belief::Move;
use super::{Policy, Situation};

/// The move with most votes: each cell votes with its probability for the moves in whose cone of half-angle 45° it lies,
/// ±(x_k − a_k) ≥ |(x − a) without axis k|; cells on the edges of two cones vote for both, and in 3-D some lie in none.
/// Cassandra, Kaelbling & Kurien (1996).
#[derive(Clone, Copy, Debug, Default)]
pub struct Voting;

impl Policy for Voting {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        let grid = situation.grid();
        let here = grid.coordinates(&situation.cell);
        let mut votes = [0.0; 6];
        for (cell, probability) in situation.belief.cells() {
            let coordinates = grid.coordinates(&cell);
            let offset = |axis: usize| i64::from(coordinates[axis]) - i64::from(here[axis]);
            let square: i64 = (0..here.len()).map(|axis| offset(axis).pow(2)).sum();
            for axis in 0..here.len() {
                let along = offset(axis);
                if along != 0 && 2 * along * along >= square {
                    votes[2 * axis + usize::from(along > 0)] += probability;
                }
            }
        }
        situation.least(|step, _| 1.0 - votes[usize::from(step.0)])
    }
}
