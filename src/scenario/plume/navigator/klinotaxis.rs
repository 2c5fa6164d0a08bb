//! Swing the head to and fro, and turn to the side where odour rises.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::sensor::Channels;
use super::super::step::Stage;
use super::limits::cut_off_wandering;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, NormalStream, blocks_for, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// Steps that a sweep of the head needs at least.
const MIN_STEPS: f64 = 12.0;

/// Swing the head to and fro, and turn to the side where odour rises; needs one sensor that tells how much odour there
/// is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct KlinotaxisConfig {
    /// Speed along the winding path, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Time of a whole sweep of the head, to the left and to the right, s.
    #[schemars(range(min = 1e-3, max = 1e4))]
    pub sweep_period_s: f64,
    /// How far the direction of motion swings to either side of the course, rad.
    #[schemars(range(min = 0.0, max = std::f64::consts::FRAC_PI_2))]
    pub sweep_angle_rad: f64,
    /// Turn rate of the course for a relative rise of 1/s with the head at the far left, rad.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub turn_gain_rad: f64,
    /// The course doesn't turn faster, rad/s.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub turn_rate_highest_rad_s: f64,
    /// Time over which the odour is averaged that the present one is compared with, s.
    #[schemars(range(min = 1e-6, max = 1e4))]
    pub memory_s: f64,
    /// Concentration below which changes have less effect, in the plume's unit.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub background: f64,
    /// Rotational diffusivity of the course, rad²/s: how it wanders where there is nothing to follow.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub rotational_diffusivity_rad2_s: f64,
}

impl Default for KlinotaxisConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 2.2e-4,
            sweep_period_s: 4.2,
            sweep_angle_rad: 0.8,
            turn_gain_rad: 3.0,
            turn_rate_highest_rad_s: 0.5,
            memory_s: 0.5,
            background: 1e-8,
            rotational_diffusivity_rad2_s: 1e-3,
        }
    }
}

impl Component for KlinotaxisConfig {
    const KIND: &'static str = "klinotaxis";
}

impl NavigatorModel for KlinotaxisConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(Klinotaxis::new(self, seed, blocks_for(count))))
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
        if self.sweep_period_s < MIN_STEPS * dt_s {
            found.add(
                "navigator.sweep_period_s",
                format!("{} s is less than {MIN_STEPS} steps of {dt_s} s", self.sweep_period_s),
                format!("use episode.dt_s of at most {}", self.sweep_period_s / MIN_STEPS),
            );
        }
        found.extend(context.shorter_than_step("navigator.memory_s", self.memory_s));
        let sweep_rad_s = self.sweep_angle_rad * TAU / self.sweep_period_s;
        found.extend(cut_off_wandering(
            self.rotational_diffusivity_rad2_s,
            sweep_rad_s + self.turn_rate_highest_rad_s,
            context,
        ));
        found
    }
}

/// Swing the head to and fro, and turn to the side where odour rises.
///
/// The direction of motion swings about the course ψ (rad), θ = ψ + A sin φ with φ = Ω t + φ₀: angle A (rad), Ω = 2π/T of
/// the sweep's period T (s), at constant speed v (m/s). The course follows
/// ψ' = ψ + clamp(G D sin φ, ±ω_h) dt + √(2 D_r dt) N(0, 1), where D = (c − m)/(τ (m + c₀)) is the relative rise of the
/// odour (1/s) against its average m over the time τ (s), with the background c₀ in the plume's unit; gain G (rad),
/// highest turn rate ω_h (rad/s), rotational diffusivity D_r (rad²/s). φ₀ is uniform in each agent.
///
/// Klinotaxis (Fraenkel & Gunn 1940): one nose compares what it smells on the two sides one after the other. This is the
/// worm of Izquierdo & Lockery (2010, *Journal of Neuroscience* 30:12908), a point with one sensor whose direction
/// undulates with T = 4.2 s at 0.22 mm/s and whose neck turns by the product of the phase and the change of odour, with
/// a multiplier in the place of their evolved network. Where ln c has the constant slope g, the angle α of the course
/// to the steepest ascent follows dα/dt = −k sin α, k = G v g J₁(A)/(1 + Ω²τ²), averaged over sweeps: J₁ is Bessel's
/// function, and the last factor is what the memory makes of a signal that comes and goes with the sweep.
#[derive(Clone, Debug)]
pub struct Klinotaxis {
    config: KlinotaxisConfig,
    memory: Vec<Memory>,
    noise: Vec<NormalStream>,
}

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    /// sin φ₀ and cos φ₀.
    first_phase: (F64x8, F64x8),
    /// m.
    average: F64x8,
}

