//! Bodies that turn and move freely, within limits.

use super::super::super::step::Stage;
use super::super::{Agents, Commands};
use super::limits::{Alike, Body, Individual, Limits};
use super::{ContinuousMotionConfig, Motion};
use crate::lanes::{F64x8, Kernel};

/// Bodies that turn and move freely, within limits on speed, turn rate and acceleration.
///
/// θ' = θ + clamp(wrap(θ_c − θ), ±ω_max dt), v' = v + clamp(min(max(v_c, 0), v_max) − v, ±a_max dt),
/// x' = x + v' dt (cos θ', sin θ'): commanded heading θ_c (rad) and speed v_c (m/s), limits ω_max (rad/s), v_max (m/s)
/// and a_max (m/s²). First turn, then move. Velocities are over ground: agents hold their course against the wind.
/// Agents start at rest. The speed v is the body's own: an edge of the domain doesn't slow it down.
#[derive(Clone, Debug)]
pub(super) struct Continuous {
    body: Body,
    acceleration_max_m_s2: f64,
    /// Longest time that some agent may need from one speed to another, s.
    speeding_up_s: f64,
    /// Present speeds; not looked at where the acceleration limits nothing.
    speed_m_s: Vec<F64x8>,
}

impl Continuous {
    pub fn new(config: &ContinuousMotionConfig, body: Body, blocks: usize) -> Self {
        let (fastest, slowest) = body.factors.as_ref().map_or((1.0, 1.0), |factors| {
            (
                factors.max_speed_limit_factor(),
                factors.min_acceleration_limit_factor(),
            )
        });
        Self {
            acceleration_max_m_s2: config.acceleration_max_m_s2,
            speeding_up_s: body.speed_max_m_s * fastest / (config.acceleration_max_m_s2 * slowest),
            body,
            speed_m_s: vec![F64x8::ZERO; blocks],
        }
    }
}

impl Motion for Continuous {
    fn act(&mut self, stage: Stage<'_>, commands: &Commands, agents: &mut Agents) {
        let accelerated = self.speeding_up_s > stage.dt_s;
        let step_m_s = self.acceleration_max_m_s2 * stage.dt_s;
        match (&self.body.factors, accelerated) {
            (None, false) => run(stage, Alike::new(&self.body, stage.dt_s), AtOnce, commands, agents),
            (None, true) => {
                let pace = Accelerated::new(step_m_s, &mut self.speed_m_s);
                run(stage, Alike::new(&self.body, stage.dt_s), pace, commands, agents);
            }
            (Some(factors), false) => {
                let limits = Individual::new(&self.body, factors, stage.dt_s);
                run(stage, limits, AtOnce, commands, agents);
            }
            (Some(factors), true) => {
                let pace = Accelerated::new(step_m_s, &mut self.speed_m_s);
                run(
                    stage,
                    Individual::new(&self.body, factors, stage.dt_s),
                    pace,
                    commands,
                    agents,
                );
            }
        }
    }
}

fn run<L: Limits, P: Pace>(stage: Stage<'_>, limits: L, pace: P, commands: &Commands, agents: &mut Agents) {
    stage.simd.run(Act {
        stage,
        limits,
        pace,
        commands,
        agents,
    });
}

/// How the speed follows the wanted one.
trait Pace {
    fn reach<L: Limits>(&mut self, block: usize, wanted_m_s: F64x8, limits: &L) -> F64x8;
}

/// At once.
struct AtOnce;

impl Pace for AtOnce {
    #[inline(always)]
    fn reach<L: Limits>(&mut self, _block: usize, wanted_m_s: F64x8, _limits: &L) -> F64x8 {
        wanted_m_s
    }
}

/// As fast as the acceleration allows.
struct Accelerated<'a> {
    step_m_s: F64x8,
    speed_m_s: &'a mut [F64x8],
}

impl<'a> Accelerated<'a> {
    fn new(step_m_s: f64, speed_m_s: &'a mut [F64x8]) -> Self {
        Self {
            step_m_s: F64x8::splat(step_m_s),
            speed_m_s,
        }
    }
}

impl Pace for Accelerated<'_> {
    #[inline(always)]
    fn reach<L: Limits>(&mut self, block: usize, wanted_m_s: F64x8, limits: &L) -> F64x8 {
        let (speed, step) = (self.speed_m_s[block], limits.speed_step_m_s(block, self.step_m_s));
        // A wanted speed within reach is taken as it is, to the last bit.
        let reached = (speed + step).min((speed - step).max(wanted_m_s));
        self.speed_m_s[block] = reached;
        reached
    }
}

struct Act<'a, L, P> {
    stage: Stage<'a>,
    limits: L,
    pace: P,
    commands: &'a Commands,
    agents: &'a mut Agents,
}

impl<L: Limits, P: Pace> Kernel for Act<'_, L, P> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let dt = F64x8::splat(self.stage.dt_s);
        let agents = self.agents;
        for &block in self.stage.blocks {
            let active = agents.active[block];
            let heading = agents.heading_rad[block];
            let wanted = (self.commands.heading_rad[block] - heading).wrap_angle();
            let turn_max = self.limits.turn_max_rad(block);
            // The limits come first, so that a command that isn't a number passes through and is found. `active` is 1
            // or 0, so a product keeps agents that are done where they are.
            let turned = turn_max.min((-turn_max).max(wanted)) * active;
            let heading = (heading + turned).wrap_angle();
            let speed = self.limits.speed_m_s(block, self.commands.speed_m_s[block]);
            let length = self.pace.reach(block, speed, &self.limits) * dt * active;
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
