//! Axes → design points → units: pure, lazily indexable, without memory per unit.

mod axis;
mod canonical;
mod decimal;
mod design;
mod dimension;
mod distribution;
mod error;
mod exclusion;
mod ids;
mod key;
mod names;
mod normal;
mod parse;
mod parse_sample;
mod parse_sequence;
mod permutation;
mod plan;
mod reader;
mod sample;
mod selection;
mod sequence;
mod sobol;
mod sobol_directions;
mod values;

pub use design::{Assignment, Design};
pub use dimension::{Coordinate, CoordinateValues, Dimension, SweptKey};
pub use error::SweepError;
pub use ids::{PointIndex, Replicate, UnitIndex};
pub use plan::UnitPlan;
pub use sequence::ValueKind;
pub use values::AxisValue;