impl Klinotaxis {
    /// Navigators for `blocks` blocks; phases and noise come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &KlinotaxisConfig, seed: StreamSeed, blocks: usize) -> Self {
        let mut noise = NormalStream::blocks(seed, blocks);
        let memory = noise.iter_mut().map(|noise| Memory {
            first_phase: noise.uniform().sin_cos_turns(),
            average: F64x8::ZERO,
        });
        Self {
            config: config.clone(),
            memory: memory.collect(),
            noise,
        }
    }
}

impl Navigator for Klinotaxis {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let navigator = self;
        kernel!(stage.simd, |navigator: &mut Klinotaxis,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let (config, dt_s) = (&navigator.config, stage.dt_s);
            let turns =
                |step: u64| F64x8::splat((step as f64 * (dt_s / config.sweep_period_s)).fract()).sin_cos_turns();
            let (now, next) = (turns(stage.step), turns(stage.step + 1));
            let renewed = F64x8::ONE - F64x8::splat(-dt_s / config.memory_s).exp();
            let background = F64x8::splat(config.background);
            let gain = F64x8::splat(config.turn_gain_rad / config.memory_s);
            let highest = F64x8::splat(config.turn_rate_highest_rad_s);
            let wander_sd = F64x8::splat((2.0 * config.rotational_diffusivity_rad2_s * dt_s).sqrt());
            let swing = F64x8::splat(config.sweep_angle_rad);
            for &block in stage.blocks {
                let memory = &mut navigator.memory[block];
                // Noise may make readings negative.
                let smelt = F64x8::ZERO.max(perception.signal[block]);
                if stage.step == 0 {
                    memory.average = smelt;
                }
                let rise = (smelt - memory.average) / (memory.average + background);
                memory.average += renewed * (smelt - memory.average);
                let (before, after) = (memory.sine(now), memory.sine(next));
                let rate = highest.min((-highest).max(gain * rise * before));
                let noise = navigator.noise[block].at_step(stage.step);
                let turn = rate * F64x8::splat(dt_s) + wander_sd * noise + swing * (after - before);
                commands.heading_rad[block] = perception.heading_rad[block] + turn;
                commands.speed_m_s[block] = F64x8::splat(config.speed_m_s);
            }
        });
    }
}

