//! A round arena.

use super::super::agents::{Agents, MotionConfig};
use super::super::component::{Component, Context};
use super::super::space::Domain;
use super::super::step::Stage;
use super::{Boundary, BoundaryModel};
use crate::lanes::{F64x8, LANES, kernel};
use crate::scenario::Problems;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// A round arena inside the domain, whose wall is the same everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CircularConfig {
    /// Centre along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub centre_x_m: f64,
    /// Centre along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub centre_y_m: f64,
    /// Radius of the arena, m.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub radius_m: f64,
    /// What happens at the wall: `reflect`, `clip` or `terminate`.
    pub wall: WallPolicy,
}

/// What happens at the wall of a round arena.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum WallPolicy {
    /// An agent that crosses it is done.
    Terminate,
    /// An agent stops at it and keeps its heading.
    Clip,
    /// An agent is mirrored at it, and so is its heading.
    #[default]
    Reflect,
}

impl Default for CircularConfig {
    fn default() -> Self {
        Self {
            centre_x_m: 8.0,
            centre_y_m: 0.0,
            radius_m: 8.0,
            wall: WallPolicy::default(),
        }
    }
}

impl Component for CircularConfig {
    const KIND: &'static str = "circular";
}

impl BoundaryModel for CircularConfig {
    fn build(&self, _: &Domain) -> Box<dyn Boundary> {
        Box::new(Circle::new(self))
    }

    fn contains(&self, domain: &Domain, x_m: f64, y_m: f64) -> bool {
        let (x, y) = (x_m - self.centre_x_m, y_m - self.centre_y_m);
        domain.contains(x_m, y_m) && x * x + y * y <= self.radius_m * self.radius_m
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        let (domain, radius_m) = (&context.config.episode.domain, self.radius_m);
        let (west_m, east_m) = (self.centre_x_m - radius_m, self.centre_x_m + radius_m);
        let (south_m, north_m) = (self.centre_y_m - radius_m, self.centre_y_m + radius_m);
        if !domain.contains(west_m, south_m) || !domain.contains(east_m, north_m) {
            found.add(
                "boundary.radius_m",
                format!("the arena, from {west_m} to {east_m} m and from {south_m} to {north_m} m, sticks out of the domain {domain}"),
                "use a smaller arena, move it, or widen episode.domain",
            );
        }
        if matches!(context.config.agents.motion, MotionConfig::Grid(_)) {
            found.add(
                "boundary.kind",
                "\"circular\" moves agents off the cells of agents.motion.kind = \"grid\"",
                "use a boundary of the domain's edges, or another motion",
            );
        }
        found
    }
}

/// A round arena with centre M and radius R.
///
/// - `terminate`: an agent is left where its straight way first met the wall, at the fraction t of it with
///   |p + t Δ − M| = R. The step counts up to there, and `left_domain` is set.
/// - `clip`: an agent beyond the wall comes to the nearest place of the arena, M + R (p' − M)/|p' − M|: it slides along
///   the wall. The heading stays.
/// - `reflect`: the way is that of light in a round mirror, as in a circular billiard: after the first contact, all
///   chords have the same length 2 R cos α with the angle of incidence α, and each is turned against the last one by
///   π − 2α, so that the end is known for any overshoot. The heading is mirrored as often. The way counts in full, as if
///   unfolded.
#[derive(Clone, Debug)]
struct Circle {
    centre_x_m: f64,
    centre_y_m: f64,
    radius_m: f64,
    wall: WallPolicy,
}

/// Agents come to rest this fraction of the radius inside the wall, so that no rounding takes them for outside.
const SKIN: f64 = 1e-12;

/// A way that ends at the wall or inside.
struct Confined {
    /// From the centre, m.
    end: [f64; 2],
    /// What counts of it, m.
    moved: [f64; 2],
    heading: Turn,
    is_done: bool,
}

/// What becomes of a heading: ±θ + a.
#[derive(Clone, Copy)]
struct Turn {
    sign: f64,
    by_rad: f64,
}

impl Turn {
    const NONE: Self = Self { sign: 1.0, by_rad: 0.0 };

    fn of(self, heading_rad: f64) -> f64 {
        F64x8::splat(self.sign * heading_rad + self.by_rad).wrap_angle().0[0]
    }
}

impl Circle {
    fn new(config: &CircularConfig) -> Self {
        Self {
            centre_x_m: config.centre_x_m,
            centre_y_m: config.centre_y_m,
            radius_m: config.radius_m,
            wall: config.wall,
        }
    }

    /// The place of the arena that is nearest to one at or beyond the wall.
    fn at_wall(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let inwards = self.radius_m * (1.0 - SKIN) / (x * x + y * y).sqrt();
        [x * inwards, y * inwards]
    }

    /// The way from `end − moved` to `end`, which is outside.
    fn confine(&self, end: [f64; 2], moved: [f64; 2]) -> Confined {
        let start = [end[0] - moved[0], end[1] - moved[1]];
        let clipped = || {
            let at_wall = self.at_wall(end);
            Confined {
                end: at_wall,
                moved: [at_wall[0] - start[0], at_wall[1] - start[1]],
                heading: Turn::NONE,
                is_done: false,
            }
        };
        // Agents that come from outside were put there by no step of theirs.
        let from_outside = self.is_outside((1.0 - SKIN) * (start[0] * start[0] + start[1] * start[1]));
        let length = (moved[0] * moved[0] + moved[1] * moved[1]).sqrt();
        // One that stands still has no way; only rounding put it beyond the wall.
        if self.wall == WallPolicy::Clip || from_outside || length == 0.0 {
            return clipped();
        }
        let way = [moved[0] / length, moved[1] / length];
        // |s + l e|² = R² has the roots −b ± √(b² + c): the larger one is ahead, written without cancellation.
        let b = start[0] * way[0] + start[1] * way[1];
        let c = self.radius_m * self.radius_m - start[0] * start[0] - start[1] * start[1];
        let root = (b * b + c.max(0.0)).sqrt();
        let first = if b > 0.0 { c.max(0.0) / (b + root) } else { root - b };
        let contact = [start[0] + first * way[0], start[1] + first * way[1]];
        if self.wall == WallPolicy::Terminate {
            return Confined {
                end: self.at_wall(contact),
                moved: [first * way[0], first * way[1]],
                heading: Turn::NONE,
                is_done: true,
            };
        }
        let (end, heading) = self.reflect(contact, way, (length - first).max(0.0));
        Confined {
            end,
            moved,
            heading,
            is_done: false,
        }
    }

