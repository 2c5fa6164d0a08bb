//! Run straight on, tumble less often while odour gets stronger.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::sensor::Channels;
use super::super::step::Stage;
use super::limits::cut_off_wandering;
use super::turning::Turning;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, NormalStream, Random8, blocks_for, kernel};
use crate::quantity::{at_most, number};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Tumbles expected in a step at most: there is at most one.
const MAX_TUMBLES: f64 = 0.5;

/// Run straight, tumble less often while odour gets stronger; needs a sensor that reads concentrations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct RunAndTumbleConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Rate of tumbles where odour doesn't change, 1/s.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub tumbles_per_s: f64,
    /// Lowest rate of tumbles, however fast odour gets stronger, 1/s.
    #[schemars(range(min = 1e-9, max = 1e4))]
    pub tumbles_lowest_per_s: f64,
    /// Highest rate of tumbles, however fast odour gets weaker, 1/s.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub tumbles_highest_per_s: f64,
    /// Tumbles become e times rarer where ln(c + background) rises by 1 in this time, s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub gain_s: f64,
    /// Concentration below which changes have less effect, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub background: f64,
    /// Time constant of the memory that the present is compared with, s.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub memory_s: f64,
    /// Mean angle of a tumble to either side, rad.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub tumble_angle_mean_rad: f64,
    /// Standard deviation of that angle, rad.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub tumble_angle_sd_rad: f64,
    /// Rotational diffusivity during runs, rad²/s.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub rotational_diffusivity_rad2_s: f64,
}

impl Default for RunAndTumbleConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            tumbles_per_s: 1.0,
            tumbles_lowest_per_s: 0.1,
            tumbles_highest_per_s: 5.0,
            gain_s: 5.0,
            background: 1e-8,
            memory_s: 1.0,
            // 68° ± 36°.
            tumble_angle_mean_rad: 1.19,
            tumble_angle_sd_rad: 0.63,
            rotational_diffusivity_rad2_s: 0.06,
        }
    }
}

impl Component for RunAndTumbleConfig {
    const KIND: &'static str = "run_and_tumble";
}

impl NavigatorModel for RunAndTumbleConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(RunAndTumble::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn requires(&self) -> Vec<Channels> {
        vec![Channels::CONCENTRATION]
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        let dt_s = context.dt_s();
        if self.tumbles_lowest_per_s > self.tumbles_per_s {
            found.add(
                "navigator.tumbles_lowest_per_s",
                format!(
                    "{} /s is above tumbles_per_s = {} /s",
                    self.tumbles_lowest_per_s, self.tumbles_per_s
                ),
                "lower it",
            );
        }
        if self.tumbles_highest_per_s < self.tumbles_per_s {
            found.add(
                "navigator.tumbles_highest_per_s",
                format!(
                    "{} /s is below tumbles_per_s = {} /s",
                    self.tumbles_highest_per_s, self.tumbles_per_s
                ),
                "raise it",
            );
        } else if self.tumbles_highest_per_s * dt_s > MAX_TUMBLES {
            found.add(
                "navigator.tumbles_highest_per_s",
                format!(
                    "{} tumbles expected in a step of {dt_s} s are more than {MAX_TUMBLES}",
                    number(self.tumbles_highest_per_s * dt_s)
                ),
                format!(
                    "use at most {} /s, or episode.dt_s of at most {}",
                    at_most(MAX_TUMBLES / dt_s),
                    at_most(MAX_TUMBLES / self.tumbles_highest_per_s)
                ),
            );
        }
        found.extend(context.shorter_than_step("navigator.memory_s", self.memory_s));
        found.extend(cut_off_wandering(self.rotational_diffusivity_rad2_s, 0.0, context));
        found
    }
}

/// Turns are kept this much below half a turn, so that rounding can't reverse them, rad.
const TURN_MARGIN_RAD: f64 = 1e-9;

/// Run straight on, tumble less often while odour gets stronger: the chemotaxis of *Escherichia coli* (Berg & Brown
/// 1972).
///
/// A tumble begins in a step with probability 1 − e^(−λ dt), λ = clamp(λ₀ e^(−g dL/dt), λ_l, λ_h): tumble rates λ
/// (1/s), gain g (s), and the perceived odour L = ln(1 + c/c₀) of concentration c and background c₀ (logarithmic
/// sensing: Kalinin et al. 2009). Its derivative is judged by a memory y that follows L with the time constant τ (s):
/// dL/dt ≈ (L − y)(e^(dt/τ) − 1)/dt, which is exact once L changes evenly for longer than τ. Agents begin adapted: y =
/// L at the first step. A tumble turns by μ + σ N(0, 1) (rad) to a random side, and the agent moves on meanwhile;
/// between tumbles headings wander by √(2 D dt) N(0, 1).
/// - A body that can't turn so far in a step turns on in the next ones. If the agent is turned by anything else, such
///   as an edge, the rest of the tumble is dropped.
/// - Without odour the persistence time is 1/(λ₀ (1 − ⟨cos⟩) + D) with the mean cosine ⟨cos⟩ = cos μ e^(−σ²/2) of a
///   tumble, and the diffusivity in the plane ½ v² times that (Lovely & Dahlquist 1975).
/// - Where ln c has the slope k, with short memory, tumbles to all directions alike and D = 0, agents drift up at
///   v I₁(z)/I₀(z), z = g v k: speed v, modified Bessel functions I.
#[derive(Clone, Debug)]
pub struct RunAndTumble {
    config: RunAndTumbleConfig,
    pace: Pace,
    memory: Vec<Memory>,
    wander: Vec<NormalStream>,
}

