//! Axes → design points → units: pure, lazily indexable, without memory per unit.

mod design;
mod ids;

pub use design::{Assignment, Coordinate, CoordinateValues, Design, Dimension, UnitPlan};
pub use ids::{PointIndex, Replicate, UnitIndex};
