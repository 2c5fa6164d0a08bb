//! Counting noise: a nose counts molecules, one after the other.

use crate::lanes::{F64x8, LANES};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};

/// n / (k dt) with a Poisson number n of mean k c dt: concentration c, k molecules counted per second and unit of
/// concentration, time step dt. Mean c, variance c/(k dt). Counts add up, so that what is counted in a second doesn't
/// depend on the step (Berg & Purcell 1977, *Biophysical Journal* 20:193).
///
/// Each agent counts with its own stream, in a time that doesn't grow with the number, but one agent after the other.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    per_unit: f64,
    random: Vec<Xoshiro256PlusPlus>,
}

impl Counting {
    pub fn new(counting_rate: f64, dt_s: f64, seed: StreamSeed, blocks: usize) -> Option<Self> {
        (counting_rate > 0.0).then(|| Self {
            per_unit: counting_rate * dt_s,
            random: (0..(blocks * LANES) as u64)
                .map(|agent| seed.generator(agent))
                .collect(),
        })
    }

    pub fn count(&mut self, blocks: &[usize], values: &mut [F64x8]) {
        for &block in blocks {
            for (lane, value) in values[block].0.iter_mut().enumerate() {
                let random = &mut self.random[block * LANES + lane];
                *value = random.counts(self.per_unit * *value) / self.per_unit;
            }
        }
    }
}
