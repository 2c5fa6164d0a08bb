//! The limits of bodies: the same for all agents, or with factors of each agent's own.

use super::super::varied::Factors;
use crate::lanes::F64x8;

/// What bodies can do, before each agent's factors.
#[derive(Clone, Debug)]
pub(in super::super) struct Body {
    pub speed_max_m_s: f64,
    pub turn_rate_max_rad_s: f64,
    /// Factors of the agents, if they differ.
    pub factors: Option<Factors>,
}

/// The limits of the agents of a block. A kernel is compiled for each implementation, so that agents that are all alike
/// cost no look-up.
pub(super) trait Limits {
    /// The speed that comes of a commanded one, m/s. What isn't a number passes through and is found.
    fn speed_m_s(&self, block: usize, commanded_m_s: F64x8) -> F64x8;
    /// The largest turn of a step, rad.
    fn turn_max_rad(&self, block: usize) -> F64x8;
    /// A largest change of speed of a step, m/s, from that of an average agent.
    fn speed_step_m_s(&self, block: usize, average_m_s: F64x8) -> F64x8;
}

/// All agents have the same limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike {
    speed_max_m_s: F64x8,
    turn_max_rad: F64x8,
}

impl Alike {
    #[inline(always)]
    pub fn new(body: &Body, dt_s: f64) -> Self {
        Self {
            speed_max_m_s: F64x8::splat(body.speed_max_m_s),
            turn_max_rad: F64x8::splat(body.turn_rate_max_rad_s * dt_s),
        }
    }
}

impl Limits for Alike {
    #[inline(always)]
    fn speed_m_s(&self, _block: usize, commanded_m_s: F64x8) -> F64x8 {
        self.speed_max_m_s.min(F64x8::ZERO.max(commanded_m_s))
    }

    #[inline(always)]
    fn turn_max_rad(&self, _block: usize) -> F64x8 {
        self.turn_max_rad
    }

    #[inline(always)]
    fn speed_step_m_s(&self, _block: usize, average_m_s: F64x8) -> F64x8 {
        average_m_s
    }
}

/// Every agent has factors of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Individual<'a> {
    average: Alike,
    factors: &'a Factors,
}

impl<'a> Individual<'a> {
    #[inline(always)]
    pub fn new(body: &Body, factors: &'a Factors, dt_s: f64) -> Self {
        Self {
            average: Alike::new(body, dt_s),
            factors,
        }
    }
}

impl Limits for Individual<'_> {
    #[inline(always)]
    fn speed_m_s(&self, block: usize, commanded_m_s: F64x8) -> F64x8 {
        let highest = self.average.speed_max_m_s * self.factors.speed_max[block];
        highest.min(F64x8::ZERO.max(commanded_m_s * self.factors.speed[block]))
    }

    #[inline(always)]
    fn turn_max_rad(&self, block: usize) -> F64x8 {
        self.average.turn_max_rad * self.factors.turn_rate_max[block]
    }

    #[inline(always)]
    fn speed_step_m_s(&self, block: usize, average_m_s: F64x8) -> F64x8 {
        average_m_s * self.factors.acceleration_max[block]
    }
}
