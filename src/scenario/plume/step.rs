//! What every stage of a step is told.

use crate::lanes::SimdLevel;

/// The step, and the blocks that still have an agent to move.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// Instruction set to run kernels with.
    pub simd: SimdLevel,
    /// Step of the episode, from 0.
    pub step: u64,
    /// Time at the start of the step, s.
    pub time_s: f64,
    /// Time step, s.
    pub dt_s: f64,
    /// Indices of the blocks to work on, ascending; in the others all agents are done.
    pub blocks: &'a [usize],
}
