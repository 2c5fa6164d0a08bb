//! One agent that searches by belief.

use super::BeliefModel;
use crate::lanes::SimdLevel;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::inference::belief::{Belief, Cell};
use crate::scenario::inference::policy::{Policy, Situation};

/// What a search by belief came to: how well the assumed plume explained what the agent met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeliefReport {
    /// Observations that were made.
    pub observations: u32,
    /// Hits of all of them.
    pub hits: f64,
    /// Hits that the assumed plume makes of the true source (where it was at time 0) on the same way.
    pub model_hits: f64,
    /// Mean over the observations of −log₂ of the probability that the belief gave to what was observed, minus its
    /// expectation under the belief, bits: 0 on average where the assumed plume is the real one. NaN without observations.
    pub surprise_bits: f64,
    /// Observations that the belief held impossible.
    pub resets: u32,
    /// Entropy of the belief at the end, bits.
    pub entropy_bits: f64,
}

/// One agent that searches by belief.
#[derive(Clone, Debug)]
pub(super) struct Searcher {
    belief: Belief,
    joint: Vec<f64>,
    random: Xoshiro256PlusPlus,
    observations: u32,
    surprising: u32,
    hits: f64,
    model_hits: f64,
    surprise_bits: f64,
    resets: u32,
}

impl Searcher {
    /// A searcher that knows nothing but that the source isn't in `cell`.
    pub fn new(model: &BeliefModel, cell: Cell, random: Xoshiro256PlusPlus) -> Self {
        Self {
            belief: Belief::uniform_except(model.grid(), cell),
            joint: vec![0.0; model.tables().observations()],
            random,
            observations: 0,
            surprising: 0,
            hits: 0.0,
            model_hits: 0.0,
            surprise_bits: 0.0,
            resets: 0,
        }
    }

    /// The agent's random numbers.
    pub fn random(&mut self) -> &mut Xoshiro256PlusPlus {
        &mut self.random
    }

    /// Learns from `hits` where the assumed plume makes `model_hits` of the true source, and tells the cell to go to.
    pub fn decide(
        &mut self,
        simd: SimdLevel,
        model: &BeliefModel,
        policy: &mut dyn Policy,
        cell: Cell,
        hits: u64,
        model_hits: f64,
    ) -> Cell {
        let tables = model.tables();
        let observation = hits.min(tables.observations() as u64 - 1) as usize;
        self.belief.predict(simd, tables, cell, &mut self.joint);
        self.judge(observation);
        self.observations += 1;
        self.hits += hits as f64;
        self.model_hits += model_hits;
        let mass = self.belief.observe(simd, tables, cell, observation);
        self.resets += u32::from(mass <= 0.0);
        let step = policy.choose(Situation {
            simd,
            tables,
            belief: &self.belief,
            cell,
        });
        model.grid().after(cell, step).unwrap_or(cell)
    }

    /// Adds how surprising `observation` is beyond what the belief expects. What it holds impossible counts as a reset
    /// instead.
    fn judge(&mut self, observation: usize) {
        let total: f64 = self.joint.iter().sum();
        if total <= 0.0 || self.joint[observation] <= 0.0 {
            return;
        }
        let expected: f64 = self.joint.iter().map(|&joint| surprise_term(joint / total)).sum();
        self.surprise_bits -= libm::log2(self.joint[observation] / total) + expected;
        self.surprising += 1;
    }

    /// What it came to.
    pub fn report(&self, simd: SimdLevel) -> BeliefReport {
        BeliefReport {
            observations: self.observations,
            hits: self.hits,
            model_hits: self.model_hits,
            surprise_bits: self.surprise_bits / f64::from(self.surprising),
            resets: self.resets,
            entropy_bits: self.belief.entropy_bits(simd),
        }
    }
}

/// −q log₂ q; 0 at 0.
fn surprise_term(probability: f64) -> f64 {
    if probability > 0.0 {
        -probability * libm::log2(probability)
    } else {
        0.0
    }
}
