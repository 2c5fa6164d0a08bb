//! What a fly makes of odour: adaptation, compression, and the ON and OFF responses.

use super::{FlyForm, WalkingFlyConfig};
use crate::lanes::F64x8;

/// What a step of each filter takes in of its input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weights {
    adaptation_on: f64,
    adaptation_off: f64,
    on: f64,
    fast: f64,
    slow: f64,
}

impl Weights {
    /// For steps of `dt_s`: dt/τ in the published form. In the consistent one 1 − (1 − s/τ)^(dt/s), s the sample of the
    /// fit: what dt/s Euler steps of a sample each would take in.
    pub(super) fn new(config: &WalkingFlyConfig, dt_s: f64) -> Self {
        let weight = |tau_s: f64| match config.form {
            FlyForm::Published => dt_s / tau_s,
            FlyForm::Consistent => {
                let kept_per_sample = 1.0 - config.sample_s / tau_s;
                1.0 - libm::pow(kept_per_sample, dt_s / config.sample_s)
            }
        };
        Self {
            adaptation_on: weight(config.adaptation_on_s),
            adaptation_off: weight(config.adaptation_off_s),
            on: weight(config.on_s),
            fast: weight(config.off_fast_s),
            slow: weight(config.off_slow_s),
        }
    }
}

/// The responses of eight flies.
#[derive(Clone, Debug)]
pub(super) struct Responses {
    adaptation_on: F64x8,
    adaptation_off: F64x8,
    on: F64x8,
    fast: F64x8,
    slow: F64x8,
    /// Of the published form only: the compressed odour that the OFF filters get in the next step.
    waiting: F64x8,
    /// Of the published form only: the OFF response, which is a step older than its filters.
    late_off: F64x8,
}

impl Responses {
    /// Flies that have been in clean air for long.
    pub(super) const REST: Self = Self {
        adaptation_on: F64x8::ZERO,
        adaptation_off: F64x8::ZERO,
        on: F64x8::ZERO,
        fast: F64x8::ZERO,
        slow: F64x8::ZERO,
        waiting: F64x8::ZERO,
        late_off: F64x8::ZERO,
    };

    /// ON and OFF now: what earlier samples have left.
    #[inline(always)]
    pub(super) fn now<const PUBLISHED: bool>(&self) -> (F64x8, F64x8) {
        let off = if PUBLISHED {
            self.late_off
        } else {
            F64x8::ZERO.max(self.slow - self.fast)
        };
        (self.on, off)
    }

    /// Takes in a sample. All filters go on from where they were before it: the odour is compressed with the adaptation
    /// that earlier samples have left.
    #[inline(always)]
    pub(super) fn take<const PUBLISHED: bool>(&mut self, odour: F64x8, half_response: f64, weights: &Weights) {
        let half = F64x8::splat(half_response);
        let compressed_on = odour / (odour + half + self.adaptation_on);
        let compressed_off = odour / (odour + half + self.adaptation_off);
        approach(&mut self.adaptation_on, odour, weights.adaptation_on);
        approach(&mut self.adaptation_off, odour, weights.adaptation_off);
        approach(&mut self.on, compressed_on, weights.on);
        let into_off = if PUBLISHED {
            self.late_off = F64x8::ZERO.max(self.slow - self.fast);
            std::mem::replace(&mut self.waiting, compressed_off)
        } else {
            compressed_off
        };
        approach(&mut self.fast, into_off, weights.fast);
        approach(&mut self.slow, into_off, weights.slow);
    }
}

/// A step of a low-pass filter.
#[inline(always)]
fn approach(state: &mut F64x8, input: F64x8, weight: f64) {
    *state += (input - *state) * F64x8::splat(weight);
}
