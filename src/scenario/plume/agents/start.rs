//! Starting positions and headings.

use super::super::episode::Domain;
use super::{Agents, AgentsConfig, StartConfig};
use crate::lanes::{F64x8, LANES, Random8, blocks_for};
use crate::random::StreamSeed;
use std::f64::consts::{PI, TAU};

impl Agents {
    /// Agents at their start. Each draws three uniforms (x, y or place on the line, heading) from its own stream of
    /// `seed`, whatever the distribution, so that changing one thing doesn't move the others.
    #[must_use]
    pub fn start(config: &AgentsConfig, domain: &Domain, seed: StreamSeed) -> Self {
        let count = config.count as usize;
        let blocks = blocks_for(count);
        let [(x_first, y_first), (x_second, y_second)] = config.start.extent_m();
        let on_line = !matches!(config.start, StartConfig::Region(_));
        let mut agents = Self {
            count,
            x_m: Vec::with_capacity(blocks),
            y_m: Vec::with_capacity(blocks),
            heading_rad: Vec::with_capacity(blocks),
            active: Vec::with_capacity(blocks),
            moved_x_m: vec![F64x8::ZERO; blocks],
            moved_y_m: vec![F64x8::ZERO; blocks],
            turned_rad: vec![F64x8::ZERO; blocks],
            boundary_hit: vec![F64x8::ZERO; blocks],
            left_domain: vec![F64x8::ZERO; blocks],
        };
        for block in 0..blocks {
            let mut random = Random8::new(seed, block);
            let along = random.uniform();
            let across = random.uniform();
            let across = if on_line { along } else { across };
            let between = |low: f64, high: f64, fraction: F64x8| {
                let value = F64x8::splat(low) + F64x8::splat(high - low) * fraction;
                // The sum may round past the far end.
                value.max(F64x8::splat(low.min(high))).min(F64x8::splat(low.max(high)))
            };
            let mut x = between(x_first, x_second, along);
            let mut y = between(y_first, y_second, across);
            let heading = random.uniform() * F64x8::splat(TAU) - F64x8::splat(PI);
            let mut active = F64x8::ONE;
            for i in 0..LANES {
                if block * LANES + i >= count {
                    // Padding: somewhere harmless, where every model gives finite numbers.
                    x.0[i] = 0.5 * (domain.x_min_m + domain.x_max_m);
                    y.0[i] = 0.5 * (domain.y_min_m + domain.y_max_m);
                    active.0[i] = 0.0;
                }
            }
            agents.x_m.push(x);
            agents.y_m.push(y);
            agents.heading_rad.push(heading);
            agents.active.push(active);
        }
        agents
    }
}
