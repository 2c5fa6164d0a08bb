//! Headings at the start.

use super::{StartHeadingConfig, StartTable};
use crate::lanes::F64x8;
use crate::scenario::plume::wind::Wind;
use std::f64::consts::{PI, TAU};
use std::sync::Arc;

/// Headings to start with.
#[derive(Clone, Debug)]
pub(super) enum Headings {
    /// Uniform over the full turn.
    Random,
    /// Uniform within a spread to either side, rad.
    Around { heading_rad: f64, spread_rad: f64 },
    /// One after the other.
    Table(Arc<StartTable>),
}

impl Headings {
    pub fn new(config: &StartHeadingConfig, table: Option<Arc<StartTable>>, wind: &dyn Wind) -> Self {
        match (table, config) {
            (Some(table), _) if table.column("heading_rad").is_some() => Self::Table(table),
            (_, StartHeadingConfig::Random {}) => Self::Random,
            (_, StartHeadingConfig::Fixed(fixed)) => Self::Around {
                heading_rad: fixed.heading_rad,
                spread_rad: fixed.spread_rad,
            },
            (_, StartHeadingConfig::Upwind(upwind)) => Self::Around {
                heading_rad: wind.mean().direction_rad + PI,
                spread_rad: upwind.spread_rad,
            },
        }
    }

    /// The heading of `agent` for a uniform number, in [−π, π], rad.
    pub fn at(&self, agent: usize, uniform: f64) -> f64 {
        let heading_rad = match self {
            Self::Random => return uniform * TAU - PI,
            Self::Around {
                heading_rad,
                spread_rad,
            } => heading_rad + (2.0 * uniform - 1.0) * spread_rad,
            Self::Table(table) => {
                let headings = table.column("heading_rad").unwrap_or(&[0.0]);
                headings[agent % headings.len()]
            }
        };
        F64x8::splat(heading_rad).wrap_angle().0[0]
    }
}
