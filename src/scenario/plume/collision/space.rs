//! Distances in the domain, across the edges that agents wrap around.

use super::super::space::Domain;

/// A place: x and y, m.
pub(super) type Place = [f64; 2];

/// No place at all: every comparison of a distance from it is false.
pub(super) const NOWHERE: Place = [f64::NAN; 2];

/// The domain as a space with distances. Along an axis that wraps around, the shortest way may go across the edges.
#[derive(Clone, Debug)]
pub(super) struct Space {
    pub low: Place,
    pub high: Place,
    /// Whether x and y wrap around.
    pub wraps: [bool; 2],
    /// What a way across the edges differs by, m: the extent, or 0 where there is no such way.
    period: [f64; 2],
    /// Ways longer than this are shorter across the edges, m.
    half: [f64; 2],
    /// What rounding can do to a coordinate in a few operations, m.
    rounding_m: f64,
}

impl Space {
    pub fn new(domain: &Domain, wraps: [bool; 2]) -> Self {
        let extent = [domain.width_m(), domain.height_m()];
        let along = |axis: usize, factor: f64, otherwise: f64| match wraps[axis] {
            true => factor * extent[axis],
            false => otherwise,
        };
        let farthest_m = [domain.x_min_m, domain.x_max_m, domain.y_min_m, domain.y_max_m]
            .into_iter()
            .fold(0.0f64, |most, value| most.max(value.abs()));
        Self {
            rounding_m: 8.0 * f64::EPSILON * farthest_m,
            low: [domain.x_min_m, domain.y_min_m],
            high: [domain.x_max_m, domain.y_max_m],
            wraps,
            period: [along(0, 1.0, 0.0), along(1, 1.0, 0.0)],
            half: [along(0, 0.5, f64::INFINITY), along(1, 0.5, f64::INFINITY)],
        }
    }

    /// Extent along an axis, m.
    pub fn extent(&self, axis: usize) -> f64 {
        self.high[axis] - self.low[axis]
    }

    /// The shortest way from one place of the domain to another, m. From b to a it is exactly the opposite.
    #[inline(always)]
    pub fn way(&self, from: Place, to: Place) -> Place {
        let along = |axis: usize| {
            let straight = to[axis] - from[axis];
            let across = f64::from(straight > self.half[axis]) - f64::from(straight < -self.half[axis]);
            straight - across * self.period[axis]
        };
        [along(0), along(1)]
    }

    /// Squared distance of two places of the domain, m².
    #[inline(always)]
    pub fn distance2(&self, a: Place, b: Place) -> f64 {
        let way = self.way(a, b);
        way[0] * way[0] + way[1] * way[1]
    }

    /// What rounding can do to a coordinate in a few operations, m.
    pub fn rounding_m(&self) -> f64 {
        self.rounding_m
    }

    /// A little more than a length, m: whatever is no longer than it is no longer than that, rounding or not.
    #[inline(always)]
    pub fn roomy_m(&self, length_m: f64) -> f64 {
        length_m * (1.0 + 1e-9) + self.rounding_m
    }

    /// The place, or the nearest one in the domain if rounding has brought it out.
    pub fn inside(&self, place: Place) -> Place {
        [0, 1].map(|axis| place[axis].max(self.low[axis]).min(self.high[axis]))
    }
}
