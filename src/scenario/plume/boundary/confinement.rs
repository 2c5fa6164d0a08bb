//! The policies of all four edges, in one frame.

use super::super::agents::Agents;
use super::super::space::Domain;
use super::super::step::Stage;
use super::axis::Axis;
use super::{Boundary, EdgePolicies, EdgePolicy};
use crate::lanes::{F64x8, Mask8, kernel};

/// Keeps agents inside the domain, by the policy of each edge. The axes are independent but for agents that are done.
///
/// - `terminate`: an agent is left where its straight way (mirrored at reflecting edges) first met such an edge: of a
///   step (Δx, Δy) the fraction min(1 − e_x/Δx, 1 − e_y/Δy) counts, with the overshoots e_x, e_y (m). The step counts,
///   and `left_domain` is set. An agent exactly on the edge is still inside.
/// - `clip`: x' = min(max(x, x_min), x_max): only the component across the edge is lost, so an agent slides along a
///   wall. The heading stays, so it keeps pushing until its navigator turns; each such step is a hit.
/// - `reflect`: with overshoot d = x − x_min over the width w, k = ⌊d/w⌋: x' = x_min + (d − k w) for even k,
///   x_max − (d − k w) for odd k, which is right for any overshoot. For odd k the heading is mirrored: θ' = π − θ at
///   the edges across x, θ' = −θ at those across y. The way counts in full, as if unfolded.
/// - `wrap`: x' = x − w ⌊(x − x_min)/w⌋: right for any overshoot. The heading stays, and the way counts without the
///   jump. Displacement and distances in the metrics are those of the positions inside the domain, not unwrapped.
///
/// Where only one edge of an axis reflects, agents are mirrored there once, and then meet the other edge.
#[derive(Clone, Debug)]
pub struct Confinement {
    domain: Domain,
    policies: EdgePolicies,
}

impl Confinement {
    /// The edges of `domain` with their policies. A wrapping edge makes its opposite wrap too.
    #[must_use]
    pub fn new(domain: &Domain, policies: EdgePolicies) -> Self {
        Self {
            domain: domain.clone(),
            policies,
        }
    }
}

impl Boundary for Confinement {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        let boundary = self;
        kernel!(stage.simd, |boundary: &Confinement,
                             stage: Stage<'_>,
                             agents: &mut Agents| {
            let Confinement { domain, policies } = boundary;
            let across_x = Axis::new((domain.x_min_m, domain.x_max_m), (policies.west, policies.east));
            let across_y = Axis::new((domain.y_min_m, domain.y_max_m), (policies.south, policies.north));
            let ends = [policies.west, policies.east, policies.south, policies.north].contains(&EdgePolicy::Terminate);
            for &block in stage.blocks {
                let (x, y) = (agents.x_m[block], agents.y_m[block]);
                let hit = across_x.is_left(x) | across_y.is_left(y);
                agents.boundary_hit[block] = hit.to_f64();
                if ends {
                    agents.left_domain[block] = F64x8::ZERO;
                }
                // Agents meet an edge rarely, and what follows costs more than all the rest of this stage.
                if !hit.any() {
                    continue;
                }
                let (mut x, mut y) = (x, y);
                let (mut moved_x, mut moved_y) = (agents.moved_x_m[block], agents.moved_y_m[block]);
                if ends {
                    let (beyond_x, beyond_y) = (across_x.beyond_stop(x), across_y.beyond_stop(y));
                    let done = (beyond_x.abs() + beyond_y.abs()).gt(F64x8::ZERO);
                    agents.left_domain[block] = done.to_f64();
                    let back = F64x8::ONE.min(fraction(beyond_x, moved_x).max(fraction(beyond_y, moved_y)));
                    let (back_x, back_y) = (back * moved_x, back * moved_y);
                    x = done.select(x - back_x, x);
                    y = done.select(y - back_y, y);
                    moved_x = done.select(moved_x - back_x, moved_x);
                    moved_y = done.select(moved_y - back_y, moved_y);
                }
                let inside_x = across_x.confine(x, moved_x);
                let inside_y = across_y.confine(y, moved_y);
                (agents.x_m[block], agents.y_m[block]) = (inside_x.value, inside_y.value);
                (agents.moved_x_m[block], agents.moved_y_m[block]) = (inside_x.moved, inside_y.moved);
                let (mirrored_x, mirrored_y) = (inside_x.mirrored, inside_y.mirrored);
                if !(mirrored_x | mirrored_y).any() {
                    continue;
                }
                agents.heading_rad[block] = mirror(agents.heading_rad[block], mirrored_x, mirrored_y);
                if let Some(course) = agents.course_rad.get_mut(block) {
                    *course = mirror(*course, mirrored_x, mirrored_y);
                }
            }
        });
    }

    fn wraps(&self) -> [bool; 2] {
        let EdgePolicies {
            west,
            east,
            south,
            north,
        } = self.policies;
        [[west, east], [south, north]].map(|edges| edges.contains(&EdgePolicy::Wrap))
    }
}

/// An angle after mirroring at the edges across x and across y.
#[inline(always)]
fn mirror(angle_rad: F64x8, across_x: Mask8, across_y: Mask8) -> F64x8 {
    let half_turn = F64x8::splat(std::f64::consts::PI);
    let turned = across_x.select(half_turn - angle_rad, angle_rad);
    let turned = across_y.select(-turned, turned).wrap_angle();
    (across_x | across_y).select(turned, angle_rad)
}

/// The fraction of a movement along one axis that lies beyond its end; 0 for one that doesn't get there.
#[inline(always)]
fn fraction(beyond: F64x8, moved: F64x8) -> F64x8 {
    beyond.equals(F64x8::ZERO).select(F64x8::ZERO, beyond / moved)
}
