//! Bodies that run straight on and change direction only by tumbling.

use super::super::super::step::Stage;
use super::super::{Agents, Commands};
use super::limits::{Alike, Body, Individual, Limits};
use super::{Motion, RunTumbleMotionConfig};
use crate::lanes::{F64x8, Kernel, Mask8, NormalStream, Random8};
use crate::random::StreamSeed;

/// Bodies like those of swimming *Escherichia coli* (Berg & Brown 1972, Nature 239:500): they run straight on at the
/// commanded speed v (m/s, cut off at v_max), and can't steer; they can only tumble and see where they point to then.
///
/// A tumble begins where |wrap(θ_c − θ)| > δ, with the course θ_c, the heading θ and the tolerance δ (rad), or with the
/// probability 1 − e^(−λ dt) of a step without any reason (rate λ, 1/s). It takes the time −τ ln(1 − u), u uniform, mean
/// τ (s), rounded to whole steps but at least one, in which the agent stays where it is. At its end the heading has
/// turned by ±(μ + s N), N standard normal, either sign with probability ½; if that isn't enough, the next tumble begins.
///
/// All numbers of an agent come from its own stream.
#[derive(Clone, Debug)]
pub(super) struct RunTumble {
    body: Body,
    config: RunTumbleMotionConfig,
    memory: Vec<Memory>,
}

/// The state of eight bodies.
#[derive(Clone, Debug)]
struct Memory {
    random: Random8,
    /// Time left of the present tumble, s; 0 while running.
    tumble_left_s: F64x8,
}

impl RunTumble {
    pub fn new(config: &RunTumbleMotionConfig, body: Body, seed: StreamSeed, agents: &mut Agents) -> Self {
        agents.course_rad = agents.heading_rad.clone();
        let memory = Random8::blocks(seed, agents.x_m.len())
            .into_iter()
            .map(|random| Memory {
                random,
                tumble_left_s: F64x8::ZERO,
            })
            .collect();
        Self {
            body,
            config: config.clone(),
            memory,
        }
    }
}

impl Motion for RunTumble {
    fn act(&mut self, stage: Stage<'_>, commands: &Commands, agents: &mut Agents) {
        match &self.body.factors {
            None => {
                let limits = Alike::new(&self.body, stage.dt_s);
                run(stage, limits, &self.config, &mut self.memory, commands, agents);
            }
            Some(factors) => {
                let limits = Individual::new(&self.body, factors, stage.dt_s);
                run(stage, limits, &self.config, &mut self.memory, commands, agents);
            }
        }
    }
}

fn run<L: Limits>(
    stage: Stage<'_>,
    limits: L,
    config: &RunTumbleMotionConfig,
    memory: &mut [Memory],
    commands: &Commands,
    agents: &mut Agents,
) {
    let spontaneous = -libm::expm1(-config.spontaneous_rate_per_s * stage.dt_s);
    stage.simd.run(Act {
        stage,
        limits,
        config,
        spontaneous,
        memory,
        commands,
        agents,
    });
}

struct Act<'a, L> {
    stage: Stage<'a>,
    limits: L,
    config: &'a RunTumbleMotionConfig,
    /// Probability of a tumble without any reason in a step.
    spontaneous: f64,
    memory: &'a mut [Memory],
    commands: &'a Commands,
    agents: &'a mut Agents,
}

impl<L: Limits> Kernel for Act<'_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let dt = F64x8::splat(self.stage.dt_s);
        let tolerance = F64x8::splat(self.config.tolerance_rad);
        let agents = self.agents;
        for &block in self.stage.blocks {
            let memory = &mut self.memory[block];
            let active = agents.active[block];
            let course = self.commands.heading_rad[block].wrap_angle();
            agents.course_rad[block] = course;
            let heading = agents.heading_rad[block];
            let off = (course - heading).wrap_angle();
            let running = memory.tumble_left_s.equals(F64x8::ZERO);
            let mut begins = off.abs().gt(tolerance);
            if self.spontaneous > 0.0 {
                begins = begins | memory.random.uniform().lt(F64x8::splat(self.spontaneous));
            }
            memory.begin(self.config, begins & running & active.to_mask());
            let tumbling = memory.tumble_left_s.gt(F64x8::ZERO);
            let turned = memory.tumble(self.config, tumbling, dt) * active;
            let speed = self.limits.speed_m_s(block, self.commands.speed_m_s[block]);
            // Zero times anything finite is zero: a command that isn't a number is found even in a tumble.
            let nothing = (speed + off) * F64x8::ZERO;
            let length = tumbling.select(nothing, speed * dt + nothing) * active;
            // Of a step that ends a tumble there is no way, so either heading gives the same.
            let heading = (heading + turned).wrap_angle();
            let (sine, cosine) = heading.sin_cos();
            let (moved_x, moved_y) = (length * cosine, length * sine);
            agents.turned_rad[block] = turned;
            agents.heading_rad[block] = heading;
            agents.moved_x_m[block] = moved_x;
            agents.moved_y_m[block] = moved_y;
            agents.x_m[block] += moved_x;
            agents.y_m[block] += moved_y;
        }
    }
}

impl Memory {
    /// Begins tumbles of random durations.
    #[inline(always)]
    fn begin(&mut self, config: &RunTumbleMotionConfig, begins: Mask8) {
        if !begins.any() {
            return;
        }
        let mut moved = self.random.clone();
        let duration = -(F64x8::ONE - moved.uniform()).ln() * F64x8::splat(config.tumble_mean_s);
        self.random.adopt(begins, &moved);
        // Even the shortest tumble is one.
        let duration = duration.max(F64x8::splat(f64::MIN_POSITIVE));
        self.tumble_left_s = begins.select(duration, self.tumble_left_s);
    }

    /// Goes on with tumbles, and returns the turns of those that end with this step, rad.
    #[inline(always)]
    fn tumble(&mut self, config: &RunTumbleMotionConfig, tumbling: Mask8, dt: F64x8) -> F64x8 {
        let left = self.tumble_left_s - dt;
        let ends = tumbling & left.lt(F64x8::splat(0.5) * dt);
        self.tumble_left_s = (tumbling & !ends).select(left, F64x8::ZERO);
        if !ends.any() {
            return F64x8::ZERO;
        }
        let (size, side) = NormalStream::pair_where(&mut self.random, ends);
        let turn = F64x8::splat(config.turn_mean_rad) + F64x8::splat(config.turn_sd_rad) * size;
        ends.select((turn * F64x8::ONE.copysign(side)).wrap_angle(), F64x8::ZERO)
    }
}
