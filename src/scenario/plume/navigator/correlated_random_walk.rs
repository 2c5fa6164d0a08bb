//! A random walk with persistence: the baseline that smells nothing.

use super::super::agents::{Commands, MotionConfig};
use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::limits::TURN_DEVIATIONS;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, NormalStream, blocks_for, kernel};
use crate::quantity::{at_least, number};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Walk at constant speed while the heading diffuses; pays no attention to odour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CorrelatedRandomWalkConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Rotational diffusivity, rad²/s: the inverse of the time over which a heading is kept.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub rotational_diffusivity_rad2_s: f64,
}

impl Default for CorrelatedRandomWalkConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            rotational_diffusivity_rad2_s: 0.2,
        }
    }
}

impl Component for CorrelatedRandomWalkConfig {
    const KIND: &'static str = "correlated_random_walk";
}

impl NavigatorModel for CorrelatedRandomWalkConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(CorrelatedRandomWalk::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    /// Turns of a random walk grow as √dt, the limit as dt: a limit that cuts them off makes the walk depend on dt.
    fn problems(&self, context: Context<'_>) -> Problems {
        let agents = &context.config.agents;
        if !matches!(agents.motion, MotionConfig::Continuous(_)) {
            return Problems::default();
        }
        let (dt_s, limit_rad_s) = (context.dt_s(), agents.min_turn_rate_rad_s(context.inputs));
        let turn_sd_rad = (2.0 * self.rotational_diffusivity_rad2_s * dt_s).sqrt();
        let needed_rad_s = TURN_DEVIATIONS * turn_sd_rad / dt_s;
        let mut found = Problems::default();
        if limit_rad_s < needed_rad_s {
            let longer_s = 2.0 * self.rotational_diffusivity_rad2_s * (TURN_DEVIATIONS / limit_rad_s).powi(2);
            found.add(
                "agents.turn_rate_max_rad_s",
                format!(
                    "{} rad/s allows turns of {} rad in a step of {dt_s} s and cuts off those of the random \
                     walk, whose standard deviation is {} rad",
                    number(limit_rad_s),
                    number(limit_rad_s * dt_s),
                    number(turn_sd_rad)
                ),
                format!(
                    "use at least {} rad/s, or episode.dt_s of at least {}",
                    at_least(needed_rad_s),
                    at_least(longer_s)
                ),
            );
        }
        found
    }
}

/// A random walk with persistence: the baseline that smells nothing.
///
/// θ' = θ + √(2 D dt) N(0, 1) at constant speed v: heading θ (rad), rotational diffusivity D (rad²/s). The heading
/// decorrelates as exp(−D t), so the persistence length is v/D, and after many persistence times the mean squared
/// displacement grows as 2 (v²/D) t. Kareiva & Shigesada (1983); the limit of small steps. The turn-rate limit of the
/// body mustn't cut turns off: ω_max dt < 4 √(2 D dt) is refused. The mean turn rate diverges as dt^(−1/2).
#[derive(Clone, Debug)]
pub struct CorrelatedRandomWalk {
    config: CorrelatedRandomWalkConfig,
    noise: Vec<NormalStream>,
}

impl CorrelatedRandomWalk {
    /// Navigators for `blocks` blocks; turns come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &CorrelatedRandomWalkConfig, seed: StreamSeed, blocks: usize) -> Self {
        Self {
            config: config.clone(),
            noise: NormalStream::blocks(seed, blocks),
        }
    }
}

impl Navigator for CorrelatedRandomWalk {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let walk = self;
        kernel!(stage.simd, |walk: &mut CorrelatedRandomWalk,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let config = &walk.config;
            let turn_sd = F64x8::splat((2.0 * config.rotational_diffusivity_rad2_s * stage.dt_s).sqrt());
            let speed = F64x8::splat(config.speed_m_s);
            for &block in stage.blocks {
                let turn = turn_sd * walk.noise[block].at_step(stage.step);
                commands.heading_rad[block] = perception.heading_rad[block] + turn;
                commands.speed_m_s[block] = speed;
            }
        });
    }
}
