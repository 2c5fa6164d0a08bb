//! `[navigator]` of kind `walking_fly`.

use super::super::super::component::{Component, Context};
use super::super::super::sensor::Channels;
use super::super::{Navigator, NavigatorModel, Surroundings};
use super::WalkingFly;
use crate::lanes::blocks_for;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Walk as fruit flies do: upwind in odour, local search when it is lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct WalkingFlyConfig {
    /// Whether filters keep their time course at any time step, or are those of the authors' program.
    pub form: FlyForm,
    /// The sensor's value that counts as odour 1, in the sensor's unit: the plume's highest concentration, in the
    /// paper.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub full_signal: f64,
    /// Odour that gives half of the full response without adaptation, as a share of `full_signal`.
    #[schemars(range(min = 1e-6, max = 1e3))]
    pub half_response: f64,
    /// Time constant of the adaptation of the ON response, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub adaptation_on_s: f64,
    /// Time constant of the adaptation of the OFF response, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub adaptation_off_s: f64,
    /// Time constant of the ON response, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub on_s: f64,
    /// Time constant of the fast filter of the OFF response, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub off_fast_s: f64,
    /// Time constant of the slow filter of the OFF response, s.
    #[schemars(range(min = 1e-3, max = 1e6))]
    pub off_slow_s: f64,
    /// Random turns per second without odour, 1/s.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub turns_per_s: f64,
    /// Turns per second by which a full ON response lowers the rate, 1/s.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub turns_on_per_s: f64,
    /// Turns per second by which a full OFF response raises the rate, 1/s.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub turns_off_per_s: f64,
    /// Scale of a random turn, rad: a turn is this times N|N|, N standard normal.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub turn_sd_rad: f64,
    /// Speed over ground without odour, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Share of that speed by which a full ON response raises it.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_on: f64,
    /// Share of that speed by which a full OFF response lowers it.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub speed_off: f64,
    /// Strongest turn rate upwind at a full ON response, rad/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub upwind_rad_s: f64,
    /// Strongest turn rate downwind, always there, rad/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub downwind_rad_s: f64,
    /// Sampling interval that the time constants were fitted at, s: a step of this length is an explicit Euler step.
    #[schemars(range(min = 1e-6, max = 10.0))]
    pub sample_s: f64,
}

/// The published fit: time constants, rates and drives per sample at 50 Hz turned into seconds.
impl Default for WalkingFlyConfig {
    fn default() -> Self {
        Self {
            form: FlyForm::Consistent,
            full_signal: 1.0,
            half_response: 0.01,
            adaptation_on_s: 9.8,
            adaptation_off_s: 10.08,
            on_s: 0.72,
            off_fast_s: 0.62,
            off_slow_s: 4.84,
            turns_per_s: 6.0,
            turns_on_per_s: 1.5,
            turns_off_per_s: 37.5,
            turn_sd_rad: 20.0 * std::f64::consts::PI / 180.0,
            speed_m_s: 0.006,
            speed_on: 0.45,
            speed_off: 0.8,
            upwind_rad_s: 250.0 * std::f64::consts::PI / 180.0,
            downwind_rad_s: 25.0 * std::f64::consts::PI / 180.0,
            sample_s: 0.02,
        }
    }
}

impl Component for WalkingFlyConfig {
    const KIND: &'static str = "walking_fly";
}

impl NavigatorModel for WalkingFlyConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(WalkingFly::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s * (1.0 + self.speed_on)
    }

    fn requires(&self) -> Vec<Channels> {
        vec![Channels::CONCENTRATION, Channels::DETECTION]
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.check(context)
    }
}

impl WalkingFlyConfig {
    /// The time constants of the filters with their keys, s.
    #[must_use]
    pub fn time_constants_s(&self) -> [(&'static str, f64); 5] {
        [
            ("adaptation_on_s", self.adaptation_on_s),
            ("adaptation_off_s", self.adaptation_off_s),
            ("on_s", self.on_s),
            ("off_fast_s", self.off_fast_s),
            ("off_slow_s", self.off_slow_s),
        ]
    }
}

/// How the fly's equations become steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FlyForm {
    /// At 50 Hz explicit Euler steps; at any other time step the filters forget the same share per second, so responses
    /// have the same time course.
    Consistent,
    /// As the authors' program at any rate: explicit Euler steps of the rescaled time constants, and an OFF response
    /// that comes two samples late.
    Published,
}
