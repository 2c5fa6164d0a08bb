//! Bodies that go forward by a fixed step, or turn by a fixed angle.

use super::super::super::step::Stage;
use super::super::{Agents, Commands};
use super::limits::{Alike, Body, Individual, Limits};
use super::progress::{Progress, is_done};
use super::{Motion, OrientedMotionConfig};
use crate::lanes::{F64x8, Kernel};

/// Bodies with three actions: a step forward, a turn to the left, a turn to the right.
///
/// With the course θ_c and the heading θ (rad), an agent turns by the angle α towards its course while
/// |wrap(θ_c − θ)| > α/2, and otherwise goes forward by the length l (m). A step forward takes the time l/v at the
/// commanded speed v (m/s, cut off at v_max), a turn the time α/ω_max, and neither less than a time step: each step adds
/// v dt/l or ω_max dt/α to what is done of the action, and with 1 it happens. What is done of an action counts for the
/// other one when the agent changes its mind. So the mean speed on a straight course is the commanded one, and with
/// v = l/dt and ω_max = α/dt every step is an action.
#[derive(Clone, Debug)]
pub(super) struct Oriented {
    body: Body,
    config: OrientedMotionConfig,
    progress: Progress,
}

impl Oriented {
    pub fn new(config: &OrientedMotionConfig, body: Body, agents: &mut Agents) -> Self {
        agents.course_rad = agents.heading_rad.clone();
        Self {
            body,
            config: config.clone(),
            progress: Progress::new(agents.x_m.len()),
        }
    }
}

impl Motion for Oriented {
    fn act(&mut self, stage: Stage<'_>, commands: &Commands, agents: &mut Agents) {
        match &self.body.factors {
            None => {
                let limits = Alike::new(&self.body, stage.dt_s);
                run(stage, limits, &self.config, &mut self.progress, commands, agents);
            }
            Some(factors) => {
                let limits = Individual::new(&self.body, factors, stage.dt_s);
                run(stage, limits, &self.config, &mut self.progress, commands, agents);
            }
        }
    }
}

fn run<L: Limits>(
    stage: Stage<'_>,
    limits: L,
    config: &OrientedMotionConfig,
    progress: &mut Progress,
    commands: &Commands,
    agents: &mut Agents,
) {
    stage.simd.run(Act {
        stage,
        limits,
        config,
        progress,
        commands,
        agents,
    });
}

struct Act<'a, L> {
    stage: Stage<'a>,
    limits: L,
    config: &'a OrientedMotionConfig,
    progress: &'a mut Progress,
    commands: &'a Commands,
    agents: &'a mut Agents,
}

impl<L: Limits> Kernel for Act<'_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let dt = F64x8::splat(self.stage.dt_s);
        let turn = F64x8::splat(self.config.turn_rad);
        let half_turn = F64x8::splat(0.5 * self.config.turn_rad);
        let step = F64x8::splat(self.config.step_m);
        let agents = self.agents;
        for &block in self.stage.blocks {
            let active = agents.active[block];
            let course = self.commands.heading_rad[block].wrap_angle();
            agents.course_rad[block] = course;
            let heading = agents.heading_rad[block];
            let off = (course - heading).wrap_angle();
            let turns = off.abs().gt(half_turn);
            let speed = self.limits.speed_m_s(block, self.commands.speed_m_s[block]);
            let share = turns.select(self.limits.turn_max_rad(block) / turn, speed * dt / step);
            let progress = self.progress.add(block, share * active);
            let acts = is_done(progress);
            // Zero times anything finite is zero: a command that isn't a number is found even before the action.
            let nothing = (progress + off) * F64x8::ZERO;
            let turned = (acts & turns).select(turn.copysign(off), nothing);
            let heading = (heading + turned).wrap_angle();
            let length = (acts & !turns).select(step, F64x8::ZERO);
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
