//! Agents stop at the edge.

use super::super::agents::Agents;
use super::super::episode::{Domain, Stage};
use super::Boundary;
use super::model::{Edges, clamp};
use crate::lanes::{F64x8, Kernel};

/// Agents stop at the edge.
///
/// x' = min(max(x, x_min), x_max), the same for y: only the component across the edge is lost, so an agent slides along
/// a wall. The heading stays, so an agent keeps pushing until its navigator turns; each such step is a hit.
#[derive(Clone, Debug)]
pub struct Clip {
    domain: Domain,
}

impl Clip {
    /// The policy on `domain`.
    #[must_use]
    pub fn new(domain: &Domain) -> Self {
        Self { domain: domain.clone() }
    }
}

impl Boundary for Clip {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        stage.level.run(Confine {
            domain: &self.domain,
            stage,
            agents,
        });
    }
}

struct Confine<'a> {
    domain: &'a Domain,
    stage: Stage<'a>,
    agents: &'a mut Agents,
}

impl Kernel for Confine<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let edges = Edges::new(self.domain);
        let agents = self.agents;
        for &block in self.stage.blocks {
            let (x, y) = (agents.x_m[block], agents.y_m[block]);
            let inside_x = clamp(x, edges.x_min, edges.x_max);
            let inside_y = clamp(y, edges.y_min, edges.y_max);
            let (excess_x, excess_y) = (x - inside_x, y - inside_y);
            let hit = (excess_x.abs() + excess_y.abs()).gt(F64x8::ZERO).to_f64();
            agents.x_m[block] = inside_x;
            agents.y_m[block] = inside_y;
            agents.moved_x_m[block] = agents.moved_x_m[block] - excess_x;
            agents.moved_y_m[block] = agents.moved_y_m[block] - excess_y;
            agents.boundary_hit[block] = hit;
        }
    }
}