impl Memory {
    /// sin φ, from the sine and the cosine of Ω t.
    #[inline(always)]
    fn sine(&self, (sine, cosine): (F64x8, F64x8)) -> F64x8 {
        sine * self.first_phase.1 + cosine * self.first_phase.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::SimdLevel;
    use crate::scenario::plume::wind::WindSample;

    /// Courses (rad) of eight agents after each whole sweep, in an odour of c = e^(g x), which start at `start_rad` to the
    /// steepest ascent.
    fn courses(config: &KlinotaxisConfig, g_per_m: f64, start_rad: f64, dt_s: f64, sweeps: usize) -> Vec<[f64; 8]> {
        let mut navigator = Klinotaxis::new(config, StreamSeed(5), 1);
        let mut commands = Commands::new(1);
        let steps_per_sweep = (config.sweep_period_s / dt_s).round() as usize;
        let swing = navigator.memory[0].first_phase.0 * F64x8::splat(config.sweep_angle_rad);
        let (mut x, mut heading) = ([F64x8::ZERO], [F64x8::splat(start_rad) + swing]);
        let mut found = Vec::new();
        for step in 0..sweeps * steps_per_sweep {
            let signal = [(F64x8::splat(g_per_m) * x[0]).exp()];
            let stage = Stage {
                simd: SimdLevel::detect(),
                step: step as u64,
                time_s: step as f64 * dt_s,
                dt_s,
                blocks: &[0],
            };
            let perception = Perception {
                signal: &signal,
                detected: &[F64x8::ONE],
                left: &[],
                right: &[],
                slope_x_per_m: &[],
                slope_y_per_m: &[],
                wind: &WindSample::new(1),
                x_m: &x,
                y_m: &[F64x8::ZERO],
                heading_rad: &heading,
                active: &[F64x8::ONE],
            };
            navigator.decide(stage, perception, &mut commands);
            heading[0] = commands.heading_rad[0].wrap_angle();
            x[0] += commands.speed_m_s[0] * F64x8::splat(dt_s) * heading[0].sin_cos().1;
            if (step + 1) % steps_per_sweep == 0 {
                found.push((heading[0] - swing).wrap_angle().0);
            }
        }
        found
    }

    /// Bessel's J₁ by its series.
    fn bessel_j1(x: f64) -> f64 {
        let (mut term, mut sum) = (0.5 * x, 0.0);
        for k in 1..20 {
            sum += term;
            term *= -0.25 * x * x / f64::from(k * (k + 1));
        }
        sum
    }

    /// tan(α/2) decays as e^(−k t), with k = G v g J₁(A)/(1 + Ω²τ²): averaged over sweeps, for turns that are slow against
    /// them, and to first order in dt. J₁(0.8) = 0.36884 (Abramowitz & Stegun, table 9.1).
    #[test]
    fn the_course_turns_up_the_slope_at_the_rate_of_the_averaged_equation() {
        assert!((bessel_j1(0.8) - 0.368_842).abs() < 1e-6);
        for (sweep_angle_rad, memory_s) in [(0.8, 0.5), (0.8, 1.0), (1.4, 0.5)] {
            let config = KlinotaxisConfig {
                sweep_angle_rad,
                memory_s,
                turn_rate_highest_rad_s: 100.0,
                background: 1e-30,
                rotational_diffusivity_rad2_s: 0.0,
                turn_gain_rad: 2.0,
                ..KlinotaxisConfig::default()
            };
            let (g_per_m, dt_s, sweeps) = (20.0, 0.0105, 150);
            let lag = TAU / config.sweep_period_s * memory_s;
            let k_per_s =
                config.turn_gain_rad * config.speed_m_s * g_per_m * bessel_j1(sweep_angle_rad) / (1.0 + lag * lag);
            let found = courses(&config, g_per_m, 2.0, dt_s, sweeps);
            for agent in [0, 3, 7] {
                let log_tangent = |sweep: usize| (0.5f64 * found[sweep][agent]).tan().ln();
                let time_s = (sweeps - 1 - 20) as f64 * config.sweep_period_s;
                let rate_per_s = (log_tangent(20) - log_tangent(sweeps - 1)) / time_s;
                assert!(
                    (rate_per_s / k_per_s - 1.0).abs() < 0.03,
                    "A = {sweep_angle_rad}, τ = {memory_s}, agent {agent}: {rate_per_s} {k_per_s}"
                );
            }
        }
    }

    /// Without odour the course stays, and the path winds about it.
    #[test]
    fn without_a_slope_the_course_stays() {
        let config = KlinotaxisConfig {
            rotational_diffusivity_rad2_s: 0.0,
            ..KlinotaxisConfig::default()
        };
        for course in courses(&config, 0.0, 1.0, 0.05, 100) {
            assert!(course.iter().all(|course| (course - 1.0).abs() < 1e-9), "{course:?}");
        }
    }
}
