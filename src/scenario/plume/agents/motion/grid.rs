//! Bodies that hop from cell to neighbouring cell.

use super::super::super::space::Domain;
use super::super::super::step::Stage;
use super::super::{Agents, Commands};
use super::limits::{Alike, Body, Individual, Limits};
use super::progress::{Progress, is_done};
use super::{GridMotionConfig, Motion};
use crate::lanes::{F64x8, Kernel};
use std::f64::consts::TAU;

/// Bodies that hop from the centre of a cell to that of a neighbouring one.
///
/// Cells of side a (m) fill the domain, counted from its corner (x_min, y_min). The hop is that of the n directions 2πk/n
/// that is nearest to the course; its length l is a, or √2 a for a diagonal one. A hop takes the time l/v at the
/// commanded speed v (m/s, cut off at v_max): each step adds v dt/l to what is done of it, and with 1 the agent is
/// there. So the mean speed is the commanded one, and with v = a/dt every step is a hop. Between hops agents rest.
///
/// The heading is the direction of the last hop, and `turned_rad` its change; turns take no time. Agents start at the
/// centre of the cell that they were put into, with the nearest of the headings. One that an edge or another agent
/// stopped between two centres hops to the centre beside the cell that it is in.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    body: Body,
    lattice: Lattice,
    progress: Progress,
}

impl Grid {
    /// Puts the agents onto the grid of `domain`.
    pub fn new(config: &GridMotionConfig, body: Body, domain: &Domain, agents: &mut Agents) -> Self {
        let lattice = Lattice::new(config, domain);
        for block in 0..agents.x_m.len() {
            let still = F64x8::ZERO;
            agents.x_m[block] = lattice.across_x.centre_beside(agents.x_m[block], still);
            agents.y_m[block] = lattice.across_y.centre_beside(agents.y_m[block], still);
            let heading = agents.heading_rad[block];
            agents.heading_rad[block] = lattice.direction(heading).wrap_angle();
        }
        agents.course_rad = agents.heading_rad.clone();
        Self {
            body,
            lattice,
            progress: Progress::new(agents.x_m.len()),
        }
    }
}

impl Motion for Grid {
    fn act(&mut self, stage: Stage<'_>, commands: &Commands, agents: &mut Agents) {
        let limits = Alike::new(&self.body, stage.dt_s);
        match &self.body.factors {
            None => run(stage, limits, &self.lattice, &mut self.progress, commands, agents),
            Some(factors) => {
                let limits = Individual::new(&self.body, factors, stage.dt_s);
                run(stage, limits, &self.lattice, &mut self.progress, commands, agents);
            }
        }
    }

    fn standing_place(&self, (x_m, y_m): (f64, f64)) -> (f64, f64) {
        let Lattice { across_x, across_y, .. } = &self.lattice;
        let beside = |cells: &Cells, place_m| cells.centre_beside(F64x8::splat(place_m), F64x8::ZERO).0[0];
        (beside(across_x, x_m), beside(across_y, y_m))
    }
}

fn run<L: Limits>(
    stage: Stage<'_>,
    limits: L,
    lattice: &Lattice,
    progress: &mut Progress,
    commands: &Commands,
    agents: &mut Agents,
) {
    stage.simd.run(Act {
        stage,
        limits,
        lattice,
        progress,
        commands,
        agents,
    });
}

/// The cells along one axis.
#[derive(Clone, Debug)]
struct Cells {
    first_m: F64x8,
    cell_m: F64x8,
    last: F64x8,
}

impl Cells {
    fn new(low_m: f64, high_m: f64, cell_m: f64) -> Self {
        let count = ((high_m - low_m) / cell_m).round().max(1.0);
        Self {
            first_m: F64x8::splat(low_m),
            cell_m: F64x8::splat(cell_m),
            last: F64x8::splat(count - 1.0),
        }
    }

    /// The centre `cells` cells further than the cell of `place`; may be outside.
    #[inline(always)]
    fn centre_beside(&self, place: F64x8, cells: F64x8) -> F64x8 {
        // The upper edge belongs to the last cell. What isn't a number passes through.
        let cell = ((place - self.first_m) / self.cell_m).floor();
        let cell = self.last.min(F64x8::ZERO.max(cell));
        self.first_m + (cell + cells + F64x8::splat(0.5)) * self.cell_m
    }
}

/// The grid and its directions.
#[derive(Clone, Debug)]
struct Lattice {
    across_x: Cells,
    across_y: Cells,
    /// Angle between neighbouring directions, rad.
    sector_rad: F64x8,
}

impl Lattice {
    fn new(config: &GridMotionConfig, domain: &Domain) -> Self {
        Self {
            across_x: Cells::new(domain.x_min_m, domain.x_max_m, config.cell_m),
            across_y: Cells::new(domain.y_min_m, domain.y_max_m, config.cell_m),
            sector_rad: F64x8::splat(TAU / f64::from(config.directions)),
        }
    }

    /// The direction nearest to `angle`, rad.
    #[inline(always)]
    fn direction(&self, angle: F64x8) -> F64x8 {
        (angle / self.sector_rad).round() * self.sector_rad
    }
}

struct Act<'a, L> {
    stage: Stage<'a>,
    limits: L,
    lattice: &'a Lattice,
    progress: &'a mut Progress,
    commands: &'a Commands,
    agents: &'a mut Agents,
}

impl<L: Limits> Kernel for Act<'_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let dt = F64x8::splat(self.stage.dt_s);
        let agents = self.agents;
        for &block in self.stage.blocks {
            let active = agents.active[block];
            let course = self.commands.heading_rad[block].wrap_angle();
            agents.course_rad[block] = course;
            let direction = self.lattice.direction(course);
            let (sine, cosine) = direction.sin_cos();
            // −1, 0 or 1: of the diagonals 0.7 is rounded up.
            let (cells_x, cells_y) = (cosine.round(), sine.round());
            let length = (cells_x * cells_x + cells_y * cells_y).sqrt() * self.lattice.across_x.cell_m;
            let speed = self.limits.speed_m_s(block, self.commands.speed_m_s[block]);
            let progress = self.progress.add(block, speed * dt / length * active);
            let hops = is_done(progress);
            let (x, y) = (agents.x_m[block], agents.y_m[block]);
            let to_x = hops.select(self.lattice.across_x.centre_beside(x, cells_x), x);
            let to_y = hops.select(self.lattice.across_y.centre_beside(y, cells_y), y);
            let heading = agents.heading_rad[block];
            // Zero times anything finite is zero: a command that isn't a number is found even before the hop.
            let turned = hops.select((direction - heading).wrap_angle(), progress * F64x8::ZERO);
            agents.turned_rad[block] = turned;
            agents.heading_rad[block] = (heading + turned).wrap_angle();
            (agents.moved_x_m[block], agents.moved_y_m[block]) = (to_x - x, to_y - y);
            (agents.x_m[block], agents.y_m[block]) = (to_x, to_y);
        }
    }
}
