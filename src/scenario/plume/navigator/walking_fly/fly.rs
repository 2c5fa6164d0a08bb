//! The fly as a navigator: random turns, drives along the wind, speed.

use super::super::super::agents::Commands;
use super::super::super::step::Stage;
use super::super::turning::Turning;
use super::super::{Navigator, Perception};
use super::responses::{Responses, Weights};
use super::{FlyForm, WalkingFlyConfig};
use crate::lanes::{F64x8, Kernel, NormalStream};
use crate::random::StreamSeed;

/// Walking *Drosophila*: upwind while there is odour, local search when it is lost.
///
/// The model of Álvarez-Salvado et al. (2018, eLife 7:e37815) with their fit. Each sample, with the odour o (the sensor's
/// value over `full_signal`, never below 0) and θ the heading, counter-clockwise from downwind:
/// - adaptation A += (o − A)/τ_A and compression C = o/(o + β + A), one of each for ON and OFF;
/// - ON += (C − ON)/τ_ON; R_fast and R_slow follow C of OFF with τ_OFF1 and τ_OFF2; OFF = max(0, R_slow − R_fast);
/// - turns per second r = r₀ − r_ON ON + r_OFF OFF. A turn happens with probability r dt and is σ N|N|, which is
///   distributed like ±σ N² with a random sign;
/// - drives: Δθ = (k_down − k_up ON) D dt, D = −sin θ: to downwind always, to upwind with odour;
/// - speed v = v₀ max(0, 1 + s_ON ON − s_OFF OFF).
///
/// What a fly does in a step is what the samples before it have left; then the sample of this step is taken in. So
/// reactions start one step after the odour. Agents turn first and move then; the authors' program moves first, so its
/// positions lag by one turn.
///
/// [`FlyForm`] says how the filters step. Where more than one turn is due in a step (r dt > 1, from about 23 ms on at a
/// full OFF response), the published form makes one, as the authors' program does; the consistent one makes one turn with
/// the variance of all of them. In calm air there are no drives. The calls for turns are kept up if the body is too slow
/// to make one in a step, until an edge of the domain turns the fly.
///
/// The authors' program rounds D to whole degrees by a table that is off by up to one degree; D is exact here.
#[derive(Clone, Debug)]
pub struct WalkingFly {
    config: WalkingFlyConfig,
    /// Weights of the filters, and the time step that they are for.
    weights: (f64, Weights),
    memory: Vec<Memory>,
}

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    responses: Responses,
    random: NormalStream,
    turning: Turning,
}

/// What a fly that walks on the spot makes of odour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlyResponse {
    /// ON response.
    pub on: f64,
    /// OFF response.
    pub off: f64,
    /// Speed over ground, m/s.
    pub speed_m_s: f64,
    /// Random turns per second, 1/s.
    pub turns_per_s: f64,
}

impl WalkingFly {
    /// Navigators for `blocks` blocks; turns come from the members' streams of `seed`: in even steps the sizes of two
    /// turns and the chance of one, in odd steps the chance alone.
    #[must_use]
    pub fn new(config: &WalkingFlyConfig, seed: StreamSeed, blocks: usize) -> Self {
        let memory = NormalStream::blocks(seed, blocks)
            .into_iter()
            .map(|random| Memory {
                responses: Responses::REST,
                random,
                turning: Turning::NONE,
            })
            .collect();
        Self {
            weights: (config.sample_s, Weights::new(config, config.sample_s)),
            config: config.clone(),
            memory,
        }
    }

    /// What a fly makes of a course of odour (shares of `full_signal`, one per step of `dt_s`): for each step what it does
    /// in it, that is, before it takes in the odour of that step.
    #[must_use]
    pub fn open_loop(config: &WalkingFlyConfig, dt_s: f64, odour: &[f64]) -> Vec<FlyResponse> {
        let weights = Weights::new(config, dt_s);
        let mut responses = Responses::REST;
        let mut step = |odour: &f64| {
            let odour = F64x8::splat(*odour);
            let (on, off) = match config.form {
                FlyForm::Consistent => respond::<false>(&mut responses, odour, config, &weights),
                FlyForm::Published => respond::<true>(&mut responses, odour, config, &weights),
            };
            FlyResponse {
                on: on.0[0],
                off: off.0[0],
                speed_m_s: speed(config, on, off).0[0],
                turns_per_s: turns_per_s(config, on, off).0[0],
            }
        };
        odour.iter().map(&mut step).collect()
    }
}

