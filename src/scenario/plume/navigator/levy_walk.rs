//! A walk of straight legs whose lengths have a heavy tail.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::step::Stage;
use super::turning::Turning;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, Random8, blocks_for, kernel};
use crate::quantity::{at_least, number};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Walk straight legs whose lengths follow a power law, in random directions; pays no attention to odour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct LevyWalkConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Exponent of the density of leg lengths: near 1 most of the way is in long legs, above 3 the walk is ordinary
    /// diffusion.
    #[schemars(range(min = 1.05, max = 6.0))]
    pub exponent: f64,
    /// Shortest leg, m.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub leg_min_m: f64,
    /// Longest leg, m.
    #[schemars(range(min = 1e-6, max = 1e9))]
    pub leg_max_m: f64,
}

impl Default for LevyWalkConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            exponent: 2.0,
            leg_min_m: 0.1,
            leg_max_m: 100.0,
        }
    }
}

impl Component for LevyWalkConfig {
    const KIND: &'static str = "levy_walk";
}

impl NavigatorModel for LevyWalkConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(LevyWalk::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        if self.leg_min_m >= self.leg_max_m {
            found.add(
                "navigator.leg_min_m",
                format!("{} m isn't below leg_max_m = {} m", self.leg_min_m, self.leg_max_m),
                "raise leg_max_m; legs of one length are navigator.kind = \"random_walk\"",
            );
        }
        let step_m = self.speed_m_s * context.dt_s();
        if self.leg_min_m < step_m {
            found.add(
                "navigator.leg_min_m",
                format!("{} m is shorter than a step, {} m", self.leg_min_m, number(step_m)),
                format!("use at least {} m, or a shorter episode.dt_s", at_least(step_m)),
            );
        }
        found
    }
}

/// Leg lengths by the inverse of their distribution.
#[derive(Clone, Copy, Debug)]
struct Legs {
    /// l_min^(1−μ).
    first: f64,
    /// l_min^(1−μ) − l_max^(1−μ).
    range: f64,
    /// 1/(1−μ).
    root: f64,
}

impl Legs {
    fn new(config: &LevyWalkConfig) -> Self {
        let power = 1.0 - config.exponent;
        let first = libm::pow(config.leg_min_m, power);
        Self {
            first,
            range: first - libm::pow(config.leg_max_m, power),
            root: 1.0 / power,
        }
    }

    /// The length at which a share `uniform` of all legs are shorter, m.
    #[inline(always)]
    fn length(self, uniform: F64x8) -> F64x8 {
        (F64x8::splat(self.first) - uniform * F64x8::splat(self.range)).powf(self.root)
    }
}

/// A walk of straight legs whose lengths have a heavy tail.
///
/// Leg lengths l have the density p(l) ∝ l^(−μ) between l_min and l_max, 0 elsewhere; each leg goes in a direction of its
/// own, uniform over the full turn, at constant speed v (Viswanathan et al. 1999, Nature 401:911). Lengths come from
/// l = (l_min^(1−μ) − u (l_min^(1−μ) − l_max^(1−μ)))^(1/(1−μ)), u uniform in [0, 1). For 1 < μ < 3 and times below
/// l_max/v the walk spreads faster than diffusion; the cut at l_max makes it ordinary diffusion in the end.
///
/// The first leg goes where the agent faces at the start. A leg ends at the step nearest to its end; what a leg was too
/// long or short by is made up for by the next. An edge of the domain doesn't end a leg: it goes on in the new direction.
/// Legs shorter than a step are refused. Lengths are measured on the commanded way: a body that turns slowly makes legs
/// rounder.
#[derive(Clone, Debug)]
pub struct LevyWalk {
    config: LevyWalkConfig,
    legs: Legs,
    memory: Vec<Memory>,
}

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    random: Random8,
    leg_left_m: F64x8,
    turning: Turning,
}

impl LevyWalk {
    /// Navigators for `blocks` blocks; lengths and directions come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &LevyWalkConfig, seed: StreamSeed, blocks: usize) -> Self {
        let legs = Legs::new(config);
        let memory = Random8::blocks(seed, blocks)
            .into_iter()
            .map(|mut random| Memory {
                leg_left_m: legs.length(random.uniform()),
                random,
                turning: Turning::NONE,
            })
            .collect();
        Self {
            config: config.clone(),
            legs,
            memory,
        }
    }
}

impl Navigator for LevyWalk {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let walk = self;
        kernel!(stage.simd, |walk: &mut LevyWalk,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let legs = walk.legs;
            let speed = F64x8::splat(walk.config.speed_m_s);
            let step_m = walk.config.speed_m_s * stage.dt_s;
            let (step, half_step) = (F64x8::splat(step_m), F64x8::splat(0.5 * step_m));
            for &block in stage.blocks {
                let memory = &mut walk.memory[block];
                let heading = perception.heading_rad[block];
                let mut turn = memory.turning.left(heading);
                let over = memory.leg_left_m.le(half_step);
                if over.any() {
                    let mut moved = memory.random.clone();
                    let anywhere = (moved.uniform() - F64x8::splat(0.5)) * F64x8::splat(std::f64::consts::TAU);
                    let leg = legs.length(moved.uniform());
                    memory.random.adopt(over, &moved);
                    turn = over.select(anywhere, turn);
                    memory.leg_left_m += over.select(leg, F64x8::ZERO);
                }
                memory.leg_left_m = memory.leg_left_m - step;
                commands.heading_rad[block] = memory.turning.turn(heading, turn);
                commands.speed_m_s[block] = speed;
            }
        });
    }
}
