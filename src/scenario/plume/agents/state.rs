//! The state of all agents, as a structure of arrays.

use crate::lanes::F64x8;

/// The agents of a unit: one entry per block of eight in each array. The last block may have padding, which is never
/// active.
#[derive(Clone, Debug)]
pub struct Agents {
    /// Number of agents, without padding.
    pub count: usize,
    /// Position along x, m.
    pub x_m: Vec<F64x8>,
    /// Position along y, m.
    pub y_m: Vec<F64x8>,
    /// Direction of motion, counter-clockwise from +x, in [−π, π], rad.
    pub heading_rad: Vec<F64x8>,
    /// 1 while an agent takes part, 0 once it is done.
    pub active: Vec<F64x8>,
    /// Movement along x in this step, m; 0 for agents that are done.
    pub moved_x_m: Vec<F64x8>,
    /// Movement along y in this step, m; 0 for agents that are done.
    pub moved_y_m: Vec<F64x8>,
    /// Turn made in this step, rad; 0 for agents that are done.
    pub turned_rad: Vec<F64x8>,
    /// 1 if an edge of the domain was met in this step.
    pub boundary_hit: Vec<F64x8>,
    /// 1 if the agent left the domain in this step, which ends its episode.
    pub left_domain: Vec<F64x8>,
}

/// What navigators want: the body's limits still apply.
#[derive(Clone, Debug)]
pub struct Commands {
    /// Direction to move in, rad, any number of turns.
    pub heading_rad: Vec<F64x8>,
    /// Speed over ground, m/s.
    pub speed_m_s: Vec<F64x8>,
}

impl Commands {
    /// Stand still.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self {
            heading_rad: vec![F64x8::ZERO; blocks],
            speed_m_s: vec![F64x8::ZERO; blocks],
        }
    }
}
