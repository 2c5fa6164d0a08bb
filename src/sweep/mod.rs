//! Axes → design points → units: pure, lazily indexable, without memory per unit.
//!
//! # Order and ids
//! The design is the product of the top-level axes, the first one slowest, like an array in row-major order. A zip is
//! one axis, and so are a nested axis, whose cases follow each other, each with the product of its own axes in the same
//! order, and a sample, whose draws follow each other. Points are numbered from 0 in this order; excluded ones are left
//! out and the numbers close up. Unit `point · replicates + replicate` is the work. The order is stable: it depends on
//! the sweep table alone, and changing it is a change of results.
//!
//! # Identity
//! A point is seeded by its [`point_key`](Design::point_key), a hash of what it sets, not by its number. Adding axis
//! values, excluding points or reordering axes leaves the random numbers of the other points as they are; adding a key
//! gives all points new ones.
//!
//! # Decisions
//! - Values are set in axis order. A component may be swept before one of its parts (`navigator`, then
//!   `navigator.cast_s`): the part is then set in every component. The other way round is refused, since the component
//!   would replace the part. Where a part exists in some components only, use `nested`.
//! - The same value twice on an axis is refused: it would be the same point with the same random numbers.
//! - An exclusion that names a key which isn't swept, or a condition that never holds, is refused: it is misspelt more
//!   often than meant. Nothing left over is refused too.
//! - At most 28 top-level axes (HDF5 has 32 dimensions), 10¹² points before exclusions, 2³² draws a sample, 64 rules,
//!   and rules look only at axes of up to 10⁶ values.

mod axis;
mod canonical;
mod covering;
mod decimal;
mod design;
mod dimension;
mod distribution;
mod error;
mod exclusion;
mod form;
mod key;
mod names;
mod parse;
mod parse_sample;
mod parse_sequence;
mod permutation;
mod plan;
mod sample;
mod selection;
mod sequence;
mod sobol;
mod sobol_directions;
mod table;
mod varied;
mod words;

#[cfg(test)]
mod tests;

pub use crate::ids::{PointIndex, Replicate, UnitIndex};
pub use design::{Assignment, Design};
pub use dimension::{Coordinate, CoordinateValues, Dimension, SweptKey};
pub(crate) use distribution::{MIN_MASS, Normal as CutNormal};
pub use error::SweepError;
pub use exclusion::idle_rules;
pub(crate) use form::schema;
pub use plan::UnitPlan;
pub use sequence::ValueKind;
pub use table::{
    AxisTable, BoundsTable, CaseTable, ColumnTable, ConditionTable, DottedKey, LinearAxis, ListAxis, LogarithmicAxis,
    NestedAxis, NestedTable, RangeAxis, RangeTable, SampleAxis, SampleMethod, SampleTable, SpacedTable, SweepTable,
    SweptInteger, SweptLabel, SweptLabels, SweptNumber, SweptValue, SweptValues, VariableTable, ZipAxis,
};
pub(crate) use table::{draws_decimals, is_unbounded};
pub use varied::{ValuePlace, VariedKey, keys_always_varied, keys_always_varied_by, varied_keys};
