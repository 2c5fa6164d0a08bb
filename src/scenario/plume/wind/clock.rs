//! The own time step of a wind.

/// A step boundary this close, in steps, counts as reached: quotients of times are rounded.
const BOUNDARY: f64 = 1e-9;

/// Whole steps of `dt_s` from a beginning, whatever times are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnSteps {
    begin_s: f64,
    dt_s: f64,
    done: u64,
}

impl OwnSteps {
    pub(super) fn new(begin_s: f64, dt_s: f64) -> Self {
        Self { begin_s, dt_s, done: 0 }
    }

    /// Steps that were made.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    /// Time of the last step's end, s: computed from the number of steps, so that nothing accumulates.
    pub(super) fn time_s(&self) -> f64 {
        self.begin_s + self.done as f64 * self.dt_s
    }

    /// Makes the next step if its end isn't after `time_s`.
    pub(super) fn next_until(&mut self, time_s: f64) -> bool {
        let reached = (time_s - self.begin_s) / self.dt_s + BOUNDARY >= (self.done + 1) as f64;
        self.done += u64::from(reached);
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_whole_and_don_t_depend_on_who_asks() {
        for (begin_s, dt_s) in [(0.0, 0.1), (-7.3, 0.1), (-100.0, 0.01)] {
            let mut often = OwnSteps::new(begin_s, dt_s);
            for i in 0..=1000_u32 {
                while often.next_until(begin_s + f64::from(i) * 0.037) {}
            }
            let mut once = OwnSteps::new(begin_s, dt_s);
            while once.next_until(begin_s + 37.0) {}
            assert_eq!(often.done(), once.done());
            assert_eq!(once.done(), (37.0_f64 / dt_s).round() as u64);
            assert!((once.time_s() - (begin_s + 37.0)).abs() < 1e-12);
        }
    }

    /// Three times 0.1 is above 0.3, and 0.7 − 0.4 below it: both are its third boundary.
    #[test]
    fn a_boundary_missed_by_rounding_counts() {
        for time_s in [0.1 * 3.0, 0.3, 0.7 - 0.4] {
            let mut steps = OwnSteps::new(0.0, 0.1);
            while steps.next_until(time_s) {}
            assert_eq!(steps.done(), 3);
        }
        let mut steps = OwnSteps::new(0.0, 0.1);
        while steps.next_until(0.299_999) {}
        assert_eq!(steps.done(), 2);
    }
}
