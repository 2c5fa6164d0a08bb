//! What every plume answers.

use super::super::wind::Wind;
use crate::lanes::{F64x8, SimdLevel};
use crate::scenario::UnitFailure;

/// Identity of a plume for seeding and sharing: a hash of the plume's and the wind's parameters. Units with the same
/// key and replicate have the same realisation, whatever their agents do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlumeKey(pub [u8; 16]);

/// Where a source is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourcePosition {
    /// Along x, m.
    pub x_m: f64,
    /// Along y, m.
    pub y_m: f64,
    /// Height above the ground, m.
    pub z_m: f64,
}

impl SourcePosition {
    /// The point (x, y, z), m.
    #[must_use]
    pub const fn new(x_m: f64, y_m: f64, z_m: f64) -> Self {
        Self { x_m, y_m, z_m }
    }
}

/// Slope of the concentration, one entry per block of eight positions; in the plume's unit per metre.
#[derive(Clone, Debug)]
pub struct Gradient {
    /// Along +x.
    pub x_per_m: Vec<F64x8>,
    /// Along +y.
    pub y_per_m: Vec<F64x8>,
}

impl Gradient {
    /// Zero at `blocks` blocks.
    #[must_use]
    pub fn new(blocks: usize) -> Self {
        Self {
            x_per_m: vec![F64x8::ZERO; blocks],
            y_per_m: vec![F64x8::ZERO; blocks],
        }
    }
}

/// One realisation of a plume. It doesn't feel the agents, so one can serve many of them.
///
/// A plume with a time step of its own moves in whole steps of it from its beginning, whatever times it is asked for;
/// between two of its steps it stands still. So the realisation doesn't depend on the agents' time step.
///
/// [`PlumeModel`](super::PlumeModel) has an example.
pub trait Plume: Send {
    /// Where the sources are now, whether they release or not: the same number at all times, at least one.
    fn sources(&self) -> &[SourcePosition];

    /// Moves on to `time_s`, which never decreases. `wind` is moved along, to the beginning of each of the plume's own
    /// steps and never beyond `time_s`. A steady plume has nothing to do.
    ///
    /// # Errors
    /// If a file can't be read, or the plume stops being finite.
    fn advance(&mut self, _time_s: f64, _wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        Ok(())
    }

    /// The concentration at positions `x_m`, `y_m` (one entry per block) at the height `z_m`, now. Only the entries
    /// listed in `blocks` are asked for. Never negative.
    fn sample(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        concentration: &mut [F64x8],
    );

    /// The slope of what [`Plume::sample`] gives, at the same positions. Plumes without one (steps at the edges of
    /// their puffs) return `false` and leave `gradient` alone.
    fn sample_gradient(
        &self,
        _level: SimdLevel,
        _blocks: &[usize],
        _x_m: &[F64x8],
        _y_m: &[F64x8],
        _z_m: f64,
        _gradient: &mut Gradient,
    ) -> bool {
        false
    }
}
