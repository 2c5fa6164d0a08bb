//! Where agents may start, as a map from uniform random numbers to places.

use super::{StartConfig, StartTable, Surroundings};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Places to start at.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// Uniform between two corners.
    Rectangle([(f64, f64); 2]),
    /// Uniform between two ends, which may be one point.
    Line([(f64, f64); 2]),
    /// Uniform between two circles, m.
    Ring {
        centre: (f64, f64),
        inner_m: f64,
        outer_m: f64,
    },
    /// One after the other.
    Table(Arc<StartTable>),
}

impl Places {
    /// The places of `config`. `table` is what is listed or read, if it is.
    pub fn new(config: &StartConfig, table: Option<Arc<StartTable>>, surroundings: Surroundings<'_>) -> Self {
        let Surroundings {
            domain, wind, plume, ..
        } = surroundings;
        let source = plume.sources()[0];
        match config {
            StartConfig::Region(region) => {
                Self::Rectangle([(region.x_min_m, region.y_min_m), (region.x_max_m, region.y_max_m)])
            }
            StartConfig::Line(line) => {
                Self::Line([(line.x_first_m, line.y_first_m), (line.x_second_m, line.y_second_m)])
            }
            StartConfig::Point(point) => Self::Line([(point.x_m, point.y_m); 2]),
            StartConfig::Disc(disc) => Self::Ring {
                centre: (disc.x_m, disc.y_m),
                inner_m: 0.0,
                outer_m: disc.radius_m,
            },
            StartConfig::AroundSource(ring) => Self::Ring {
                centre: (source.x_m, source.y_m),
                inner_m: ring.inner_m,
                outer_m: ring.outer_m,
            },
            StartConfig::AcrossWind(line) => {
                let direction_rad = wind.mean().direction_rad;
                let (downwind_x, downwind_y) = (libm::cos(direction_rad), libm::sin(direction_rad));
                let (x, y) = (
                    source.x_m + line.distance_m * downwind_x,
                    source.y_m + line.distance_m * downwind_y,
                );
                let (half_x, half_y) = (-0.5 * line.length_m * downwind_y, 0.5 * line.length_m * downwind_x);
                Self::Line([(x - half_x, y - half_y), (x + half_x, y + half_y)])
            }
            StartConfig::InPlume(region) => Self::Rectangle([
                (region.x_min_m.max(domain.x_min_m), region.y_min_m.max(domain.y_min_m)),
                (region.x_max_m.min(domain.x_max_m), region.y_max_m.min(domain.y_max_m)),
            ]),
            StartConfig::List(_) | StartConfig::File(_) => Self::Table(table.expect("a list or a file makes a table")),
        }
    }

    /// Whether other random numbers give an agent another place.
    pub fn leave_a_choice(&self) -> bool {
        match self {
            Self::Rectangle([one, other]) | Self::Line([one, other]) => one != other,
            Self::Ring { outer_m, .. } => *outer_m > 0.0,
            Self::Table(_) => false,
        }
    }

    /// The place of `agent` for two uniform numbers.
    pub fn at(&self, agent: usize, first: f64, second: f64) -> (f64, f64) {
        match self {
            Self::Rectangle([low, high]) => (between(low.0, high.0, first), between(low.1, high.1, second)),
            Self::Line([one, other]) => (between(one.0, other.0, first), between(one.1, other.1, first)),
            Self::Ring {
                centre,
                inner_m,
                outer_m,
            } => {
                // Uniform in area: the square of the distance is uniform.
                let (inner2, outer2) = (inner_m * inner_m, outer_m * outer_m);
                let distance = (inner2 + (outer2 - inner2) * first).sqrt();
                let angle = TAU * second;
                (
                    centre.0 + distance * libm::cos(angle),
                    centre.1 + distance * libm::sin(angle),
                )
            }
            Self::Table(table) => table.place(agent),
        }
    }
}

fn between(low: f64, high: f64, fraction: f64) -> f64 {
    let value = low + (high - low) * fraction;
    // The sum may round past the far end.
    value.max(low.min(high)).min(low.max(high))
}
