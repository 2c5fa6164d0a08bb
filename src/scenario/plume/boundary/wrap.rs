//! Agents come in again at the opposite edge.
//!
//! x' = x − w ⌊(x − x_min)/w⌋ with the width w, the same for y: right for any overshoot. The heading stays, and the way
//! counts without the jump. Displacement and distances in the metrics are those of the positions inside the domain,
//! not unwrapped.

use super::super::agents::Agents;
use super::super::episode::{Domain, Stage};
use super::Boundary;
use super::model::{Edges, clamp};
use crate::lanes::{F64x8, Kernel, Mask8};

/// See the [module](self).
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
            let (x, hit_x) = wrap(agents.x_m[block], edges.x_min, edges.x_max, width);
            let (y, hit_y) = wrap(agents.y_m[block], edges.y_min, edges.y_max, height);
            agents.x_m[block] = x;
            agents.y_m[block] = y;
            agents.boundary_hit[block] = (hit_x | hit_y).to_f64();
        }
    }
}

/// The wrapped coordinate, and whether an edge was crossed.
#[inline(always)]
fn wrap(value: F64x8, low: F64x8, high: F64x8, extent: F64x8) -> (F64x8, Mask8) {
    let hit = value.lt(low) | value.gt(high);
    let turns = ((value - low) / extent).floor();
    let wrapped = clamp(value - turns * extent, low, high);
    (hit.select(wrapped, value), hit)
}
