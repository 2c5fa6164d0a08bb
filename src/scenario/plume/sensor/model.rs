//! What every sensor answers.

use super::super::episode::Stage;
use crate::lanes::F64x8;

/// Readings of all agents, one entry per block.
#[derive(Clone, Debug)]
pub struct Readings {
    /// The sensor's value, in its own unit.
    pub signal: Vec<F64x8>,
    /// 1 where the sensor says that there is odour, else 0.
    pub detected: Vec<F64x8>,
}

impl Readings {
    /// Nothing smelt yet.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self {
            signal: vec![F64x8::ZERO; blocks],
            detected: vec![F64x8::ZERO; blocks],
        }
    }
}

/// A sensor of every agent of a unit, with its memory.
pub trait Sensor: Send {
    /// Turns true concentrations (in the plume's unit) into readings. Called once per step, from step 0.
    fn sense(&mut self, stage: Stage<'_>, concentration: &[F64x8], readings: &mut Readings);
}
