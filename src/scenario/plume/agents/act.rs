//! Motion: commands within the limits of the body.
//!
//! θ' = θ + clamp(wrap(θ_c − θ), ±ω_max dt), v = clamp(v_c, 0, v_max), x' = x + v dt (cos θ', sin θ'): commanded
//! heading θ_c (rad) and speed v_c (m/s), limits ω_max (rad/s) and v_max (m/s). First turn, then move. Velocities are
//! over ground: agents hold their course against the wind.

use super::super::episode::Stage;
use super::{Agents, AgentsConfig, Commands};
use crate::lanes::{F64x8, Kernel};

/// Turns and moves all active agents.
pub fn act(stage: Stage<'_>, config: &AgentsConfig, commands: &Commands, agents: &mut Agents) {
    stage.level.run(Act {
        stage,
        turn_max_rad: config.turn_rate_max_rad_s * stage.dt_s,
        speed_max_m_s: config.speed_max_m_s,
        commands,
        agents,
    });
}

struct Act<'a> {
    stage: Stage<'a>,
    turn_max_rad: f64,
    speed_max_m_s: f64,
    commands: &'a Commands,
    agents: &'a mut Agents,
}

impl Kernel for Act<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let turn_max = F64x8::splat(self.turn_max_rad);
        let turn_min = F64x8::splat(-self.turn_max_rad);
        let speed_max = F64x8::splat(self.speed_max_m_s);
        let dt = F64x8::splat(self.stage.dt_s);
        let agents = self.agents;
        for &block in self.stage.blocks {
            let active = agents.active[block];
            let heading = agents.heading_rad[block];
            let wanted = (self.commands.heading_rad[block] - heading).wrap_angle();
            // The limits come first, so that a command that isn't a number passes through and is found. `active` is 1
            // or 0, so a product keeps agents that are done where they are.
            let turned = turn_max.min(turn_min.max(wanted)) * active;
            let heading = (heading + turned).wrap_angle();
            let speed = speed_max.min(F64x8::ZERO.max(self.commands.speed_m_s[block]));
            let length = speed * dt * active;
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
