//! Running totals of eight agents.

use crate::lanes::{F64x8, LANES};

/// Cells along each side of the coverage grid.
pub(super) const COVERAGE_SIDE: u32 = 16;
/// Words of 64 cells each.
pub(super) const COVERAGE_WORDS: usize = (COVERAGE_SIDE * COVERAGE_SIDE / 64) as usize;

/// The step of what hasn't happened. Finite, so that it can be multiplied by 0.
pub(super) const NEVER: F64x8 = F64x8::splat(f64::MAX);

/// Running totals of one block of agents that every step adds to. Counts are kept as `f64`, which is exact far beyond any
/// episode.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Length of the way, m.
    pub path_length_m: F64x8,
    /// Smallest squared distance from a source, m².
    pub closest_m2: F64x8,
    /// Sum of the concentration over the steps, in the plume's unit.
    pub concentration_sum: F64x8,
    /// Largest concentration, in the plume's unit.
    pub concentration_max: F64x8,
    /// 1 if the last step was inside the plume.
    pub inside: F64x8,
    /// Steps with a way against the wind, beyond rounding.
    pub upwind_steps: F64x8,
    /// Sum of |turn|, rad.
    pub turned_rad: F64x8,
    /// Cell of the coverage grid in the last step; −1 before the first.
    pub cell: F64x8,
}

/// What few steps of a block of agents change. It is kept apart, so that a step of a large crowd, which doesn't fit the
/// processor's cache, has less to fetch.
#[derive(Clone, Debug)]
pub(super) struct Events {
    /// Steps taken part in, once the agent is done.
    pub steps: F64x8,
    /// Steps until a source was first reached, 0 at the start; [`NEVER`] until then.
    pub reached_at_step: F64x8,
    /// 1 once the agent has left the domain.
    pub left_domain: F64x8,
    /// Squared distance from the nearest source at the start, m².
    pub initial_m2: F64x8,
    /// Squared distance from the nearest source at the end, once the agent is done, m².
    pub final_m2: F64x8,
    /// What the sensor said last, once the agent is done.
    pub final_signal: F64x8,
    /// Steps of the encounters that are over.
    pub inside_steps: F64x8,
    /// Encounters with the plume.
    pub encounters: F64x8,
    /// The step at which the agent last came in or went out.
    pub since_step: F64x8,
    /// Steps outside between encounters.
    pub blank_steps: F64x8,
    /// Steps that met an edge of the domain.
    pub boundary_hits: F64x8,
    /// Where the agents started, m.
    pub start_x_m: F64x8,
    /// Where the agents started, m.
    pub start_y_m: F64x8,
    /// Cells of the coverage grid that were visited, a bit each.
    pub visited: [[u64; LANES]; COVERAGE_WORDS],
}

impl Running {
    /// Nothing yet, at a squared distance (m²) from the nearest source.
    pub fn new(distance_m2: F64x8) -> Self {
        Self {
            path_length_m: F64x8::ZERO,
            closest_m2: distance_m2,
            concentration_sum: F64x8::ZERO,
            concentration_max: F64x8::ZERO,
            inside: F64x8::ZERO,
            upwind_steps: F64x8::ZERO,
            turned_rad: F64x8::ZERO,
            cell: F64x8::splat(-1.0),
        }
    }
}

impl Events {
    /// Nothing yet, from a starting position at a squared distance (m²) from the nearest source. Agents within the squared
    /// radius `radius2_m2` have reached it after 0 steps.
    pub fn new(start_x_m: F64x8, start_y_m: F64x8, distance_m2: F64x8, radius2_m2: F64x8) -> Self {
        let reached = distance_m2.le(radius2_m2);
        Self {
            steps: F64x8::ZERO,
            reached_at_step: reached.select(F64x8::ZERO, NEVER),
            left_domain: F64x8::ZERO,
            initial_m2: distance_m2,
            final_m2: distance_m2,
            final_signal: F64x8::ZERO,
            inside_steps: F64x8::ZERO,
            encounters: F64x8::ZERO,
            since_step: F64x8::ZERO,
            blank_steps: F64x8::ZERO,
            boundary_hits: F64x8::ZERO,
            start_x_m,
            start_y_m,
            visited: [[0; LANES]; COVERAGE_WORDS],
        }
    }
}
