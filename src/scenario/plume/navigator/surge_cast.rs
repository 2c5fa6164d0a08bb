//! Surge upwind on odour, cast across the wind when it is lost.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::sensor::Channels;
use super::super::state_column::StateColumn;
use super::super::step::Stage;
use super::limits::short_leg;
use super::turning::turn_through_upwind;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, LANES, NormalStream, Random8, SimdLevel, blocks_for, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Surge upwind on odour, cast across the wind when it is lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SurgeCastConfig {
    /// Speed over ground while surging, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub surge_speed_m_s: f64,
    /// Speed over ground while casting, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub cast_speed_m_s: f64,
    /// Mean time from odour to surge, s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub surge_delay_mean_s: f64,
    /// Standard deviation of that time, s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub surge_delay_sd_s: f64,
    /// Mean time from loss of the odour to the cast, s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub cast_delay_mean_s: f64,
    /// Standard deviation of that time, s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub cast_delay_sd_s: f64,
    /// Angle between a casting leg and upwind, rad: π/2 is straight across the wind, more drifts downwind.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub cast_angle_rad: f64,
    /// Duration of the first leg of a cast, s; each later leg is longer by as much.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub cast_leg_s: f64,
    /// No leg lasts longer, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub cast_leg_max_s: f64,
}

impl Default for SurgeCastConfig {
    fn default() -> Self {
        Self {
            surge_speed_m_s: 0.5,
            cast_speed_m_s: 0.5,
            surge_delay_mean_s: 0.190,
            surge_delay_sd_s: 0.075,
            cast_delay_mean_s: 0.450,
            cast_delay_sd_s: 0.165,
            cast_angle_rad: std::f64::consts::FRAC_PI_2,
            cast_leg_s: 1.0,
            cast_leg_max_s: 30.0,
        }
    }
}

impl Component for SurgeCastConfig {
    const KIND: &'static str = "surge_cast";
}

impl NavigatorModel for SurgeCastConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(SurgeCast::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.surge_speed_m_s.max(self.cast_speed_m_s)
    }

    fn requires(&self) -> Vec<Channels> {
        vec![Channels::DETECTION]
    }

    fn requires_wind(&self) -> bool {
        true
    }

    fn state_columns(&self) -> Vec<StateColumn> {
        vec![STATE]
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        if self.cast_leg_s > self.cast_leg_max_s {
            found.add(
                "navigator.cast_leg_s",
                format!(
                    "{} s is above cast_leg_max_s = {} s",
                    self.cast_leg_s, self.cast_leg_max_s
                ),
                "raise cast_leg_max_s",
            );
        }
        found.extend(short_leg("navigator.cast_leg_s", self.cast_leg_s, context));
        found
    }
}

/// What an agent is at.
const STATE: StateColumn = StateColumn::code(
    "surge_cast_state",
    &["cast", "surge"],
    "whether the agent casts or surges",
);

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    random: Random8,
    /// 1 while surging, 0 while casting.
    surging: F64x8,
    /// What the sensor said in the last step.
    smelt: F64x8,
    /// When a surge is due, s; infinite if none is.
    surge_at_s: F64x8,
    /// When a cast is due, s; infinite if none is.
    cast_at_s: F64x8,
    /// +1 or −1: the side of the present leg.
    side: F64x8,
    /// The side of the first leg of the cast that is due.
    next_side: F64x8,
    /// Number of the present leg, from 1.
    leg: F64x8,
    /// Time left in the present leg, s.
    leg_left_s: F64x8,
}

/// Surge upwind on odour, cast across the wind when it is lost.
///
/// The reflexes of flying *Drosophila* (van Breugel & Dickinson 2014, Current Biology 24:274): some 190 ± 75 ms after
/// odour appears the fly surges upwind; some 450 ± 165 ms after it is lost the fly casts across the wind, with growing
/// amplitude. Heading: φ + π while surging, φ + π ± α while casting (wind blows *to* φ, cast angle α, all rad).
/// - When the sensor switches on, a surge is due after max(0, μ_s + σ_s N); a cast that was due is called off.
/// - When it switches off, a cast is due after max(0, μ_c + σ_c N), counted from the surge if one is still due, so
///   that a whiff shorter than the reaction time still gives a surge, and every surge ends.
/// - What is due happens at the nearest step, so that delays aren't longer on average by half a step.
/// - The first leg of a cast goes to a random side for time L, the n-th lasts min(n L, L_max) and changes sides, so the
///   sweeps reach out to L, −L, 2L, −2L, … (times speed). Before their first odour agents cast.
/// - Turns go through upwind, never through downwind, at most half a turn per step: a change of legs by π has no
///   shortest way, and the rounding of an angle must not choose it. With the body's turn rate ω a change of legs at
///   α = π/2 and speed v therefore gains about 2v/ω against the wind. Agents that face downwind turn on the side of
///   their leg. This rule is the model's own, not the paper's.
///
/// The delays are per event, drawn for the agents that need one. It needs the wind direction; in calm air "upwind" has
/// no meaning. Only time steps well below the delays resolve them.
#[derive(Clone, Debug)]
pub struct SurgeCast {
    config: SurgeCastConfig,
    memory: Vec<Memory>,
}

const NEVER: F64x8 = F64x8::splat(f64::INFINITY);

