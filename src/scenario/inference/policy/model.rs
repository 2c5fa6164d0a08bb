//! What every search answers.

use super::super::belief::{Belief, Cell, Grid, LikelihoodTables, Move};
use crate::lanes::SimdLevel;

/// Values within this of the best one count as equal; the first of them wins.
const TIE: f64 = 1e-10;
/// A cell that holds the source with a probability above 1 minus this is entered at once.
const CERTAIN: f64 = 1e-10;

/// What a searcher decides from.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// Instruction set for the kernels.
    pub simd: SimdLevel,
    /// Likelihood of each observation by the offset to the source.
    pub tables: &'a LikelihoodTables,
    /// Where the source may be.
    pub belief: &'a Belief,
    /// Where the searcher is.
    pub cell: Cell,
}

/// A search strategy.
pub trait Policy: Send {
    /// Told of every observation, the first one included, before the choice that follows it. Policies that need only the
    /// belief, which has it already, pay no attention.
    fn observed(&mut self, _observation: usize) {}

    /// The next move; where it leads over the edge of the grid the searcher stays.
    fn choose(&mut self, situation: Situation<'_>) -> Move;
}

impl<'a> Situation<'a> {
    /// The grid.
    #[must_use]
    pub fn grid(&self) -> &'a Grid {
        self.tables.grid()
    }

    /// The moves that the grid allows, with where they lead, in order.
    pub fn moves(&self) -> impl Iterator<Item = (Move, Cell)> + use<'a> {
        let (grid, cell) = (self.grid(), self.cell);
        grid.moves()
            .filter_map(move |step| Some((step, grid.after(cell, step)?)))
    }

    /// The move into a neighbour that holds the source almost certainly.
    #[must_use]
    pub fn certain(&self) -> Option<Move> {
        self.moves()
            .find(|&(_, cell)| self.belief.probability(cell) > 1.0 - CERTAIN)
            .map(|(step, _)| step)
    }

    /// The first move whose value is within 10⁻¹⁰ of the smallest.
    pub fn least(&self, mut value: impl FnMut(Move, Cell) -> f64) -> Move {
        let mut values = [f64::INFINITY; 6];
        let mut smallest = f64::INFINITY;
        for (step, cell) in self.moves() {
            let found = value(step, cell);
            values[usize::from(step.0)] = found;
            smallest = smallest.min(found);
        }
        let first = values.iter().position(|value| value - smallest < TIE);
        // Where no value is finite, any move that is allowed will do.
        first.map_or_else(
            || self.moves().next().map_or(Move(0), |(step, _)| step),
            |number| Move(number as u8),
        )
    }
}
