//! What every boundary policy does.

use super::super::agents::Agents;
use super::super::episode::{Domain, Stage};
use crate::lanes::F64x8;

/// A boundary policy for a unit. Afterwards every agent is inside the domain (edges included), however far it had
/// gone, `boundary_hit` and `left_domain` are set, and `moved_x_m`, `moved_y_m` hold what counts as its way.
pub trait Boundary: Send {
    /// Brings agents back that have crossed an edge.
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents);

    /// Whether agents come in again at the opposite edge, along x and along y: distances between agents are the
    /// shortest ones, across these edges too.
    fn wraps(&self) -> [bool; 2] {
        [false; 2]
    }
}

/// The domain's edges in lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edges {
    pub x_min: F64x8,
    pub x_max: F64x8,
    pub y_min: F64x8,
    pub y_max: F64x8,
}

impl Edges {
    #[inline(always)]
    pub fn new(domain: &Domain) -> Self {
        Self {
            x_min: F64x8::splat(domain.x_min_m),
            x_max: F64x8::splat(domain.x_max_m),
            y_min: F64x8::splat(domain.y_min_m),
            y_max: F64x8::splat(domain.y_max_m),
        }
    }
}

/// `value` moved onto the nearer end where it is outside [low, high]; not-a-number passes through.
#[inline(always)]
pub(super) fn clamp(value: F64x8, low: F64x8, high: F64x8) -> F64x8 {
    high.min(low.max(value))
}
