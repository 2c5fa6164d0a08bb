//! One searcher on its way.

use super::model::SearchModel;
use crate::lanes::SimdLevel;
use crate::scenario::inference::belief::{Belief, Cell, Move};
use crate::scenario::inference::policy::{Policy, Situation};

/// What is told of every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub step: Move,
    pub cell: Cell,
    /// Hits there; none if the search ended.
    pub hits: Option<usize>,
}

/// Sees every step of a search; `()` sees nothing and costs nothing.
pub(super) trait Observer {
    fn after_step(&mut self, step: Step);
}

impl Observer for () {
    fn after_step(&mut self, _: Step) {}
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The source was found, or is left unfound with a negligible probability.
    Found,
    /// The searcher goes back and forth.
    Stuck,
    /// The horizon was reached.
    TimedOut,
}

/// A searcher: where it is, what it believes, what it has met.
pub(super) struct Searcher<'a> {
    simd: SimdLevel,
    model: &'a SearchModel,
    policy: Box<dyn Policy>,
    pub belief: Belief,
    pub cell: Cell,
    before: [Option<Cell>; 2],
    returns: u32,
    visited: Vec<bool>,
    joint: Vec<f64>,
    pub first_hit: usize,
    pub initial_entropy_bits: f64,
    pub steps: u32,
    pub hits: u64,
    pub visited_cells: u32,
    pub near_edge_steps: u32,
    pub belief_resets: u32,
}

impl<'a> Searcher<'a> {
    /// A searcher at the start, with its first hits.
    pub fn new(simd: SimdLevel, model: &'a SearchModel, mut policy: Box<dyn Policy>, first_hit: usize) -> Self {
        policy.observed(first_hit);
        let (grid, start) = (model.grid(), model.start());
        let mut belief = Belief::uniform_except(grid, start);
        let mass = belief.observe(simd, model.tables(), start, first_hit);
        let initial_entropy_bits = belief.entropy_bits(simd);
        let mut visited = vec![false; grid.cells()];
        visited[grid.index(start)] = true;
        Self {
            simd,
            model,
            policy,
            belief,
            cell: start,
            before: [None; 2],
            returns: 0,
            visited,
            joint: vec![0.0; model.tables().observations()],
            first_hit,
            initial_entropy_bits,
            steps: 0,
            hits: 0,
            visited_cells: 1,
            near_edge_steps: 0,
            belief_resets: u32::from(mass <= 0.0),
        }
    }

    /// Chooses a move and makes it. What is to be observed there comes next.
    pub fn advance(&mut self) -> Move {
        let step = self.policy.choose(Situation {
            simd: self.simd,
            tables: self.model.tables(),
            belief: &self.belief,
            cell: self.cell,
        });
        let grid = self.model.grid();
        self.before = [self.before[1], Some(self.cell)];
        // A move over the edge leaves the searcher where it is; only tables make one.
        self.cell = grid.after(self.cell, step).unwrap_or(self.cell);
        self.returns = if self.before[0] == Some(self.cell) {
            self.returns + 1
        } else {
            0
        };
        self.steps += 1;
        let visited = &mut self.visited[grid.index(self.cell)];
        self.visited_cells += u32::from(!*visited);
        *visited = true;
        self.near_edge_steps += u32::from(grid.is_near_edge(self.cell));
        step
    }

    /// How often in a row the searcher came back to where it was two steps before.
    pub fn returns(&self) -> u32 {
        self.returns
    }

    /// Learns from `hits` at the place where it is that the source isn't.
    pub fn observe(&mut self, hits: usize) {
        self.hits += hits as u64;
        self.policy.observed(hits);
        let mass = self.belief.observe(self.simd, self.model.tables(), self.cell, hits);
        self.belief_resets += u32::from(mass <= 0.0);
    }

    /// Draws hits from what the belief predicts, given that the source isn't here; nothing if it must be here.
    pub fn predicted_hits(&mut self, uniform: f64) -> Option<usize> {
        let tables = self.model.tables();
        self.belief.predict(self.simd, tables, self.cell, &mut self.joint);
        draw(&self.joint, uniform)
    }

    /// Draws hits from a source in `source`, which isn't the searcher's cell.
    pub fn true_hits(&mut self, source: Cell, uniform: f64) -> Option<usize> {
        let tables = self.model.tables();
        for (hits, probability) in self.joint.iter_mut().enumerate() {
            *probability = tables.likelihood(hits, self.cell, source);
        }
        draw(&self.joint, uniform)
    }

    /// Entropy of the belief, bits.
    pub fn entropy_bits(&self) -> f64 {
        self.belief.entropy_bits(self.simd)
    }
}

/// The place in a list of weights at which their running sum passes `uniform` ∈ [0, 1) of the total.
pub(super) fn draw(weights: &[f64], uniform: f64) -> Option<usize> {
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    let mut last = None;
    for (place, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            sum += weight;
            last = Some(place);
            if uniform * total < sum {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn weights_are_drawn_by_their_share() {
        let weights = [0.0, 2.0, 0.0, 1.0, 1.0, 0.0];
        let drawn: Vec<_> = [0.0, 0.49, 0.51, 0.74, 0.76, 0.999_999]
            .map(|u| draw(&weights, u))
            .into();
        assert_eq!(drawn, [Some(1), Some(1), Some(3), Some(3), Some(4), Some(4)]);
        assert_eq!(draw(&[0.0, 0.0], 0.3), None);
    }
}
