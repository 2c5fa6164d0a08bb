//! Straight upwind, whatever is smelt.

use super::super::agents::Commands;
use super::super::component::Component;
use super::super::step::Stage;
use super::turning::turn_through_upwind;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, Random8, blocks_for, kernel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Go straight upwind; pays no attention to odour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct UpwindConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
}

impl Default for UpwindConfig {
    fn default() -> Self {
        Self { speed_m_s: 0.5 }
    }
}

impl Component for UpwindConfig {
    const KIND: &'static str = "upwind";
}

impl NavigatorModel for UpwindConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(Upwind::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn requires_wind(&self) -> bool {
        true
    }
}

/// Straight upwind, whatever is smelt: the baseline that has the wind but no nose.
///
/// Heading φ + π at speed v over ground, where the wind blows to φ, here and now. An agent finds the source only if it
/// starts within the source's radius of the streamline through it. Agents that face downwind turn to a side drawn from
/// their own stream at the start. It needs a wind direction.
#[derive(Clone, Debug)]
pub struct Upwind {
    config: UpwindConfig,
    side: Vec<F64x8>,
}

impl Upwind {
    /// Navigators for `blocks` blocks; sides come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &UpwindConfig, seed: StreamSeed, blocks: usize) -> Self {
        let side = Random8::blocks(seed, blocks)
            .iter_mut()
            .map(|random| F64x8::ONE.copysign(random.uniform() - F64x8::splat(0.5)))
            .collect();
        Self {
            config: config.clone(),
            side,
        }
    }
}

impl Navigator for Upwind {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let navigator = self;
        kernel!(stage.simd, |navigator: &Upwind,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let speed = F64x8::splat(navigator.config.speed_m_s);
            let half_turn = F64x8::splat(std::f64::consts::PI);
            for &block in stage.blocks {
                let heading = perception.heading_rad[block];
                let from_upwind = heading - (perception.wind.direction_rad[block] + half_turn);
                let turn = turn_through_upwind(from_upwind, F64x8::ZERO, navigator.side[block]);
                commands.heading_rad[block] = heading + turn;
                commands.speed_m_s[block] = speed;
            }
        });
    }
}
