//! Infotaxis that also weighs how far the source is.

use super::super::belief::{Move, SharedTerms};
use super::{Policy, Situation};

/// Minimises (1 − p(a)) Σ_h p_h J(h) with J = log₂(D + 2^(H−1) − ½), D the mean Manhattan distance from the source and H
/// the entropy (bits) after the move and the observation. Loisy & Eloy (2022). J is 0 where the source's place
/// is known and the searcher is on it.
#[derive(Clone, Debug, Default)]
pub struct SpaceAwareInfotaxis {
    shared: SharedTerms,
}

impl Policy for SpaceAwareInfotaxis {
    fn choose(&mut self, situation: Situation<'_>) -> Move {
        if let Some(step) = situation.certain() {
            return step;
        }
        let Situation {
            simd, tables, belief, ..
        } = situation;
        let _ = self.shared.prepare(simd, belief);
        situation.least(|_, cell| {
            let mut sum = 0.0;
            for observation in 0..tables.observations() {
                let detail = self.shared.detail(simd, belief, tables, cell, observation);
                let size = detail.mean_steps + libm::exp2(detail.entropy_bits - 1.0) - 0.5;
                if size > 0.0 {
                    sum += detail.joint * libm::log2(size);
                }
            }
            sum
        })
    }
}
