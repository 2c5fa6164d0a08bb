//! How far an agent gets on its way among discs at rest.

use super::space::{Place, Space};

/// Fractions of a way by which an agent stops short of a contact that rounding has misplaced.
const SHORT: [f64; 5] = [0.0, 1e-12, 1e-9, 1e-6, 1e-3];

/// The other agents that one agent can touch in this step, and the distance to keep from them.
#[derive(Clone, Copy)]
pub(super) struct Others<'a> {
    pub space: &'a Space,
    /// Their slots.
    pub near: &'a [u32],
    /// Where everyone is, by slot.
    pub places: &'a [Place],
    pub contact_distance_m: f64,
}

impl Others<'_> {
    fn near(&self) -> impl Iterator<Item = Place> {
        self.near.iter().map(|other| self.places[*other as usize])
    }

    /// Whether the disc at `place` overlaps with none: what decides in the end, whatever else was worked out.
    #[inline(always)]
    pub fn is_free(&self, place: Place) -> bool {
        let contact2 = self.contact_distance_m * self.contact_distance_m;
        // A place that isn't a number is free: it is found and told elsewhere. So are those who have left.
        !self.near().any(|other| self.space.distance2(place, other) < contact2)
    }

    /// Distance between the edges of the disc at `place` and of the nearest other, m.
    pub fn clearance_m(&self, place: Place) -> f64 {
        let nearest2 = (self.near())
            .map(|other| self.space.distance2(place, other))
            .fold(f64::INFINITY, f64::min);
        nearest2.sqrt() - self.contact_distance_m
    }

    /// Whether `to` is farther from `from` than a way of `length_m` leads: beyond those who were looked for. An edge may
    /// carry an agent there.
    #[inline(always)]
    pub fn is_beyond(&self, from: Place, to: Place, length_m: f64) -> bool {
        let most_m = self.space.roomy_m(length_m);
        self.space.distance2(from, to) > most_m * most_m
    }

    /// The fraction of the straight way `moved` from a free place at which the first disc is touched; above 1 if none is.
    ///
    /// With the way d and the vector r from the other's centre, |r + t d| = D has the smaller root
    /// t = (r² − D²) / (−b + √(b² − d² (r² − D²))), b = r·d: without cancellation where agents nearly touch.
    #[inline(always)]
    fn first_contact(&self, from: Place, moved: Place) -> f64 {
        let contact2 = self.contact_distance_m * self.contact_distance_m;
        let length2 = moved[0] * moved[0] + moved[1] * moved[1];
        let mut first = f64::INFINITY;
        for other in self.near() {
            let apart = self.space.way(other, from);
            let along = apart[0] * moved[0] + apart[1] * moved[1];
            if along < 0.0 {
                let gap2 = apart[0] * apart[0] + apart[1] * apart[1] - contact2;
                let within2 = along * along - length2 * gap2;
                if within2 > 0.0 {
                    first = first.min(gap2 / (within2.sqrt() - along));
                }
            }
        }
        first
    }

    /// How far an agent gets on the straight way from a free place to another: all of it (`None`), or to a place that is
    /// a fraction of it away.
    #[inline(always)]
    pub fn straight(&self, from: Place, to: Place) -> Option<(Place, f64)> {
        if self.near.is_empty() {
            return None;
        }
        let way = [to[0] - from[0], to[1] - from[1]];
        let first = self.first_contact(from, way);
        if first >= 1.0 && self.is_free(to) {
            return None;
        }
        let contact = first.min(1.0);
        for short in SHORT {
            let fraction = (contact - short).max(0.0);
            let place = self
                .space
                .inside([from[0] + fraction * way[0], from[1] + fraction * way[1]]);
            if self.is_free(place) {
                return Some((place, fraction));
            }
        }
        Some((from, 0.0))
    }
}
