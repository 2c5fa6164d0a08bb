//! The steps of a wind or plume that has a time step of its own.

/// A boundary between steps counts as reached this fraction of a step early: times of agents are rounded, too.
const EARLY: f64 = 1e-9;

/// Whole steps of `dt_s` from `begin_s` on.
#[derive(Clone, Debug)]
pub(super) struct OwnClock {
    begin_s: f64,
    dt_s: f64,
    /// Steps that are done.
    done: u64,
}

impl OwnClock {
    pub fn new(begin_s: f64, dt_s: f64) -> Self {
        Self { begin_s, dt_s, done: 0 }
    }

    /// The time that has been reached: begin + k dt, not a sum of many small numbers.
    pub fn now_s(&self) -> f64 {
        self.boundary_s(self.done)
    }

    /// When the step that is under way ends.
    pub fn next_s(&self) -> f64 {
        self.boundary_s(self.done + 1)
    }

    /// Steps that are done.
    pub fn steps_done(&self) -> u64 {
        self.done
    }

    /// Whether the step that is under way has ended by `time_s`.
    pub fn is_due(&self, time_s: f64) -> bool {
        // Far from 0, or from a beginning far away, the last bits of a time are more than that fraction.
        let slack = EARLY * self.dt_s + 4.0 * f64::EPSILON * time_s.abs().max(self.begin_s.abs());
        self.next_s() <= time_s + slack
    }

    /// Ends the step that is under way.
    pub fn step(&mut self) {
        self.done += 1;
    }

    /// The time that step `steps` ends.
    fn boundary_s(&self, steps: u64) -> f64 {
        self.begin_s + steps as f64 * self.dt_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_by(clock: &mut OwnClock, time_s: f64) -> u64 {
        while clock.is_due(time_s) {
            clock.step();
        }
        clock.steps_done()
    }

    #[test]
    fn only_whole_steps_are_done() {
        let mut clock = OwnClock::new(-1.0, 0.1);
        assert_eq!(steps_by(&mut clock, -1.0), 0);
        assert_eq!(steps_by(&mut clock, -0.95), 0);
        assert_eq!(steps_by(&mut clock, -0.9), 1);
        assert_eq!(steps_by(&mut clock, 0.0), 10);
        assert_eq!(steps_by(&mut clock, 0.099), 10);
        assert_eq!(steps_by(&mut clock, 0.1), 11);
    }

    /// A step that ends at a time of the agents is done then, however long the spin-up was.
    #[test]
    fn steps_are_not_late_after_a_long_spin_up() {
        for (begin_s, dt_s) in [(-3600.0_f64, 1e-4), (-1e6, 0.01), (-1e4, 1e-3), (-1e6, 0.3)] {
            let before = (-begin_s / dt_s).round() as u64;
            // Where the agents' times are steps: 0 and after.
            let mut clock = OwnClock::new(-(before as f64) * dt_s, dt_s);
            clock.done = before;
            for step in 1..5000_u32 {
                assert_eq!(
                    steps_by(&mut clock, f64::from(step) * dt_s),
                    before + u64::from(step),
                    "begin {begin_s}, dt {dt_s}"
                );
            }
        }
    }

    /// Whatever steps somebody else takes to a common time, the same number of own steps is done.
    #[test]
    fn rounding_makes_no_difference() {
        for dt_s in [0.01, 0.02, 0.1, 1.0 / 3.0] {
            for begin_s in [0.0, -60.0, -12_345.678] {
                let mut clock = OwnClock::new(begin_s, dt_s);
                for step in 1..=20_000 {
                    let time_s = begin_s + f64::from(step) * (dt_s / 4.0);
                    assert_eq!(
                        steps_by(&mut clock, time_s),
                        step as u64 / 4,
                        "dt {dt_s}, begin {begin_s}"
                    );
                }
            }
        }
    }
}
