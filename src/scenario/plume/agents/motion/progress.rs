//! How much of an action is done: actions of bodies with discrete actions take time.

use crate::lanes::{F64x8, Mask8};

/// Actions this close to their end are done: sums of a step's share are rounded.
const ROUNDING: f64 = 1e-9;

/// The part of its next action that each agent has done, from 0 to 1.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    done: Vec<F64x8>,
}

impl Progress {
    pub fn new(blocks: usize) -> Self {
        Self {
            done: vec![F64x8::ZERO; blocks],
        }
    }

    /// Adds the part `share` that an action gains in this step, at most 1, and returns what is done. Finished actions
    /// (see [`is_done`]) are taken off, and the rest counts for the next one, whatever it is.
    #[inline(always)]
    pub fn add(&mut self, block: usize, share: F64x8) -> F64x8 {
        let sum = self.done[block] + F64x8::ONE.min(share);
        let rest = F64x8::ZERO.max(sum - F64x8::ONE);
        self.done[block] = is_done(sum).select(rest, sum);
        sum
    }
}

/// Where an action is finished.
#[inline(always)]
pub(super) fn is_done(progress: F64x8) -> Mask8 {
    progress.ge(F64x8::splat(1.0 - ROUNDING))
}
