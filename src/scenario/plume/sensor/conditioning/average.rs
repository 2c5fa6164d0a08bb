//! An average over the past that forgets exponentially.

use crate::lanes::F64x8;

/// y ← y + (1 − e^(−dt/τ)) (c − y): the exact solution of τ dy/dt = c − y for a concentration c that stays the same
/// during each step, so its time course doesn't depend on the step's length. It begins in clean air, at 0, and lies
/// between the lowest and highest value it has taken.
#[derive(Clone, Debug)]
pub struct ExponentialAverage {
    gain: F64x8,
    value: Vec<F64x8>,
}

impl ExponentialAverage {
    /// Averages for `blocks` blocks with the time constant `time_s` (τ) in steps of `dt_s`.
    #[must_use]
    pub fn new(time_s: f64, dt_s: f64, blocks: usize) -> Self {
        Self {
            // The platform's exponential may differ in the last bit.
            gain: F64x8::splat(-libm::expm1(-dt_s / time_s)),
            value: vec![F64x8::ZERO; blocks],
        }
    }

    /// The average over all steps so far.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, block: usize) -> F64x8 {
        self.value[block]
    }

    /// Begins at `value` instead of clean air.
    #[inline(always)]
    pub fn begin(&mut self, block: usize, value: F64x8) {
        self.value[block] = value;
    }

    /// Takes in the value of a step and returns the average with it.
    #[inline(always)]
    pub fn take(&mut self, block: usize, value: F64x8) -> F64x8 {
        let before = self.value[block];
        let after = before + self.gain * (value - before);
        self.value[block] = after;
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of any length follow 1 − e^(−t/τ) after odour comes on and e^(−t/τ) after it goes.
    #[test]
    fn it_follows_the_analytic_course() {
        for dt_s in [0.5, 0.1, 0.02] {
            let mut average = ExponentialAverage::new(0.7, dt_s, 1);
            let steps = (2.0 / dt_s) as i32;
            for step in 1..=steps {
                let found = average.take(0, F64x8::splat(3.0)).0[5];
                assert!((found - 3.0 * (1.0 - (-f64::from(step) * dt_s / 0.7).exp())).abs() < 1e-13);
            }
            let begin = average.at(0).0[5];
            for step in 1..=steps {
                let found = average.take(0, F64x8::ZERO).0[5];
                assert!((found - begin * (-f64::from(step) * dt_s / 0.7).exp()).abs() < 1e-13);
            }
        }
    }
}
