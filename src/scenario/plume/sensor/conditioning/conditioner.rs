//! All conditioning of one concentration per agent.

use super::super::super::step::Stage;
use super::adaptation::Adaptation;
use super::counting::Counting;
use super::saturation::saturate;
use super::{ConditioningConfig, Delay, SaturationConfig};
use crate::lanes::{F64x8, kernel};
use crate::random::StreamSeed;

/// Delay → counting → saturation → adaptation of the concentration that agents meet, each in a pass of its own over the
/// stage's blocks and only where it is configured.
#[derive(Clone, Debug)]
pub struct Conditioner {
    delay: Option<Delay>,
    counting: Option<Counting>,
    saturation: SaturationConfig,
    adaptation: Option<Adaptation>,
    conditioned: Vec<F64x8>,
}

impl Conditioner {
    /// For `blocks` blocks and steps of `dt_s`; none where nothing is changed. Counts come from the members' streams of
    /// the part `counting` of `seed`.
    #[must_use]
    pub fn new(config: &ConditioningConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Option<Self> {
        (*config != ConditioningConfig::default()).then(|| Self {
            delay: Delay::new(config.delay_s, dt_s, blocks),
            counting: Counting::new(config.counting_rate, dt_s, seed.part("counting"), blocks),
            saturation: config.saturation.clone(),
            adaptation: Adaptation::new(&config.adaptation, dt_s, blocks),
            conditioned: vec![F64x8::ZERO; blocks],
        })
    }

    /// What a sensor reads where the true concentration is `concentration`. Called once per step, from step 0. Never
    /// negative where `concentration` isn't.
    pub fn condition(&mut self, stage: Stage<'_>, concentration: &[F64x8]) -> &[F64x8] {
        let values = &mut self.conditioned;
        for &block in stage.blocks {
            values[block] = concentration[block];
        }
        if let Some(delay) = &mut self.delay {
            kernel!(stage.simd, |delay: &mut Delay,
                                 stage: Stage<'_>,
                                 values: &mut [F64x8]| {
                let rows = delay.rows(stage.step);
                for &block in stage.blocks {
                    values[block] = delay.shift(rows, block, values[block]);
                }
            });
        }
        if let Some(counting) = &mut self.counting {
            counting.count(stage.blocks, values);
        }
        saturate(&self.saturation, stage.simd, stage.blocks, values);
        if let Some(adaptation) = &mut self.adaptation {
            adaptation.adapt(stage.simd, stage.blocks, values);
        }
        values
    }
}
