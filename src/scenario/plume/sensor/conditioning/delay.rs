//! Delay: what is sensed now happened a while ago.

use crate::lanes::F64x8;

/// A delay that is this close to a whole number of steps is one: quotients are rounded.
const WHOLE: f64 = 1e-9;

/// A line in which values wait.
///
/// A delay of (k + f) dt with 0 ≤ f < 1 gives (1 − f) c(t − k dt) + f c(t − (k + 1) dt): exact for whole steps, and
/// for values that change evenly during a step. Before the first step there was clean air.
#[derive(Clone, Debug)]
pub struct Delay {
    blocks: usize,
    /// Steps that are remembered, this one included.
    slots: usize,
    whole: usize,
    fraction: F64x8,
    rest: F64x8,
    /// `slots` rows of one entry per block.
    rows: Vec<F64x8>,
}

/// Where a step's values are in the line.
#[derive(Clone, Copy, Debug)]
pub struct DelayRows {
    now: usize,
    late: usize,
    later: usize,
}

impl Delay {
    /// A line for `blocks` blocks; none if nothing is delayed.
    #[must_use]
    pub fn new(delay_s: f64, dt_s: f64, blocks: usize) -> Option<Self> {
        let (whole, fraction) = Self::split(delay_s, dt_s);
        if whole == 0 && fraction == 0.0 {
            return None;
        }
        let slots = Self::slots(delay_s, dt_s);
        Some(Self {
            blocks,
            slots,
            whole,
            fraction: F64x8::splat(fraction),
            rest: F64x8::splat(1.0 - fraction),
            rows: vec![F64x8::ZERO; slots * blocks],
        })
    }

    /// Whole steps of a delay, and the fraction of one that is left.
    fn split(delay_s: f64, dt_s: f64) -> (usize, f64) {
        let steps = delay_s / dt_s;
        let whole = (steps + WHOLE).floor();
        let fraction = steps - whole;
        (whole as usize, if fraction < WHOLE { 0.0 } else { fraction })
    }

    /// Steps that a delay has to remember, this one and the one before its whole part included.
    fn slots(delay_s: f64, dt_s: f64) -> usize {
        Self::split(delay_s, dt_s).0 + 2
    }

    /// The rows of a step.
    #[inline(always)]
    #[must_use]
    pub fn rows(&self, step: u64) -> DelayRows {
        let now = (step % self.slots as u64) as usize;
        let back = |steps: usize| (now + self.slots - steps) % self.slots * self.blocks;
        DelayRows {
            now: now * self.blocks,
            late: back(self.whole),
            later: back(self.whole + 1),
        }
    }

    /// Gives a step's value and takes the delayed one. For every step from 0, in order.
    #[inline(always)]
    pub fn shift(&mut self, rows: DelayRows, block: usize, value: F64x8) -> F64x8 {
        self.rows[rows.now + block] = value;
        self.rest * self.rows[rows.late + block] + self.fraction * self.rows[rows.later + block]
    }

    /// Lets it always have been `value` before.
    pub fn begin(&mut self, block: usize, value: F64x8) {
        for row in self.rows.chunks_mut(self.blocks) {
            row[block] = value;
        }
    }
}

/// About how many steps a delay has to remember.
#[must_use]
pub fn remembered_steps(delay_s: f64, dt_s: f64) -> f64 {
    if delay_s > 0.0 { delay_s / dt_s + 2.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(delay_s: f64, dt_s: f64, values: &[f64]) -> Vec<f64> {
        let mut delay = Delay::new(delay_s, dt_s, 3).unwrap();
        (values.iter().enumerate())
            .map(|(step, value)| {
                let rows = delay.rows(step as u64);
                delay.shift(rows, 0, F64x8::splat(-7.0));
                delay.shift(rows, 2, F64x8::splat(*value)).0[4]
            })
            .collect()
    }

    #[test]
    fn whole_steps_are_a_shift() {
        let values: Vec<f64> = (1..40).map(|i| f64::from(i * i)).collect();
        for steps in [1, 2, 7] {
            let found = course(f64::from(steps) * 0.1, 0.1, &values);
            for (i, found) in found.iter().enumerate() {
                let expected = if i < steps as usize {
                    0.0
                } else {
                    values[i - steps as usize]
                };
                assert_eq!(*found, expected);
            }
        }
        assert!(Delay::new(0.0, 0.1, 3).is_none() && Delay::new(1e-12, 0.1, 3).is_none());
    }

    /// A ramp of slope 1 per second, delayed by any time, is that time lower.
    #[test]
    fn parts_of_steps_are_right_for_ramps() {
        let values: Vec<f64> = (0..200).map(|i| 100.0 + f64::from(i) * 0.02).collect();
        for delay_s in [0.003, 0.02, 0.031, 0.19] {
            for (i, found) in course(delay_s, 0.02, &values).iter().enumerate().skip(12) {
                assert!((found - (values[i] - delay_s)).abs() < 1e-12, "{delay_s}");
            }
        }
    }

    #[test]
    fn it_can_begin_with_a_value() {
        let mut delay = Delay::new(0.25, 0.1, 2).unwrap();
        delay.begin(1, F64x8::splat(5.0));
        for step in 0..3 {
            let rows = delay.rows(step);
            let expected = if step < 2 { 5.0 } else { 0.5 * 5.0 + 0.5 * 9.0 };
            assert_eq!(delay.shift(rows, 1, F64x8::splat(9.0)).0[0], expected);
        }
    }
}
