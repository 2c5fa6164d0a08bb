//! What a component's values are checked against.

use super::super::PlumeConfig;
use crate::grids::Inputs;
use crate::scenario::Problem;

/// The study that a component is part of.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All tables of the design point.
    pub config: &'a PlumeConfig,
    /// The files of the study.
    pub inputs: &'a Inputs,
}

impl<'a> Context<'a> {
    pub(in super::super) fn new(config: &'a PlumeConfig, inputs: &'a Inputs) -> Self {
        Self { config, inputs }
    }

    /// Time step of the agents, s.
    #[must_use]
    pub fn dt_s(self) -> f64 {
        self.config.episode.dt_s
    }

    /// How long an episode lasts, in whole steps, s.
    #[must_use]
    pub fn episode_s(self) -> f64 {
        self.config.episode.steps() as f64 * self.dt_s()
    }

    /// A time over which something fades or is averaged, and that does nothing below a step.
    #[must_use]
    pub fn shorter_than_step(self, key: &str, time_s: f64) -> Option<Problem> {
        let dt_s = self.dt_s();
        (time_s < dt_s).then(|| {
            let message = format!("{time_s} s is shorter than a step, {dt_s} s");
            Problem::new(key, message, "use a longer time, or a shorter episode.dt_s")
        })
    }
}
