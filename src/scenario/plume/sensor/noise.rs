//! Gaussian noise of readings.

use crate::lanes::{F64x8, NormalStream};
use crate::random::StreamSeed;

/// s = c + σ N(0, 1), independent in every step, cut off at 0 unless negative readings are allowed.
#[derive(Clone, Debug)]
pub(super) struct ReadingNoise {
    sd: F64x8,
    lowest: F64x8,
    streams: Vec<NormalStream>,
}

impl ReadingNoise {
    /// Noise of standard deviation `sd` from the members' streams of `seed`; for a `sd` of 0 nothing is drawn.
    pub fn new(sd: f64, negative_readings: bool, seed: StreamSeed, blocks: usize) -> Self {
        Self {
            sd: F64x8::splat(sd),
            lowest: F64x8::splat(if negative_readings { f64::NEG_INFINITY } else { 0.0 }),
            streams: NormalStream::blocks(seed, if sd > 0.0 { blocks } else { 0 }),
        }
    }

    /// `value` with the noise of `step`. For every step from 0, in order.
    #[inline(always)]
    pub fn add(&mut self, step: u64, block: usize, value: F64x8) -> F64x8 {
        match self.streams.get_mut(block) {
            None => value,
            Some(stream) => {
                let noisy = value + self.sd * stream.at_step(step);
                noisy.lt(self.lowest).select(self.lowest, noisy)
            }
        }
    }
}