/// The responses before a sample, which is then taken in.
#[inline(always)]
fn respond<const PUBLISHED: bool>(
    responses: &mut Responses,
    odour: F64x8,
    config: &WalkingFlyConfig,
    weights: &Weights,
) -> (F64x8, F64x8) {
    let now = responses.now::<PUBLISHED>();
    // 0 comes first, so that what isn't a number passes through and is found.
    responses.take::<PUBLISHED>(F64x8::ZERO.max(odour), config.half_response, weights);
    now
}

#[inline(always)]
fn speed(config: &WalkingFlyConfig, on: F64x8, off: F64x8) -> F64x8 {
    let factor = F64x8::ONE + F64x8::splat(config.speed_on) * on - F64x8::splat(config.speed_off) * off;
    F64x8::splat(config.speed_m_s) * F64x8::ZERO.max(factor)
}

#[inline(always)]
fn turns_per_s(config: &WalkingFlyConfig, on: F64x8, off: F64x8) -> F64x8 {
    F64x8::splat(config.turns_per_s) - F64x8::splat(config.turns_on_per_s) * on
        + F64x8::splat(config.turns_off_per_s) * off
}

impl Navigator for WalkingFly {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        if self.weights.0 != stage.dt_s {
            self.weights = (stage.dt_s, Weights::new(&self.config, stage.dt_s));
        }
        let form = self.config.form;
        let kernel = Decide {
            fly: self,
            stage,
            perception,
            commands,
        };
        match form {
            FlyForm::Consistent => stage.simd.run(Form::<false>(kernel)),
            FlyForm::Published => stage.simd.run(Form::<true>(kernel)),
        }
    }
}

struct Decide<'a> {
    fly: &'a mut WalkingFly,
    stage: Stage<'a>,
    perception: Perception<'a>,
    commands: &'a mut Commands,
}

/// The kernel of one form.
struct Form<'a, const PUBLISHED: bool>(Decide<'a>);

impl<const PUBLISHED: bool> Kernel for Form<'_, PUBLISHED> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Decide {
            fly,
            stage,
            perception,
            commands,
        } = self.0;
        let config = &fly.config;
        let dt = F64x8::splat(stage.dt_s);
        let per_full_signal = F64x8::splat(1.0 / config.full_signal);
        let (upwind, downwind) = (F64x8::splat(config.upwind_rad_s), F64x8::splat(config.downwind_rad_s));
        let turn_sd = F64x8::splat(config.turn_sd_rad);
        for &block in stage.blocks {
            let memory = &mut fly.memory[block];
            let odour = perception.signal[block] * per_full_signal;
            let (on, off) = respond::<PUBLISHED>(&mut memory.responses, odour, config, &fly.weights.1);

            let turns = turns_per_s(config, on, off) * dt;
            let normal = memory.random.at_step(stage.step);
            let mut size = turn_sd * normal * normal.abs();
            if !PUBLISHED {
                size = size * turns.max(F64x8::ONE).sqrt();
            }
            let turn = memory.random.uniform().lt(turns).select(size, F64x8::ZERO);

            let heading = perception.heading_rad[block];
            let (wind_x, wind_y) = (perception.wind.x_m_s[block], perception.wind.y_m_s[block]);
            let (sine, _) = (heading - perception.wind.direction_rad[block]).sin_cos();
            let blows = (wind_x * wind_x + wind_y * wind_y).gt(F64x8::ZERO);
            let drive = (on * upwind - downwind) * sine * dt;
            let drive = blows.select(drive, F64x8::ZERO);

            let turn = memory.turning.left(heading) + turn + drive;
            commands.heading_rad[block] = memory.turning.turn(heading, turn);
            commands.speed_m_s[block] = speed(config, on, off);
        }
    }
}
