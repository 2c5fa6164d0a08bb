//! The state of all agents, as a structure of arrays.

use super::super::space::Domain;
use crate::lanes::{F64x8, blocks_for, set_lane};

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
    /// Direction that the body points to, counter-clockwise from +x, in [−π, π], rad.
    pub heading_rad: Vec<F64x8>,
    /// The course that agents with discrete actions hold in mind, in [−π, π], rad. Empty for bodies that point where
    /// they are steered to: see [`Agents::course`].
    pub course_rad: Vec<F64x8>,
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

/// Where an agent is, and where it points to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Position along x, m.
    pub x_m: f64,
    /// Position along y, m.
    pub y_m: f64,
    /// Heading, in [−π, π], rad.
    pub heading_rad: f64,
}

impl Agents {
    /// Agents at rest, one at each place.
    #[must_use]
    pub fn at(places: &[Place], domain: &Domain) -> Self {
        let blocks = blocks_for(places.len());
        let zeros = || vec![F64x8::ZERO; blocks];
        // Padding: somewhere harmless, where every model gives finite numbers.
        let centre_x = F64x8::splat(0.5 * (domain.x_min_m + domain.x_max_m));
        let centre_y = F64x8::splat(0.5 * (domain.y_min_m + domain.y_max_m));
        let mut agents = Self {
            count: places.len(),
            x_m: vec![centre_x; blocks],
            y_m: vec![centre_y; blocks],
            heading_rad: zeros(),
            course_rad: Vec::new(),
            active: zeros(),
            moved_x_m: zeros(),
            moved_y_m: zeros(),
            turned_rad: zeros(),
            boundary_hit: zeros(),
            left_domain: zeros(),
        };
        for (agent, place) in places.iter().enumerate() {
            set_lane(&mut agents.x_m, agent, place.x_m);
            set_lane(&mut agents.y_m, agent, place.y_m);
            set_lane(&mut agents.heading_rad, agent, place.heading_rad);
            set_lane(&mut agents.active, agent, 1.0);
        }
        agents
    }

    /// What navigators steer by, in [−π, π], rad: the heading, or for bodies with discrete actions the course.
    ///
    /// A body that can only turn by whole quarter turns would lose every smaller turn that is commanded relative to its
    /// heading. So such an agent remembers where it wants to go, and its actions follow that as well as they can.
    #[must_use]
    pub fn course(&self) -> &[F64x8] {
        if self.course_rad.is_empty() {
            &self.heading_rad
        } else {
            &self.course_rad
        }
    }
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
