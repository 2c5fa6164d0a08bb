//! Agents come in again at the opposite edge.

use super::super::agents::Agents;
use super::super::episode::{Domain, Stage};
use super::Boundary;
use super::model::{Edges, clamp};
use crate::lanes::{F64x8, Kernel};

/// Agents come in again at the opposite edge.
///
/// x' = x − w ⌊(x − x_min)/w⌋ with the width w, the same for y: right for any overshoot. The heading stays, and the way
/// counts without the jump. Displacement and distances in the metrics are those of the positions inside the domain,
/// not unwrapped.
#[derive(Clone, Debug)]
pub struct Wrap {
    domain: Domain,
}

impl Wrap {
    /// The policy on `domain`.
    #[must_use]
    pub fn new(domain: &Domain) -> Self {
        Self { domain: domain.clone() }
    }
}

impl Boundary for Wrap {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        stage.level.run(Confine {
            domain: &self.domain,
            stage,
            agents,
        });
    }

    fn wraps(&self) -> [bool; 2] {
        [true; 2]
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
        let (width, height) = (edges.x_max - edges.x_min, edges.y_max - edges.y_min);
        for &block in self.stage.blocks {
            let (x, y) = (agents.x_m[block], agents.y_m[block]);
            let hit = x.lt(edges.x_min) | x.gt(edges.x_max) | y.lt(edges.y_min) | y.gt(edges.y_max);
            agents.boundary_hit[block] = hit.to_f64();
            // Agents meet an edge rarely, and the divisions cost more than all the rest of this stage.
            if hit.any() {
                agents.x_m[block] = wrap(x, edges.x_min, edges.x_max, width);
                agents.y_m[block] = wrap(y, edges.y_min, edges.y_max, height);
            }
        }
    }
}

/// The wrapped coordinate.
#[inline(always)]
fn wrap(value: F64x8, low: F64x8, high: F64x8, extent: F64x8) -> F64x8 {
    let hit = value.lt(low) | value.gt(high);
    let turns = ((value - low) / extent).floor();
    let wrapped = clamp(value - turns * extent, low, high);
    hit.select(wrapped, value)
}
