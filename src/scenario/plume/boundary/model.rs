//! What every boundary does.

use super::super::agents::Agents;
use super::super::step::Stage;

/// The boundary of a unit. Afterwards every agent is where [`BoundaryModel::contains`](super::BoundaryModel::contains) says
/// that agents may be (edges included), however far it had gone,
/// `boundary_hit` and `left_domain` are set, and `moved_x_m`, `moved_y_m` hold what counts as its way.
///
/// [`BoundaryModel`](super::BoundaryModel) has an example.
pub trait Boundary: Send {
    /// Brings agents back that have crossed an edge. With discs it is called several times in a
    /// step, for some of the blocks each time, and again for shorter movements of the same agents: what it makes of an agent
    /// may depend on that agent and the step only, not on what was before. A policy that turns the heading turns `course_rad` as well, unless
    /// that is empty.
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents);

    /// Whether agents come in again at the opposite edge, along x and along y: distances between agents are the
    /// shortest ones, across these edges too.
    fn wraps(&self) -> [bool; 2] {
        [false; 2]
    }
}