impl SurgeCast {
    /// Navigators for `blocks` blocks; delays and sides come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &SurgeCastConfig, seed: StreamSeed, blocks: usize) -> Self {
        let first_leg = F64x8::splat(config.cast_leg_s.min(config.cast_leg_max_s));
        let memory = Random8::blocks(seed, blocks)
            .into_iter()
            .map(|mut random| Memory {
                side: F64x8::ONE.copysign(random.uniform() - F64x8::splat(0.5)),
                next_side: F64x8::ONE,
                random,
                surging: F64x8::ZERO,
                smelt: F64x8::ZERO,
                surge_at_s: NEVER,
                cast_at_s: NEVER,
                leg: F64x8::ONE,
                leg_left_s: first_leg,
            })
            .collect();
        Self {
            config: config.clone(),
            memory,
        }
    }
}

impl Navigator for SurgeCast {
    fn state(&self, _simd: SimdLevel, name: &str, agent: usize) -> Option<f64> {
        (name == STATE.name).then(|| self.memory[agent / LANES].surging.0[agent % LANES])
    }

    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let navigator = self;
        kernel!(stage.simd, |navigator: &mut SurgeCast,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let config = &navigator.config;
            let surge_speed = F64x8::splat(config.surge_speed_m_s);
            let cast_speed = F64x8::splat(config.cast_speed_m_s);
            let half_turn = F64x8::splat(std::f64::consts::PI);
            let cast_angle = F64x8::splat(config.cast_angle_rad);
            for &block in stage.blocks {
                let memory = &mut navigator.memory[block];
                // Half a step ahead: what is due happens at the nearest step.
                let by_s = stage.time_s + 0.5 * stage.dt_s;
                memory.react(config, perception.detected[block], stage.time_s, by_s);
                memory.cast_on(config, stage.dt_s);
                let surging = memory.surging.to_mask();
                let upwind = perception.wind.direction_rad[block] + half_turn;
                let wanted = surging.select(F64x8::ZERO, memory.side * cast_angle);
                let heading = perception.heading_rad[block];
                commands.heading_rad[block] = heading + turn_through_upwind(heading - upwind, wanted, memory.side);
                commands.speed_m_s[block] = surging.select(surge_speed, cast_speed);
            }
        });
    }
}

impl Memory {
    /// Sets and calls off what is due when the sensor switches at `now_s`, and does what is due by `by_s`.
    #[inline(always)]
    fn react(&mut self, config: &SurgeCastConfig, detected: F64x8, now_s: f64, by_s: f64) {
        let now = F64x8::splat(now_s);
        let by = F64x8::splat(by_s);
        // Agents switch, and what is due happens, in few of their steps: most blocks pass by both.
        if !detected.equals(self.smelt).all() {
            let (appeared, lost) = (detected.gt(self.smelt), detected.lt(self.smelt));
            self.smelt = detected;
            let (delay, side) = NormalStream::pair_where(&mut self.random, appeared | lost);
            let surge_delay = F64x8::splat(config.surge_delay_mean_s) + F64x8::splat(config.surge_delay_sd_s) * delay;
            let cast_delay = F64x8::splat(config.cast_delay_mean_s) + F64x8::splat(config.cast_delay_sd_s) * delay;
            let due = now + surge_delay.max(F64x8::ZERO);
            let surge = appeared & !self.surging.to_mask();
            self.surge_at_s = surge.select(self.surge_at_s.min(due), self.surge_at_s);
            self.cast_at_s = appeared.select(NEVER, self.cast_at_s);
            let from = self.surge_at_s.lt(NEVER).select(self.surge_at_s, now);
            self.cast_at_s = lost.select(from + cast_delay.max(F64x8::ZERO), self.cast_at_s);
            self.next_side = lost.select(F64x8::ONE.copysign(side), self.next_side);
        }
        if !self.surge_at_s.min(self.cast_at_s).le(by).any() {
            return;
        }
        let surge = self.surge_at_s.le(by);
        self.surging = surge.select(F64x8::ONE, self.surging);
        self.surge_at_s = surge.select(NEVER, self.surge_at_s);
        let cast = self.cast_at_s.le(by);
        self.surging = cast.select(F64x8::ZERO, self.surging);
        self.cast_at_s = cast.select(NEVER, self.cast_at_s);
        self.side = cast.select(self.next_side, self.side);
        self.leg = cast.select(F64x8::ONE, self.leg);
        let first_leg = F64x8::splat(config.cast_leg_s.min(config.cast_leg_max_s));
        self.leg_left_s = cast.select(first_leg, self.leg_left_s);
    }

    /// Begins the next leg where one is over; otherwise the present one goes on.
    #[inline(always)]
    fn cast_on(&mut self, config: &SurgeCastConfig, dt_s: f64) {
        let over = (self.leg_left_s + self.surging * F64x8::splat(f64::MAX)).le(F64x8::ZERO);
        if over.any() {
            let leg = over.select(self.leg + F64x8::ONE, self.leg);
            let next_leg = (leg * F64x8::splat(config.cast_leg_s)).min(F64x8::splat(config.cast_leg_max_s));
            self.leg = leg;
            self.side = over.select(-self.side, self.side);
            self.leg_left_s = over.select(self.leg_left_s + next_leg, self.leg_left_s);
        }
        self.leg_left_s = self.leg_left_s - F64x8::splat(dt_s);
    }
}