/// What depends on the time step.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    /// The part of its lag that the memory of odour makes up in a step.
    catch_up: f64,
    /// dL/dt where the memory lags behind by 1 after a step, 1/s.
    rise_per_s: f64,
    /// Standard deviation of wandering in a step, rad.
    wander_sd_rad: f64,
    /// Lowest and highest ln(λ/λ₀).
    exponents: [f64; 2],
}

impl Pace {
    fn new(config: &RunAndTumbleConfig, dt_s: f64) -> Self {
        // The platform's functions may differ in the last bit.
        Self {
            catch_up: -libm::expm1(-dt_s / config.memory_s),
            rise_per_s: libm::expm1(dt_s / config.memory_s) / dt_s,
            wander_sd_rad: (2.0 * config.rotational_diffusivity_rad2_s * dt_s).sqrt(),
            exponents: [config.tumbles_lowest_per_s, config.tumbles_highest_per_s]
                .map(|limit| libm::log(limit / config.tumbles_per_s)),
        }
    }
}

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    random: Random8,
    /// What L is compared with.
    odour: F64x8,
    turning: Turning,
}

impl RunAndTumble {
    /// Navigators for `blocks` blocks; tumbles come from the members' streams of `seed`, wandering from those of its
    /// part `wander`.
    #[must_use]
    pub fn new(config: &RunAndTumbleConfig, seed: StreamSeed, blocks: usize) -> Self {
        let wanders = config.rotational_diffusivity_rad2_s > 0.0;
        let memory = Random8::blocks(seed, blocks)
            .into_iter()
            .map(|random| Memory {
                random,
                odour: F64x8::ZERO,
                turning: Turning::NONE,
            })
            .collect();
        Self {
            config: config.clone(),
            pace: Pace::default(),
            memory,
            wander: NormalStream::blocks(seed.part("wander"), if wanders { blocks } else { 0 }),
        }
    }
}

impl Navigator for RunAndTumble {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        if stage.step == 0 {
            self.pace = Pace::new(&self.config, stage.dt_s);
        }
        let navigator = self;
        kernel!(stage.simd, |navigator: &mut RunAndTumble,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let (config, pace) = (&navigator.config, navigator.pace);
            let background = F64x8::splat(config.background);
            let catch_up = F64x8::splat(pace.catch_up);
            let to_exponent = F64x8::splat(-config.gain_s * pace.rise_per_s);
            let [lowest, highest] = pace.exponents.map(F64x8::splat);
            let minus_expected = F64x8::splat(-config.tumbles_per_s * stage.dt_s);
            let wander_sd = F64x8::splat(pace.wander_sd_rad);
            let most = F64x8::splat(PI - TURN_MARGIN_RAD);
            let speed = F64x8::splat(config.speed_m_s);
            for &block in stage.blocks {
                let memory = &mut navigator.memory[block];
                let heading = perception.heading_rad[block];
                // Noise may make readings negative. The limits come first, so that what isn't a number passes through.
                let c = F64x8::ZERO.max(perception.signal[block]);
                let odour = (F64x8::ONE + c / background).ln();
                if stage.step == 0 {
                    memory.odour = odour;
                }
                memory.odour += catch_up * (odour - memory.odour);
                let exponent = highest.min(lowest.max(to_exponent * (odour - memory.odour)));
                let stays = (minus_expected * exponent.exp()).exp();
                let left = memory.turning.left(heading);
                // 1 − u is in (0, 1]: a tumble has probability 1 − `stays`.
                let tumbles = (F64x8::ONE - memory.random.uniform()).gt(stays);
                let mut wanted = left;
                if tumbles.any() {
                    let (angle, side) = NormalStream::pair_where(&mut memory.random, tumbles);
                    let angle =
                        F64x8::splat(config.tumble_angle_mean_rad) + F64x8::splat(config.tumble_angle_sd_rad) * angle;
                    let turn = (angle * F64x8::ONE.copysign(side)).wrap_angle();
                    wanted = tumbles.select(turn, left);
                }
                if let Some(wander) = navigator.wander.get_mut(block) {
                    wanted += wander_sd * wander.at_step(stage.step);
                }
                let wanted = most.min((-most).max(wanted));
                commands.heading_rad[block] = memory.turning.turn(heading, wanted);
                commands.speed_m_s[block] = speed;
            }
        });
    }
}
