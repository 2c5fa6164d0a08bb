//! Towards the smallest mean distance.

use super::super::belief::Move;
use super::{Policy, Situation};

/// To the neighbour a that minimises the expected mean distance after the move, (1 − p(a)) Σ_h p_h D(h), with D the mean
/// Manhattan distance under the posterior. Averaged over the observations a posterior is the belief without a, so
/// the sum is Σ_x p(x) |x − a|, whatever can be observed; it splits into one sum per axis.
#[derive(Clone, Debug, Default)]
pub struct MeanDistance {
    /// Probability of each coordinate along each axis.
    marginals: Vec<Vec<f64>>,
}

impl Policy for MeanDistance {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        if let Some(step) = situation.certain() {
            return step;
        }
        let grid = situation.grid();
        self.marginals.resize_with(grid.dimensions(), Vec::new);
        for (marginal, &side) in self.marginals.iter_mut().zip(grid.sides()) {
            marginal.clear();
            marginal.resize(side as usize, 0.0);
        }
        for (cell, probability) in situation.belief.cells() {
            for (marginal, &place) in self.marginals.iter_mut().zip(grid.coordinates(&cell)) {
                marginal[place as usize] += probability;
            }
        }
        situation.least(|_, cell| {
            let of_axis = |(marginal, &place): (&Vec<f64>, &u32)| -> f64 {
                let terms = marginal.iter().enumerate();
                terms.map(|(other, p)| p * other.abs_diff(place as usize) as f64).sum()
            };
            self.marginals.iter().zip(grid.coordinates(&cell)).map(of_axis).sum()
        })
    }
}
