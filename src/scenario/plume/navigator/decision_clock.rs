//! Navigators that decide once in several steps of the episode.

use super::super::component::Context;
use super::super::step::Stage;
use crate::scenario::Problem;

/// Decides in the last step of every whole number of steps: what was sensed in all of them is known by then, and what is
/// decided lasts for as many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionClock {
    steps: u64,
}

impl DecisionClock {
    /// The number of steps of `dt_s` that is nearest to `period_s`, at least one.
    #[must_use]
    pub fn new(period_s: f64, dt_s: f64) -> Self {
        Self {
            steps: (period_s / dt_s).round().max(1.0) as u64,
        }
    }

    /// Time from decision to decision, s.
    #[must_use]
    pub fn period_s(self, dt_s: f64) -> f64 {
        self.steps as f64 * dt_s
    }

    /// What is wrong with decisions every `step_s`.
    pub(super) fn shorter_than_step(step_s: f64, context: Context<'_>) -> Option<Problem> {
        let dt_s = context.dt_s();
        (step_s < dt_s).then(|| {
            Problem::new(
                "navigator.step_s",
                format!("{step_s} s is shorter than a step of the episode, {dt_s} s"),
                "use a shorter episode.dt_s, or a longer navigator.step_s",
            )
        })
    }

    /// Whether a decision is due in this step.
    #[must_use]
    pub fn is_due(self, stage: Stage<'_>) -> bool {
        (stage.step + 1).is_multiple_of(self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::SimdLevel;

    #[test]
    fn decisions_come_at_the_end_of_whole_periods() {
        for (period_s, dt_s, steps) in [
            (1.0, 0.1, 10),
            (0.99, 0.1, 10),
            (0.3, 0.1, 3),
            (0.04, 0.1, 1),
            (1.25, 0.02, 63),
        ] {
            let clock = DecisionClock::new(period_s, dt_s);
            let due = |step: &u64| {
                clock.is_due(Stage {
                    simd: SimdLevel::Sse2,
                    step: *step,
                    time_s: 0.0,
                    dt_s,
                    blocks: &[],
                })
            };
            let found: Vec<u64> = (0..5 * steps).filter(due).collect();
            let expected: Vec<u64> = (1..=5).map(|n| n * steps - 1).collect();
            assert_eq!(found, expected);
            assert_eq!(clock.period_s(dt_s), steps as f64 * dt_s);
        }
    }
}
