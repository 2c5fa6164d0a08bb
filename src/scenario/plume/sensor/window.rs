//! Aggregates over the last steps.

use crate::lanes::F64x8;

/// How two parts of a window are joined.
pub(super) trait Join {
    /// One part from two, the older one first.
    fn join(older: F64x8, newer: F64x8) -> F64x8;
}

/// Their sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum;

impl Join for Sum {
    #[inline(always)]
    fn join(older: F64x8, newer: F64x8) -> F64x8 {
        older + newer
    }
}

/// The larger of both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maximum;

impl Join for Maximum {
    #[inline(always)]
    fn join(older: F64x8, newer: F64x8) -> F64x8 {
        older.max(newer)
    }
}

/// The last n steps of each agent and their aggregate, at a cost per step that doesn't grow with n (van Herk 1992; Gil
/// & Werman 1993): steps are in stretches of n. What is over of the stretch before is kept as aggregates of its ends,
/// which are made once per stretch. Nothing is ever subtracted, so no rounding is left behind by odour that is gone.
/// Before the first step there was clean air.
#[derive(Clone, Debug)]
pub(super) struct Window {
    blocks: usize,
    steps: usize,
    /// `steps` rows of one entry per block: steps of this stretch up to now, then ends of the one before.
    rows: Vec<F64x8>,
    /// The aggregate of this stretch up to now.
    now: Vec<F64x8>,
}

impl Window {
    /// A window of `steps` ≥ 1 for `blocks` blocks.
    pub fn new(steps: usize, blocks: usize) -> Self {
        Self {
            blocks,
            steps,
            rows: vec![F64x8::ZERO; steps * blocks],
            now: vec![F64x8::ZERO; blocks],
        }
    }

    /// Takes the value of `step` and returns the aggregate of the window that ends with it. For every step from 0.
    #[inline(always)]
    pub fn take<J: Join>(&mut self, step: u64, block: usize, value: F64x8) -> F64x8 {
        let place = (step % self.steps as u64) as usize;
        let now = if place == 0 {
            value
        } else {
            J::join(self.now[block], value)
        };
        self.now[block] = now;
        self.rows[place * self.blocks + block] = value;
        if place + 1 < self.steps {
            return J::join(self.rows[(place + 1) * self.blocks + block], now);
        }
        for older in (0..place).rev() {
            let end = J::join(
                self.rows[older * self.blocks + block],
                self.rows[(older + 1) * self.blocks + block],
            );
            self.rows[older * self.blocks + block] = end;
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against all values of the window, one by one; values are multiples of 2⁻⁶, so that sums are exact.
    #[test]
    fn aggregates_are_those_of_the_last_steps() {
        let value = |step: usize| f64::from((step as u32 * 7919) % 513) / 64.0;
        for steps in [1, 2, 3, 8, 50] {
            let (mut sum, mut maximum) = (Window::new(steps, 2), Window::new(steps, 2));
            for step in 0..200 {
                let past = || (0..=step).rev().take(steps).map(value);
                let now = F64x8::splat(value(step));
                for window in [&mut sum, &mut maximum] {
                    window.take::<Sum>(step as u64, 0, F64x8::splat(1e9));
                }
                assert_eq!(sum.take::<Sum>(step as u64, 1, now).0[2], past().sum::<f64>());
                assert_eq!(
                    maximum.take::<Maximum>(step as u64, 1, now).0[2],
                    past().fold(0.0, f64::max)
                );
            }
        }
    }

    #[test]
    fn strong_odour_leaves_nothing_behind() {
        let mut window = Window::new(5, 1);
        for step in 0..100 {
            let value = if step % 20 == 0 { 1e30 } else { 1e-9 };
            let found = window.take::<Sum>(step, 0, F64x8::splat(value)).0[0];
            if step % 20 >= 5 {
                assert!((found - 5e-9).abs() < 1e-23);
            }
        }
    }
}
