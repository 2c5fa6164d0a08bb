//! Agents are mirrored at the edge.

use super::super::agents::Agents;
use super::super::episode::{Domain, Stage};
use super::Boundary;
use super::model::{Edges, clamp};
use crate::lanes::{F64x8, Kernel, Mask8};

/// Agents are mirrored at the edge.
///
/// With overshoot d = x − x_min over the width w, k = ⌊d/w⌋: x' = x_min + (d − k w) for even k, x_max − (d − k w) for odd
/// k: right for any overshoot. For odd k the heading is mirrored: θ' = π − θ at the edges across x, θ' = −θ at those
/// across y. The way counts in full, as if unfolded.
#[derive(Clone, Debug)]
pub struct Reflect {
    domain: Domain,
}

impl Reflect {
    /// The policy on `domain`.
    #[must_use]
    pub fn new(domain: &Domain) -> Self {
        Self { domain: domain.clone() }
    }
}

impl Boundary for Reflect {
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
        let half_turn = F64x8::splat(std::f64::consts::PI);
        for &block in self.stage.blocks {
            let (x, y) = (agents.x_m[block], agents.y_m[block]);
            let hit = x.lt(edges.x_min) | x.gt(edges.x_max) | y.lt(edges.y_min) | y.gt(edges.y_max);
            agents.boundary_hit[block] = hit.to_f64();
            // Agents meet an edge rarely, and folding costs as much as all the rest of this stage.
            if !hit.any() {
                continue;
            }
            let (x, odd_x) = fold(x, edges.x_min, edges.x_max, width);
            let (y, odd_y) = fold(y, edges.y_min, edges.y_max, height);
            let heading = agents.heading_rad[block];
            let heading = odd_x.select(half_turn - heading, heading);
            let heading = odd_y.select(-heading, heading);
            agents.x_m[block] = x;
            agents.y_m[block] = y;
            agents.heading_rad[block] = heading.wrap_angle();
        }
    }
}

/// The mirrored coordinate, and whether edges were crossed an odd number of times.
#[inline(always)]
fn fold(value: F64x8, low: F64x8, high: F64x8, extent: F64x8) -> (F64x8, Mask8) {
    let beyond = value - low;
    let crossings = (beyond / extent).floor();
    let rest = beyond - crossings * extent;
    let parity = crossings - F64x8::splat(2.0) * (crossings * F64x8::splat(0.5)).floor();
    let odd = parity.gt(F64x8::splat(0.5));
    let hit = value.lt(low) | value.gt(high);
    let folded = odd.select(high - rest, low + rest);
    // A value inside stays as it is to the last bit; the clamp takes up rounding.
    let folded = hit.select(clamp(folded, low, high), value);
    (folded, hit & odd)
}
