//! What doesn't go together in a walking fly.

use super::super::super::component::Context;
use super::{FlyForm, WalkingFlyConfig};
use crate::quantity::{at_most, number};
use crate::scenario::{Problem, Problems};

impl WalkingFlyConfig {
    /// What is wrong with the fly in steps of the study.
    pub(super) fn check(&self, context: Context<'_>) -> Problems {
        let dt_s = context.dt_s();
        self.short_filters(dt_s).chain(self.high_rates(dt_s)).collect()
    }

    /// An Euler step that is longer than the time constant overshoots.
    fn short_filters(&self, dt_s: f64) -> impl Iterator<Item = Problem> {
        let (step, step_s) = match self.form {
            FlyForm::Published => ("episode.dt_s", dt_s),
            FlyForm::Consistent => ("navigator.sample_s", self.sample_s),
        };
        let short = self
            .time_constants_s()
            .into_iter()
            .filter(move |(_, tau_s)| *tau_s <= step_s);
        short.map(move |(name, tau_s)| {
            Problem::new(
                format!("navigator.{name}"),
                format!("{tau_s} s isn't above the filters' step, {step} = {step_s} s"),
                format!("raise it, or use a shorter {step}"),
            )
        })
    }

    /// No more than one turn without odour in a step, and no drive that turns past the wind.
    fn high_rates(&self, dt_s: f64) -> impl Iterator<Item = Problem> {
        let rates = [
            ("navigator.turns_per_s", self.turns_per_s, "turns"),
            ("navigator.upwind_rad_s", self.upwind_rad_s, "rad"),
            ("navigator.downwind_rad_s", self.downwind_rad_s, "rad"),
        ];
        let high = rates.into_iter().filter(move |(_, per_s, _)| per_s * dt_s > 1.0);
        high.map(move |(key, per_s, what)| {
            let message = format!(
                "{per_s} {what} per second are {} in a step of {dt_s} s, more than 1",
                number(per_s * dt_s)
            );
            Problem::new(
                key,
                message,
                format!("use episode.dt_s of at most {}", at_most(1.0 / per_s)),
            )
        })
    }
}
