//! What every plume answers.

use crate::lanes::{F64x8, SimdLevel};

/// Identity of a plume for seeding and sharing: a hash of the plume's and the wind's parameters. Units with the same
/// key and replicate have the same realisation, whatever their agents do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlumeKey(pub [u8; 16]);

/// Where the source is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourcePosition {
    /// Along x, m.
    pub x_m: f64,
    /// Along y, m.
    pub y_m: f64,
    /// Height above the ground, m.
    pub z_m: f64,
}

/// One realisation of a plume. It doesn't feel the agents, so one can serve many of them.
pub trait Plume: Send {
    /// Where the source is now.
    fn source(&self) -> SourcePosition;

    /// Moves on to `time_s`, which never decreases.
    fn advance(&mut self, time_s: f64);

    /// The concentration at positions `x_m`, `y_m` (one entry per block) at the height `z_m`, now. Only the entries
    /// listed in `blocks` are asked for. Never negative.
    fn sample(
        &self,
        level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        concentration: &mut [F64x8],
    );
}
