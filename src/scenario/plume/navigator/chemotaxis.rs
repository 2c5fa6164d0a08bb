//! Turn to the side where odour is stronger.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::sensor::Channels;
use super::super::step::Stage;
use super::limits::cut_off_wandering;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, Kernel, NormalStream, blocks_for};
use crate::quantity::{at_most, number};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Wanted turns have to stay below this in a step, rad: longer ones swing over.
const MAX_TURN_RAD: f64 = 1.0;

/// Turn to the side where odour is stronger; needs a bilateral or gradient sensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ChemotaxisConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Turn rate if all odour is on one side, before the limit, rad/s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub turn_gain_rad_s: f64,
    /// Largest turn rate that the agent commands, rad/s.
    #[schemars(range(min = 1e-3, max = 1e4))]
    pub turn_rate_highest_rad_s: f64,
    /// Sum of the concentrations of both sides below which differences have less effect, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub background: f64,
    /// Distance over which a slope is evaluated if the sensor provides slopes, m; with antennae it is their separation.
    #[schemars(range(min = 1e-6, max = 100.0))]
    pub baseline_m: f64,
    /// Rotational diffusivity, rad²/s: how headings wander where there is nothing to follow.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub rotational_diffusivity_rad2_s: f64,
}

impl Default for ChemotaxisConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            turn_gain_rad_s: 40.0,
            turn_rate_highest_rad_s: 6.0,
            background: 1e-8,
            baseline_m: 0.1,
            rotational_diffusivity_rad2_s: 0.05,
        }
    }
}

impl Component for ChemotaxisConfig {
    const KIND: &'static str = "chemotaxis";
}

impl NavigatorModel for ChemotaxisConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(Chemotaxis::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn requires(&self) -> Vec<Channels> {
        vec![Channels::SIDES, Channels::SLOPE]
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        let dt_s = context.dt_s();
        let rate_rad_s = self.turn_rate_highest_rad_s.min(self.turn_gain_rad_s);
        if rate_rad_s * dt_s > MAX_TURN_RAD {
            found.add(
                "navigator.turn_rate_highest_rad_s",
                format!(
                    "turns of up to {} rad in a step of {dt_s} s, more than {MAX_TURN_RAD}, overshoot",
                    number(rate_rad_s * dt_s)
                ),
                format!(
                    "use at most {} rad/s, or a shorter episode.dt_s",
                    at_most(MAX_TURN_RAD / dt_s)
                ),
            );
        }
        found.extend(cut_off_wandering(
            self.rotational_diffusivity_rad2_s,
            rate_rad_s,
            context,
        ));
        found
    }
}

/// Turn to the side where odour is stronger.
///
/// θ' = θ + clamp(G κ, ±ω_h) dt + √(2 D dt) N(0, 1) at constant speed: heading θ (rad), gain G and highest turn rate
/// ω_h (rad/s), rotational diffusivity D (rad²/s), and the contrast κ between left and right:
/// - with two antennae κ = (c_l − c_r)/(c_l + c_r + c₀), the concentrations at the left and the right one and the
///   background c₀ in the plume's unit;
/// - with a sensed slope κ = clamp(b s/(2 c + c₀), ±1), where s = −sin θ ∂c/∂x + cos θ ∂c/∂y is the slope towards the
///   left and b the baseline (m): the same to first order in b for antennae that are b apart.
///
/// Antennae go first where both are sensed. Tropotaxis (Fraenkel & Gunn 1940; Braitenberg's vehicles, 1984) with the
/// contrast of Weber's law. Where ln c has the constant slope g, the angle α to the direction of steepest ascent
/// follows dα/dt = −½ G b g sin α, and with noise its stationary distribution is von Mises's with concentration G b
/// g/2D.
#[derive(Clone, Debug)]
pub struct Chemotaxis {
    config: ChemotaxisConfig,
    noise: Vec<NormalStream>,
}

impl Chemotaxis {
    /// Navigators for `blocks` blocks; noise comes from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &ChemotaxisConfig, seed: StreamSeed, blocks: usize) -> Self {
        let noisy = config.rotational_diffusivity_rad2_s > 0.0;
        Self {
            config: config.clone(),
            noise: NormalStream::blocks(seed, if noisy { blocks } else { 0 }),
        }
    }
}

impl Navigator for Chemotaxis {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let background = F64x8::splat(self.config.background);
        if perception.left.is_empty() {
            let baseline = F64x8::splat(self.config.baseline_m);
            let contrast = OfSlope {
                perception,
                background,
                baseline,
            };
            self.turn(contrast, stage, perception, commands);
        } else {
            let contrast = OfSides { perception, background };
            self.turn(contrast, stage, perception, commands);
        }
    }
}

impl Chemotaxis {
    fn turn(&mut self, contrast: impl Contrast, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        stage.simd.run(Decide {
            config: &self.config,
            noise: &mut self.noise,
            contrast,
            stage,
            heading_rad: perception.heading_rad,
            commands,
        });
    }
}

/// How much stronger odour is on the left, from −1 to 1.
trait Contrast {
    fn at(&self, block: usize) -> F64x8;
}

struct OfSides<'a> {
    perception: Perception<'a>,
    background: F64x8,
}

impl Contrast for OfSides<'_> {
    #[inline(always)]
    fn at(&self, block: usize) -> F64x8 {
        // Noise may make readings negative. The limits come first, so that what isn't a number passes through and is
        // found.
        let left = F64x8::ZERO.max(self.perception.left[block]);
        let right = F64x8::ZERO.max(self.perception.right[block]);
        (left - right) / (left + right + self.background)
    }
}

struct OfSlope<'a> {
    perception: Perception<'a>,
    background: F64x8,
    baseline: F64x8,
}

impl Contrast for OfSlope<'_> {
    #[inline(always)]
    fn at(&self, block: usize) -> F64x8 {
        let perception = &self.perception;
        let (sine, cosine) = perception.heading_rad[block].sin_cos();
        let leftwards = cosine * perception.slope_y_per_m[block] - sine * perception.slope_x_per_m[block];
        let c = F64x8::ZERO.max(perception.signal[block]);
        let contrast = self.baseline * leftwards / (c + c + self.background);
        F64x8::ONE.min((-F64x8::ONE).max(contrast))
    }
}

struct Decide<'a, C> {
    config: &'a ChemotaxisConfig,
    noise: &'a mut [NormalStream],
    contrast: C,
    stage: Stage<'a>,
    heading_rad: &'a [F64x8],
    commands: &'a mut Commands,
}

impl<C: Contrast> Kernel for Decide<'_, C> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let config = self.config;
        let dt = F64x8::splat(self.stage.dt_s);
        let gain = F64x8::splat(config.turn_gain_rad_s);
        let highest = F64x8::splat(config.turn_rate_highest_rad_s);
        let wander_sd = F64x8::splat((2.0 * config.rotational_diffusivity_rad2_s * self.stage.dt_s).sqrt());
        let speed = F64x8::splat(config.speed_m_s);
        for &block in self.stage.blocks {
            let rate = highest.min((-highest).max(gain * self.contrast.at(block)));
            let mut turn = rate * dt;
            if let Some(noise) = self.noise.get_mut(block) {
                turn += wander_sd * noise.at_step(self.stage.step);
            }
            self.commands.heading_rad[block] = self.heading_rad[block] + turn;
            self.commands.speed_m_s[block] = speed;
        }
    }
}
