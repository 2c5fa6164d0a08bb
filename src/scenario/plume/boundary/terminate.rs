//! An agent that crosses an edge is done.

use super::super::agents::Agents;
use super::super::episode::{Domain, Stage};
use super::Boundary;
use super::model::{Edges, clamp};
use crate::lanes::{F64x8, Kernel};

/// An agent that crosses an edge is done.
///
/// It is left where its straight way first met an edge: of a step (Δx, Δy) the fraction
/// min(1 − e_x/Δx, 1 − e_y/Δy) counts, with the overshoots e_x, e_y beyond the edges (m). The step counts, and
/// `left_domain` is set. An agent exactly on the edge is still inside.
#[derive(Clone, Debug)]
pub struct Terminate {
    domain: Domain,
}

impl Terminate {
    /// The policy on `domain`.
    #[must_use]
    pub fn new(domain: &Domain) -> Self {
        Self { domain: domain.clone() }
    }
}

impl Boundary for Terminate {
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
            agents.boundary_hit[block] = hit;
            agents.left_domain[block] = hit;
            // Agents meet an edge once at most.
            if !hit.to_mask().any() {
                continue;
            }
            let (moved_x, moved_y) = (agents.moved_x_m[block], agents.moved_y_m[block]);
            let beyond = beyond_edge(excess_x, moved_x).max(beyond_edge(excess_y, moved_y));
            let back = F64x8::ONE.min(beyond);
            let (back_x, back_y) = (back * moved_x, back * moved_y);
            // The clamp takes up rounding.
            let hit = hit.to_mask();
            agents.x_m[block] = hit.select(clamp(x - back_x, edges.x_min, edges.x_max), x);
            agents.y_m[block] = hit.select(clamp(y - back_y, edges.y_min, edges.y_max), y);
            agents.moved_x_m[block] = hit.select(moved_x - back_x, moved_x);
            agents.moved_y_m[block] = hit.select(moved_y - back_y, moved_y);
        }
    }
}

/// The fraction of a movement along one axis that lies beyond the edge; 0 for one that stays inside.
#[inline(always)]
fn beyond_edge(excess: F64x8, moved: F64x8) -> F64x8 {
    excess.equals(F64x8::ZERO).select(F64x8::ZERO, excess / moved)
}
