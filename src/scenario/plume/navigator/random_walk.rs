//! A walk of straight legs in random directions: the plainest baseline.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::limits::short_leg;
use super::turning::Turning;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, Random8, blocks_for, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Walk straight legs of the same duration in random directions; pays no attention to odour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RandomWalkConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Duration of each straight leg, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub leg_s: f64,
}

impl Default for RandomWalkConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            leg_s: 1.0,
        }
    }
}

impl Component for RandomWalkConfig {
    const KIND: &'static str = "random_walk";
}

impl NavigatorModel for RandomWalkConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(RandomWalk::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        short_leg("navigator.leg_s", self.leg_s, context).into()
    }
}

/// A walk of straight legs in random directions: the plainest baseline.
///
/// Each leg lasts T at speed v and goes in a direction of its own, uniform over the full turn (Pearson 1905, Nature
/// 72:294). After n legs the mean squared displacement is n (v T)², so the walk spreads with a diffusivity of v² T/4.
/// The first leg goes where the agent faces at the start. A leg ends at the step nearest to its time. A body with a
/// limited turn rate walks while it turns, which makes legs longer and the path rounder; an edge of the domain that
/// turns the agent gives the rest of the leg its direction.
#[derive(Clone, Debug)]
pub struct RandomWalk {
    config: RandomWalkConfig,
    memory: Vec<Memory>,
}

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    random: Random8,
    leg_left_s: F64x8,
    turning: Turning,
}

impl RandomWalk {
    /// Navigators for `blocks` blocks; directions come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &RandomWalkConfig, seed: StreamSeed, blocks: usize) -> Self {
        let memory = Random8::blocks(seed, blocks)
            .into_iter()
            .map(|random| Memory {
                random,
                leg_left_s: F64x8::splat(config.leg_s),
                turning: Turning::NONE,
            })
            .collect();
        Self {
            config: config.clone(),
            memory,
        }
    }
}

impl Navigator for RandomWalk {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let walk = self;
        kernel!(stage.simd, |walk: &mut RandomWalk,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let config = &walk.config;
            let speed = F64x8::splat(config.speed_m_s);
            let leg = F64x8::splat(config.leg_s);
            let dt = F64x8::splat(stage.dt_s);
            let half_step = F64x8::splat(0.5 * stage.dt_s);
            for &block in stage.blocks {
                let memory = &mut walk.memory[block];
                let heading = perception.heading_rad[block];
                let mut turn = memory.turning.left(heading);
                let over = memory.leg_left_s.le(half_step);
                if over.any() {
                    let mut moved = memory.random.clone();
                    let anywhere = (moved.uniform() - F64x8::splat(0.5)) * F64x8::splat(std::f64::consts::TAU);
                    memory.random.adopt(over, &moved);
                    turn = over.select(anywhere, turn);
                    memory.leg_left_s += over.select(leg, F64x8::ZERO);
                }
                memory.leg_left_s = memory.leg_left_s - dt;
                commands.heading_rad[block] = memory.turning.turn(heading, turn);
                commands.speed_m_s[block] = speed;
            }
        });
    }
}