    /// Where a way leads that meets the wall at `contact` in the direction `way` with a length still to go, and what
    /// becomes of the heading.
    fn reflect(&self, contact: [f64; 2], way: [f64; 2], to_go: f64) -> ([f64; 2], Turn) {
        let distance = (contact[0] * contact[0] + contact[1] * contact[1]).sqrt();
        let normal = [contact[0] / distance, contact[1] / distance];
        // Components of the way outwards and counter-clockwise along the wall: cos α and ± sin α.
        let outwards = (way[0] * normal[0] + way[1] * normal[1]).max(0.0);
        let along = normal[0] * way[1] - normal[1] * way[0];
        let chord = 2.0 * self.radius_m * outwards;
        // A way along the wall follows it: the limit of ever shorter chords.
        let chords = if chord > SKIN * self.radius_m {
            (to_go / chord).floor()
        } else {
            0.0
        };
        let (turned_rad, rest) = match chord > SKIN * self.radius_m {
            true => (
                chords * 2.0 * angle(outwards, along.abs()) * 1f64.copysign(along),
                to_go - chords * chord,
            ),
            false => (to_go / self.radius_m * 1f64.copysign(along), 0.0),
        };
        let (sine, cosine) = F64x8::splat(turned_rad).sin_cos();
        let turn = |[x, y]: [f64; 2]| [x * cosine.0[0] - y * sine.0[0], x * sine.0[0] + y * cosine.0[0]];
        let leaving = turn([way[0] - 2.0 * outwards * normal[0], way[1] - 2.0 * outwards * normal[1]]);
        let last = turn(normal);
        let mut end = [0, 1].map(|axis| self.radius_m * last[axis] + rest * leaving[axis]);
        if self.is_outside(end[0] * end[0] + end[1] * end[1]) {
            end = self.at_wall(end);
        }
        // The mirror images of a heading at contacts at the angles φ, φ + δ, …: π + 2φ − θ, then 2δ + θ, then ….
        let contact_rad = angle(normal[1], normal[0]);
        let is_mirrored = (0.5 * chords).floor() * 2.0 == chords;
        let per_chord_rad = if chords > 0.0 { turned_rad / chords } else { 0.0 };
        let heading = match is_mirrored {
            true => Turn {
                sign: -1.0,
                by_rad: PI + 2.0 * contact_rad + turned_rad,
            },
            false => Turn {
                sign: 1.0,
                by_rad: turned_rad + per_chord_rad,
            },
        };
        (end, heading)
    }

    fn is_outside(&self, distance2: f64) -> bool {
        distance2 > self.radius_m * self.radius_m
    }

    /// Brings one agent back.
    #[inline(never)]
    fn bring_back(&self, agents: &mut Agents, block: usize, lane: usize) {
        let centre = [self.centre_x_m, self.centre_y_m];
        let end = [
            agents.x_m[block].0[lane] - centre[0],
            agents.y_m[block].0[lane] - centre[1],
        ];
        let moved = [agents.moved_x_m[block].0[lane], agents.moved_y_m[block].0[lane]];
        let confined = self.confine(end, moved);
        agents.x_m[block].0[lane] = centre[0] + confined.end[0];
        agents.y_m[block].0[lane] = centre[1] + confined.end[1];
        agents.moved_x_m[block].0[lane] = confined.moved[0];
        agents.moved_y_m[block].0[lane] = confined.moved[1];
        agents.left_domain[block].0[lane] = f64::from(u8::from(confined.is_done));
        let headings = [agents.heading_rad.get_mut(block), agents.course_rad.get_mut(block)];
        for heading_rad in headings.into_iter().flatten() {
            heading_rad.0[lane] = confined.heading.of(heading_rad.0[lane]);
        }
    }
}

/// The angle of a vector (x, y), rad, by our own arctangent: the platform's may differ in the last bit.
fn angle(y: f64, x: f64) -> f64 {
    F64x8::splat(y).atan2(F64x8::splat(x)).0[0]
}

impl Boundary for Circle {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        let circle = self;
        kernel!(stage.simd, |circle: &Circle, stage: Stage<'_>, agents: &mut Agents| {
            let (centre_x, centre_y) = (F64x8::splat(circle.centre_x_m), F64x8::splat(circle.centre_y_m));
            let radius2 = F64x8::splat(circle.radius_m * circle.radius_m);
            for &block in stage.blocks {
                let (x, y) = (agents.x_m[block] - centre_x, agents.y_m[block] - centre_y);
                let hit = (x * x + y * y).gt(radius2);
                agents.boundary_hit[block] = hit.to_f64();
                agents.left_domain[block] = F64x8::ZERO;
                // Agents meet the wall rarely.
                if hit.any() {
                    for lane in 0..LANES {
                        if hit.0[lane] {
                            circle.bring_back(agents, block, lane);
                        }
                    }
                }
            }
        });
    }
}

#[cfg(test)]
#[path = "circular_tests.rs"]
mod tests;
